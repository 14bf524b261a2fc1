"""Slow, oversized, malformed and innumerable connections: each ends soon and clearly, and no honest one suffers."""

import ctypes
import errno
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

import pytest

from service.server.processes import HEADER_BYTES, HEADER_S
from service.server.unread import UNREAD_S
from tests.audit.searching import counts
from tests.db.embedded_clusters import until
from tests.engine import Databases
from tests.faults.serving import Service, Spoken, listen, open_service, workers_of
from tests.register import Caller

BODY_S = 2
FILES = 140
FAREWELL_S = 2.0
"""Longest from the last answer to the end of its connection."""
SLACK_S = 20.0
"""For a machine that does other things too: what is not ended is open for as long as `listen` waits."""


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def service(
    databases: Databases, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("service") / "log"
    with open_service(databases, log, "--workers", str(request.param), body_timeout_s=BODY_S) as made:
        yield made


@pytest.fixture(scope="module")
def token(service: Service) -> str:
    return service.caller("operator").token


def header(token: str, *lines: str, line: str = "POST /v1/cases HTTP/1.1") -> bytes:
    given = (line, "Host: a", f"Authorization: Bearer {token}", "Content-Type: application/json", *lines)
    return "\r\n".join((*given, "", "")).encode()


def test_a_header_that_trickles_in_is_cut_off_in_time(service: Service) -> None:
    begun = [service.connect(b"GET /v1/me HTTP/1.1\r\nHost: a\r\nX-Slow: ") for _ in range(20)]
    for spoken in listen_to_all(begun, b"x"):
        assert HEADER_S - 0.5 < spoken.seconds < HEADER_S + SLACK_S
        assert spoken.text == b""


@pytest.mark.parametrize("said", [b"", b"\r\n", b"GE"], ids=["nothing", "empty lines", "half a word"])
def test_a_connection_that_does_not_come_to_a_request_is_closed_without_a_word(service: Service, said: bytes) -> None:
    for spoken in listen_to_all([service.connect(said) for _ in range(5)], said.strip(b"GE")):
        assert spoken.text == b""
        assert spoken.seconds < HEADER_S + SLACK_S


def test_a_second_request_must_not_trickle_in_either(service: Service) -> None:
    connection = service.connect(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.sendall(b"GET /health/live HTTP/1.1\r\nX-Slow: ")
    spoken = listen(connection, trickle=b"y")
    assert spoken.text == b""
    assert spoken.seconds < HEADER_S + SLACK_S


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how many packets of data arrived")
def test_an_answer_leaves_in_one_piece(service: Service, token: str) -> None:
    """A head sent apart from its body costs a packet and wakes the client once more."""
    bearer = f"Authorization: Bearer {token}".encode()
    for target in (b"/v1/me", b"/v1/cases", b"/v1/nothing"):
        connection = service.connect(b"GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % (target, bearer))
        heard = connection.recv(65536)
        while not heard.endswith(b"}") and (more := connection.recv(65536)):
            heard += more
        assert data_packets_received(connection) == 1
        connection.close()


def data_packets_received(connection: socket.socket) -> int:
    """Source: tcpi_data_segs_in of struct tcp_info, include/uapi/linux/tcp.h."""
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    packets: int = struct.unpack_from("=I", told, 152)[0]
    return packets


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has TCP_USER_TIMEOUT")
def test_whoever_reads_nothing_is_ended_by_the_kernel(service: Service) -> None:
    """The workers set the limit soon after they listen: a connection made from then on has it."""

    def bounded() -> bool:
        with service.connect(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n") as connection:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            ends = [end for pid in workers_of(service.process.pid) for end in sockets_of(pid)]
            [bound] = [bound for peer, bound in ends if peer == connection.getsockname()]
            return bound == UNREAD_S * 1000

    until(bounded)


def sockets_of(pid: int) -> Iterator[tuple[object, int]]:
    """Yield the peer of each connection of another process, and its limit for what is not read, ms.

    Source: pidfd_getfd(2), for which Python has no function: number 438 on every architecture.
    """
    process = os.pidfd_open(pid)
    try:
        for entry in filter(Path.is_socket, Path(f"/proc/{pid}/fd").iterdir()):
            copied = ctypes.CDLL(None, use_errno=True).syscall(438, process, int(entry.name), 0)
            if copied < 0 and ctypes.get_errno() in {errno.EPERM, errno.ENOSYS}:
                pytest.skip("this machine lets nobody look at the connections of another process")
            if copied < 0:
                continue  # closed meanwhile
            with suppress(OSError), socket.socket(fileno=copied) as end:
                yield end.getpeername(), end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    finally:
        os.close(process)


def test_whoever_wants_to_be_asked_for_its_body_is_asked_at_once(service: Service, token: str) -> None:
    body = b'{"channel": "hotline_117"}'
    connection = service.connect(header(token, f"Content-Length: {len(body)}", "Expect: 100-continue"))
    assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(body)
    assert connection.recv(65536).startswith(b"HTTP/1.1 201")
    connection.close()


def test_a_head_leaves_the_connection_to_the_next_request_and_no_error_in_the_log(service: Service, token: str) -> None:
    bearer = f"Authorization: Bearer {token}".encode()
    for target, status in ((b"/health/live", b"200"), (b"/v1/cases", b"200"), (b"/v1/nothing", b"404")):
        connection = service.connect(b"HEAD %s HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % (target, bearer))
        head = connection.recv(65536)
        assert head.startswith(b"HTTP/1.1 " + status)
        assert head.endswith(b"\r\n\r\n")
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.close()
    assert '"level": "error"' not in service.log.read_text()


def test_a_body_that_trickles_in_is_refused_in_time_and_nothing_of_it_is_kept(service: Service, token: str) -> None:
    before = counts(service.register)
    begun = [service.connect(header(token, "Content-Length: 5000") + b'{"narrative": "') for _ in range(10)]
    begun += [service.connect(header(token, "Transfer-Encoding: chunked") + b"1\r\n{\r\n") for _ in range(10)]
    for spoken in listen_to_all(begun, b""):
        assert BODY_S - 0.5 < spoken.seconds < BODY_S + FAREWELL_S + SLACK_S
        assert (spoken.status, spoken.problem["code"]) == (408, "request-timeout")
        assert spoken.headers["connection"] == "close"
    assert counts(service.register) == before


def test_a_body_announced_too_large_is_refused_before_any_of_it_is_sent(service: Service, token: str) -> None:
    for line in ("Expect: 100-continue", "X-Plain: yes"):
        connection = service.connect(header(token, line, "Content-Length: 1000000000"))
        spoken = listen(connection)
        assert (spoken.status, spoken.problem["code"]) == (413, "payload-too-large")
        assert spoken.headers["connection"] == "close"
        assert spoken.seconds < FAREWELL_S + SLACK_S


def test_a_body_without_end_is_refused_long_before_its_end(service: Service, token: str) -> None:
    connection = service.connect(header(token, "Transfer-Encoding: chunked"))
    connection.settimeout(10)
    sent = 0
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    with connection, suppress(OSError):
        while sent < 50_000_000:
            connection.sendall(chunk)
            sent += len(chunk)
    assert sent < 50_000_000


def test_a_body_beyond_the_limit_is_answered_and_not_reset(service: Service, token: str) -> None:
    connection = service.connect(header(token, "Transfer-Encoding: chunked"))
    with suppress(OSError):  # whoever is answered may still be sending, and reads the answer all the same
        for _ in range(40):
            connection.sendall(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
    spoken = listen(connection)
    assert (spoken.status, spoken.problem["limit_bytes"]) == (413, 524288)


def test_whoever_is_refused_before_the_body_does_not_send_it_for_nothing(service: Service) -> None:
    spoken = listen(service.connect(header("srs_nobody", "Content-Length: 50000")))
    assert spoken.status == 401
    assert spoken.headers["connection"] == "close"


_POST = b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
_SMUGGLED = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "length and chunks": _POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + _SMUGGLED,
    "two lengths": _POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a negative length": _POST + b"Content-Length: -5\r\n\r\nhello",
    "a folded header": b"GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n",
    "a space before the colon": b"GET /health/live HTTP/1.1\r\nHost : a\r\n\r\n",
    "a NUL in a header": b"GET /health/live HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
    "an unknown version": b"GET /health/live HTTP/9.9\r\nHost: a\r\n\r\n",
    "a chunk of no size": _POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("how", sorted(MALFORMED))
def test_what_is_not_http_is_refused_and_the_connection_closed(service: Service, how: str) -> None:
    spoken = listen(service.connect(MALFORMED[how]))
    assert spoken.status == 400
    assert spoken.seconds < SLACK_S
    assert b"HTTP/1.1 " not in spoken.text[9:]


def test_a_header_without_bounds_is_refused(service: Service) -> None:
    one_line = b"GET /health/live HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * (HEADER_BYTES + 1)
    many_lines = b"GET /health/live HTTP/1.1\r\n" + b"X-Many: xxxxxxxxxxxxxxxxxxxxxxxxx\r\n" * 2000
    for said in (one_line + b"\r\n\r\n", many_lines + b"\r\n"):
        assert listen(service.connect(said)).status == 431
    endless = service.connect(one_line[:100])
    with suppress(OSError):
        for _ in range(3):
            endless.sendall(b"x" * HEADER_BYTES)
    spoken = listen(endless, trickle=b"x")
    assert spoken.status in {0, 431}  # whoever goes on sending may lose the answer to a reset
    assert spoken.seconds < SLACK_S


def test_requests_sent_ahead_are_answered_in_order(service: Service, token: str) -> None:
    body = json.dumps({"channel": "hotline_117", "narrative": "x" * 20_000}).encode()
    filing = header(token, f"Content-Length: {len(body)}") + body
    asking = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /v1/nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    spoken = listen(service.connect(asking + filing + asking + last))
    statuses = [part[:3] for part in spoken.text.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"201", b"200", b"404"]
    assert spoken.text.lower().count(b"connection: close") == 1


def test_two_hundred_trickling_connections_do_not_keep_honest_callers_waiting(service: Service) -> None:
    callers = [service.caller("operator", name=f"honest {number}") for number in range(3)]
    trickling, done = Event(), Event()
    with ThreadPoolExecutor(len(callers) + 1) as threads:
        attack = threads.submit(trickle_until, done, trickling, service, callers[0].token)
        try:
            assert trickling.wait(30)
            took = [seconds for found in threads.map(work, callers) for seconds in found]
        finally:
            done.set()
        assert attack.result() >= 200
    assert sorted(took)[len(took) * 99 // 100] < 3


def trickle_until(done: Event, trickling: Event, service: Service, token: str) -> int:
    """Keep two hundred connections open that send a byte now and then; answer how many were opened in all.

    Some are opened at a time: a hundred requests at once are a crowd, which `test_overload` is about.
    """
    beginnings = (b"GET / HTTP/1.1\r\nX-Slow: ", header(token, "Content-Length: 50000"))
    connections: list[socket.socket] = []
    opened = 0
    with ExitStack() as stack:
        while not done.wait(0.05):
            for _ in range(min(20, 200 - len(connections))):
                connections.append(stack.enter_context(service.connect(beginnings[opened % 2])))
                opened += 1
            if len(connections) == 200:
                trickling.set()
            for connection in [*connections]:
                try:
                    connection.sendall(b" ")
                except OSError:
                    connections.remove(connection)
    return opened


def work(caller: Caller) -> list[float]:
    took = []
    for _ in range(40):
        begun = time.monotonic()
        assert caller.post("/v1/cases", {"channel": "hotline_117"}).status_code == 201
        took.append(time.monotonic() - begun)
    return took


@pytest.mark.parametrize("workers", ["1", "2"])
def test_more_connections_than_there_are_files_do_not_lock_anybody_out(
    databases: Databases, tmp_path: Path, workers: str
) -> None:
    """Each worker has a limit of its own. Who comes late waits until idle connections are closed."""
    with open_service(databases, tmp_path / "log", "--workers", workers, files=FILES) as service, ExitStack() as stack:
        operator = service.caller("operator")
        idle = [stack.enter_context(service.connect()) for _ in range(200)]
        assert [operator.get("/v1/me").status_code for _ in range(10)] == [200] * 10
        for pid in workers_of(service.process.pid):
            assert len(list(Path(f"/proc/{pid}/fd").iterdir())) < FILES
        assert len(idle) == 200


def test_no_answer_names_the_server_below(service: Service) -> None:
    for request in (b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"nonsense\r\n\r\n"):
        spoken = listen(service.connect(request))
        assert spoken.headers.get("server", "safe-return") == "safe-return"
        assert b"granian" not in spoken.text.lower()


def test_a_proxy_on_loopback_says_where_a_request_comes_from(service: Service) -> None:
    """Failed sign-ins from one address slow that address down, and no other."""

    def sign_in(address: str) -> int:
        body = {"username": "nobody.here", "password": "not the password"}
        return service.client().post("/v1/sessions", json=body, headers={"X-Forwarded-For": address}).status_code

    while (status := sign_in("192.0.2.1")) == 401:  # the wait doubles with every failure
        pass
    assert status == 429
    assert sign_in("192.0.2.2") == 401


def listen_to_all(connections: list[socket.socket], trickle: bytes) -> list[Spoken]:
    with ThreadPoolExecutor(len(connections)) as threads:
        return list(threads.map(lambda connection: listen(connection, trickle=trickle), connections))
