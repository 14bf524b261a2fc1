"""One span for every request, where OpenTelemetry is configured (ADR 57).

A span says what a log line says, and nothing of what was sent: method, route template, status, how long it took. It
is made once the response is there, so that a request never waits for it; another thread hands spans over.
"""

import time
from collections.abc import Mapping
from typing import Any, Final, Protocol

LONGEST_EXPORT_S: Final = 5
"""How long a collector may take for one delivery, seconds. What it does not take is dropped."""


class Traces(Protocol):
    """Takes a note of each request."""

    def note(self, line: Mapping[str, Any], seconds: float) -> None:
        """Take the members of a request's log line, and how long the request took, seconds."""


class TracesError(Exception):
    """Traces are configured, and cannot be made. The message says what to do."""


class NoTraces:
    """What takes notes where nothing is configured."""

    def note(self, line: Mapping[str, Any], seconds: float) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


class OpenTelemetry:
    """Sends spans to a collector by OTLP over HTTP."""

    def __init__(self, url: str, *, version: str) -> None:
        """Prepare spans; nothing is sent before the first.

        Args:
            url: of the collector, such as http://127.0.0.1:4318/v1/traces.
            version: of the service.

        Raises:
            TracesError: the packages are not installed.
        """
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise TracesError(
                "SAFE_RETURN_TRACES_URL is set without OpenTelemetry: install requirements/traces.txt, or unset it."
            ) from None
        resource = Resource({"service.name": "safe-return", "service.version": version})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=url, timeout=LONGEST_EXPORT_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("service.http")

    def note(self, line: Mapping[str, Any], seconds: float) -> None:
        """Make a span of a request that has just been answered."""
        from opentelemetry.trace import SpanKind, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        ended = time.time_ns()
        told = {"traceparent": line["trace"]} if "trace" in line else {}
        span = self._tracer.start_span(
            f"{line['method']} {line['route']}",
            context=TraceContextTextMapPropagator().extract(told),
            kind=SpanKind.SERVER,
            start_time=ended - int(seconds * 1_000_000_000),
            attributes={
                "http.request.method": line["method"],
                "http.route": line["route"],
                "http.response.status_code": line["status"],
                "safe_return.request": str(line["request"]),
            },
        )
        if line["status"] >= 500:
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    def end(self) -> None:
        """Send what has not been sent, and stop."""
        self._provider.shutdown()


def traces_to(url: str | None, *, version: str) -> NoTraces | OpenTelemetry:
    """Return what takes a note of each request.

    Args:
        url: of the collector; None for no traces.
        version: of the service.

    Raises:
        TracesError: the packages are not installed.
    """
    return OpenTelemetry(url, version=version) if url else NoTraces()
