"""`safe-return serve`."""

from typing import Annotated

import typer


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on, 127.0.0.1 unless set.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on, 8000 unless set; 0 takes a free one.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Worker processes, 1 unless set.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Migrate, and fill an empty register with invented cases.")
    ] = False,
) -> None:
    """Serve the register until Ctrl-C.

    Without SAFE_RETURN_DATABASE_URL it runs on a PostgreSQL of its own, which needs nothing installed.
    """
    from service.cli.running import Wishes, run

    run(Wishes(host=host, port=port, workers=workers, demo=demo))
