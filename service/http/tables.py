"""Tables as CSV (RFC 4180), safe to open in a spreadsheet, and who wants them."""

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.requests import Request

from service.errors import NotAcceptableError
from service.http.answers import Answer

CSV: Final = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

ALSO_AS_CSV: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""What the contract says of an operation that answers in CSV too."""


class Format(StrEnum):
    """The media type of an answer."""

    JSON = "json"
    CSV = "csv"
    CSV_EXCEL = "csv-excel"


FormatNamed = Annotated[Format | None, Query(alias="format", description="json, csv or csv-excel; wins over Accept.")]


def format_wanted(request: Request, named: Format | None) -> Format:
    """Return the format in which a request wants its answer: the one it names, or the first of ours it accepts.

    Raises:
        NotAcceptableError: it accepts neither.
    """
    if named is not None:
        return named
    accepted = request.headers.get("accept", "*/*").lower()
    if any(part in accepted for part in ("application/json", "*/*", "application/*")):
        return Format.JSON
    if "text/csv" in accepted or "text/*" in accepted:
        return Format.CSV
    raise NotAcceptableError("This is available as application/json and text/csv only.", available=["json", "csv"])


def table_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], wanted: Format) -> Answer:
    """Return a table as a file to save.

    Args:
        name: of the file, without `.csv`.
        columns: the header row.
        rows: values in the order of the columns.
        wanted: one of the two forms of CSV.
    """
    body = as_csv(columns, rows, for_excel=wanted is Format.CSV_EXCEL)
    return Answer(200, body, {"content-type": CSV, "content-disposition": f'attachment; filename="{name}.csv"'})


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], *, for_excel: bool = False) -> bytes:
    """Return a table as CSV. Text that a spreadsheet would run as a formula gets a leading apostrophe.

    Args:
        columns: the header row.
        rows: values in the order of the columns; None becomes an empty cell.
        for_excel: begin with a byte-order mark, so that a double click shows Khmer and Chinese.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(value) for value in row])
    text = written.getvalue()
    return ((BYTE_ORDER_MARK if for_excel else "") + text).encode()


def _safe(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
