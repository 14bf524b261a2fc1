"""The one way into a log: append events, and write everything that follows from them.

What follows is computed twice, before and after, by pure functions; the difference is written: changed rows, signed
ledger entries. So a correction, a void and a first report all take the same road. An event about somebody changes
what follows for them and for the case, and for nobody else; one about the case, and a void, may change everything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from service.acting import Acting
from service.cases.models import CaseRow, EventRow, OffenderRow, PersonRow
from service.cases.models.log import event_row
from service.cases.queries.files import LoadedCase, Part
from service.cases.rules.projection import case_columns, offender_columns, person_columns
from service.db.database import WriteConnection
from service.ids import new_id, new_part_reference
from service.ledger.actions import write_entries
from service.ledger.rules import Cell, difference_of, in_order
from service.story.case import Case
from service.story.counting import contributions_of
from service.story.drafts import Draft
from service.story.fold import apply, fold
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass
class CaseFile:
    """A case being written to: its log, what the log amounts to, and its rows as they stand.

    Attributes:
        version: of the row; 0 for a case that is just being filed.
        state: None before anything was received.
    """

    id: UUID
    reference: str
    version: int
    filed_at: datetime
    assigned_to: UUID | None
    events: list[Event]
    parts: dict[UUID, Part]
    state: Case | None
    _before: "dict[UUID, _Consequence]" = field(default_factory=dict, init=False)
    """Of every subject that an event may have changed since, as it was."""

    @classmethod
    def of(cls, loaded: LoadedCase) -> "CaseFile":
        """Open a loaded case."""
        return cls(
            id=loaded.id,
            reference=loaded.reference,
            version=loaded.version,
            filed_at=loaded.filed_at,
            assigned_to=loaded.assigned_to,
            events=loaded.events,
            parts=dict(loaded.parts),
            state=fold(loaded.events),
        )

    @property
    def case(self) -> Case:
        """What the log amounts to, once something was received."""
        if self.state is None:
            raise ValueError("nothing was received yet")
        return self.state

    def append(self, acting: Acting, draft: Draft) -> Event:
        """Add an event that was decided to be right; nothing is written before `save`."""
        who = acting.who
        last = self.events[-1] if self.events else None
        event = Event(
            id=new_id(acting.now),
            seq=last.seq + 1 if last else 1,
            subject=draft.subject,
            occurred=draft.occurred,
            recorded_at=max(acting.now, last.recorded_at) if last else acting.now,
            recorded_by=who.id,
            agency_id=who.agency_id,
            fact=draft.fact,
            operation_id=draft.operation_id,
        )
        self.events.append(event)
        self._remember(event)
        if last is None or draft.kind is Kind.VOIDED:
            self.state = fold(self.events)
        else:
            apply(self.case, event)
        return event

    def new_part(self, id_: UUID) -> Part:
        """Draw a reference for a person or offender that is being added."""
        taken = {part.reference for part in self.parts.values()}
        reference = new_part_reference(self.reference)
        while reference in taken:
            reference = new_part_reference(self.reference)
        self.parts[id_] = Part(reference=reference, version=0)
        return self.parts[id_]

    def save(self, db: WriteConnection, events: Sequence[Event]) -> None:
        """Stage the new events and everything that follows from them."""
        case = self.case
        after = {id_: _consequence(case, id_, row=True) for id_ in self._before}
        db.insert(EventRow, *(event_row(self.id, event) for event in events))
        self._save_case(db, after[self.id])
        touched = {event.subject.id for event in events}
        for id_ in self._before:
            if id_ != self.id:
                self._save_part(db, id_, after[id_], touched=id_ in touched)
        changes = (difference_of(id_, before.cells, after[id_].cells) for id_, before in self._before.items())
        write_entries(db, self.id, in_order(chain.from_iterable(changes)), now=case.recorded_at)
        self._before = {}

    def _remember(self, event: Event) -> None:
        """Keep what follows for everybody whom an event may change, before it does.

        The rows of the case and of the subject are written anyway: what they were does not matter, unless the subject
        is taken back.
        """
        everybody = event.kind is Kind.VOIDED or event.subject.id == self.id
        if event.kind is Kind.VOIDED and self._before:
            raise ValueError("nothing else is recorded together with a void")
        subjects = [self.id, event.subject.id]
        if self.state is not None and everybody:
            subjects += [*self.state.persons, *self.state.offenders]
        for id_ in subjects:
            if id_ not in self._before:
                self._before[id_] = _consequence(self.state, id_, row=everybody)

    def _save_part(self, db: WriteConnection, id_: UUID, after: "_Consequence", *, touched: bool) -> None:
        """Stage the row of a person or offender that is new, changed, taken back, or had something recorded."""
        part, before = self.parts[id_], self._before[id_]
        if before.columns == after.columns and not touched:
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

    def _save_case(self, db: WriteConnection, after: "_Consequence") -> None:
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


@dataclass(frozen=True)
class _Consequence:
    """Everything that follows from a state for one subject; nothing for one that is not in it.

    Attributes:
        columns: of its row, where they were asked for.
        table: of a person or an offender.
        cells: how much it counts in each.
    """

    columns: dict[str, Any] | None
    table: type[PersonRow | OffenderRow] | None
    cells: Mapping[Cell, int]


def _consequence(state: Case | None, id_: UUID, *, row: bool) -> _Consequence:
    if state is None:
        return _Consequence(None, None, {})
    cells = contributions_of(state, id_)
    if id_ == state.id:
        return _Consequence(case_columns(state) if row else None, None, cells)
    if id_ in state.persons:
        return _Consequence(person_columns(state, state.persons[id_]) if row else None, PersonRow, cells)
    if id_ in state.offenders:
        return _Consequence(offender_columns(state, state.offenders[id_]) if row else None, OffenderRow, cells)
    return _Consequence(None, None, cells)
