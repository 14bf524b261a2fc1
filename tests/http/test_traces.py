"""Traces: one span a request at a collector on this machine, which says no more than the log; none unless asked for."""

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from service.http.traces import NoTraces, traces_to
from service.main import create_app
from service.settings import Settings
from tests.register import Register

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
TOLD = "Lin Mei-hua 0912345678"


class Collector(BaseHTTPRequestHandler):
    """Takes what an exporter sends (OTLP over HTTP), as bytes."""

    got: list[bytes]

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    got: list[bytes] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Got", (Collector,), {"got": got}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", got
    server.shutdown()
    server.server_close()


def ask(register: Register, url: str, caller: str) -> None:
    """Ask an application with traces, from an address, for what is refused and for what is not there."""
    services: Any = register.app.state.services
    settings = services.settings.model_copy(update={"traces_url": url})
    app = create_app(settings, services.database, services.keys, services.clock)

    async def send() -> None:
        transport = httpx.ASGITransport(app=app, client=(caller, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://register.invalid") as client:
            headers = {"traceparent": PARENT, "Authorization": f"Bearer {TOLD[:3]}", "User-Agent": TOLD}
            await client.get("/health/live", headers=headers, params={"name": TOLD})
            await client.get(f"/v1/cases/{TOLD.replace(' ', '-')}", headers=headers)
            await client.get(f"/{TOLD}", headers=headers)

    asyncio.run(send())
    app.state.traces.end()


def spans_of(got: list[bytes]) -> list[Span]:
    found = [ExportTraceServiceRequest.FromString(one) for one in got]
    return [span for one in found for of in one.resource_spans for scope in of.scope_spans for span in scope.spans]


def attributes_of(span: Span) -> dict[str, object]:
    return {
        one.key: one.value.int_value if one.value.HasField("int_value") else one.value.string_value
        for one in span.attributes
    }


def test_a_request_is_one_span_with_its_template_and_nothing_of_what_was_sent(
    register: Register, collector: tuple[str, list[bytes]]
) -> None:
    url, got = collector
    ask(register, url, "127.0.0.1")
    spans = spans_of(got)
    assert [span.name for span in spans] == ["GET /health/live", "GET /v1/cases/{ref}", "GET unknown"]
    assert [attributes_of(span)["http.response.status_code"] for span in spans] == [400, 401, 404]
    for span in spans:
        known = {"http.request.method", "http.route", "http.response.status_code", "safe_return.request"}
        assert attributes_of(span).keys() == known
        assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 60_000_000_000
    sent = b"".join(got)
    for word in (*TOLD.split(), "register.invalid", "127.0.0.1", "name="):
        assert word.encode() not in sent


def test_only_a_trusted_proxy_names_the_trace(register: Register, collector: tuple[str, list[bytes]]) -> None:
    url, got = collector
    ask(register, url, "127.0.0.1")
    assert {(span.trace_id.hex(), span.parent_span_id.hex()) for span in spans_of(got)} == {(TRACE, PARENT[36:52])}
    got.clear()
    ask(register, url, "203.0.113.7")
    strangers = spans_of(got)
    assert len(strangers) == 3
    assert all(span.trace_id.hex() != TRACE and not span.parent_span_id for span in strangers)


def test_nothing_is_made_where_it_is_not_asked_for(register: Register) -> None:
    assert Settings.model_fields["traces_url"].default is None
    assert isinstance(traces_to(None, version="1"), NoTraces)
    assert isinstance(register.app.state.traces, NoTraces)
