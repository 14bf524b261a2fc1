"""What one connection may take: time for a header, bytes of it, time to be read from, and a place among others.

The server below waits for ever for the end of a header, reads on whatever was answered already, and waits for ever for
a reader that does not read (background: security 7). How long a body may take is settled where bodies are read.
"""

import asyncio
import json
import resource
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.clock import utc_now
from service.errors import BadRequestError, HeaderTooLargeError, RequestTimeoutError, ServiceError
from service.http.problems import MEDIA_TYPE, document, status_of
from service.ids import new_id

HEADER_S: Final = 3.0
"""From the first byte of a request, or the opening of the connection, to the end of its header (security 7)."""

HEADER_BYTES: Final = 32 * 1024
"""Of a whole header; the longest that a client of the contract has reason to send is below 4 KiB."""

UNREAD_S: Final = 30.0
"""How long an answer may wait for a reader who does not read."""

FAREWELL_S: Final = 2.0
FAREWELL_BYTES: Final = 1024 * 1024
"""How long, and how much of, what is still sent is thrown away after the last answer: a reset would take it back."""

MOST_CONNECTIONS: Final = 1000
_DESCRIPTORS_KEPT: Final = 100
"""For the database, the log, and the files of a worker."""


class Connection(HttpToolsProtocol):
    """One connection with a client, who is perhaps slow and perhaps hostile."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin with nothing received."""
        super().__init__(*given, **named)
        self._header_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._in_header = False
        self._in_body = False
        self._header_bytes = 0
        self._unheard = 0
        self._may_stay = True
        self._parted = False
        self.since = self.loop.time()
        self._last_words = _LastWords(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Expect a header; where there are too many connections, let the one go that has been idle longest."""
        super().connection_made(transport)
        self._expect_header()
        if len(self.connections) > most_connections():
            idle = [one for one in self.connections if isinstance(one, Connection) and one.idle]
            min(idle, key=lambda one: one.since).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget every deadline."""
        self._stop(self._header_timer)
        self._stop(self._write_timer)
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """Whether no request of this connection is in hand."""
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr] # None at first

    def data_received(self, data: bytes) -> None:
        """Take bytes; what is not the whole of a header has to become one, in time and within its bounds."""
        if self._parted:
            self._throw_away(data)
            return
        in_hand, all_header = self.cycle, self._in_header or self.idle
        super().data_received(data)
        if all_header and self._in_header and self.cycle is in_hand:
            self._header_bytes += len(data)
            self._check_header_bytes()
        if self.idle and self._header_timer is None:
            self._expect_header()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._in_header = True
        self._header_bytes = 0

    def on_headers_complete(self) -> None:
        """Hand the request on. As long as its body has not ended, an answer is the last one here."""
        self._header_bytes = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if not self._check_header_bytes():
            return
        self._stop(self._header_timer)
        self._header_timer = None
        self._in_header, self._in_body = False, True
        super().on_headers_complete()
        self.cycle.transport = self._last_words
        self._may_stay = self.cycle.keep_alive
        self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """End a request: further ones may follow."""
        self._in_body = False
        if not self.cycle.response_started:
            self.cycle.keep_alive = self._may_stay
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Idle from now on."""
        self._last_words.flush()
        super().on_response_complete()
        self.since = self.loop.time()

    def shutdown(self) -> None:
        """Let the request in hand be the last."""
        self._may_stay = False
        super().shutdown()

    def pause_writing(self) -> None:
        """Wait for a reader, but not for ever."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        self._stop(self._write_timer)

    def part(self) -> None:
        """Close after the last answer; where the client is still sending, not before it had time to read it."""
        if not self._in_body:
            self.transport.close()
            return
        self._parted = True
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(FAREWELL_S, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - words of ours instead
        """Answer what is not HTTP."""
        self._refuse(BadRequestError("This is not HTTP."))

    def _throw_away(self, data: bytes) -> None:
        self._unheard += len(data)
        if self._unheard > FAREWELL_BYTES:
            self.transport.abort()

    def _expect_header(self) -> None:
        self._header_timer = self.loop.call_later(HEADER_S, self._header_is_late)

    def _header_is_late(self) -> None:
        self._header_timer = None
        if not self.idle:
            self._expect_header()
        elif self._in_header and self.url:
            self._refuse(RequestTimeoutError(f"The header did not arrive within {HEADER_S:.0f} seconds."))
        else:
            self.transport.close()

    def _check_header_bytes(self) -> bool:
        if self._header_bytes > HEADER_BYTES:
            self._refuse(HeaderTooLargeError(f"At most {HEADER_BYTES} bytes are accepted."))
        return not self._parted

    def _refuse(self, error: ServiceError) -> None:
        """Answer for the application, which never sees this request or has to do without its end, and close."""
        if self._parted:
            return
        self._parted = True
        if not self.idle and not self._in_body:
            self.cycle.keep_alive = False
            return
        if not self.idle:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_as_http(error))
        self._in_body = True
        self.part()

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


class _LastWords(asyncio.Transport):
    """Stands for the transport towards a request in hand, which closes it without knowing what is still coming.

    What is written in one turn of the loop leaves together: a head sent before its body costs a system call, a packet
    and waking the client once more.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self._unsent: list[bytes | bytearray | memoryview] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._unsent:
            self._connection.loop.call_soon(self.flush)
        self._unsent.append(data)

    def flush(self) -> None:
        if self._unsent:
            together, self._unsent = b"".join(self._unsent), []
            self._connection.transport.write(together)

    def is_closing(self) -> bool:
        return self._connection.transport.is_closing()

    def close(self) -> None:
        self.flush()
        self._connection.part()


def _as_http(error: ServiceError) -> bytes:
    status, request_id = status_of(error), new_id(utc_now())
    content = json.dumps(document(request_id, status, error.code, error.title, error.detail)).encode()
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(content)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-request-id": str(request_id),
        "connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return STATUS_LINE[status] + lines.encode() + b"\r\n" + content


def most_connections() -> int:
    """Answer how many connections a worker keeps, which is fewer than it may have files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST_CONNECTIONS, max(soft - _DESCRIPTORS_KEPT, 1)) if soft >= 0 else MOST_CONNECTIONS
