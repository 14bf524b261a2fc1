"""A deadline for clients that do not read their responses."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

UNREAD_S: Final = 30
"""Seconds. Granian has no such deadline: a client that sends requests and reads nothing would keep its connection for
ever."""

_DESCRIPTORS: Final = Path("/proc/self/fd")


def bound_unread() -> bool:
    """Make the kernel end connections whose client reads nothing for `UNREAD_S`; return whether the option was set.

    Connections inherit the option from the listening socket. Only Linux has it (tcp(7), TCP_USER_TIMEOUT).
    """
    found = False
    for listening in _listening():
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_S * 1000)
        found = True
    return found


def _listening() -> Iterator[socket.socket]:
    """Yield the listening TCP sockets of this process."""
    for entry in _DESCRIPTORS.iterdir() if hasattr(socket, "TCP_USER_TIMEOUT") else ():
        with suppress(OSError):  # closed meanwhile, or not TCP
            descriptor = int(entry.name)
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as one:
                    if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                        yield one
