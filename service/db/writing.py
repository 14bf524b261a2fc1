"""Many rows of many tables, written by one statement.

Rows that come in any number, those of a case, travel as one JSON document a table and are unfolded by the server: the
text of the statement does not depend on how many they are, so it is prepared once. That costs the server more than
values of their own, which is how the only row of a table travels where it stands by itself, or is changed.
"""

import hashlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import LargeBinary, Table

from service.db.statements import check_plain

Row = Mapping[str, Any]

STALE: Final = "22012"
"""The SQLSTATE, division by zero, by which the statement refuses itself where a changed row is not the one expected."""

_VERSION: Final = "version"

AT_ONCE: Final = 20
"""Rows turned into JSON in one piece: that of a person takes a thirtieth of a millisecond."""

_TABLES_KEPT: Final = 128
_TEXTS_KEPT: Final = 512
"""More mixtures of tables and columns than the service writes; what is past that is put together anew."""


@dataclass(slots=True)
class _Part:
    """What is done to one table, and the rows it is done with.

    Attributes:
        rows: all of them.
        written: the first of them as JSON, several at a time, commas between them.
        unwritten: the others, which are not JSON yet.
        hashed: how many of `written` the digest has seen.
    """

    table: Table
    changes: bool
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    unwritten: list[Row] = field(default_factory=list)
    hashed: int = 0

    @property
    def alone(self) -> bool:
        """Whether the only row travels as values. New parts of a case do not: each mixture would be another text."""
        return len(self.rows) == 1 and (self.changes or not _in_a_case(self.table))

    @property
    def shape(self) -> "_Shape":
        """What the text of the statement depends on."""
        return self.table, self.changes, self.columns, self.alone

    def values(self) -> list[Any]:
        """Return what the statement is given: one row's values, or several rows as JSON."""
        if self.alone:
            return list(self.rows[0].values())
        self.write()
        return [f"[{b','.join(self.written).decode()}]"]

    def write(self, most: int | None = None) -> None:
        """Turn the rows into JSON that are not yet, or so many of them at most."""
        rows, self.unwritten = self.unwritten[:most], [] if most is None else self.unwritten[most:]
        binary = _binary_columns(self.table) if rows else frozenset()
        if not binary.isdisjoint(self.columns):
            rows = [{name: _hex(value) if name in binary else value for name, value in row.items()} for row in rows]
        if rows:
            self.written.append(to_json(rows)[1:-1])

    def not_hashed(self) -> bytes:
        """Return as JSON the rows that the digest has not seen; it has from now on."""
        self.write()
        rest, self.hashed = self.written[self.hashed :], len(self.written)
        return b",".join(rest)


class Staged:
    """Rows that wait to be written, by table."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._parts: dict[tuple[str, bool], _Part] = {}
        self._hash = hashlib.sha256()

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._parts)

    def insert(self, table: Table, rows: Iterable[Row]) -> None:
        """Add new rows."""
        self._stage(table, rows, changes=False)

    def update(self, table: Table, rows: Iterable[Row]) -> None:
        """Add changed rows."""
        self._stage(table, rows, changes=True)

    def writing_out(self) -> Generator[None, None, None]:
        """Turn the rows into JSON, `AT_ONCE` at a time, saying by `yield` where others may be let in."""
        for part in self._parts.values():
            while len(part.unwritten) > AT_ONCE:
                yield
                part.write(AT_ONCE)

    def digest(self) -> bytes:
        """Return the SHA-256 of all rows so far, in the JSON that says the same, and of what is done with them."""
        for part in self._parts.values():
            self._hash.update(
                b"%s %s %s\n" % (b"update" if part.changes else b"insert", part.table.name.encode(), part.not_hashed())
            )
        return self._hash.digest()

    def statement(self) -> tuple[str, list[Any]]:
        """Return one SQL statement for all rows, and its values: each table's rows, and how many must be changed."""
        parts = self._parts.values()
        changed = sum(len(part.rows) for part in parts if part.changes)
        return _statement(tuple(part.shape for part in parts)), [*chain(*(part.values() for part in parts)), changed]

    def _stage(self, table: Table, rows: Iterable[Row], *, changes: bool) -> None:
        for row in rows:
            columns = tuple(row)
            part = self._parts.get((table.name, changes))
            if part is None:
                part = self._parts[table.name, changes] = _Part(table, changes, columns)
            if columns != part.columns:
                raise ValueError(f"rows of {table.name} must name the same columns in the same order")
            part.rows.append(row)
            part.unwritten.append(row)


def _hex(value: bytes | None) -> str | None:
    return None if value is None else f"\\x{value.hex()}"


@lru_cache(_TABLES_KEPT)
def _binary_columns(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.columns if isinstance(column.type, LargeBinary))


@lru_cache(_TABLES_KEPT)
def _in_a_case(table: Table) -> bool:
    return "case_id" in table.primary_key.columns


_Shape = tuple[Table, bool, tuple[str, ...], bool]
"""Table, whether rows of it are changed, columns, and whether it is one row that travels as values."""


@lru_cache(_TABLES_KEPT)
def _check_table(table: Table) -> None:
    """Raise if only SQLAlchemy's own execution would do something to a table's rows.

    Raises:
        TypeError: a column's values would be processed, or filled in by Python.
    """
    for column in table.columns:
        check_plain(column.type, f"The column {column}")
        if column.default is not None or column.onupdate is not None:
            raise TypeError(f"The column {column} has a default that Python would fill in, which is not run.")


@lru_cache(_TEXTS_KEPT)
def _statement(parts: tuple[_Shape, ...]) -> str:
    """Return the statement for rows of these tables and columns.

    Raises:
        TypeError: as `_check_table` does, or there is no such column.

    Source: PostgreSQL documentation, 7.8.4 "Data-Modifying Statements in WITH": each runs exactly once and to its
    end, all see the same snapshot, and an error undoes all of them.
    """
    done: list[str] = []
    counted: list[str] = []
    given = 0
    for place, (table, changes, columns, alone) in enumerate(parts):
        _check_table(table)
        if surplus := set(columns) - set(table.columns.keys()):
            raise TypeError(f"{table.name} has no column {', '.join(sorted(surplus))}.")
        needed = len(columns) if alone else 1
        values = [f"${given + number}" for number in range(1, needed + 1)]
        given += needed
        done.append(f"w{place} AS ({_MAKE[changes, alone](table, columns, values)})")
        if changes:
            counted.append(f"(SELECT count(*) FROM w{place})")  # noqa: S608 - a number of ours
    changed = " + ".join(counted) or "0"
    expected = f"CAST(${given + 1} AS bigint)"
    return f"WITH {', '.join(done)} SELECT 1 / (CASE WHEN {changed} = {expected} THEN 1 ELSE 0 END)"


def _insert_one(table: Table, columns: tuple[str, ...], values: Sequence[str]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join(values)})"  # noqa: S608 - names of ours


def _insert(table: Table, columns: tuple[str, ...], values: Sequence[str]) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_unfolded(table, values[0])}"  # noqa: S608 - names of ours


def _update_one(table: Table, columns: tuple[str, ...], values: Sequence[str]) -> str:
    return f"UPDATE {table.name} t {_changed(table, dict(zip(columns, values, strict=True)))}"


def _update(table: Table, columns: tuple[str, ...], values: Sequence[str]) -> str:
    rows = f"FROM {_unfolded(table, values[0])} r"
    return f"UPDATE {table.name} t {_changed(table, {name: f'r.{name}' for name in columns}, rows)}"


def _changed(table: Table, values: Mapping[str, str], source: str = "") -> str:
    keys = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = {value}" for name, value in values.items() if name not in keys)
    found = " AND ".join(f"t.{key} = {values[key]}" for key in keys)
    if _VERSION in values:
        found += f" AND t.{_VERSION} = {values[_VERSION]} - 1"
    return f"SET {changes} {source} WHERE {found} RETURNING 1"


_MAKE: Final = {
    (False, True): _insert_one,
    (False, False): _insert,
    (True, True): _update_one,
    (True, False): _update,
}


def _unfolded(table: Table, value: str) -> str:
    return f"json_populate_recordset(NULL::{table.name}, CAST(CAST({value} AS text) AS json))"
