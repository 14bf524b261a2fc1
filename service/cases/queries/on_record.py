"""What is in the cases compared with what is on record of it: for checking the register, never for a caller.

Whoever writes is on record in the same statement: an event, a sealed record and its retirement have a row of the audit
log of the same principal that names the case, and an entry has an event, or a recount, of its instant.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, text

from service.audit.queries import WHOLE_SINCE
from service.db.database import UnrecordedConnection
from service.db.statements import PersonalQuery

_ID_OF: Final = """
CAST(lpad(to_hex(CAST(floor(extract(epoch FROM {at}) * 1000) AS bigint)), 12, '0') || repeat('{digit}', 20) AS uuid)
"""

_BY: Final = "AND a.principal_id = one.by AND a.agency_id = one.agency_id"
_BY_OR_LATER: Final = """
AND (a.principal_id = one.by AND a.agency_id = one.agency_id
     OR a.principal_id IS NULL AND a.action = 'operation:changed')
"""
"""Or by the register itself, once the embargo of an operation has passed (ADR 69)."""

_RECORDED: Final = """
(SELECT count(*) FROM audit_log a
 WHERE a.id >= {first} AND a.id <= {last} AND a.recorded_at >= {earliest} AND a.recorded_at <= one.at
   AND one.case_id = ANY (a.subject_ids) {by})
"""
"""A count, so that it is asked of each by the primary key."""


def _recorded(*, before: str, by: str) -> str:
    """Return how many rows of the audit log are of an instant, or up to so long before it."""
    earliest = f"one.at - interval '{before}'"
    first = _ID_OF.format(at=f"{earliest} - interval '1 ms'", digit="0")
    last = _ID_OF.format(at="one.at + interval '1 ms'", digit="f")
    return _RECORDED.format(first=first, last=last, earliest=earliest, by=by)


_UNRECORDED: Final = """
WITH done AS MATERIALIZED ({done}), unmatched AS MATERIALIZED (SELECT * FROM done one WHERE {exact} = 0)
SELECT DISTINCT coalesce(c.reference, o.reference, '?') AS file
FROM unmatched one LEFT JOIN cases c ON c.id = one.case_id LEFT JOIN operations o ON o.id = one.case_id
WHERE {near} = 0
ORDER BY 1
"""

_DONE: Final = """
SELECT DISTINCT case_id, {at} AS at, {by} FROM {table}
WHERE case_id > :after AND case_id <= :upto AND {at} >= {begins}
"""


def _unrecorded(table: str, *, at: str = "recorded_at", by: str = _BY, near: str = "0 s") -> str:
    """Return the query for cases in which something was done that is not on record."""
    who = "recorded_by AS by, agency_id" if by else "NULL AS by"
    done = _DONE.format(table=table, at=at, by=who, begins=WHOLE_SINCE)
    return _UNRECORDED.format(done=done, exact=_recorded(before="0 s", by=by), near=_recorded(before=near, by=by))


_ENTRIES: Final = """
SELECT DISTINCT c.reference AS file FROM ledger_entries one JOIN cases c ON c.id = one.case_id
WHERE one.case_id > :after AND one.case_id <= :upto
AND NOT EXISTS (SELECT FROM events e WHERE e.case_id = one.case_id AND e.recorded_at = one.recorded_at)
AND one.recorded_at >= {begins} AND NOT EXISTS (
    SELECT FROM audit_log a WHERE a.action = 'register:recounted' AND a.recorded_at = one.recorded_at
    AND one.case_id = ANY (a.subject_ids))
ORDER BY 1
"""

_LOST: Final = """
SELECT DISTINCT '?' AS file FROM audit_log a WHERE a.action = 'case:filed' AND a.id > :after AND a.id <= :upto
AND NOT EXISTS (SELECT FROM cases WHERE id = a.subject_ids[1])
"""

_TEXTS: Final[Mapping[str, str]] = {
    # an event is dated no earlier than the one before it, whatever the clock: half a minute (migration 0019)
    "case {file}: an event was recorded of which the audit log says nothing": _unrecorded(
        "events", by=_BY_OR_LATER, near="30 s"
    ),
    "case {file}: something was sealed of which the audit log says nothing": _unrecorded("sealed_records"),
    "case {file}: something sealed was retired of which the audit log says nothing": _unrecorded(
        "sealed_records", at="retired_at", by=""
    ),
    "case {file}: the ledger has an entry of an instant at which nothing was recorded": _ENTRIES.format(
        begins=WHOLE_SINCE
    ),
    "audit log: a case was filed that is not there": _LOST,
}


class _FileRecord(TypedDict):
    file: str


_QUERIES: Final = {
    words: PersonalQuery(
        text(query).bindparams(bindparam("after", type_=Uuid), bindparam("upto", type_=Uuid)).columns(file=Text),
        _FileRecord,
    )
    for words, query in _TEXTS.items()
}


async def wrong_on_record(db: UnrecordedConnection, after: UUID, upto: UUID) -> AsyncIterator[str]:
    """Yield in words what is not on record of the cases after one id and up to another, each with its reference."""
    for words, query in _QUERIES.items():
        for row in await db.rows(query, {"after": after, "upto": upto}):
            yield words.format(file=row["file"])
