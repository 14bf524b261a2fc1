"""`safe-return key`: service keys."""

from typing import Annotated, Final

import typer

from service.acting import Scope
from service.cli.printing import FormatOption, show_row, show_rows

app: Final = typer.Typer(help="Service keys, with which programs read figures and metrics.", no_args_is_help=True)

COLUMNS: Final = ("id", "name", "agency_id", "scopes", "created_at", "expires_at", "revoked_at", "version")
WITH_TOKEN: Final = ("id", "name", "scopes", "expires_at", "token")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the key.")],
    agency: Annotated[str, typer.Option(help="Name or id of the agency that runs the program.")],
    scope: Annotated[list[Scope], typer.Option(help="What the key gives access to. May be repeated.")],
    days: Annotated[int, typer.Option(min=1, max=90, help="Days until the key expires.")] = 90,
    output: FormatOption = None,
) -> None:
    """Add a key. Its token is generated, printed, and not shown again."""
    from service.cli.principals import add_key

    show_row(add_key({"name": name, "scopes": tuple(scope), "days": days}, agency), WITH_TOKEN, output)


@app.command("list")
def list_all(output: FormatOption = None) -> None:
    """List all keys, including revoked and expired ones."""
    from service.cli.principals import list_keys

    show_rows(list_keys(), COLUMNS, output)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Id of the key, or its name if that is unique.")],
    output: FormatOption = None,
) -> None:
    """Revoke a key, immediately and permanently."""
    from service.cli.principals import revoke_key_called

    show_row(revoke_key_called(key), COLUMNS, output)
