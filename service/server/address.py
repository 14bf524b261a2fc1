"""The address to listen on, reserved before anything else is touched."""

import os
import socket

from service.server.errors import ServingError


def reserve(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address and does not listen; the workers bind beside it.

    Granian binds with SO_REUSEPORT, so that two services of one user could share a port and each receive a part of the
    requests. A bind without that option fails while another process listens. Holding the address without SO_REUSEADDR
    makes the bind of another service fail even before this one listens.

    Args:
        host: a numeric address or a name of this machine.
        port: the port; 0 picks a free one.

    Raises:
        ServingError: the address is in use, or is not an address of this machine.
    """
    try:
        with _bound((host, port), socket.SO_REUSEADDR) as first:
            first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            try:
                return _bound(first.getsockname(), socket.SO_REUSEPORT)
            except OSError:
                # Connections of an earlier server are still in TIME_WAIT: hold the address less strictly.
                return first.dup()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
        raise ServingError(
            f"Cannot listen on {host}, port {port} ({reason}): stop what uses it, or choose another with --port."
        ) from None


def _bound(address: tuple[str, int], option: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, option, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
