"""Serving: Granian in worker processes, and the few things that Granian lacks.

Guarantees, each with a test in `tests/faults` or `tests/cli`:

- A port that is in use is refused before anything else is touched, and no second service joins it (`address`).
- Readiness is reported once a request was answered (`answering`).
- A header has to arrive within `HEADER_S` and in `HEADER_BYTES`; the connection is closed otherwise. How long a body
  may take is settled where bodies are read (`service/http/bodies.py`).
- An answer given before the end of a body says that it is the last on its connection (`last`), and a client that reads
  nothing is ended by the kernel (`unread`, Linux).
- SIGTERM, SIGINT and a closed terminal stop the service: requests in hand are answered first, for at most `GRACE_S`.
- SIGHUP without a terminal replaces the workers, unless new ones could not serve (`reloading`).
- systemd is told once requests are answered (`supervisor`).
- A worker that dies is replaced. One that cannot be put together ends the service. One whose parent dies ends too.
- All workers count in one folder, which is empty at the start and gone at the end (`service/cli/counting.py`).
- The server below logs warnings and errors only, and nothing of what was sent.

Only `service.cli` imports this package.
"""
