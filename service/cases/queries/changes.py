"""What changed since an instant: by what was recorded since then, as far as whoever asks is told of it (ADR 47).

Every correction of a sealed value records an event with it, so the events lead to the cases in which to look. Their
ids lead with their instant: those since an instant are read by the index of ids, not the whole log.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Uuid,
    and_,
    bindparam,
    cast,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from service.access.rules import row_scope_of
from service.cases.models import CaseRow, EventRow, PersonRow
from service.cases.queries.embargoes import said_of_embargoed
from service.cases.queries.scope import AnyOf
from service.cases.queries.timeline import told_to_a_state
from service.ids import first_id_at
from service.people.models import SealedRecord
from service.story.kinds.names import Kind, SubjectKind

ID_BEHIND: Final = timedelta(minutes=1)
"""So much earlier than its `recorded_at` may be the instant in an event's id: in a case nothing is recorded before
what stands there, however far behind a clock is. The database refuses half of it (ADR 45)."""

_SINCE: Final = bindparam("changed_since", type_=DateTime(timezone=True))
_FIRST_ID: Final = bindparam("changed_first_id", type_=Uuid)
_RECENT: Final = (EventRow.id >= _FIRST_ID, EventRow.recorded_at >= _SINCE)

_NOTE: Final[ColumnElement[str]] = literal_column("'note'")
"""In the text of the query: of a parameter PostgreSQL cannot prove that the index of notes has what is asked for."""


def since_values(changed_since: datetime | None) -> Mapping[str, Any]:
    """Return the parameter that the conditions here take beside the filter itself, if that was given."""
    return {} if changed_since is None else {"changed_first_id": first_id_at(changed_since - ID_BEHIND)}


def case_changed(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for cases in which anything was recorded since, for whoever is shown them whole.

    It takes the parameter `now` where not every operation may be known.
    """
    embargoed = said_of_embargoed(anybody)
    told = [] if embargoed is None else [not_(embargoed)]
    notes = select(SealedRecord.case_id).where(
        SealedRecord.kind == _NOTE, SealedRecord.id >= _FIRST_ID, SealedRecord.recorded_at >= _SINCE
    )
    return CaseRow.id.in_(union_all(select(EventRow.case_id).where(*_RECENT, *told), notes))


def person_changed(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for persons of whom something was recorded since that whoever asks is told.

    Findings on the whole case count for everybody who was in it by then, and so does taking one back. What is sealed
    is part of what a state is shown of its own nationals, so that a new value of it counts without its event.
    """
    in_case = select(EventRow.id).where(EventRow.case_id == PersonRow.case_id, *_RECENT)
    about_them = EventRow.subject_id == PersonRow.id
    told = [about_them]
    if not row_scope_of(anybody.role).whole_cases:
        told = [and_(about_them, told_to_a_state(anybody)), _sealed_anew()]
    said = in_case.where(or_(*told, _of_the_case())).correlate(PersonRow).exists()
    return and_(PersonRow.case_id.in_(select(EventRow.case_id).where(*_RECENT)), said)


def _of_the_case() -> ColumnElement[bool]:
    """A finding on the whole case, or one taken back, since the person joined it."""
    target = aliased(EventRow)
    finding = and_(EventRow.kind == Kind.FINDING_MADE.value, EventRow.seq > PersonRow.seq)
    taken_back = (
        select(target.id)
        .where(target.case_id == EventRow.case_id, target.id == cast(EventRow.fact["event_id"].astext, Uuid))
        .where(target.kind == Kind.FINDING_MADE.value, target.seq > PersonRow.seq)
        .correlate(EventRow, PersonRow)
        .exists()
    )
    of_case = EventRow.subject_kind == SubjectKind.CASE.value
    return and_(of_case, or_(finding, and_(EventRow.kind == Kind.VOIDED.value, taken_back)))


def _sealed_anew() -> ColumnElement[bool]:
    """Something sealed of the person was told or corrected since."""
    return (
        select(SealedRecord.id)
        .where(SealedRecord.case_id == PersonRow.case_id, SealedRecord.subject_id == PersonRow.id)
        .where(or_(SealedRecord.recorded_at >= _SINCE, SealedRecord.retired_at >= _SINCE))
        .correlate(PersonRow)
        .exists()
    )
