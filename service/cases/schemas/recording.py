"""Request bodies for recording events: one for each kind, told apart by `kind`, all made from the registry."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Union
from uuid import UUID

from pydantic import ConfigDict, Field, create_model

from service.codes import VoidReason
from service.story.fact import Fact
from service.story.kinds.kind import EventKind
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.registry import KINDS
from service.wire import Given, MomentText, Prose, Reference, Shown

MOST_SUBJECTS: Final = 500


class Recording(Given):
    """One event, for one subject or up to 500 alike. All or nothing.

    Its members are described in their fields: looking for docstrings once for each kind took half of the start.
    """

    model_config = ConfigDict(use_attribute_docstrings=False)

    occurred_on: MomentText
    subjects: Annotated[
        tuple[Reference, ...],
        Field(min_length=1, max_length=MOST_SUBJECTS, description="Ids or references of what it happened to."),
    ]
    data: Fact
    note: Annotated[Prose | None, Field(description="For people; sealed with each case concerned.")] = None
    kind: Kind


def shape_of(kind: EventKind[Any]) -> type[Recording]:
    """Return the request body of a kind of event."""
    name = "".join(word.title() for word in kind.name.value.split("_"))
    members: dict[str, Any] = {"data": (kind.fact, ...), "kind": (Literal[kind.name], ...)}
    made: type[Recording] = create_model(f"{name}Recording", __base__=Recording, __doc__=kind.summary, **members)
    return made


SHAPES: Final = tuple(shape_of(kind) for kind in KINDS.values() if kind.recorders)

ANY_RECORDING: Final[Any] = Annotated[Union[SHAPES], Field(discriminator="kind")]  # noqa: UP007 - made at run time
"""The body of `POST /v1/events`."""


class VoidGiven(Given):
    """Why an event is voided."""

    reason: VoidReason
    note: Prose | None = None


class RecordedShown(Shown):
    """The effect of an event on one subject."""

    event_id: UUID
    subject: str
    """Reference of the person, offender or case."""
    subject_kind: SubjectKind
    case: str
    status: str
    """Of the subject, after the event; `taken_back` where its addition was voided, or a denial by a liaison."""


class RecordingShown(Shown):
    """What was recorded, in the order of `subjects`."""

    kind: Kind
    recorded_at: datetime
    items: tuple[RecordedShown, ...]
    group_id: UUID | None = None
    """Of returns: of those recorded by this call, or taken back by it. See `/v1/returns/{group_id}`."""
