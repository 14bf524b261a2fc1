"""Clients that read nothing are ended by the kernel."""

import socket
import sys

import pytest

from service.server.unread import UNREAD_S, bound_unread


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has TCP_USER_TIMEOUT")
def test_connections_inherit_the_bound_from_the_socket_that_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert bound_unread()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNREAD_S * 1000
