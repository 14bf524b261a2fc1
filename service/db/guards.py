"""What the database itself holds against changes, compared with what this release made: for `safe-return check`.

Triggers, functions, constraints, and what the run-time role may do. Whoever has the database in hand can take them
away for a while and put them back: that leaves no trace here.
"""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final, TypedDict

from sqlalchemy import ARRAY, Boolean, MetaData, Text, bindparam, text

from service.db.database import ReadConnection
from service.db.rights import RIGHTS, RUN_TIME_ROLE
from service.db.statements import DIALECT, Query

TRIGGERS: Final = {
    "audit_log": {"audit_log_rows_stay": "refuse_change", "audit_log_stays": "refuse_change"},
    "events": {
        "events_are_timely": "refuse_untimely",
        "events_rows_stay": "refuse_change",
        "events_stays": "refuse_change",
    },
    "ledger_entries": {
        "ledger_entries_into_open_days": "refuse_folded_day",
        "ledger_entries_rows_stay": "refuse_change",
        "ledger_entries_stays": "refuse_change",
    },
    "sealed_records": {
        "sealed_records_are_retired_on_record": "refuse_unrecorded",
        "sealed_records_stay": "refuse_altered",
    },
    "service_keys": {"service_keys_are_recorded": "refuse_unrecorded", "service_keys_stay": "refuse_altered"},
    "sessions": {
        "sessions_are_of_active_users": "refuse_session",
        "sessions_are_recorded": "refuse_unrecorded",
        "sessions_stay": "refuse_altered",
    },
    "users": {"users_are_recorded": "refuse_unrecorded"},
}
"""By table, with the function that each calls."""

FUNCTIONS: Final = {
    "detach_audit_month(date,boolean)": "aaf3bf6a983ae5e2",
    "fold_ledger_day(date,timestamp with time zone)": "d6a7ceba8c6e557f",
    "fold_ledger_months(date)": "cdaf2e8420abd859",
    "fold_ledger_step(timestamp with time zone,integer)": "0fdfa7256000cf7c",
    "is_timely(timestamp with time zone,timestamp with time zone)": "6cf2b6471a1f5fbe",
    "keep_audit_months(integer)": "4b16525780601ac4",
    "ledger_writers()": "6d4d29a2a78456c3",
    "make_audit_month(date,regclass)": "3f92631f42440734",
    "make_audit_rest(regclass)": "6ec594b152a7aa86",
    "note_audit_export(date,bigint,bytea)": "75711ca17cbf7684",
    "owns(oid)": "5ffbee68b65ad29f",
    "refuse_altered()": "cf0eff179138031d",
    "refuse_change()": "59f7a53d63cc986c",
    "refuse_folded_day()": "9f043beb22979d16",
    "refuse_session()": "56062cb7f1d13905",
    "refuse_unrecorded()": "af6068145e3615c2",
    "refuse_untimely()": "fc10c4465f19c935",
    "sort_audit_rest()": "58e6228f54ce551f",
    "sum_ledger_entries(integer)": "93dfdb7d9ad863bc",
    "sum_ledger_month(date,integer)": "327e8f0e13f9e3bc",
}
"""With the beginning of the SHA-256 of what each is: `tests/db/test_guards.py` says it where a revision changes one."""

_PRIVILEGES: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


class _TriggerRecord(TypedDict):
    table: str
    name: str
    function: str
    on: bool


class _FunctionRecord(TypedDict):
    name: str
    definer: bool
    settings: str
    source: str


class _RightRecord(TypedDict):
    table: str
    privilege: str


class _NameRecord(TypedDict):
    name: str


class _RoleRecord(TypedDict):
    owns: bool


_TRIGGERS: Final = Query(
    text("""
    SELECT CAST(c.relname AS text) AS table, CAST(t.tgname AS text) AS name, CAST(p.proname AS text) AS function,
           t.tgenabled IN ('O', 'A') AS on
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = CAST('public' AS regnamespace)
    ORDER BY 1, 2
    """).columns(table=Text, name=Text, function=Text, on=Boolean),
    _TriggerRecord,
)
_FUNCTIONS: Final = Query(
    text("""
    SELECT CAST(CAST(p.oid AS regprocedure) AS text) AS name, p.prosecdef AS definer,
           coalesce(array_to_string(p.proconfig, ' '), '') AS settings, p.prosrc AS source
    FROM pg_proc p WHERE p.pronamespace = CAST('public' AS regnamespace)
    ORDER BY 1
    """).columns(name=Text, definer=Boolean, settings=Text, source=Text),
    _FunctionRecord,
)
_OPEN_PARTS: Final = Query(
    text("""
    SELECT CAST(c.relname AS text) AS name FROM pg_class c
    WHERE c.relnamespace = CAST('audit_parts' AS regnamespace) AND c.relkind = 'r' AND (
        SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change' AND t.tgenabled IN ('O', 'A')) < 2
    ORDER BY 1
    """).columns(name=Text),
    _NameRecord,
)
"""Parts of the audit log without one of the two triggers that each has: by row, and by statement."""
_CONSTRAINTS: Final = Query(
    text("""
    SELECT CAST(conname AS text) AS name FROM pg_constraint
    WHERE connamespace = CAST('public' AS regnamespace) AND convalidated
    """).columns(name=Text),
    _NameRecord,
)
_RIGHTS: Final = Query(
    text("""
    SELECT CAST(c.relname AS text) AS table, p.privilege AS privilege
    FROM pg_roles r CROSS JOIN pg_class c CROSS JOIN unnest(:privileges) p (privilege)
    WHERE r.rolname = :role AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND c.relnamespace IN (CAST('public' AS regnamespace), CAST('audit_parts' AS regnamespace))
      AND CASE WHEN p.privilege IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege(r.oid, c.oid, p.privilege)
               ELSE has_any_column_privilege(r.oid, c.oid, p.privilege) END
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid
                      AND d.deptype = 'e')
    """)
    .bindparams(bindparam("role", type_=Text), bindparam("privileges", type_=ARRAY(Text)))
    .columns(table=Text, privilege=Text),
    _RightRecord,
)
_ROLE: Final = Query(
    text("""
    SELECT rolsuper OR EXISTS (
        SELECT FROM pg_class c WHERE c.relnamespace = CAST('public' AS regnamespace)
        AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns
    FROM pg_roles r WHERE rolname = :role
    """)
    .bindparams(bindparam("role", type_=Text))
    .columns(owns=Boolean),
    _RoleRecord,
)


async def wrong_guards(db: ReadConnection, metadata: MetaData) -> AsyncIterator[str]:
    """Yield in words in what a database differs from what this release made.

    Args:
        db: any connection.
        metadata: every table of the register.
    """
    async for words in _wrong_triggers(db):
        yield f"database: {words}"
    for name, made in (await made_functions(db)).items():
        if name in FUNCTIONS and made != FUNCTIONS[name]:
            yield f"database: the function {name} is not that of this release"
    async for words in _wrong_constraints(db, metadata):
        yield f"database: {words}"
    async for words in _wrong_rights(db):
        yield f"database: {words}"


async def made_functions(db: ReadConnection) -> dict[str, str]:
    """Return the functions of a database, with the beginning of the SHA-256 of what each is; "" for what is missing."""
    found = {row["name"]: _digest(row) for row in await db.rows(_FUNCTIONS)}
    return {**dict.fromkeys(FUNCTIONS, ""), **found}


def _digest(row: _FunctionRecord) -> str:
    return sha256(f"{row['definer']}\n{row['settings']}\n{row['source']}".encode()).hexdigest()[:16]


async def _wrong_triggers(db: ReadConnection) -> AsyncIterator[str]:
    rows = await db.rows(_TRIGGERS)
    found = {(row["table"], row["name"]): row["function"] for row in rows if row["on"]}
    expected = {(table, name): function for table, named in TRIGGERS.items() for name, function in named.items()}
    for table, name in sorted(expected.keys() - found.keys()):
        yield f"the trigger {name} of {table} is missing, or off"
    for table, name in sorted(found.keys() - expected.keys()):
        yield f"there is a trigger {name} of {table} that this release does not know"
    for place in sorted(key for key in found.keys() & expected.keys() if found[key] != expected[key]):
        yield f"the trigger {place[1]} of {place[0]} calls another function"
    for row in await db.rows(_OPEN_PARTS):
        yield f"a trigger of {row['name']}, a part of the audit log, is missing, or off"


async def _wrong_constraints(db: ReadConnection, metadata: MetaData) -> AsyncIterator[str]:
    found = {row["name"] for row in await db.rows(_CONSTRAINTS)}
    named = DIALECT.identifier_preparer.format_constraint
    expected = {named(constraint) for table in metadata.tables.values() for constraint in table.constraints}
    for name in sorted(name for name in expected if name and name not in found):
        yield f"the constraint {name} is missing, or not valid"


async def _wrong_rights(db: ReadConnection) -> AsyncIterator[str]:
    role = await db.row(_ROLE, {"role": RUN_TIME_ROLE})
    if role is None:
        return  # the service runs as the owner, which the start warns of
    if role["owns"]:
        yield "the run-time role may do whatever the owner may"
        return
    asked = {"role": RUN_TIME_ROLE, "privileges": list(_PRIVILEGES)}
    found = {(row["table"], row["privilege"]) for row in await db.rows(_RIGHTS, asked)}
    expected = {(table, privilege) for table, rights in RIGHTS.items() for privilege in rights.split(", ")}
    for table, privilege in sorted(found - expected):
        yield f"the run-time role may {privilege} {table}"
    for table, privilege in sorted(expected - found):
        yield f"the run-time role may not {privilege} {table}"
