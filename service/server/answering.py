"""Detecting that the service responds."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Final

_REQUEST: Final = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_PAUSE_S: Final = 0.02
_LONGEST_S: Final = 2.0


def when_answering(bound: socket.socket, call: Callable[[], None]) -> None:
    """Call a function once, in a thread of its own, as soon as a request gets a response.

    Args:
        bound: the socket that holds the address.
        call: the function to call.
    """
    family, address = bound.family, bound.getsockname()

    def wait() -> None:
        while not _answers(family, address):
            time.sleep(_PAUSE_S)
        call()

    threading.Thread(target=wait, name="answering", daemon=True).start()


def _answers(family: int, address: tuple[str, int]) -> bool:
    """Whether a request gets a response now.

    Workers are forked meanwhile, so nothing here may hold a lock that they would inherit: no name is resolved.
    Connecting to the wildcard address reaches this machine (Linux, ip(7)).
    """
    with socket.socket(family) as connection:
        connection.settimeout(_LONGEST_S)
        try:
            connection.connect(address)
            connection.sendall(_REQUEST)
            return connection.recv(64).startswith(b"HTTP/1.1 200 ")
        except OSError:
            return False
