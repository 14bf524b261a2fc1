"""What somebody wants to record, who that is, and what it meets in the register. Pure."""

from dataclasses import dataclass
from uuid import UUID

from service.acting import Acting, Principal
from service.story.case import Case
from service.story.fact import Fact
from service.story.kinds.names import Kind
from service.story.log import Subject
from service.story.moment import Moment
from service.story.offender import Offender
from service.story.person import Person


@dataclass(frozen=True, slots=True)
class Draft:
    """An event somebody wants to record.

    Attributes:
        operation_id: of the operation that records it. A single event that somebody sends never has one.
        group_id: of the group that it is recorded in, where its kind has groups.
    """

    subject: Subject
    occurred: Moment
    fact: Fact
    operation_id: UUID | None = None
    group_id: UUID | None = None

    @property
    def kind(self) -> Kind:
        """What happened."""
        return self.fact.event_kind


@dataclass(frozen=True, slots=True)
class Situation:
    """A draft, who wants to record it, and the case it would be recorded in."""

    case: Case
    draft: Draft
    acting: Acting

    @property
    def recorder(self) -> Principal:
        """Who wants to record it."""
        return self.acting.who

    @property
    def person(self) -> Person | None:
        """Whom it is about, where it is about a person."""
        return self.case.persons.get(self.draft.subject.id)

    @property
    def offender(self) -> Offender | None:
        """Whom it is about, where it is about an offender."""
        return self.case.offenders.get(self.draft.subject.id)
