"""A case told event by event, in memory: what `decide` accepts is appended, nothing else."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from service.acting import Acting, Principal, Role
from service.codes import (
    AuthorityKind,
    EndOutcome,
    EvidenceKind,
    FindingOutcome,
    IntakeChannel,
    ProofStandard,
    VoidReason,
)
from service.story.case import Case
from service.story.decide import decide
from service.story.drafts import Draft
from service.story.fact import Fact
from service.story.fold import fold
from service.story.kinds.added import Added
from service.story.kinds.ended import Ended
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.named import Named
from service.story.kinds.names import SubjectKind
from service.story.kinds.received import Received
from service.story.kinds.registry import KINDS
from service.story.kinds.rescued import Rescued
from service.story.kinds.voided import Voided
from service.story.log import Event, Subject
from service.story.moment import Moment
from service.story.offender import Offender
from service.story.person import Person
from service.story.voiding import check_void

RECEIVED: Final = "2022-09-01"
TODAY: Final = date(2022, 10, 1)
FILER: Final = UUID(int=1)
AGENCY: Final = UUID(int=2)
CASE_ID: Final = UUID(int=3)
OPENED: Final = datetime(2022, 9, 1, 3, 0, tzinfo=UTC)

SPOKEN_FOR: Final = frozenset({"TWN", "MYS", "KHM"})


AGENCIES: Final = {Role.LIAISON: UUID(int=4), Role.SUPERVISOR: UUID(int=5)}
"""Of those who do not work for the agency that filed the case."""


def somebody(id_: UUID, role: Role, nationalities: frozenset[str] = frozenset()) -> Principal:
    """A principal of the agency that filed the case, unless the role has one of its own."""
    return Principal(id_, role.value, role, AGENCIES.get(role, AGENCY), "An agency", nationalities)


BY_ROLE: Final[Mapping[Role, Principal]] = {
    role: somebody(UUID(int=100 + place), role, SPOKEN_FOR if role is Role.LIAISON else frozenset())
    for place, role in enumerate(Role)
}


def finding(outcome: FindingOutcome = FindingOutcome.PRESUMED_VICTIM, **given: Any) -> FindingMade:
    """A finding that lacks nothing."""
    whole = {
        "authority": AuthorityKind.POLICE,
        "standard": ProofStandard.REASONABLE_GROUNDS,
        "evidence": (EvidenceKind.SITE_VISIT,),
    }
    return FindingMade(outcome=outcome, **{**whole, **given})


class Story:
    """One case. Events are recorded a minute apart unless `pause` says otherwise."""

    def __init__(self, received: str = RECEIVED, **fact: Any) -> None:
        self.events: list[Event] = []
        self._folded: tuple[int, Event, Case] | None = None
        self.today = TODAY
        self.now = OPENED
        self.pause = timedelta(minutes=1)
        self._ids = 1000
        self.about = Subject(SubjectKind.CASE, CASE_ID)
        whole = {"channel": IntakeChannel.HOTLINE_117, **fact}
        self.append(self.about, received, Received(**whole), by=FILER)

    @property
    def case(self) -> Case:
        """What the log amounts to; folded once for as long as nothing was added."""
        if self._folded is None or self._folded[0] != len(self.events) or self._folded[1] is not self.events[-1]:
            folded = fold(self.events)
            assert folded is not None
            self._folded = len(self.events), self.events[-1], folded
        return self._folded[2]

    def acting(self, recorder: Principal) -> Acting:
        """Return somebody acting on the story's present day."""
        return Acting(recorder, None, datetime.combine(self.today, time(12), UTC))

    def person(self, subject: Subject) -> Person:
        """Look a person up."""
        return self.case.persons[subject.id]

    def an_offender(self, subject: Subject) -> Offender:
        """Look an offender up."""
        return self.case.offenders[subject.id]

    def add(self, on: str = RECEIVED, *, named: bool = False) -> Subject:
        """Add a person."""
        subject = Subject(SubjectKind.PERSON, self._new_id())
        self.append(subject, on, Added(named=named), by=FILER)
        return subject

    def name_offender(self, on: str = RECEIVED, **fact: Any) -> Subject:
        """Name an offender."""
        subject = Subject(SubjectKind.OFFENDER, self._new_id())
        self.append(subject, on, Named(**fact), by=FILER)
        return subject

    def rescued(self, on: str = "2022-09-10", verified: str = "2022-09-03") -> Subject:
        """Add, verify and rescue somebody."""
        subject = self.add()
        self.record(subject, verified, finding())
        self.record(subject, on, Rescued(), role=Role.OFFICER)
        return subject

    def record(
        self,
        subject: Subject,
        on: str,
        fact: Fact,
        *,
        role: Role | None = None,
        agency: UUID | None = None,
        operation: UUID | None = None,
    ) -> Event:
        """Decide, then append. The role is any that may, unless it is named."""
        kind = KINDS[fact.event_kind]
        may = kind.recorders if operation is None else kind.in_operation
        if isinstance(fact, Ended) and not fact.reported:
            may = frozenset({Role.LIAISON, Role.SUPERVISOR})
        recorder = BY_ROLE[role or min(may, key=list(Role).index)]
        self.decide(subject, on, fact, recorder, operation=operation)
        return self.append(subject, on, fact, by=recorder.id, agency=agency or recorder.agency_id, operation=operation)

    def reported(self, subject: Subject, on: str, outcome: EndOutcome) -> Event:
        """Let an officer report a death, or that there is no such person."""
        return self.record(subject, on, Ended(outcome=outcome, reported=True), role=Role.OFFICER)

    def decide(
        self, subject: Subject, on: str, fact: Fact, recorder: Principal, *, operation: UUID | None = None
    ) -> None:
        """Ask whether an event may be recorded."""
        draft = Draft(subject, Moment.of(on), fact, operation)
        decide(self.case, draft, self.acting(recorder))

    def void(self, event: Event) -> Event:
        """Void an event, if the rules let it."""
        voided = check_void(self.events, event.id)
        fact = Voided(event_id=event.id, reason=VoidReason.RECORDED_IN_ERROR)
        return self.append(voided.subject, str(self.today), fact, by=BY_ROLE[Role.SUPERVISOR].id)

    def append(
        self,
        subject: Subject,
        on: str,
        fact: Fact,
        *,
        by: UUID,
        agency: UUID = AGENCY,
        operation: UUID | None = None,
    ) -> Event:
        """Add an event to the log, whatever it says."""
        seq = len(self.events) + 1
        self.now += self.pause
        event = Event(
            id=self._new_id(),
            seq=seq,
            subject=subject,
            occurred=Moment.of(on),
            recorded_at=self.now,
            recorded_by=by,
            agency_id=agency,
            fact=fact,
            operation_id=operation,
        )
        self.events.append(event)
        return event

    def _new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)
