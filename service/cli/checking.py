"""`safe-return check`: compare logs, sums, operations, search keys, the audit log, the key file and the mark."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service.access.queries.checking import wrong_accounts
from service.audit.actions import LogCheck, check_months, record
from service.audit.queries import last_act
from service.audit.rules import AuditAction
from service.cases.actions.checking import (
    IN_A_PIECE,
    Piece,
    RegisterCheck,
    counted_by,
    pieces_of_changed_logs,
    pieces_of_logs,
    pieces_of_sums,
)
from service.cli.marking import mark_differences
from service.cli.parts import Part, Wanted
from service.cli.processes import checked, processes_for
from service.cli.registers import acting, in_register, run_at
from service.cli.surroundings import Surroundings
from service.clock import utc_now
from service.db.database import Upkeep
from service.db.guards import wrong_guards
from service.main import keys_of
from service.operations.actions.checking import OperationsCheck, check_operations
from service.people.actions.checking import SearchCheck, check_keys, check_search_keys
from service.people.actions.opening import KeyOpener
from service.story.counting import RULES_VERSION
from service.tables import METADATA

_MARGIN: Final = timedelta(days=1)
"""A quick check looks back so much further than the whole one before it: that took its time, and clocks differ."""

Progress = Callable[[int, int, str], None]


@dataclass
class WholeCheck:
    """The results of all comparisons."""

    register: RegisterCheck = field(default_factory=RegisterCheck)
    operations: OperationsCheck = field(default_factory=OperationsCheck)
    searches: SearchCheck = field(default_factory=SearchCheck)
    log: LogCheck = field(default_factory=LogCheck)
    accounts: list[str] = field(default_factory=list)
    database: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    mark: list[str] = field(default_factory=list)

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
            *self.accounts,
            *self.database,
        ]

    @property
    def recount_due(self) -> bool:
        """Whether an earlier release counted the register."""
        return self.register.counted_by < RULES_VERSION

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
        due = self.recount_due
        return {**counted, "differences": self.differences, "unindexed": self.searches.unindexed, "recount_due": due}


def check_all(progress: Progress, wanted: Wanted) -> WholeCheck:
    """Check the register that the settings name.

    Args:
        progress: called with the number done, the total, and what is counted.
        wanted: what to check, and how.

    Raises:
        CommandError: there is no register yet, it cannot be reached, it must be migrated first, or no whole check is
            on record before a quick one.
        SealingError: the keys are missing, or are not those of this register.
    """
    with in_register() as around:
        return check_at(around, around.api_url, progress, wanted)


def check_at(around: Surroundings, url: str, progress: Progress, wanted: Wanted) -> WholeCheck:
    """Check a register at a URL. A whole check that finds nothing is put on record: quick ones begin there."""
    settings = around.settings
    pieces = run_at(settings, url, lambda database: _pieces(database, wanted))
    found = run_at(settings, url, lambda database: _check_rest(database, around, progress, wanted))
    with checked(settings, url, pieces, wanted.processes or processes_for(pieces)) as results:
        for done, result in enumerate(results, 1):
            found.register.add(result)
            progress(done, len(pieces), "cases and sums")
    if wanted.whole and not found.differences and not found.recount_due:
        run_at(settings, url, _put_on_record)
    return found


async def _pieces(database: Upkeep, wanted: Wanted) -> list[Piece]:
    pieces: list[Piece] = []
    if Part.LOGS in wanted.all_parts:
        since = await _last_whole_check(database) if wanted.quick else None
        pieces += (
            await pieces_of_logs(database, IN_A_PIECE)
            if since is None
            else await pieces_of_changed_logs(database, since)
        )
    if Part.SUMS in wanted.all_parts:
        pieces += await pieces_of_sums(database)
    return pieces


async def _last_whole_check(database: Upkeep) -> datetime | None:
    async with database.read_unrecorded("check: when the register was checked says nothing of anybody") as db:
        last = await last_act(db, AuditAction.REGISTER_CHECKED)
    return None if last is None else last - _MARGIN


async def _check_rest(database: Upkeep, around: Surroundings, progress: Progress, wanted: Wanted) -> WholeCheck:
    """Check what is not checked in pieces."""
    settings, parts = around.settings, wanted.all_parts
    found = WholeCheck(RegisterCheck(await counted_by(database)))
    ring = keys_of(settings) if wanted.sealed or settings.keys or settings.key_path.exists() else None
    if ring and (Part.KEYS in parts or wanted.sealed):
        found.keys = await check_keys(database, ring)
    if Part.OPERATIONS in parts:
        found.operations = await check_operations(database)
    if Part.SEARCHES in parts:
        opens = ring and wanted.sealed and not found.keys
        keys = await KeyOpener(database, ring, utc_now).open_keys() if ring and opens else None
        found.searches = await check_search_keys(
            database, keys, acting, lambda done, total: progress(done, total, "sealed records")
        )
    if Part.AUDIT in parts:
        found.log = await check_months(database)
    if Part.ACCOUNTS in parts:
        async with database.read_unrecorded("check: accounts are named by their ids") as db:
            found.accounts = [words async for words in wrong_accounts(db)]
    if Part.DATABASE in parts:
        async with database.read() as db:
            found.database = [words async for words in wrong_guards(db, METADATA)]
    if Part.MARK in parts:
        found.mark = await mark_differences(database, settings)
    return found


async def _put_on_record(database: Upkeep) -> None:
    async with database.write() as db:
        record(db, acting(), AuditAction.REGISTER_CHECKED)
