"""`safe-return reference`: the code lists. Needs no database."""

from typing import Annotated, Final

import typer

from service.cli.failures import CommandError, Status
from service.cli.printing import FormatOption, show_rows

app: Final = typer.Typer(help="The code lists.", no_args_is_help=True)


@app.command("list")
def list_all(output: FormatOption = None) -> None:
    """List the code lists."""
    from service.codes import LISTS

    rows = [{"name": found.name, "title": found.title, "codes": len(found.entries)} for found in LISTS.values()]
    show_rows(rows, ("name", "title", "codes"), output)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of a list, see: safe-return reference list.")],
    find: Annotated[
        str | None, typer.Option(help="Show this code only; for provinces, any spelling of the name.")
    ] = None,
    output: FormatOption = None,
) -> None:
    """Print the codes of a list."""
    from service.codes import LISTS, find_province

    found = LISTS.get(name)
    if found is None:
        raise CommandError("There is no list of this name: see safe-return reference list.", Status.REFUSED)
    code = find_province(find) if find is not None and name == "provinces" else find
    entries = [entry for entry in found.entries if find is None or entry.code == code]
    if not entries:
        raise CommandError("This list has no such code: run the command without --find to see all.", Status.REFUSED)
    rows = [{"code": entry.code, "label": entry.label, "aliases": "; ".join(entry.aliases)} for entry in entries]
    show_rows(rows, ("code", "label", "aliases"), output)
