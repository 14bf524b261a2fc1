"""`safe-return serve`."""

from typing import Annotated

import typer

from service.cli.failures import ACCEPTED


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; default 8000; 0 picks a free one.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Number of worker processes; default 1.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Migrate, and load invented cases into an empty register.")
    ] = False,
    accept_loss: Annotated[bool, typer.Option("--accept-loss", help=ACCEPTED)] = False,
) -> None:
    """Serve the register until Ctrl-C.

    Without SAFE_RETURN_DATABASE_URL it starts an embedded PostgreSQL, which needs no installation.
    """
    from service.cli.running import Wishes, run

    run(Wishes(host=host, port=port, workers=workers, demo=demo, accept_loss=accept_loss))
