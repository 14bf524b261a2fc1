"""Returns that were recorded together, such as those of one flight: looked at and taken back as one (ADR 50)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Final
from uuid import UUID

from service.acting import Acting, Role
from service.audit.actions import record, record_shown
from service.audit.rules import AuditAction
from service.cases.actions.case_file import CaseFile
from service.cases.actions.opening import open_files
from service.cases.actions.reading import sees_whole, sight_of
from service.cases.actions.recording import Recorded, seal_note, voiding
from service.cases.queries.groups import GroupedRecord, list_group
from service.cases.schemas.recording import VoidGiven
from service.cases.schemas.sight import Sight
from service.db.database import RecordedConnection, WriteConnection
from service.errors import ConflictError, Fault, NotFoundError, RetryableError
from service.ids import plain
from service.lines import Line, numbered
from service.sealing import RegisterKeys
from service.slices import worked_out
from service.story.errors import MayNotRecordError, StandingEventsError
from service.story.kinds.names import SubjectKind
from service.story.log import Event
from service.story.voiding import find_voidable, refusals

OWN_FOR: Final = timedelta(days=1)
"""How long whoever recorded returns takes them back; source: ADR 50."""

_Line = Line[GroupedRecord]


async def read_returns(db: RecordedConnection, group_id: UUID) -> tuple[Sequence[GroupedRecord], Sight]:
    """Read a group's returns of persons the reader may know of.

    Raises:
        NotFoundError: there is none.
    """
    acting = db.note.acting
    rows = await list_group(db, acting.who, group_id)
    if not rows:
        raise NotFoundError
    record_shown(db, subject_ids=[row["person_id"] for row in rows])
    return rows, sight_of(acting)


async def void_returns(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, group_id: UUID, given: VoidGiven
) -> list[Recorded]:
    """Take a group's returns back, of everybody in it whom the principal may know of: all of them or none.

    Raises:
        NotFoundError: there is none.
        MayNotRecordError: somebody else recorded them, or longer ago than a day, and no supervisor takes them back.
        ConflictError: they were taken back already.
        TooMuchAtOnceError: their cases have grown beyond what one call loads.
        StandingEventsError: later events rest on them; the faults name the lines of the group.
    """
    rows = await list_group(db, acting.who, group_id)
    if not rows:
        raise NotFoundError
    _check_own(acting, rows[0])
    lines = [line for line in numbered("items", rows) if line.told["voided_by"] is None]
    if not lines:
        raise ConflictError("These returns were taken back already. There is nothing left to do.")
    persons, kinds = [line.told["person"] for line in lines], frozenset({SubjectKind.PERSON})
    opened = await open_files(db, acting, persons, kinds, corrects=True)
    files = {file.id: file for file in (opened[person][0] for person in persons)}
    lines_of: defaultdict[UUID, list[_Line]] = defaultdict(list)
    for line in lines:
        lines_of[opened[line.told["person"]][0].id].append(line)
    voided = {id_: _events(file, lines_of[id_]) for id_, file in files.items()}
    await _check(files, voided, lines, acting)
    recorded: list[Recorded] = []
    for id_, file in files.items():
        drafts = [voiding(event, acting, given.reason) for event in voided[id_]]
        recorded += [Recorded(event, file) for event in await file.append_voids(drafts)]
        seal_note(file, given.note)
        await file.save(db, keys)
    ids = chain(files, (line.told["event_id"] for line in lines), (line.told["person_id"] for line in lines))
    fields = {name for file in files.values() for name in file.sealed_fields}
    record(db, acting, AuditAction.RETURNS_VOIDED, subject_ids=ids, fields=fields, reason=given.reason.value)
    return recorded


def _check_own(acting: Acting, first: GroupedRecord) -> None:
    """Raise unless a principal takes this group back."""
    if acting.who.role is Role.SUPERVISOR:
        return
    if first["recorded_by"] != acting.who.id or acting.now - first["recorded_at"] > OWN_FOR:
        raise MayNotRecordError(
            "Whoever recorded these returns takes them back within a day. Ask a supervisor to take them back."
        )


async def _check(
    files: Mapping[UUID, CaseFile], voided: Mapping[UUID, Sequence[Event]], lines: Sequence[_Line], acting: Acting
) -> None:
    """Raise unless the returns can be voided together."""
    errors: dict[UUID, StandingEventsError] = {}
    for id_, file in files.items():
        errors |= await worked_out(refusals(file.events, voided[id_]))
    words = "Something recorded later rests on this return. Take that back first, the latest first"
    ids = [(line, plain(line.told["event_id"])) for line in lines]
    refused = [(line.fault("standing_events", words), errors[id_]) for line, id_ in ids if id_ in errors]
    if refused:
        raise _standing(refused, whole=sees_whole(acting.who))


def _events(file: CaseFile, lines: Sequence[_Line]) -> list[Event]:
    """Return the returns of one case."""
    try:
        return find_voidable(file.events, [plain(line.told["event_id"]) for line in lines])
    except NotFoundError:
        raise RetryableError("Somebody took one of these back just now. Try again.", retry_after=1) from None


def _standing(refused: Sequence[tuple[Fault, StandingEventsError]], *, whole: bool) -> StandingEventsError:
    """Return the refusal of all; whoever does not see whole cases is told which lines, not what rests on them."""
    faults = tuple(fault for fault, _ in refused)
    if not whole:
        words = "Something recorded later rests on some of these returns. Ask a supervisor to take them back."
        return StandingEventsError(words, faults=faults)
    words = "Void what rests on these returns first, the latest event first."
    errors = [error for _, error in refused]
    return StandingEventsError(words, faults=faults, rests=_all("rests", errors), events=_all("events", errors))


def _all(member: str, errors: Sequence[StandingEventsError]) -> list[object]:
    told = (error.members[member] for error in errors)
    return [one for several in told if isinstance(several, list) for one in several]
