"""Serving: Granian in worker processes, and the few things that Granian lacks.

Guarantees, each with a test in `tests/faults` or `tests/cli`:

- A port that is in use is refused before anything else is touched, and no second service joins it (`address`).
- Readiness is reported once a request got a response (`answering`).
- A header must arrive within `HEADER_S` and in `HEADER_BYTES`, or the connection is closed. The deadline of a body is
  set where bodies are read (`service/http/bodies.py`).
- SIGTERM, SIGINT and SIGHUP stop the service: current requests are finished first, for at most `GRACE_S`.
- A worker that dies is replaced. One that cannot build the application ends the service. A worker ends with its parent.
- Granian logs warnings and errors only, and nothing that was sent.

Only `service.cli` imports this package.
"""
