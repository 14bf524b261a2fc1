"""`safe-return agency`: the bodies that users and keys belong to."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from service.cli.printing import FormatOption, show_row, show_rows
from service.codes import AuthorityKind

app: Final = typer.Typer(help="Agencies: the bodies that users and keys belong to.", no_args_is_help=True)

COLUMNS: Final = ("id", "name", "kind", "nationalities", "created_at", "disabled_at", "version")

Name = Annotated[str, typer.Argument(help="Name of the agency.")]
Nationalities = Annotated[
    list[str] | None,
    typer.Option("--nationality", help="Nationality whose persons its liaisons see, e.g. TWN. May be repeated."),
]


@app.command()
def add(
    name: Name,
    kind: Annotated[AuthorityKind, typer.Option(help="Kind of agency.")],
    nationality: Nationalities = None,
    output: FormatOption = None,
) -> None:
    """Add an agency."""
    from service.cli.principals import add_agency

    show_row(add_agency({"name": name, "kind": kind, "nationalities": tuple(nationality or ())}), COLUMNS, output)


@app.command("list")
def list_all(output: FormatOption = None) -> None:
    """List all agencies."""
    from service.cli.principals import list_agencies

    show_rows(list_agencies(), COLUMNS, output)


@app.command("set")
def change(
    agency: Annotated[str, typer.Argument(help="Name or id of the agency.")],
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    kind: Annotated[AuthorityKind | None, typer.Option(help="Kind of agency.")] = None,
    nationality: Nationalities = None,
    disabled: Annotated[
        bool | None, typer.Option("--disable/--enable", help="Block or allow all its users and keys.")
    ] = None,
    output: FormatOption = None,
) -> None:
    """Change an agency. Options that are not given leave their values unchanged."""
    changes = _given({"name": name, "kind": kind, "nationalities": nationality, "disabled": disabled})
    if not changes:
        raise typer.BadParameter("Nothing to change: give at least one option.")
    from service.cli.principals import change_agency_called

    show_row(change_agency_called(agency, changes), COLUMNS, output)


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _fixed(value) for name, value in options.items() if value is not None}


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
