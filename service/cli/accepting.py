"""Nothing is made to agree before it is known why it differs: what `recount` and `index` do first."""

from collections.abc import Sequence

from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.checking import is_counted
from service.cli.checking import check_at
from service.cli.failures import CommandError, Status
from service.cli.parts import Wanted
from service.cli.printing import warn
from service.cli.progress import progress_bar
from service.cli.registers import acting, run_at
from service.cli.surroundings import Surroundings
from service.db.database import Upkeep
from service.people.actions.checking import is_orphaned


def require_agreement(around: Surroundings, url: str, accepted: Sequence[str], *, recounting: bool) -> None:
    """Check a register before something is made anew in it, and put on record which differences were accepted.

    Args:
        around: its settings.
        url: of the database.
        accepted: names of what may differ, as `check` writes them before the colon.
        recounting: rows and entries are counted again: where an earlier release counted them, they may differ.

    Raises:
        CommandError: something else differs, or nothing differs of what was accepted.
    """
    with progress_bar("Checking the register") as advance:
        found = check_at(around, url, advance, Wanted())
    if found.recount_due and not recounting:
        raise CommandError("An earlier release counted this register: run safe-return recount first.", Status.REFUSED)
    due = found.recount_due and recounting
    mended = [words for words in found.differences if is_orphaned(words) or (due and is_counted(words))]
    differing = [words for words in found.differences if words not in mended]
    names = dict.fromkeys(_name(words) for words in differing)
    for words in differing:
        if _name(words) not in accepted:
            raise CommandError(
                f"The register differs from its logs: {words}\n  Nothing was done: find out why, restore what was "
                f'changed, or accept it, on record, with safe-return recount or index --accept "{_name(words)}".',
                Status.REFUSED,
            )
    unknown = [name for name in accepted if name not in names]
    if unknown:
        raise CommandError(f'Nothing differs that is called "{unknown[0]}": see safe-return check.', Status.REFUSED)
    if names:
        warn(f"Accepted, and put on record: {', '.join(names)}.")
        run_at(around.settings, url, lambda database: _put_on_record(database, ", ".join(names)))


def _name(words: str) -> str:
    return words.partition(": ")[0]


async def _put_on_record(database: Upkeep, names: str) -> None:
    async with database.write() as db:
        record(db, acting(), AuditAction.DIFFERENCE_ACCEPTED, reason=names)
