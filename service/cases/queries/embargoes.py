"""What the log of a case says of an operation under embargo, which not everybody may know of.

Nothing is recorded of an operation while its embargo lasts (ADR 69); this is of one that was known before.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, Text, Uuid, and_, bindparam, cast, column, or_, select, table
from sqlalchemy.orm import aliased

from service.access.rules import Rows, row_scope_of
from service.cases.models import EventRow
from service.cases.queries.scope import AnyOf
from service.story.kinds.names import Kind

_OPERATIONS: Final = table(
    "operations", column("id", Uuid), column("agency_id", Uuid), column("embargo_until", DateTime(timezone=True))
)
"""Read by name: operations stand above cases."""


def said_of_embargoed(anybody: AnyOf) -> ColumnElement[bool] | None:
    """Return the condition for events that say that an operation was made which whoever asks may not know of now.

    With them go their voids. None for a role that may know of every operation. It takes the parameter `now`.
    """
    known = row_scope_of(anybody.role).operations
    if known is Rows.ALL:
        return None
    embargoed = select(_OPERATIONS.c.id).where(
        _OPERATIONS.c.embargo_until > bindparam("now", type_=DateTime(timezone=True))
    )
    if known is Rows.OWN_AGENCY_OR_NO_EMBARGO:
        embargoed = embargoed.where(_OPERATIONS.c.agency_id != anybody.agency_id)
    said = aliased(EventRow)
    voided = select(cast(said.id, Text)).where(said.case_id == EventRow.case_id, _says_so(said, embargoed))
    void = and_(EventRow.kind == Kind.VOIDED.value, EventRow.fact["event_id"].astext.in_(voided))
    return or_(_says_so(EventRow, embargoed), void)


def _says_so(event: type[EventRow], embargoed: Select[UUID]) -> ColumnElement[bool]:
    return and_(event.kind == Kind.OPERATION_MADE.value, event.operation_id.in_(embargoed))
