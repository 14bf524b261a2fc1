"""Months of the audit log as files: exported, compared and detached."""

import hashlib
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from service.audit.actions import Exported, detach, read_month, record_export
from service.audit.models import MonthRecord
from service.audit.queries import months_of, sort_rest
from service.audit.rules import file_of, is_over
from service.cli.failures import CommandError, Status
from service.cli.registers import acting, require_migrated, run_at, run_in_register
from service.cli.surroundings import open_surroundings, read_settings
from service.clock import utc_now
from service.db.database import Upkeep

Progress = Callable[[int, int, str], None]

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_FILE: Final = re.compile(rf"audit-({_MONTH.pattern})\.jsonl")


def list_months() -> list[dict[str, Any]]:
    """Return the months of the audit log as rows, the oldest first."""
    return [_shown(month) for month in run_in_register(_months)]


def export_months(before: str, folder: Path, progress: Progress) -> list[dict[str, Any]]:
    """Write each attached month before one to a file, on record; return the months as rows.

    Raises:
        CommandError: a month is not over, is none, or the folder cannot be written to.
    """
    last = _read_month_name(before)

    async def work(database: Upkeep) -> list[dict[str, Any]]:
        async with database.write() as db:
            await sort_rest(db)
        months = _wanted(await _months(database), last)
        for done, month in enumerate(months):
            progress(done, len(months), f"{month['month']:%Y-%m}")
            exported = await _write(database, month["month"], folder)
            await record_export(database, acting(), month["month"], exported)
        return _rows(await _months(database), months)

    return _as_owner(work)


def detach_months(before: str, folder: Path, progress: Progress, *, dropped: bool) -> list[dict[str, Any]]:
    """Detach each attached month before one whose file is what the month holds, on record; return them as rows.

    Raises:
        CommandError: a month was not exported, or its file or its rows are not what was exported. Months before it
            are detached.
    """
    last = _read_month_name(before)

    async def work(database: Upkeep) -> list[dict[str, Any]]:
        months = _wanted(await _months(database), last)
        for done, month in enumerate(months):
            progress(done, len(months), f"{month['month']:%Y-%m}")
            _compare(month, _digest_of(folder / file_of(month["month"])), "its file")
            _compare(month, (await read_month(database, month["month"])).digest, "the register")
            await detach(database, acting(), month["month"], dropped=dropped)
        return _rows(await _months(database), months)

    return _as_owner(work)


def verify_files(files: Sequence[Path]) -> int:
    """Return the number of files, each of which is what was exported.

    Raises:
        CommandError: one is not, cannot be read, or is of no month that was exported.
    """
    known = {file_of(month["month"]): month for month in run_in_register(_months)}
    for path in files:
        month = known.get(path.name) if _FILE.fullmatch(path.name) else None
        if month is None:
            raise CommandError(f"{path.name} is not named as a month of this register, such as audit-2026-01.jsonl.")
        _compare(month, _digest_of(path), "the file")
    return len(files)


async def _months(database: Upkeep) -> Sequence[MonthRecord]:
    async with database.read() as db:
        return await months_of(db)


def _as_owner(work: Callable[[Upkeep], Awaitable[list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    with open_surroundings(read_settings(), quiet=True) as around:
        require_migrated(around)
        return run_at(around.settings, around.owner_url, work)


def _wanted(months: Sequence[MonthRecord], before: date) -> list[MonthRecord]:
    """Return the months before one that are attached.

    Raises:
        CommandError: one of them may still be written to.
    """
    found = [month for month in months if month["month"] < before and month["detached_at"] is None]
    if any(not is_over(month["month"], utc_now()) for month in found):
        raise CommandError("The last of these months is not over, or only since a day: name an earlier one.")
    return found


def _rows(months: Sequence[MonthRecord], of: Sequence[MonthRecord]) -> list[dict[str, Any]]:
    wanted = {month["month"] for month in of}
    return [_shown(month) for month in months if month["month"] in wanted]


def _shown(month: MonthRecord) -> dict[str, Any]:
    state = "detached" if month["detached_at"] else "exported" if month["exported_at"] else "attached"
    digest = None if month["digest"] is None else month["digest"].hex()
    return {"month": f"{month['month']:%Y-%m}", "state": state, "entries": month["entries"], "digest": digest}


def _read_month_name(name: str) -> date:
    found = _MONTH.fullmatch(name)
    if found is None:
        raise CommandError("--before is not a month: write it as 2026-01.", Status.USAGE)
    return date(int(found[1]), int(found[2]), 1)


async def _write(database: Upkeep, month: date, folder: Path) -> Exported:
    """Write a month to its file, and its digest beside it; what is there already is replaced when all is written."""
    path = folder / file_of(month)
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            exported = await read_month(database, month, file.write)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        path.with_name(f"{path.name}.sha256").write_text(f"{exported.digest.hex()}  {path.name}\n", encoding="ascii")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
    return exported


def _compare(month: MonthRecord, digest: bytes, words: str) -> None:
    if month["exported_at"] is None:
        raise CommandError(f"{month['month']:%Y-%m} was not exported: do that first.", Status.REFUSED)
    if month["digest"] != digest:
        raise CommandError(
            f"{month['month']:%Y-%m}: {words} is not what was exported. Nothing of it was changed.", Status.REFUSED
        )


def _digest_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
