"""`safe-return audit`: the months of the audit log."""

from pathlib import Path
from typing import Annotated, Final

import typer

from service.cli.printing import FormatOption, say, show_rows

app: Final = typer.Typer(help="The audit log: export its old months and detach them.", no_args_is_help=True)

COLUMNS: Final = ("month", "state", "entries", "digest")

Before = Annotated[str, typer.Option(metavar="YYYY-MM", help="The first month that stays, as 2026-01; UTC.")]


@app.command("list")
def list_all(output: FormatOption = None) -> None:
    """List the months of the audit log: attached, exported or detached."""
    from service.cli.exporting import list_months

    show_rows(list_months(), COLUMNS, output)


@app.command()
def export(
    before: Before,
    to: Annotated[Path, typer.Option(help="An existing folder. Files of the same months are replaced.")],
    output: FormatOption = None,
) -> None:
    """Export the months before one to files of JSON lines, on record. Nothing is removed.

    Beside each file is its SHA-256, as `sha256sum --check` takes it; the register notes it too.
    """
    from service.cli.exporting import export_months
    from service.cli.progress import progress_bar

    with progress_bar("Exporting the audit log") as advance:
        rows = export_months(before, to, advance)
    show_rows(rows, COLUMNS, output)


@app.command()
def detach(
    before: Before,
    exported: Annotated[Path, typer.Option("--from", help="The folder with the files of these months.")],
    drop: Annotated[bool, typer.Option("--drop", help="Also drop the rows; otherwise the owner can later.")] = False,  # noqa: FBT002 - a flag
    output: FormatOption = None,
) -> None:
    """Detach the months before one, on record, after comparing each with its file. Auditors no longer find them."""
    from service.cli.exporting import detach_months
    from service.cli.progress import progress_bar

    with progress_bar("Detaching months of the audit log") as advance:
        rows = detach_months(before, exported, advance, dropped=drop)
    show_rows(rows, COLUMNS, output)


@app.command()
def verify(files: Annotated[list[Path], typer.Argument(help="Exported files.")]) -> None:
    """Verify exported files by the digests that the register noted."""
    from service.cli.exporting import verify_files

    say(f"{verify_files(files)} files are what was exported.")
