"""Checking operations: what stands in the logs in an operation's name is what was reported of it, and no more."""

from dataclasses import dataclass, field

from service.db.database import Upkeep
from service.operations.queries.checking import count_operations, wrong_operations


@dataclass
class OperationsCheck:
    """What was compared, and what differs.

    Attributes:
        differences: in words, each naming the operation or the case; references only.
    """

    operations: int = 0
    differences: list[str] = field(default_factory=list)


async def check_operations(database: Upkeep) -> OperationsCheck:
    """Compare the events in operations' names with the operations, and with what is on record of their reports.

    Args:
        database: read in one snapshot, so that a running service does not disturb the comparison.
    """
    check = OperationsCheck()
    async with database.read_unrecorded("check: operations and cases are named by their references") as db:
        check.operations = await count_operations(db)
        check.differences += [words async for words in wrong_operations(db)]
    return check
