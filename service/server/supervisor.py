"""Telling systemd, where it started the service, that requests are answered."""

import socket
from contextlib import suppress

from service.settings import Supervised


def tell_ready() -> None:
    """Send what a unit of `Type=notify` waits for; nothing where nobody waits (sd_notify(3))."""
    place = Supervised().socket
    if place[:1] not in {"/", "@"}:
        return
    address = f"\0{place[1:]}" if place[0] == "@" else place
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection, suppress(OSError):
        connection.sendto(b"READY=1", address)
