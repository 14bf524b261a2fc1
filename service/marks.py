"""The high-water mark of a register, kept in a file beside the key file: outside the database, which may be replaced.

An older dump that is restored knows nothing of what it lacks, and neither does a register whose tables were emptied.
The mark does: how many ledger entries there were up to a settled instant, and when something was last put on record.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

_FORMAT: Final = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True)
class Mark:
    """What a register held at an instant.

    Attributes:
        at: settled then, so that nothing is recorded up to it any more (UTC).
        entries: ledger entries recorded up to it.
        last: when the last row of the audit log up to it was written (UTC); None where there was none.
    """

    at: datetime
    entries: int
    last: datetime | None


class MarkError(Exception):
    """The file of the marks is malformed."""


def lost_since(mark: Mark, present: Mark) -> str | None:
    """Return in words what a register lacks that it once had; None where it lacks nothing.

    Args:
        mark: what was noted.
        present: what the register holds up to the same instant.
    """
    lacks_log = mark.last is not None and (present.last is None or present.last < mark.last)
    if present.entries >= mark.entries and not lacks_log:
        return None
    missing = mark.entries - present.entries
    counted = f"{missing} of {mark.entries} ledger entries" if missing > 0 else "the end of its audit log"
    since = "everything" if present.last is None else f"what was recorded after {present.last:{_FORMAT}}"
    return f"it lacks {counted}, {since} until {mark.last or mark.at:{_FORMAT}}"


def surplus_since(mark: Mark, present: Mark) -> str | None:
    """Return in words what was dated into a register's settled past; None where nothing was."""
    surplus = present.entries - mark.entries
    return f"{surplus} ledger entries were dated before {mark.at:{_FORMAT}} afterwards" if surplus > 0 else None


def read_marks(path: Path) -> dict[UUID, Mark]:
    """Return the marks of a file, by the id of their register; none where there is no such file.

    Raises:
        MarkError: it is malformed.
        OSError: it cannot be read.
    """
    try:
        told: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="ascii"))
        return {UUID(id_): _mark(one) for id_, one in told.items()}
    except FileNotFoundError:
        return {}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise MarkError(f"The file {path} is malformed: restore it, or remove it to go on without it.") from None


def keep_marks(path: Path, marks: Mapping[UUID, Mark]) -> None:
    """Write marks to a file, all or nothing: whoever reads it meanwhile finds the one before.

    Raises:
        OSError: it cannot be written.
    """
    told = {
        str(id_): {"at": mark.at.isoformat(), "entries": mark.entries, "last": mark.last and mark.last.isoformat()}
        for id_, mark in sorted(marks.items())
    }
    descriptor, written = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(json.dumps(told, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise


def _mark(told: Mapping[str, Any]) -> Mark:
    last = told["last"]
    at, last = (value and datetime.fromisoformat(value) for value in (told["at"], last))
    if at.tzinfo is None or (last and last.tzinfo is None) or not isinstance(told["entries"], int):
        raise ValueError
    return Mark(at, told["entries"], last)
