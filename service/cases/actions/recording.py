"""Recording events about subjects that are in the register, and voiding events."""

from dataclasses import dataclass, replace
from uuid import UUID

from service.acting import Acting, Principal, Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.case_file import TAKEN_BACK, CaseFile
from service.cases.actions.reading import sees_whole
from service.cases.actions.targets import find_subjects
from service.cases.queries.files import load_case_of_event
from service.cases.schemas.recording import Recording, VoidGiven
from service.codes import Attribution, VoidReason
from service.db.database import WriteConnection
from service.ids import new_id
from service.lines import numbered
from service.people.rules import SealedKind
from service.sealing import RegisterKeys
from service.slices import in_slices, worked_out
from service.story.decide import check_recorder, decide
from service.story.drafts import Draft
from service.story.errors import StandingEventsError
from service.story.fact import Fact
from service.story.kinds.ended import Ended, spoken_for
from service.story.kinds.registry import KINDS
from service.story.kinds.rescued import Rescued
from service.story.kinds.voided import Voided
from service.story.kinds.wish_stated import WishStated
from service.story.log import Event
from service.story.moment import Moment
from service.story.voiding import find_voidable, refusals


@dataclass(frozen=True)
class Recorded:
    """One event, in the file in which it was recorded.

    Attributes:
        told: whether the recorder is told where the subject stands.
    """

    event: Event
    file: CaseFile
    told: bool = True

    @property
    def reference(self) -> str:
        """The subject's reference."""
        return self.file.reference_of(self.event.subject)

    @property
    def status(self) -> str:
        """The subject's status after everything that was recorded with it, if it is told."""
        return self.file.status_of(self.event.subject) if self.told else TAKEN_BACK


async def record_events(db: WriteConnection, keys: RegisterKeys, acting: Acting, given: Recording) -> list[Recorded]:
    """Record one event for each subject, all or nothing, and return them in the order of the subjects.

    A refusal names the line of the subject that it is about.

    Raises:
        MayNotRecordError: the role never records this kind.
        NotFoundError: a subject is absent or out of scope.
        InvalidError: a subject is named twice.
        ServiceError: whatever `decide` refuses.
    """
    check_recorder(given.kind, acting.who)
    lines = numbered("subjects", given.subjects)
    targets = await find_subjects(db, acting, lines, KINDS[given.kind].about)
    occurred = Moment.of(given.occurred_on)
    fact = _attributed(given.data, acting.who)
    group_id = new_id(acting.now) if KINDS[given.kind].grouped else None
    recorded: list[Recorded] = []
    async for line, (file, subject) in in_slices(zip(lines, targets, strict=True)):
        draft = Draft(subject, occurred, fact, group_id=group_id)
        with line.locating_errors():
            decide(file.case, draft, acting)
            if subject == file.subject:
                await file.remember_everybody()
            recorded.append(Recorded(file.append(draft), file))
    files = {file.id: file for file, _ in targets}
    for file in files.values():
        seal_note(file, given.note)
        await file.save(db, keys)
    ids = [*files, *(one.event.id for one in recorded), *(one.event.subject.id for one in recorded)]
    fields = {name for file in files.values() for name in file.sealed_fields}
    record(db, acting, AuditAction.EVENTS_RECORDED, subject_ids=ids, fields=fields, reason=given.kind.value)
    return recorded


async def void_event(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, event_id: UUID, given: VoidGiven
) -> Recorded:
    """Void an event, with a reason. It stays on record; everything counted from it is reversed.

    Raises:
        NotFoundError: absent, not one the principal may take back, voided already, or not one that can be.
        StandingEventsError: later events rest on it; whoever does not see the whole case is not told which.
    """
    file = await CaseFile.of(await load_case_of_event(db, acting.who, event_id), acting)
    whole = sees_whole(acting.who)
    [voided] = find_voidable(file.events, [event_id])
    refused = await worked_out(refusals(file.events, [voided]))
    if refused and whole:
        raise refused[event_id]
    if refused:
        raise StandingEventsError("Something recorded later rests on this event. Ask a supervisor to void it.")
    [event] = await file.append_voids([voiding(voided, acting, given.reason)])
    seal_note(file, given.note)
    await file.save(db, keys)
    ids = [file.id, event_id, event.subject.id]
    record(db, acting, AuditAction.EVENT_VOIDED, subject_ids=ids, fields=file.sealed_fields, reason=given.reason.value)
    return Recorded(event, file, told=whole)


def voiding(voided: Event, acting: Acting, reason: VoidReason) -> Draft:
    """Return the event that takes back another."""
    return Draft(voided.subject, Moment(acting.today), Voided(event_id=voided.id, reason=reason))


def _attributed(fact: Fact, principal: Principal) -> Fact:
    """Return a fact that says who it comes from: a rescue for which nobody is named, every wish and every end."""
    if isinstance(fact, WishStated):
        return replace(fact, embassy_heard=principal.role is Role.LIAISON)
    if isinstance(fact, Ended):
        return replace(fact, speaks_for=spoken_for(principal))
    if not isinstance(fact, Rescued) or fact.by:
        return fact
    return replace(fact, by=(attribution_of(principal),))


def attribution_of(principal: Principal) -> Attribution:
    """Return to whom a rescue by the principal's own agency is attributed."""
    return Attribution.EMBASSY if principal.role is Role.LIAISON else Attribution.CAMBODIAN_AUTHORITY


def seal_note(file: CaseFile, note: str | None) -> None:
    """Seal what is noted beside events with their case."""
    if note is not None:
        file.seal(file.subject, {SealedKind.NOTE: [{"text": note}]})
