"""Operations compared with the logs and with the audit log, as a whole: to check a register, never for a caller."""

from collections.abc import AsyncIterator, Mapping
from typing import Final, TypedDict

from sqlalchemy import BigInteger, Text, text

from service.audit.queries import WHOLE_SINCE
from service.db.database import UnrecordedConnection
from service.db.statements import PersonalQuery
from service.operations.queries.naming import on_record


class WrongRecord(TypedDict):
    """References of an operation and a case in which something differs; None for what is not there."""

    operation: str | None
    file: str | None


class _CountRecord(TypedDict):
    operations: int


_NO_OPERATION: Final = """
SELECT NULL AS operation, c.reference AS file FROM events e LEFT JOIN cases c ON c.id = e.case_id
WHERE e.operation_id IS NOT NULL AND NOT EXISTS (SELECT FROM operations o WHERE o.id = e.operation_id)
"""

_OF_OPERATION: Final = """
SELECT o.reference AS operation, c.reference AS file
FROM events e JOIN operations o ON o.id = e.operation_id LEFT JOIN cases c ON c.id = e.case_id WHERE
"""

_TOLD: Final = """
SELECT operation_id, subject_id AS id FROM events WHERE operation_id IS NOT NULL AND kind <> 'operation_made'
UNION
SELECT operation_id, case_id FROM events WHERE operation_id IS NOT NULL AND kind <> 'operation_made'
"""

_TOLD_ON_RECORD: Final = _TOLD.replace("IS NOT NULL", f"IS NOT NULL AND recorded_at >= {WHOLE_SINCE}")

_REPORTED: Final = """
SELECT subject_ids[1] AS operation_id, unnest(subject_ids[2:]) AS id FROM audit_log WHERE action = 'operation:reported'
"""

_LOGGED: Final = """
SELECT e.operation_id, e.case_id FROM events e
WHERE e.kind = 'operation_made' AND e.subject_id = e.case_id AND NOT EXISTS (
    SELECT FROM events v WHERE v.case_id = e.case_id AND v.kind = 'voided' AND v.fact->>'event_id' = CAST(e.id AS text))
"""

_UNLOGGED: Final = """
SELECT o.reference AS operation, c.reference AS file FROM operations o LEFT JOIN cases c ON c.id = o.logged_case_id
WHERE o.logged_case_id IS NOT NULL AND (
    SELECT count(*) FROM ({logged}) said WHERE said.operation_id = o.id AND said.case_id = o.logged_case_id) <> 1
"""

_LOGGED_ELSEWHERE: Final = """
SELECT o.reference AS operation, c.reference AS file FROM ({logged}) said
LEFT JOIN operations o ON o.id = said.operation_id LEFT JOIN cases c ON c.id = said.case_id
WHERE o.logged_case_id IS DISTINCT FROM said.case_id
"""

_NAMED_UNRECORDED: Final = """
SELECT o.reference AS operation, c.reference AS file FROM operations o LEFT JOIN cases c ON c.id = o.logged_case_id
WHERE o.logged_case_id IS DISTINCT FROM o.case_id AND NOT {on_record}
"""

_ONLY: Final = """
SELECT o.reference AS operation, NULL AS file FROM operations o
WHERE o.id IN (SELECT operation_id FROM (({these}) EXCEPT ({those})) differing)
"""

_ACTS: Final = """
WITH told AS (
    SELECT subject_ids[1] AS id, count(*) AS acts, count(*) FILTER (WHERE action = 'operation:recorded') AS made
    FROM audit_log WHERE action IN ('operation:recorded', 'operation:changed') GROUP BY 1)
SELECT coalesce(o.reference, '?') AS operation, NULL AS file
FROM operations o FULL JOIN told ON told.id = o.id WHERE
"""

_TEXTS: Final[Mapping[str, str]] = {
    "{operation}: it was recorded of which the audit log says nothing": (
        f"{_ACTS} o.recorded_at >= {WHOLE_SINCE} AND coalesce(told.made, 0) <> 1"
    ),
    "{operation}: it was changed otherwise than the audit log says": (
        f"{_ACTS} told.made = 1 AND o.version <> told.acts"
    ),
    "{operation}: the audit log says that it was recorded, and it is not there": f"{_ACTS} o.id IS NULL",
    "{case}: an event is in the name of an operation that is not there": _NO_OPERATION,
    "{operation}: an event in its name in {case} is another agency's": (
        f"{_OF_OPERATION} e.agency_id <> o.agency_id AND e.kind <> 'operation_made'"
    ),
    "{operation}: an event in its name in {case} lies before it began": f"{_OF_OPERATION} e.occurred_on < o.started_on",
    "{operation}: a finding in its name in {case} is another authority's": (
        f"{_OF_OPERATION} e.kind = 'finding_made' AND e.fact->>'authority' <> o.authority"
    ),
    "{operation}: the logs say something in its name of people whom no report of it named": _ONLY.format(
        these=_TOLD_ON_RECORD, those=_REPORTED
    ),
    "{operation}: a report of it named people of whom the logs say nothing in its name": _ONLY.format(
        these=_REPORTED, those=_TOLD
    ),
    "{operation}: the log of {case} does not say that it was made for it": _UNLOGGED.format(logged=_LOGGED),
    "{operation}: the log of {case} says that it was made for it, and it was not": (
        _LOGGED_ELSEWHERE.format(logged=_LOGGED)
    ),
    "{operation}: it was given another case than {case}, of which the audit log says nothing": (
        _NAMED_UNRECORDED.format(on_record=on_record("o"))
    ),
}
"""In words, and a query for what it is so of. Reports are those on record in the audit log, which names everybody."""

_WRONG: Final = {
    words: PersonalQuery(text(f"{query} LIMIT 1").columns(operation=Text, file=Text), WrongRecord)
    for words, query in _TEXTS.items()
}
_COUNT: Final = PersonalQuery(
    text("SELECT count(*) AS operations FROM operations").columns(operations=BigInteger), _CountRecord
)


async def count_operations(db: UnrecordedConnection) -> int:
    """Return how many operations there are."""
    [row] = await db.rows(_COUNT)
    return row["operations"]


async def wrong_operations(db: UnrecordedConnection) -> AsyncIterator[str]:
    """Yield in words what differs, with one operation or case in which it does."""
    for words, query in _WRONG.items():
        row = await db.row(query)
        if row is not None:
            yield words.format(operation=f"operation {row['operation']}", case=f"case {row['file']}")
