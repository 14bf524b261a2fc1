"""A case being written to: the one way into its log, and to what is sealed of it and of anybody in it.

What follows from the log is computed twice, before and after, by pure functions; the difference is written: changed
rows, signed ledger entries. So a correction, a void and a first report all take the same road. An event about somebody
changes what follows for them and for the case, and for nobody else; one about the case, and a void, may change
everything.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from service.acting import Acting
from service.cases.actions.consequences import Consequence, consequence_of
from service.cases.actions.sealed_fields import Contents
from service.cases.models import CaseRow, EventRow
from service.cases.models.log import event_row
from service.cases.queries.files import LoadedCase, Part
from service.cases.rules.bounds import NEVER_LATE, check_room_for_event, check_room_for_one, check_room_for_sealed
from service.db.database import WriteConnection
from service.ids import new_case_reference, new_id, new_part_reference
from service.ledger.actions import write_entries
from service.ledger.rules import Entry, difference_of, in_order
from service.people import actions as people
from service.people.queries import SealedSize, get_subject, size_of_sealed
from service.people.rules import SealedSubject, SealedSubjectKind
from service.sealing import RegisterKeys
from service.slices import in_slices, worked_out
from service.story.case import Case
from service.story.drafts import Draft
from service.story.fold import apply, fold, folding
from service.story.kinds.names import Kind, SubjectKind
from service.story.log import Event, Subject

TAKEN_BACK: Final = "taken_back"
"""In place of a status, of somebody whose addition was voided, or a denial of whom. The word is the contract's."""


@dataclass
class CaseFile:
    """A case being written to: its log, what the log amounts to, its rows as they stand, and what is not saved yet.

    Attributes:
        acting: who writes, and when.
        version: of the row; 0 for a case that is just being filed.
        events: the log, with those that are not saved yet.
        parts: its persons and offenders; version 0 for those that are just being added.
        state: None before anything was received.
        sealed_fields: names of the fields sealed in this file, or sealed anew.
    """

    id: UUID
    reference: str
    acting: Acting
    version: int
    filed_at: datetime
    assigned_to: UUID | None = None
    events: list[Event] = field(default_factory=list)
    parts: dict[UUID, Part] = field(default_factory=dict)
    state: Case | None = None
    sealed_fields: set[str] = field(default_factory=set, init=False)
    _touched: dict[UUID, None] = field(default_factory=dict, init=False)
    _unsaved: list[Event] = field(default_factory=list, init=False)
    _sealed: list[tuple[Subject, Contents, bool]] = field(default_factory=list, init=False)
    """Of whom, what, and whether it replaces what was sealed of these kinds before."""
    _keys: dict[UUID, SealedSubject] = field(default_factory=dict, init=False)
    _before: dict[UUID, Consequence] = field(default_factory=dict, init=False)
    """Of every subject that an event may have changed since, as it was."""
    _events_of: Counter[UUID] = field(init=False)
    """How many events each subject has."""

    def __post_init__(self) -> None:
        """Count the events."""
        self._events_of = Counter(event.subject.id for event in self.events)

    @classmethod
    def new(cls, acting: Acting, year: int) -> "CaseFile":
        """Return the empty file of a case first heard of in a year."""
        file = cls(new_id(acting.now), new_case_reference(year), acting, version=0, filed_at=acting.now)
        file.seal(file.subject, {})
        return file

    @classmethod
    async def of(cls, loaded: LoadedCase, acting: Acting) -> "CaseFile":
        """Return the file of a case that is in the register."""
        return cls(
            id=loaded.id,
            reference=loaded.reference,
            acting=acting,
            version=loaded.version,
            filed_at=loaded.filed_at,
            assigned_to=loaded.assigned_to,
            events=loaded.events,
            parts=dict(loaded.parts),
            state=await worked_out(folding(loaded.events)),
        )

    @property
    def subject(self) -> Subject:
        """The case itself, as a subject of events."""
        return Subject(SubjectKind.CASE, self.id)

    @property
    def case(self) -> Case:
        """What the log amounts to, once something was received."""
        if self.state is None:
            raise ValueError("nothing was received yet")
        return self.state

    @property
    def touched(self) -> list[UUID]:
        """Ids of the case and of everybody in it about whom something was appended, in this order."""
        return list(dict.fromkeys([self.id, *self._touched]))

    def reference_of(self, subject: Subject) -> str:
        """Return the reference of the case, or of a person or offender in it."""
        return self.reference if subject == self.subject else self.parts[subject.id].reference

    def status_of(self, subject: Subject) -> str:
        """Return the status of a subject after everything that was appended; an offender's is its stage."""
        case = self.case
        if subject == self.subject:
            return case.status.value
        if (person := case.persons.get(subject.id)) is not None:
            return person.status.value
        offender = case.offenders.get(subject.id)
        return TAKEN_BACK if offender is None else offender.stage.value

    def add(self, kind: SubjectKind) -> Subject:
        """Add a person or an offender under a new id and reference; the first event about them is appended next.

        Raises:
            CaseFullError: the case has as many as it takes.
        """
        if self.state is not None:
            present = self.state.persons if kind is SubjectKind.PERSON else self.state.offenders
            check_room_for_one(kind, len(present))
        subject = Subject(kind, new_id(self.acting.now))
        taken = {part.reference for part in self.parts.values()}
        reference = new_part_reference(self.reference)
        while reference in taken:
            reference = new_part_reference(self.reference)
        self.parts[subject.id] = Part(reference=reference, version=0)
        self.seal(subject, {})
        return subject

    def append(self, draft: Draft) -> Event:
        """Append an event that was decided to be right.

        Raises:
            CaseFullError: it has as many events as it takes, or as one subject takes.
        """
        if draft.kind is Kind.VOIDED:
            raise ValueError("the log is folded anew after a void")
        event = self._append(draft)
        if self.state is None:
            self.state = fold(self.events)
        else:
            apply(self.state, event)
        return event

    async def append_voids(self, drafts: Sequence[Draft]) -> list[Event]:
        """Append events that take back others, after which the log is folded anew, once.

        Raises:
            CaseFullError: as `append`, though a void has more room.
        """
        if self._unsaved:
            raise ValueError("nothing is recorded together with voids")
        await self.remember_everybody()
        events = [self._append(draft) async for draft in in_slices(drafts)]
        self.state = await worked_out(folding(self.events))
        return events

    async def remember_everybody(self) -> None:
        """Keep what follows for everybody before an event that may change all, in slices where they are many."""
        if self.state is None:
            return
        async for id_ in in_slices([self.id, *self.state.persons, *self.state.offenders]):
            if id_ not in self._before:
                self._before[id_] = consequence_of(self.state, id_, row=True)

    def _append(self, draft: Draft) -> Event:
        check_room_for_event(draft.kind, of_one=self._events_of[draft.subject.id], of_all=len(self.events))
        who, now = self.acting.who, self.acting.now
        last = self.events[-1] if self.events else None
        event = Event(
            id=new_id(now),
            seq=last.seq + 1 if last else 1,
            subject=draft.subject,
            occurred=draft.occurred,
            recorded_at=max(now, last.recorded_at) if last else now,
            recorded_by=who.id,
            agency_id=who.agency_id,
            fact=draft.fact,
            operation_id=draft.operation_id,
            group_id=draft.group_id,
        )
        self.events.append(event)
        self._unsaved.append(event)
        self._touched[event.subject.id] = None
        self._events_of[event.subject.id] += 1
        self._remember(event)
        return event

    def seal(self, subject: Subject, contents: Contents) -> None:
        """Seal something more about a subject."""
        self._sealed.append((subject, contents, False))
        self.sealed_fields |= {kind.value for kind, several in contents.items() if several}

    def reseal(self, subject: Subject, contents: Contents) -> None:
        """Seal these kinds anew; what was sealed of them before is retired, not erased."""
        self._sealed.append((subject, contents, True))
        self.sealed_fields |= {kind.value for kind in contents}

    async def sealed_subject(self, db: WriteConnection, keys: RegisterKeys, subject: Subject) -> SealedSubject:
        """Return a subject with its data key: a new one for whoever is new, else the present one, looked up once.

        Raises:
            NotFoundError: the subject was erased.
        """
        if subject.id not in self._keys:
            kind = SealedSubjectKind(subject.kind.value)
            if (self.version if subject == self.subject else self.parts[subject.id].version) == 0:
                found = people.new_subject(db, self.acting, keys, case_id=self.id, id_=subject.id, kind=kind)
            else:
                found = await get_subject(db, keys, case_id=self.id, id_=subject.id, kind=kind)
            self._keys[subject.id] = found
        return self._keys[subject.id]

    async def save(self, db: WriteConnection, keys: RegisterKeys) -> None:
        """Stage what was sealed, the new events, and everything that follows from them.

        Raises:
            NotFoundError: somebody about whom something was sealed has been erased.
            CaseFullError: more was sealed than a case takes.
        """
        await self._save_sealed(db, keys)
        case = self.case
        after = {id_: consequence_of(case, id_, row=True) async for id_ in in_slices(self._before)}
        db.insert(EventRow, *(event_row(self.id, event) for event in self._unsaved))
        self._save_case(db, after[self.id])
        written = {event.subject.id for event in self._unsaved}
        changes: list[Entry] = []
        async for id_, before in in_slices(self._before.items()):
            if id_ != self.id:
                self._save_part(db, id_, after[id_], written=id_ in written)
            changes += difference_of(id_, before.cells, after[id_].cells)
        write_entries(db, self.id, in_order(changes), now=case.recorded_at)
        await db.write_out()
        self._unsaved, self._before = [], {}

    def _remember(self, event: Event) -> None:
        """Keep what follows for everybody whom an event may change, before it does.

        The rows of the case and of the subject are written anyway: what they were does not matter, unless the event
        that added the subject is voided.
        """
        everybody = event.kind is Kind.VOIDED or event.subject.id == self.id
        subjects = [self.id, event.subject.id]
        if self.state is not None and everybody:
            subjects += [*self.state.persons, *self.state.offenders]
        for id_ in subjects:
            if id_ not in self._before:
                self._before[id_] = consequence_of(self.state, id_, row=everybody)

    async def _save_sealed(self, db: WriteConnection, keys: RegisterKeys) -> None:
        await self._check_room(db)
        async for subject, contents, anew in in_slices(self._sealed):
            under = await self.sealed_subject(db, keys, subject)
            if anew and contents:
                await people.retire(db, self.acting, under, contents)
            for kind, several in contents.items():
                for content in several:
                    people.put(db, self.acting, under, kind, content)
        self._sealed = []

    async def _check_room(self, db: WriteConnection) -> None:
        """Raise unless what is sealed fits into the case."""
        told = [content for _, contents, _ in self._sealed for several in contents.values() for content in several]
        if told:
            before = await size_of_sealed(db, self.id) if self.version else SealedSize()
            never_late = any(event.kind in NEVER_LATE for event in self._unsaved)
            corrects = all(anew for _, _, anew in self._sealed)
            check_room_for_sealed(before.records, before.size, told, reserved=never_late or corrects)

    def _save_part(self, db: WriteConnection, id_: UUID, after: Consequence, *, written: bool) -> None:
        """Stage the row of a person or offender that is new, changed, voided, or had something recorded."""
        part, before = self.parts[id_], self._before[id_]
        if before.columns == after.columns and not written:
            return
        table = after.table or before.table
        if table is None:
            raise ValueError("nobody is recorded who never was in the case")
        columns = after.columns or {**(before.columns or {}), "present": False}
        row = {"case_id": self.id, "id": id_, "reference": part.reference, **columns, "version": part.version + 1}
        self.parts[id_] = Part(reference=part.reference, version=part.version + 1)
        if part.version == 0:
            db.insert(table, row)
        else:
            db.update(table, row)

    def _save_case(self, db: WriteConnection, after: Consequence) -> None:
        row = {
            "id": self.id,
            "reference": self.reference,
            "filed_at": self.filed_at,
            "assigned_to": self.assigned_to,
            **(after.columns or {}),
            "version": self.version + 1,
        }
        if self.version == 0:
            db.insert(CaseRow, row)
        else:
            db.update(CaseRow, row)
        self.version += 1
