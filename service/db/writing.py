"""Many rows of many tables, written by one statement.

Each table's rows travel as one JSON document and are unfolded by the server, so the text of the statement depends on
which tables and columns are written, never on how many rows: it is prepared once.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import LargeBinary, Table

Row = Mapping[str, Any]

STALE: Final = "22012"
"""The SQLSTATE, division by zero, by which the statement refuses itself where a changed row is not the one expected."""

_VERSION: Final = "version"


@dataclass(slots=True)
class _Part:
    """What is done to one table, and the rows it is done with.

    Attributes:
        written: rows as JSON, several at a time, commas between them.
        unwritten: rows that are not JSON yet.
    """

    table: Table
    changes: bool
    columns: tuple[str, ...]
    count: int = 0
    written: list[bytes] = field(default_factory=list)
    unwritten: list[Row] = field(default_factory=list)

    def write(self) -> bytes:
        """Turn the rows into JSON that are not yet, and answer it."""
        rows, self.unwritten = self.unwritten, []
        binary = _binary_columns(self.table) if rows else frozenset()
        if not binary.isdisjoint(self.columns):
            rows = [{name: _hex(value) if name in binary else value for name, value in row.items()} for row in rows]
        written = to_json(rows)[1:-1] if rows else b""
        if written:
            self.written.append(written)
        return written


class Staged:
    """Rows that wait to be written, by table."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._parts: dict[tuple[str, bool], _Part] = {}
        self._hash = hashlib.sha256()

    def __bool__(self) -> bool:
        """Tell whether anything waits."""
        return bool(self._parts)

    def insert(self, table: Table, rows: Iterable[Row]) -> None:
        """Add new rows."""
        self._stage(table, rows, changes=False)

    def update(self, table: Table, rows: Iterable[Row]) -> None:
        """Add changed rows."""
        self._stage(table, rows, changes=True)

    def digest(self) -> bytes:
        """Answer the SHA-256 of all rows so far, as they will be written, and of what is done with them."""
        for part in self._parts.values():
            self._hash.update(
                b"%s %s %s\n" % (b"update" if part.changes else b"insert", part.table.name.encode(), part.write())
            )
        return self._hash.digest()

    def statement(self) -> tuple[str, list[str | int]]:
        """Answer one SQL statement for all rows, and its values: each table's rows, and how many must be changed."""
        parts = tuple(self._parts.values())
        for part in parts:
            part.write()
        text = _statement(tuple((part.table, part.changes, part.columns) for part in parts))
        changed = sum(part.count for part in parts if part.changes)
        return text, [*(f"[{b','.join(part.written).decode()}]" for part in parts), changed]

    def _stage(self, table: Table, rows: Iterable[Row], *, changes: bool) -> None:
        for row in rows:
            columns = tuple(row)
            part = self._parts.get((table.name, changes))
            if part is None:
                part = self._parts[table.name, changes] = _Part(table, changes, columns)
            if columns != part.columns:
                raise ValueError(f"rows of {table.name} must name the same columns in the same order")
            part.unwritten.append(row)
            part.count += 1


def _hex(value: bytes | None) -> str | None:
    return None if value is None else f"\\x{value.hex()}"


@cache
def _binary_columns(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.columns if isinstance(column.type, LargeBinary))


@cache
def _statement(parts: tuple[tuple[Table, bool, tuple[str, ...]], ...]) -> str:
    """Answer the statement for rows of these tables and columns; a service has a few dozen of them.

    Source: PostgreSQL documentation, 7.8.4 "Data-Modifying Statements in WITH": each runs exactly once and to its
    end, all see the same snapshot, and an error undoes all of them.
    """
    done: list[str] = []
    counted: list[str] = []
    for place, (table, changes, columns) in enumerate(parts):
        make = _update if changes else _insert
        done.append(f"w{place} AS ({make(table, columns, f'${place + 1}')})")
        if changes:
            counted.append(f"(SELECT count(*) FROM w{place})")  # noqa: S608 - a number of ours
    changed = " + ".join(counted) or "0"
    expected = f"CAST(${len(parts) + 1} AS bigint)"
    return f"WITH {', '.join(done)} SELECT 1 / (CASE WHEN {changed} = {expected} THEN 1 ELSE 0 END)"


def _insert(table: Table, columns: tuple[str, ...], value: str) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_unfolded(table, value)}"  # noqa: S608 - names of ours


def _update(table: Table, columns: tuple[str, ...], value: str) -> str:
    keys = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = r.{name}" for name in columns if name not in keys)
    found = " AND ".join(f"t.{key} = r.{key}" for key in keys)
    if _VERSION in columns:
        found += f" AND t.{_VERSION} = r.{_VERSION} - 1"
    return f"UPDATE {table.name} t SET {changes} FROM {_unfolded(table, value)} r WHERE {found} RETURNING 1"  # noqa: S608 - names of ours


def _unfolded(table: Table, value: str) -> str:
    return f"json_populate_recordset(NULL::{table.name}, CAST(CAST({value} AS text) AS json))"
