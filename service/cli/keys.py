"""`safe-return key`: keys of programs."""

from typing import Annotated, Final

import typer

from service.acting import Scope
from service.cli.printing import FormatOption, show_row, show_rows

app: Final = typer.Typer(help="Keys of programs, which read figures and metrics.", no_args_is_help=True)

COLUMNS: Final = ("id", "name", "agency_id", "scopes", "created_at", "expires_at", "revoked_at", "version")
WITH_TOKEN: Final = ("id", "name", "scopes", "expires_at", "token")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    agency: Annotated[str, typer.Option(help="Name or id of the agency that runs the program.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do. May be repeated.")],
    days: Annotated[int, typer.Option(min=1, max=90, help="Valid for so many days.")] = 90,
    output: FormatOption = None,
) -> None:
    """Add a key. Its token is drawn and printed this once."""
    from service.cli.principals import add_key

    show_row(add_key({"name": name, "scopes": tuple(scope), "days": days}, agency), WITH_TOKEN, output)


@app.command("list")
def list_all(output: FormatOption = None) -> None:
    """List all keys. Also those that are revoked or have expired."""
    from service.cli.principals import list_keys

    show_rows(list_keys(), COLUMNS, output)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Its id, or its name if no other key has it.")],
    output: FormatOption = None,
) -> None:
    """Revoke a key, at once and for ever."""
    from service.cli.principals import revoke_key_called

    show_row(revoke_key_called(key), COLUMNS, output)
