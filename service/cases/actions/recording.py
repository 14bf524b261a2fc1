"""Recording events about subjects that are in the register, and taking events back."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from service.acting import Acting, Principal, Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.appending import CaseFile
from service.cases.queries.files import canonical, load_case_of_event, load_cases
from service.cases.schemas.recording import Recording, VoidGiven
from service.codes import Attribution
from service.days import day_in_phnom_penh
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError
from service.people import actions as people
from service.people.queries import get_subject
from service.people.rules import SealedKind
from service.people.rules import SubjectKind as SealedSubject
from service.sealing import RegisterKeys
from service.story.decide import check_recorder, decide
from service.story.drafts import Draft
from service.story.fact import Fact
from service.story.kinds.names import SubjectKind
from service.story.kinds.registry import KINDS
from service.story.kinds.rescued import Rescued
from service.story.kinds.voided import Voided
from service.story.log import Event
from service.story.moment import Moment
from service.story.voiding import check_void

TAKEN_BACK: Final = "taken_back"
"""In place of a status, for somebody whose addition was taken back."""


@dataclass(frozen=True)
class Recorded:
    """One event, where it stands."""

    event: Event
    file: CaseFile

    @property
    def reference(self) -> str:
        """The subject's reference."""
        if self.event.subject.kind is SubjectKind.CASE:
            return self.file.reference
        return self.file.parts[self.event.subject.id].reference

    @property
    def status(self) -> str:
        """The subject's status after everything that was recorded with it."""
        case = self.file.case
        if self.event.subject.id not in {case.id, *case.persons, *case.offenders}:
            return TAKEN_BACK
        person = case.persons.get(self.event.subject.id)
        if person is not None:
            return person.status.value
        offender = case.offenders.get(self.event.subject.id)
        return case.status.value if offender is None else offender.stage.value


async def record_events(db: WriteConnection, keys: RegisterKeys, acting: Acting, given: Recording) -> list[Recorded]:
    """Record one event for each subject, all or nothing, and answer them in the order of the subjects.

    Raises:
        MayNotRecordError: the role never records this kind.
        NotFoundError: a subject is absent or out of scope.
        InvalidError: a subject is named twice.
        ServiceError: whatever `decide` refuses.
    """
    check_recorder(given.kind, acting.who)
    references = [canonical(reference) for reference in given.subjects]
    loaded = await load_cases(db, acting.who, references, KINDS[given.kind].about)
    files = {case.id: CaseFile.of(case) for case in loaded}
    places = {name: (files[case.id], subject) for case in loaded for name, subject in case.wanted.items()}
    targets = [places[reference] for reference in references]
    if len({subject for _, subject in targets}) < len(targets):
        fault = Fault("pointer", "#/subjects", "repeated", "Name each subject once")
        raise InvalidError("1 field needs correcting", faults=(fault,))
    occurred = Moment.of(given.occurred_on)
    fact = _attributed(given.data, acting.who)
    recorded: list[Recorded] = []
    for file, subject in targets:
        draft = Draft(subject, occurred, fact)
        decide(file.case, draft, acting)
        recorded.append(Recorded(file.append(acting, draft), file))
    for file in files.values():
        file.save(db, [one.event for one in recorded if one.file is file])
        if given.note is not None:
            await _seal_note(db, keys, acting, file, given.note)
    ids = [*files, *(one.event.id for one in recorded), *(one.event.subject.id for one in recorded)]
    fields = _note_fields(given.note)
    record(db, acting, AuditAction.EVENTS_RECORDED, subject_ids=ids, fields=fields, reason=given.kind.value)
    return recorded


async def void_event(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, event_id: UUID, given: VoidGiven
) -> Recorded:
    """Take an event back, with a reason. It stays on record; everything counted from it is reversed.

    Raises:
        NotFoundError: absent, out of scope, taken back already, or not one that can be.
        StandingEventsError: later events rest on it.
    """
    file = CaseFile.of(await load_case_of_event(db, acting.who, event_id))
    taken_back = check_void(file.events, event_id)
    occurred = Moment(day_in_phnom_penh(acting.now))
    fact = Voided(event_id=event_id, reason=given.reason)
    event = file.append(acting, Draft(taken_back.subject, occurred, fact))
    file.save(db, [event])
    if given.note is not None:
        await _seal_note(db, keys, acting, file, given.note)
    ids = [file.id, event_id, event.subject.id]
    fields = _note_fields(given.note)
    record(db, acting, AuditAction.EVENT_VOIDED, subject_ids=ids, fields=fields, reason=given.reason.value)
    return Recorded(event, file)


def _attributed(fact: Fact, principal: Principal) -> Fact:
    """A rescue for which nobody is named is the recorder's own body's."""
    if not isinstance(fact, Rescued) or fact.by:
        return fact
    return replace(fact, by=(attribution_of(principal),))


def attribution_of(principal: Principal) -> Attribution:
    """Answer to whom a rescue by a principal's own body is attributed."""
    return Attribution.EMBASSY if principal.role is Role.LIAISON else Attribution.CAMBODIAN_AUTHORITY


def _note_fields(note: str | None) -> list[str]:
    return [] if note is None else [SealedKind.NOTE.value]


async def _seal_note(db: WriteConnection, keys: RegisterKeys, acting: Acting, file: CaseFile, text: str) -> None:
    subject = await get_subject(db, keys, case_id=file.id, id_=file.id, kind=SealedSubject.CASE)
    people.put(db, acting, subject, SealedKind.NOTE, {"text": text})
