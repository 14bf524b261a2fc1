"""Tables as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

CSV: Final = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


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
