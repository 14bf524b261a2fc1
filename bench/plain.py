"""The reference: the very rows a request of the service writes, as the plain statements of a straightforward program.

The rows are not described here: one request is made, what it wrote is read back, and the scripts are written from that.
BEGIN, one statement a table, COMMIT. Identifiers are new in every transaction; everything else stays as it was.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bench.cast import Connection

Rows = dict[str, list[dict[str, Any]]]
"""Rows by table, in the order in which they are written."""

_NEW_ID: Final = "bench_id(bench_ms(clock_timestamp()), :draw)"
_SOME_CASE: Final = """\
\\set n 2 * random(1, :cases / 2)
\\set ms :first_ms + :n * :step_ms
"""
"""One of the cases with an even number: the service moves people in the others, and each finds them as it left them."""

_LOCKED_CASE: Final = (
    f"SELECT *, id AS case_id, seq AS last_seq, {_NEW_ID} AS event_id "  # noqa: S608 - an expression of ours
    "FROM cases WHERE id = bench_id(:ms, :n) FOR UPDATE \\gset"
)
_TYPES: Final = """
SELECT c.relname AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""
_DRAW: Final = "\\set draw random(1, 1152921504606846975)"
_SELECTS: Final = (
    "SELECT * FROM cases WHERE id = bench_id(:ms, :n);",
    "SELECT * FROM persons WHERE case_id = bench_id(:ms, :n);",
    "SELECT * FROM offenders WHERE case_id = bench_id(:ms, :n);\n",
)
_IDENTITY: Final = frozenset({"id", "case_id", "reference", "agency_id", "filed_by", "filed_at"})
_CHANGED: Final = {
    "version": "version + 1",
    "seq": "seq + 1",
    "status": "CASE status WHEN 'rescued' THEN 'repatriated' ELSE 'rescued' END",
}
"""What differs with every change of a row."""

_UNIQUE: Final = {
    ("cases", "reference"): "'KHBB-' || to_hex(:draw::bigint)",
    ("kept_answers", "key_digest"): "int8send(:draw::bigint) || int8send(:draw::bigint)",
}
"""What no two rows may share, beside identifiers."""

_OF_CASE: Final = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'case_id' ORDER BY table_name
"""
"""Asked of the database, so that no table is forgotten that a case is written to."""


@dataclass(frozen=True)
class Written:
    """The rows that one request wrote, with the type of every column."""

    rows: Rows
    types: dict[str, dict[str, str]]


async def written_by_filing(connection: Connection, case_id: UUID) -> Written:
    """Return all rows that were written when a case was filed; nothing was recorded since."""
    rows = {"cases": await _rows(connection, "SELECT * FROM cases WHERE id = $1", case_id)}
    for row in await connection.fetch(_OF_CASE):
        table = row["table_name"]
        rows[table] = await _rows(connection, f"SELECT * FROM {table} WHERE case_id = $1", case_id)  # noqa: S608
    rows = {table: found for table, found in rows.items() if found}
    rows["audit_log"] = await _rows(connection, "SELECT * FROM audit_log WHERE subject_ids @> ARRAY[$1::uuid]", case_id)
    author = rows["audit_log"][0]["principal_id"]
    rows["kept_answers"] = await _latest_answer(connection, author)
    return Written(rows, await _types(connection))


async def written_by_event(connection: Connection, event_id: UUID) -> Written:
    """Return all rows that were written when an event was recorded; changed rows as they are now."""
    events = await _rows(connection, "SELECT * FROM events WHERE id = $1", event_id)
    event = events[0]
    rows = {
        "cases": await _rows(connection, "SELECT * FROM cases WHERE id = $1", event["case_id"]),
        "persons": await _rows(connection, "SELECT * FROM persons WHERE id = $1", event["subject_id"]),
        "events": events,
        "ledger_entries": await _rows(
            connection, "SELECT * FROM ledger_entries WHERE case_id = $1 AND recorded_at = $2",
            event["case_id"], event["recorded_at"],
        ),
        "audit_log": await _rows(
            connection, "SELECT * FROM audit_log WHERE subject_ids @> ARRAY[$1::uuid]", event_id
        ),
        "kept_answers": await _latest_answer(connection, event["recorded_by"]),
    }  # fmt: skip
    return Written(rows, await _types(connection))


async def written_by_reading(connection: Connection, case_id: UUID) -> Written:
    """Return the audit row that was written when a case was read."""
    found = "SELECT * FROM audit_log WHERE subject_ids @> ARRAY[$1::uuid] AND action = 'case:read' LIMIT 1"
    return Written({"audit_log": await _rows(connection, found, case_id)}, await _types(connection))


def filing_script(written: Written) -> str:
    """Return the script that files the case repeatedly, each time as a new one."""
    case_id: UUID = written.rows["cases"][0]["id"]
    whole = _Statements(written, _ids_of(written.rows, {case_id: ":case_id"}, derive_from=":case_id"), _UNIQUE)
    fresh = _Statements(written, {case_id: _NEW_ID}, _UNIQUE)
    others = [f"{whole.insert(table)};" for table in written.rows if table != "cases"]
    first = f"{fresh.insert('cases')} RETURNING id AS case_id \\gset"
    return "\n".join([_DRAW, "BEGIN;", first, *others, "COMMIT;\n"])


def event_script(written: Written) -> str:
    """Return the script that records the event repeatedly, each time about a person of a random case.

    The case and the person are read first, and the case is locked: two programs may come to the same.
    """
    event = written.rows["events"][0]
    known = {event["case_id"]: ":case_id", event["subject_id"]: ":person_id", event["id"]: ":event_id"}
    ids = _ids_of(written.rows, known, derive_from=":event_id")
    statements = _Statements(written, ids, _UNIQUE | {("events", "seq"): ":last_seq + 1"})
    lines = [
        _SOME_CASE + _DRAW,
        "BEGIN;",
        _LOCKED_CASE,
        "SELECT *, id AS person_id FROM persons WHERE case_id = :case_id::uuid ORDER BY id LIMIT 1 \\gset",
        f"{statements.update('cases', 'id = :case_id::uuid')};",
        f"{statements.update('persons', 'case_id = :case_id::uuid AND id = :person_id::uuid')};",
        *(f"{statements.insert(table)};" for table in written.rows if table not in {"cases", "persons"}),
        "COMMIT;\n",
    ]
    return "\n".join(lines)


def reading_script() -> str:
    """Return the script that reads a random case with its persons and offenders."""
    return _SOME_CASE + "\n".join(_SELECTS)


def recorded_reading_script(written: Written) -> str:
    """Return the script that also writes the audit row, as the service must."""
    audit_id: UUID = written.rows["audit_log"][0]["id"]
    statements = _Statements(written, _ids_of(written.rows, {audit_id: _NEW_ID}, derive_from=_NEW_ID), _UNIQUE)
    return _SOME_CASE + "\n".join([_DRAW, "BEGIN;", *_SELECTS, f"{statements.insert('audit_log')};", "COMMIT;\n"])


@dataclass(frozen=True)
class _Statements:
    """Writes the statements of one script.

    Attributes:
        ids: an expression for each identifier that is new in every transaction.
        other: the same for single columns, by table and name.
    """

    written: Written
    ids: dict[UUID, str]
    other: dict[tuple[str, str], str]

    def insert(self, table: str) -> str:
        """Insert all rows of a table at once."""
        rows = self.written.rows[table]
        values = ",\n".join(
            f"({', '.join(self._value(table, name, value) for name, value in row.items())})" for row in rows
        )
        return f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES\n{values}"

    def update(self, table: str, found: str) -> str:
        """Change every column of a row that changes."""
        changes = [
            f"{name} = {_CHANGED.get(name) or self._value(table, name, value)}"
            for name, value in self.written.rows[table][0].items()
            if name not in _IDENTITY
        ]
        return f"UPDATE {table} SET {', '.join(changes)} WHERE {found}"  # noqa: S608 - names of the catalogue

    def _value(self, table: str, name: str, value: object) -> str:
        return self.other.get((table, name)) or self._expression(value, self.written.types[table][name])

    def _expression(self, value: object, kind: str) -> str:
        if isinstance(value, list):
            return f"ARRAY[{', '.join(self._expression(one, kind.removesuffix('[]')) for one in value)}]::{kind}"
        if isinstance(value, UUID) and value in self.ids:
            return f"{self.ids[value]}::uuid"
        return _literal(value, kind)


def _literal(value: object, kind: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return "now()"
    if isinstance(value, bool | int):
        return str(value).lower()
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return f"({_quoted(text)})::{kind}"


def _quoted(text: str) -> str:
    """Return quoted text in which pgbench sees no variable."""
    return "'" + text.replace("'", "''").replace(":", ":' || '") + "'"


def _ids_of(rows: Rows, known: dict[UUID, str], *, derive_from: str) -> dict[UUID, str]:
    """Return an expression for every id the request generated; unknown ids begin like a known one."""
    drawn = [row.get(name) for found in rows.values() for row in found for name in ("id", "subject_id", "request_id")]
    others = [id_ for id_ in dict.fromkeys(drawn) if isinstance(id_, UUID) and id_ not in known]
    return known | {
        id_: f"overlay({derive_from}::text placing '{place:04x}' from 20 for 4)"
        for place, id_ in enumerate(others, 0x9000)
    }


async def _rows(connection: Connection, query: str, *arguments: object) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection.fetch(query, *arguments)]


async def _latest_answer(connection: Connection, principal_id: UUID) -> list[dict[str, Any]]:
    query = "SELECT * FROM kept_answers WHERE principal_id = $1 ORDER BY kept_at DESC LIMIT 1"
    return await _rows(connection, query, principal_id)


async def _types(connection: Connection) -> dict[str, dict[str, str]]:
    types: dict[str, dict[str, str]] = {}
    for row in await connection.fetch(_TYPES):
        types.setdefault(row["name"], {})[row["column"]] = row["type"]
    return types
