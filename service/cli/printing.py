"""What a command prints: facts and rows on standard output, everything else on standard error."""

import csv
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

import typer


class Format(StrEnum):
    """How rows are printed for programs; the default is a table for people."""

    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Output format for programs. The default is a table.")
]

_BOLD: Final = "\033[1m{}\033[0m"
_WIDE: Final = frozenset("WF")


def say(line: str = "") -> None:
    """Print a line on standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def warn(line: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def show_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], chosen: Format | None) -> None:
    """Print rows as JSON, CSV or a table, with these columns in this order."""
    picked = [{name: row.get(name) for name in columns} for row in rows]
    if chosen is Format.JSON:
        say(json.dumps(picked, ensure_ascii=False, indent=2))
    elif chosen is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(value) for value in row.values()] for row in picked)
    else:
        _show_table(picked, columns)


def show_row(row: Mapping[str, Any], columns: Sequence[str], chosen: Format | None) -> None:
    """Print one record: an object in JSON, one row in CSV, or a line per column."""
    if chosen is Format.JSON:
        say(json.dumps({name: row.get(name) for name in columns}, ensure_ascii=False, indent=2))
    elif chosen is Format.CSV:
        show_rows([row], columns, chosen)
    else:
        show_facts((name.replace("_", " "), _text(row.get(name))) for name in columns)


def show_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print aligned lines, each a name and its value."""
    found = list(facts)
    width = max((_width(name) for name, _ in found), default=0)
    for name, value in found:
        say(f"{_padded(name, width)}  {value}".rstrip())


def _show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    titles = [name.replace("_", " ") for name in columns]
    lines = [[_text(row[name]) for name in columns] for row in rows]
    widths = [max(_width(cell) for cell in column) for column in zip(titles, *lines, strict=True)]
    heading = "  ".join(_padded(title, width) for title, width in zip(titles, widths, strict=True)).rstrip()
    say(_BOLD.format(heading) if _coloured() else heading)
    for line in lines:
        say("  ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(str(entry) for entry in value)
    return str(value)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Return the width of a text in terminal columns (Unicode Standard Annex 11)."""
    shown = (character for character in text if not unicodedata.combining(character))
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in shown)


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
