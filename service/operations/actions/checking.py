"""Checking operations: what stands in the logs in an operation's name is what was reported of it, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import text

from service.db.database import Database

_NO_OPERATION: Final = """
SELECT NULL AS operation, c.reference AS file FROM events e LEFT JOIN cases c ON c.id = e.case_id
WHERE e.operation_id IS NOT NULL AND NOT EXISTS (SELECT FROM operations o WHERE o.id = e.operation_id)
"""

_OF_OPERATION: Final = """
SELECT o.reference AS operation, c.reference AS file
FROM events e JOIN operations o ON o.id = e.operation_id LEFT JOIN cases c ON c.id = e.case_id WHERE
"""

_TOLD: Final = """
SELECT operation_id, subject_id AS id FROM events WHERE operation_id IS NOT NULL
UNION
SELECT operation_id, case_id FROM events WHERE operation_id IS NOT NULL
"""

_REPORTED: Final = """
SELECT subject_ids[1] AS operation_id, unnest(subject_ids[2:]) AS id FROM audit_log WHERE action = 'operation:reported'
"""

_ONLY: Final = """
SELECT o.reference AS operation, NULL AS file FROM operations o
WHERE o.id IN (SELECT operation_id FROM (({these}) EXCEPT ({those})) differing)
"""

_WRONG: Final[Mapping[str, str]] = {
    "{case}: an event is in the name of an operation that is not there": _NO_OPERATION,
    "{operation}: an event in its name in {case} is another agency's": f"{_OF_OPERATION} e.agency_id <> o.agency_id",
    "{operation}: an event in its name in {case} lies before it began": f"{_OF_OPERATION} e.occurred_on < o.started_on",
    "{operation}: a finding in its name in {case} is another authority's": (
        f"{_OF_OPERATION} e.kind = 'finding_made' AND e.fact->>'authority' <> o.authority"
    ),
    "{operation}: the logs say something in its name of people whom no report of it named": _ONLY.format(
        these=_TOLD, those=_REPORTED
    ),
    "{operation}: a report of it named people of whom the logs say nothing in its name": _ONLY.format(
        these=_REPORTED, those=_TOLD
    ),
}
"""In words, and a query for what it is so of. Reports are those on record in the audit log, which names everybody."""


@dataclass
class OperationsCheck:
    """What was compared, and what differs.

    Attributes:
        differences: in words, each naming the operation or the case; references only.
    """

    operations: int = 0
    differences: list[str] = field(default_factory=list)


async def check_operations(database: Database) -> OperationsCheck:
    """Compare the events in operations' names with the operations, and with what is on record of their reports.

    Args:
        database: read in one snapshot, so that a running service does not disturb the comparison.
    """
    check = OperationsCheck()
    async with database.read() as db:
        counted = await db.row(text("SELECT count(*) AS operations FROM operations"))
        check.operations = counted["operations"] if counted else 0
        for words, query in _WRONG.items():
            row = await db.row(text(f"{query} LIMIT 1"))
            if row is not None:
                names = {"operation": f"operation {row['operation']}", "case": f"case {row['file']}"}
                check.differences.append(words.format(**names))
    return check
