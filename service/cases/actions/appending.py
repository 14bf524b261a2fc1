"""The one way into a log: append events, and write everything that follows from them.

What follows is computed twice, before and after, by pure functions; the difference is written: changed rows, signed
ledger entries. So a correction, a void and a first report all take the same road.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from service.audit.actions import Author
from service.cases.models import CaseRow, EventRow, OffenderRow, PersonRow
from service.cases.models.log import event_row
from service.cases.queries.files import LoadedCase, Part
from service.cases.rules.counting import contributions
from service.cases.rules.drafts import Draft
from service.cases.rules.events import Event
from service.cases.rules.facts import Kind
from service.cases.rules.fold import apply, fold
from service.cases.rules.projection import case_columns, offender_columns, person_columns
from service.cases.rules.state import Case
from service.db.database import WriteConnection
from service.ids import new_id, new_part_reference
from service.ledger.actions import write_entries
from service.ledger.rules import Bag, difference


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
    _before: "_Consequences" = field(init=False)

    def __post_init__(self) -> None:
        """Remember what the log amounted to before."""
        self._before = _consequences(self.state)

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

    def append(self, author: Author, draft: Draft) -> Event:
        """Add an event that was decided to be right; nothing is written before `save`."""
        if author.principal_id is None or author.agency_id is None:
            raise ValueError("only a principal records events")
        last = self.events[-1] if self.events else None
        event = Event(
            id=new_id(author.now),
            seq=last.seq + 1 if last else 1,
            kind=draft.kind,
            subject=draft.subject,
            occurred=draft.occurred,
            recorded_at=max(author.now, last.recorded_at) if last else author.now,
            recorded_by=author.principal_id,
            agency_id=author.agency_id,
            fact=draft.fact,
            operation_id=draft.operation_id,
        )
        self.events.append(event)
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
        after = _consequences(case)
        recorded_at = case.recorded_at
        db.insert(EventRow, *(event_row(self.id, event) for event in events))
        self._save_case(db, after)
        touched = {event.subject.id for event in events}
        _save_parts(db, PersonRow, self, self._before.persons, after.persons, touched)
        _save_parts(db, OffenderRow, self, self._before.offenders, after.offenders, touched)
        write_entries(db, self.id, difference(self._before.bag, after.bag), now=recorded_at)

    def _save_case(self, db: WriteConnection, after: "_Consequences") -> None:
        row = {
            "id": self.id,
            "reference": self.reference,
            "filed_at": self.filed_at,
            "assigned_to": self.assigned_to,
            **after.case,
            "version": self.version + 1,
        }
        if self.version == 0:
            db.insert(CaseRow, row)
        else:
            db.update(CaseRow, row)
        self.version += 1


@dataclass(frozen=True)
class _Consequences:
    """Everything that follows from a state."""

    bag: Bag
    case: dict[str, Any]
    persons: dict[UUID, dict[str, Any]]
    offenders: dict[UUID, dict[str, Any]]


def _consequences(state: Case | None) -> _Consequences:
    if state is None:
        return _Consequences(Bag(), {}, {}, {})
    return _Consequences(
        bag=contributions(state),
        case=case_columns(state),
        persons={id_: person_columns(state, person) for id_, person in state.persons.items()},
        offenders={id_: offender_columns(state, offender) for id_, offender in state.offenders.items()},
    )


def _save_parts(
    db: WriteConnection,
    table: type[PersonRow | OffenderRow],
    file: CaseFile,
    before: dict[UUID, dict[str, Any]],
    after: dict[UUID, dict[str, Any]],
    touched: set[UUID],
) -> None:
    """Stage the rows that are new, changed, taken back, or had something recorded about them."""
    taken_back = {id_: {**columns, "present": False} for id_, columns in before.items() if id_ not in after}
    for id_, columns in {**after, **taken_back}.items():
        if id_ in before and columns == before[id_] and id_ not in touched:
            continue
        part = file.parts[id_]
        identity = {"case_id": file.id, "id": id_, "reference": part.reference}
        row = {**identity, **columns, "version": part.version + 1}
        file.parts[id_] = Part(reference=part.reference, version=part.version + 1)
        if part.version == 0:
            db.insert(table, row)
        else:
            db.update(table, row)
