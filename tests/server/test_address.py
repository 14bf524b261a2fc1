"""A port belongs to one service."""

import socket

import pytest

from service.server.address import reserve
from service.server.errors import ServingError


def shared(port: int) -> socket.socket:
    """Bind as Granian's workers do."""
    made = socket.socket()
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        made.setsockopt(socket.SOL_SOCKET, option, 1)
    made.bind(("127.0.0.1", port))
    return made


def refusal(host: str, port: int) -> str:
    with pytest.raises(ServingError) as refused:
        reserve(host, port)
    return str(refused.value)


def test_a_reserved_port_is_refused_to_the_next_service_whether_or_not_a_worker_listens() -> None:
    with reserve("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        assert refusal("127.0.0.1", port).startswith(f"Cannot listen on 127.0.0.1, port {port} (")
        with shared(port) as worker:
            assert refusal("127.0.0.1", port)
            worker.listen()
            assert "choose another with --port" in refusal("127.0.0.1", port)


def test_workers_bind_beside_the_reservation_and_every_connection_is_theirs() -> None:
    with (
        reserve("127.0.0.1", 0) as held,
        shared(held.getsockname()[1]) as first,
        shared(first.getsockname()[1]) as second,
    ):
        first.listen()
        second.listen()
        for _ in range(20):
            with socket.create_connection(first.getsockname(), timeout=5):
                pass


def test_a_port_is_free_for_a_restart_though_connections_of_the_last_service_linger() -> None:
    """Its own ones, bound to be shared, and those of a server that bound alone."""
    for options in ((socket.SO_REUSEADDR, socket.SO_REUSEPORT), (socket.SO_REUSEADDR,)):
        with socket.socket() as last:
            for option in options:
                last.setsockopt(socket.SOL_SOCKET, option, 1)
            last.bind(("127.0.0.1", 0))
            last.listen()
            port = last.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)) as client:
                last.accept()[0].close()
                assert client.recv(1) == b""
        with reserve("127.0.0.1", port), shared(port) as worker:
            worker.listen()


def test_an_address_of_another_machine_is_refused() -> None:
    assert "Cannot listen on 192.0.2.1" in refusal("192.0.2.1", 0)
