"""The audit log in queries: a reading that records itself in the same statement, and acts to be counted."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from service.audit.models import AuditEntry
from service.audit.rules import AuditAction
from service.db.database import core
from service.ids import first_id_at

_GIVEN: Final[Mapping[str, ColumnElement[Any]]] = {
    column.name: bindparam(f"note_{column.name}", type_=column.type)
    for column in core(AuditEntry).columns
    if column.name not in {"subject_ids", "fields"}
}
_NO_FIELDS: Final[ColumnElement[Any]] = array([], type_=Text)

Noted = Callable[[CTE], ColumnElement[Any]]
"""From what is shown to something that is put on record about it."""


def note_values(act: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an audit row, but for whom and what is shown, as parameters of `on_record`."""
    return {f"note_{name}": value for name, value in act.items()}


def named(_: CTE) -> ColumnElement[Any]:
    """Return the ids that whoever asks knows already, as the parameter `shown_ids`."""
    return bindparam("shown_ids", type_=ARRAY(Uuid))


def no_fields(_: CTE) -> ColumnElement[Any]:
    """Return no names: nothing sealed is shown."""
    return _NO_FIELDS


def different(column: str) -> Noted:
    """Return the different values of a column of text in what is shown."""
    return lambda shown: func.coalesce(select(func.array_agg(shown.c[column].distinct())).scalar_subquery(), _NO_FIELDS)


def first_ids(limit: ColumnElement[Any]) -> Noted:
    """Return the ids of so many rows of a list that is read one beyond its page, newest first."""

    def ids(shown: CTE) -> ColumnElement[Any]:
        page = select(shown.c.id).order_by(shown.c.id.desc()).limit(limit)
        return func.array(page.scalar_subquery())

    return ids


def on_record(
    query: Select[*tuple[Any, ...]], subject_ids: Noted, *, fields: Noted = no_fields
) -> Select[*tuple[Any, ...]]:
    """Return a query for a list that records its own reading, whatever it finds; in no order.

    Args:
        query: what is shown.
        subject_ids: who is shown.
        fields: names of the sealed fields that are.
    """
    shown = query.cte("shown")
    return select(shown).add_cte(_noted(subject_ids(shown), fields(shown), None))


def one_on_record(query: Select[*tuple[Any, ...]], subject_ids: Noted) -> Select[*tuple[Any, ...]]:
    """Return a query for one record that records its own reading, where it finds it."""
    shown = query.cte("shown")
    return select(shown).add_cte(_noted(subject_ids(shown), _NO_FIELDS, shown))


def nth_latest(action: AuditAction) -> Select[datetime]:
    """Return the query for when a principal did something for the nth last time; no row where less often.

    `nth_values` has its parameters.
    """
    return (
        select(AuditEntry.recorded_at)
        .where(AuditEntry.principal_id == bindparam("nth_of", type_=Uuid), AuditEntry.action == action.value)
        .where(
            AuditEntry.id >= bindparam("nth_first_id", type_=Uuid),
            AuditEntry.recorded_at > bindparam("nth_since", type_=DateTime(timezone=True)),
        )
        .order_by(AuditEntry.id.desc())
        .offset(bindparam("nth_before", type_=Integer))
        .limit(1)
    )


def nth_values(principal_id: UUID, *, nth: int, since: datetime) -> dict[str, Any]:
    """Return the parameters of `nth_latest`.

    Args:
        principal_id: who.
        nth: 1 for the last time.
        since: whatever happened then, or before, does not count.
    """
    return {"nth_of": principal_id, "nth_first_id": first_id_at(since), "nth_since": since, "nth_before": nth - 1}


def _noted(subject_ids: ColumnElement[Any], fields: ColumnElement[Any], for_each: CTE | None) -> CTE:
    columns = {**_GIVEN, "subject_ids": subject_ids, "fields": fields}
    row = select(*columns.values())
    row = row if for_each is None else row.select_from(for_each)
    return insert(AuditEntry).from_select(list(columns), row).cte("noted")
