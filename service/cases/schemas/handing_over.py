"""Handing assignments over to a colleague: what is sent, and what is shown."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from service.wire import Given, Reference, Shown

MOST_CASES: Final = 500
"""In one call, as many as `POST /v1/events` takes subjects."""

ColleagueName = Annotated[str, Field(min_length=1, max_length=200, description="A user name or id.")]


class HandOver(Given):
    """Which assignments go to whom."""

    to: ColleagueName
    """An active colleague of your agency who sees the cases."""
    held_by: ColleagueName | None = None
    """To whom they are assigned, where that is not yourself. For supervisors, of colleagues; also a disabled one."""
    cases: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=MOST_CASES)] | None = None
    """All that are assigned there if absent, up to 500 in one call."""


class AssignmentShown(Shown):
    """A case that is assigned to somebody else now."""

    id: UUID
    reference: str


class HandedOver(Shown):
    """What was handed over, in the order of the request; where all was, newest first."""

    assigned_to: UUID
    items: tuple[AssignmentShown, ...]
    more: bool
    """Whether further ones remain where all was to be handed over: call again."""
