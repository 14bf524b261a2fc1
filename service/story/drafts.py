"""What somebody wants to record, who that is, and what it meets in the register. Pure."""

from dataclasses import dataclass
from uuid import UUID

from service.acting import Role
from service.story.case import Case
from service.story.fact import Fact
from service.story.kinds.names import Kind
from service.story.log import Subject
from service.story.moment import Moment
from service.story.offender import Offender
from service.story.person import Person


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who wants to record something, as far as the rules care."""

    id: UUID
    role: Role
    nationalities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """An event somebody wants to record.

    Attributes:
        operation_id: of the operation that records it. A single event that somebody sends never has one.
    """

    kind: Kind
    subject: Subject
    occurred: Moment
    fact: Fact
    operation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A draft, its recorder, and the case it would be recorded in."""

    case: Case
    draft: Draft
    recorder: Recorder

    @property
    def person(self) -> Person | None:
        """Whom it is about, where it is about a person."""
        return self.case.persons.get(self.draft.subject.id)

    @property
    def offender(self) -> Offender | None:
        """Whom it is about, where it is about an offender."""
        return self.case.offenders.get(self.draft.subject.id)
