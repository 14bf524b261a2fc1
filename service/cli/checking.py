"""`safe-return check`: compare the logs, operations, search keys of sealed records, the audit log, and the key file."""

from collections.abc import Callable
from dataclasses import dataclass

from service.audit.actions import LogCheck, check_months
from service.cases.actions.checking import RegisterCheck, check_register
from service.cli.marking import mark_differences
from service.cli.registers import acting, run_in_register
from service.cli.surroundings import read_settings
from service.clock import utc_now
from service.db.database import Upkeep
from service.main import keys_of
from service.operations.actions.checking import OperationsCheck, check_operations
from service.people.actions.checking import SearchCheck, check_keys, check_search_keys
from service.people.actions.opening import KeyOpener
from service.story.counting import RULES_VERSION


@dataclass(frozen=True)
class WholeCheck:
    """The results of all comparisons."""

    register: RegisterCheck
    operations: OperationsCheck
    searches: SearchCheck
    log: LogCheck
    keys: list[str]
    mark: list[str]

    @property
    def differences(self) -> list[str]:
        """Return all differences, those of the logs first."""
        return [
            *self.register.differences,
            *self.operations.differences,
            *self.searches.differences,
            *self.log.differences,
            *self.keys,
            *self.mark,
        ]

    @property
    def counted(self) -> dict[str, int]:
        """Return how many records of each sort were compared, and how many differences were found."""
        return {
            "Cases": self.register.cases,
            "Events": self.register.events,
            "Ledger entries": self.register.entries,
            "Operations": self.operations.operations,
            "Sealed records": self.searches.records,
            "Opened": self.searches.opened,
            "Months of audit": self.log.months,
            "Differences": len(self.differences),
        }

    @property
    def record(self) -> dict[str, object]:
        """Return the same for programs, with every difference in words."""
        counted = {name.lower().replace(" ", "_"): count for name, count in self.counted.items()}
        due = self.register.counted_by < RULES_VERSION
        return {**counted, "differences": self.differences, "unindexed": self.searches.unindexed, "recount_due": due}


def check_all(progress: Callable[[int, int, str], None], *, sealed: bool) -> WholeCheck:
    """Check the register that the settings name.

    Args:
        progress: called with the number done, the total, and what is counted.
        sealed: also open every sealed record, on record, and compare its search keys.

    Raises:
        CommandError: there is no register yet, it cannot be reached, or it must be migrated first.
        SealingError: the keys are missing, or are not those of this register.
    """

    async def work(database: Upkeep) -> WholeCheck:
        settings = read_settings()
        ring = keys_of(settings) if sealed or settings.keys or settings.key_path.exists() else None
        missing = await check_keys(database, ring) if ring else []
        keys = await KeyOpener(database, ring, utc_now).open_keys() if ring and sealed and not missing else None
        return WholeCheck(
            register=await check_register(database, lambda done, total: progress(done, total, "cases")),
            operations=await check_operations(database),
            searches=await check_search_keys(
                database, keys, acting, lambda done, total: progress(done, total, "sealed records")
            ),
            log=await check_months(database),
            keys=missing,
            mark=await mark_differences(database, settings),
        )

    return run_in_register(work)
