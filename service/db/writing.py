"""Many rows of many tables, written by one statement; and rows that come back as JSON.

Each table's rows travel as one JSON document and are unfolded by the server, so the text of the statement depends on
which tables and columns are written, never on how many rows: it is prepared once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, DateTime, Table, Uuid
from sqlalchemy.types import TypeEngine

from service.db.metadata import Table as DeclaredTable

Row = Mapping[str, Any]
_VERSION: Final = "version"


class Staged:
    """Rows that wait to be written, by table."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.inserts: dict[Table, list[Row]] = {}
        self.updates: dict[Table, list[Row]] = {}

    def __bool__(self) -> bool:
        """Tell whether anything waits."""
        return bool(self.inserts or self.updates)

    def insert(self, table: Table, rows: Iterable[Row]) -> None:
        """Add new rows."""
        _stage(self.inserts, table, rows)

    def update(self, table: Table, rows: Iterable[Row]) -> None:
        """Add changed rows."""
        _stage(self.updates, table, rows)

    def content(self) -> dict[str, list[Row]]:
        """Answer all rows by what is done with them to which table."""
        inserted = {f"insert {table.name}": rows for table, rows in self.inserts.items()}
        return inserted | {f"update {table.name}": rows for table, rows in self.updates.items()}


def writing_statement(staged: Staged) -> tuple[str, dict[str, str], int]:
    """Answer one SQL statement for all rows, its parameters, and how many updated rows it must report."""
    parts: list[str] = []
    parameters: dict[str, str] = {}
    counted: list[str] = []
    for number, (kind, table, rows) in enumerate(_operations(staged)):
        name = f"rows_{number}"
        parameters[name] = as_json(rows)
        make = _insert if kind == "insert" else _update
        parts.append(f"w{number} AS ({make(table, tuple(rows[0]), name)})")
        if kind == "update":
            counted.append(f"(SELECT count(*) FROM w{number})")  # noqa: S608 - a number of ours
    updated = " + ".join(counted) or "0"
    expected = sum(len(rows) for rows in staged.updates.values())
    statement = f"WITH {', '.join(parts)} SELECT {updated} AS updated"
    return statement, parameters, expected


def as_json(value: object) -> str:
    """Answer the JSON that PostgreSQL unfolds into rows."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def from_json(table: type[DeclaredTable], row: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a row of a table that came as JSON, with the types its columns give."""
    columns = table.__table__.columns
    return {name: _typed(columns[name].type, value) for name, value in row.items()}


def _typed(kind: TypeEngine[Any], value: Any) -> Any:
    reader = next((read for known, read in _READERS.items() if isinstance(kind, known)), None)
    return value if reader is None or value is None else reader(value)


_READERS: Final[Mapping[type[TypeEngine[Any]], Callable[[str], Any]]] = {
    Uuid: UUID,
    DateTime: datetime.fromisoformat,
    Date: date.fromisoformat,
}


def _stage(waiting: dict[Table, list[Row]], table: Table, rows: Iterable[Row]) -> None:
    new = list(rows)
    if not new:
        return
    present = waiting.setdefault(table, [])
    columns = tuple(present[0] if present else new[0])
    if any(tuple(row) != columns for row in new):
        raise ValueError(f"rows of {table.name} must name the same columns in the same order")
    present.extend(new)


def _operations(staged: Staged) -> Iterator[tuple[str, Table, list[Row]]]:
    for table, rows in staged.inserts.items():
        yield "insert", table, rows
    for table, rows in staged.updates.items():
        yield "update", table, rows


def _insert(table: Table, columns: tuple[str, ...], parameter: str) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_unfolded(table, parameter)}"  # noqa: S608 - names of ours


def _update(table: Table, columns: tuple[str, ...], parameter: str) -> str:
    keys = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = r.{name}" for name in columns if name not in keys)
    found = " AND ".join(f"t.{key} = r.{key}" for key in keys)
    if _VERSION in columns:
        found += f" AND t.{_VERSION} = r.{_VERSION} - 1"
    return f"UPDATE {table.name} t SET {changes} FROM {_unfolded(table, parameter)} r WHERE {found} RETURNING 1"  # noqa: S608 - names of ours


def _unfolded(table: Table, parameter: str) -> str:
    return f"json_populate_recordset(NULL::{table.name}, CAST(:{parameter} AS json))"


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written")
