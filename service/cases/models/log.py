"""How an event stands in its row, and how it comes back from one."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 - another kind of the same
from pydantic import TypeAdapter

from service.story.fact import Fact
from service.story.kinds.names import SubjectKind
from service.story.kinds.registry import KINDS
from service.story.log import Event, Subject
from service.story.moment import Moment, Precision

_ADAPTERS: Final[Mapping[str, TypeAdapter[Any]]] = {name: TypeAdapter(kind.fact) for name, kind in KINDS.items()}


def fact_as_json(fact: Fact) -> dict[str, Any]:
    """Return what an event says, as JSON; what is at its default is left out."""
    content: dict[str, Any] = _ADAPTERS[fact.event_kind].dump_python(fact, mode="json", exclude_defaults=True)
    return content


def event_row(case_id: UUID, event: Event) -> dict[str, Any]:
    """Return an event's row."""
    return {
        "case_id": case_id,
        "id": event.id,
        "seq": event.seq,
        "kind": event.kind.value,
        "subject_kind": event.subject.kind.value,
        "subject_id": event.subject.id,
        "occurred_on": event.occurred.on,
        "occurred_precision": event.occurred.precision.value,
        "recorded_at": event.recorded_at,
        "recorded_by": event.recorded_by,
        "agency_id": event.agency_id,
        "fact": fact_as_json(event.fact),
        "operation_id": event.operation_id,
        "group_id": event.group_id,
    }


def event_of(row: Mapping[str, Any]) -> Event:
    """Return the event in a row, whether it came as columns or as JSON."""
    return Event(
        id=DriverUUID(str(row["id"])),
        seq=row["seq"],
        subject=_subject(row["subject_kind"], row["subject_id"]),
        occurred=_moment(row["occurred_on"], row["occurred_precision"]),
        recorded_at=_instant(row["recorded_at"]),
        recorded_by=_uuid(row["recorded_by"]),
        agency_id=_uuid(row["agency_id"]),
        fact=_ADAPTERS[row["kind"]].validator.validate_python(row["fact"]),
        operation_id=None if row["operation_id"] is None else _uuid(row["operation_id"]),
        group_id=None if row["group_id"] is None else _uuid(row["group_id"]),
    )


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else _read_uuid(value)


@lru_cache(1024)
def _read_uuid(text: str) -> UUID:
    """Events of one case name few subjects and fewer principals, again and again."""
    return UUID(text)


@lru_cache(4096)
def _subject(kind: str, id_: UUID | str) -> Subject:
    """Events of one case are about few subjects, again and again."""
    return Subject(SubjectKind(kind), _uuid(id_))


@lru_cache(4096)
def _moment(on: date | str, precision: str) -> Moment:
    """There are only so many days."""
    return Moment(on if isinstance(on, date) else date.fromisoformat(on), Precision(precision))


def _instant(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
