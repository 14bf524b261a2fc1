"""What a caller sends to record an event: one shape for each kind, told apart by `kind`."""

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import ConfigDict, Field

from service.codes import VoidReason
from service.story.fact import Fact
from service.story.kinds.alleged import Alleged
from service.story.kinds.closed import Closed
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.located import Located
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.reopened import Reopened
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.stage_reached import StageReached
from service.story.kinds.wish_stated import WishStated
from service.wire import Given, MomentText, Prose, Reference, Shown

SomeFact = TypeVar("SomeFact", bound=Fact)

MOST_SUBJECTS = 500


class Recording(Given, Generic[SomeFact]):
    """One event, for one subject or up to 500 alike. All or nothing.

    Its members are described in their fields: looking for docstrings once for each kind took half of the start.
    """

    model_config = ConfigDict(use_attribute_docstrings=False)

    occurred_on: MomentText
    subjects: Annotated[
        tuple[Reference, ...],
        Field(min_length=1, max_length=MOST_SUBJECTS, description="Ids or references of what it happened to."),
    ]
    data: SomeFact
    note: Annotated[Prose | None, Field(description="For people; sealed with each case concerned.")] = None


class HeadcountClaimedRecording(Recording[HeadcountClaimed]):
    """The reporter says how many people are concerned."""

    kind: Literal[Kind.HEADCOUNT_CLAIMED]


class AllegedRecording(Recording[Alleged]):
    """The reporter says what was done."""

    kind: Literal[Kind.ALLEGED]


class FindingMadeRecording(Recording[FindingMade]):
    """An authority concluded what happened. Never recorded by the filer of the case."""

    kind: Literal[Kind.FINDING_MADE]


class ClosedRecording(Recording[Closed]):
    """A case is closed."""

    kind: Literal[Kind.CLOSED]


class ReopenedRecording(Recording[Reopened]):
    """A closed case is opened again."""

    kind: Literal[Kind.REOPENED]


class NationalityAssertedRecording(Recording[NationalityAsserted]):
    """Somebody said or showed which nationality a person has."""

    kind: Literal[Kind.NATIONALITY_ASSERTED]


class LocatedRecording(Recording[Located]):
    """An effort was made to find a person."""

    kind: Literal[Kind.LOCATED]


class WishStatedRecording(Recording[WishStated]):
    """A person said what they want."""

    kind: Literal[Kind.WISH_STATED]


class DocumentsCheckedRecording(Recording[DocumentsChecked]):
    """Somebody looked at a person's papers."""

    kind: Literal[Kind.DOCUMENTS_CHECKED]


class CustodyStartedRecording(Recording[CustodyStarted]):
    """Persons came into somebody's hands: a depot, a shelter, an embassy, a prison."""

    kind: Literal[Kind.CUSTODY_STARTED]


class CustodyEndedRecording(Recording[CustodyEnded]):
    """Persons are in nobody's hands any more."""

    kind: Literal[Kind.CUSTODY_ENDED]


class ReturnStepRecording(Recording[ReturnStepTaken]):
    """A task on the way home came to a state."""

    kind: Literal[Kind.RETURN_STEP]


class RescuedRecording(Recording[Rescued]):
    """Persons were brought out."""

    kind: Literal[Kind.RESCUED]


class RescueRefusedRecording(Recording[RescueRefused]):
    """Persons refused to be brought out."""

    kind: Literal[Kind.RESCUE_REFUSED]


class RepatriatedRecording(Recording[Repatriated]):
    """Persons left Cambodia towards home."""

    kind: Literal[Kind.REPATRIATED]


class EndedRecording(Recording[Ended]):
    """The register's part in persons' stories ended otherwise than by a return."""

    kind: Literal[Kind.ENDED]


class StageReachedRecording(Recording[StageReached]):
    """Offenders reached a stage of the law."""

    kind: Literal[Kind.STAGE_REACHED]


AnyRecording = Annotated[
    HeadcountClaimedRecording
    | AllegedRecording
    | FindingMadeRecording
    | ClosedRecording
    | ReopenedRecording
    | NationalityAssertedRecording
    | LocatedRecording
    | WishStatedRecording
    | DocumentsCheckedRecording
    | CustodyStartedRecording
    | CustodyEndedRecording
    | RescuedRecording
    | RescueRefusedRecording
    | ReturnStepRecording
    | RepatriatedRecording
    | EndedRecording
    | StageReachedRecording,
    Field(discriminator="kind"),
]


class VoidGiven(Given):
    """Why an event is taken back."""

    reason: VoidReason
    note: Prose | None = None


class RecordedShown(Shown):
    """What an event did to one subject."""

    event_id: UUID
    subject: str
    """Reference of the person, offender or case."""
    subject_kind: SubjectKind
    case: str
    status: str
    """Of the subject, after the event."""


class RecordingShown(Shown):
    """What was recorded, in the order of `subjects`."""

    kind: Kind
    recorded_at: datetime
    items: tuple[RecordedShown, ...]
