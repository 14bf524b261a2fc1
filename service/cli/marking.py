"""Comparing a register with the high-water mark beside its key file, before anything is done with it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cli.failures import CommandError, Status
from service.cli.printing import warn
from service.cli.registers import acting, run_at
from service.clock import utc_now
from service.db.database import Upkeep
from service.errors import DatabaseFailure
from service.ledger.actions import marked_at, marked_now
from service.marks import Mark, MarkError, keep_marks, lost_since, read_marks, surplus_since
from service.settings import Settings

_NO_TABLE: Final = "42P01"
"""The SQLSTATE of a register of a revision that has no ids, or of none."""

_CONSEQUENCES: Final = """\
The register is not what {path} knows of: {lost}.
  Was an older dump restored, or were tables emptied? Then figures of settled days are no longer what they were,
  references that were given out since find nothing, and a request that is sent again is done again."""


def require_mark(settings: Settings, url: str, *, accept_loss: bool) -> bool:
    """Return whether a register was compared with its mark; one that has no id yet is not.

    Of folded days it believes what was noted, so that a large register starts as fast as a small one; `check` counts.

    Args:
        settings: name the file.
        url: of the role that serves, or of the owner.
        accept_loss: go on although something is missing: that is put on record, and the mark begins anew.

    Raises:
        CommandError: something is missing that was there, or the file cannot be used.
    """
    marks = _marks_of(settings)
    if not marks:
        return True

    async def compare(database: Upkeep) -> tuple[UUID, Mark, str | None]:
        async with database.read() as db:
            id_, present = await marked_now(db, now=utc_now())
            kept = marks.get(id_)
            return id_, present, lost_since(kept, await marked_at(db, kept.at, by_folds=True)) if kept else None

    try:
        id_, present, lost = run_at(settings, url, compare)
    except DatabaseFailure as error:
        if error.sqlstate != _NO_TABLE:
            raise
        return False
    if id_ not in marks:
        _warn_of_others(settings, marks)
    if lost:
        words = _CONSEQUENCES.format(path=settings.mark_path, lost=lost)
        if not accept_loss:
            advice = "restore the newest copy, or accept the loss, on record, with --accept-loss"
            raise CommandError(f"{words}\n  Nothing was done: {advice}.", Status.REFUSED)
        warn(words)
        run_at(settings, url, _put_on_record)
        keep_marks(settings.mark_path, {**marks, id_: present})
    return True


async def mark_differences(database: Upkeep, settings: Settings) -> list[str]:
    """Return in words how a register differs from its mark: every entry is counted."""
    marks = _marks_of(settings)
    async with database.read() as db:
        id_, _ = await marked_now(db, now=utc_now())
        kept = marks.get(id_)
        present = None if kept is None else await marked_at(db, kept.at)
    if kept is None or present is None:
        return []
    found = (lost_since(kept, present), surplus_since(kept, present))
    return [f"register: {words}, says {settings.mark_path}" for words in found if words]


def _marks_of(settings: Settings) -> dict[UUID, Mark]:
    try:
        return read_marks(settings.mark_path)
    except MarkError as error:
        raise CommandError(str(error)) from None


def _warn_of_others(settings: Settings, marks: dict[UUID, Mark]) -> None:
    latest: datetime = max(mark.at for mark in marks.values())
    warn(
        f"{settings.mark_path} does not know this register, but another of {latest:%Y-%m-%d %H:%M} UTC: is this the "
        "right database?"
    )


async def _put_on_record(database: Upkeep) -> None:
    async with database.write() as db:
        record(db, acting(), AuditAction.LOSS_ACCEPTED)
