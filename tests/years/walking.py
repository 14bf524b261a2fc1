"""A year of cases by random walks: every kind of fact, told late, vaguely, wrongly and taken back.

What the rules refuse is not kept. The same seed draws the same year.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from service.codes import (
    AllegationType,
    Attribution,
    AuthorityKind,
    CaseClosure,
    CaseKind,
    CustodyKind,
    DocumentType,
    EndOutcome,
    EvidenceKind,
    FindingOutcome,
    Freely,
    IntakeChannel,
    LocatingResult,
    NationalitySource,
    OffenderRole,
    ProofStandard,
    ReopenReason,
    ReturnDecision,
    ReturnMode,
    ReturnStep,
    ReturnStepState,
    Sex,
    StatementBound,
    SuspectStage,
    WishPurpose,
    WishValue,
)
from service.errors import ServiceError
from service.story.ages import About, Between
from service.story.fact import Cleared, Fact
from service.story.kinds.alleged import Alleged
from service.story.kinds.case_described import CaseDescribed
from service.story.kinds.closed import Closed
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.described import Described
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.located import Located
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.offender_described import OffenderDescribed
from service.story.kinds.registry import KINDS
from service.story.kinds.reopened import Reopened
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.stage_reached import StageReached
from service.story.kinds.wish_stated import WishStated
from service.story.log import Subject
from tests.cases.story import FILER, Story
from tests.story.logs import name_case

CASES: Final = 430
FACTS: Final = 19
"""Of a case, on average; with what is drawn besides, some 8,000 a year."""

AGENCIES: Final = (UUID(int=50), UUID(int=51), UUID(int=52))
NATIONS: Final = ("TWN", "MYS", "KHM", "XXA")
PROVINCES: Final = (None, "KH-18", "KH-12", "KH-2")


def finding(draw: Random, *, positive: bool = False) -> FindingMade:
    """Something an authority found."""
    outcomes = [FindingOutcome.PRESUMED_VICTIM, FindingOutcome.TRAFFICKING_CONFIRMED, FindingOutcome.LABOUR_DISPUTE]
    others = [FindingOutcome.UNFOUNDED, FindingOutcome.INCONCLUSIVE, FindingOutcome.NOT_VERIFIABLE]
    return FindingMade(
        outcome=draw.choice(outcomes if positive else [*outcomes, *outcomes, *others]),
        authority=draw.choice([AuthorityKind.POLICE, AuthorityKind.IMMIGRATION, AuthorityKind.NCCT]),
        standard=ProofStandard.CONCLUSIVE_GROUNDS,
        evidence=(EvidenceKind.DOCUMENT,),
        confinement=draw.choice([None, True, False]),
        extortion=draw.choice([None, True, False]),
        lead=draw.random() < 0.2,
    )


def claim(draw: Random) -> HeadcountClaimed:
    """How many a reporter says there are."""
    bound = draw.choice([StatementBound.EXACT, StatementBound.AT_LEAST, StatementBound.ABOUT, StatementBound.AT_MOST])
    number = draw.randint(0, 40)
    return HeadcountClaimed(bound=bound, high=number) if bound is StatementBound.AT_MOST else HeadcountClaimed(
        bound=bound, low=number
    )  # fmt: skip


def description(draw: Random) -> Described:
    """What somebody is told to be, or is no longer told to be."""
    return Described(
        sex=draw.choice([None, *Sex]),
        birth_year=draw.choice([None, None, 2004, 2005, 1990, Between(2003, 2004), About(2002)]),
        age=draw.choice([None, 17, 17, 30, Between(16, 20), About(18), About(15)]),
        fears_own_state=draw.choice([None, None, True, False]),
        cleared=draw.choice([(), (), (), (Cleared.BIRTH_YEAR,), (Cleared.AGE,)]),
    )


Drawn = Callable[[Random], Fact]

OF_PERSON: Final[tuple[tuple[int, Drawn], ...]] = (
    (9, lambda d: Rescued(by=tuple(d.sample(list(Attribution), d.randint(0, 2))), province=d.choice(PROVINCES))),
    (9, lambda d: Repatriated(mode=d.choice(list(ReturnMode)), to_country=d.choice(["TWN", "MYS"]),
                              decided_by=d.choice([None, None, *ReturnDecision]))),
    (4, lambda d: Ended(outcome=d.choice(list(EndOutcome)))),
    (1, lambda d: Ended(outcome=d.choice([EndOutcome.DECEASED, EndOutcome.NOT_EXIST]), reported=True)),
    (4, lambda d: Located(result=d.choice(list(LocatingResult)))),
    (6, finding),
    (5, description),
    (8, lambda d: NationalityAsserted(nationality=d.choice(NATIONS), source=d.choice(list(NationalitySource)),
                                      decision=d.random() < 0.15)),
    (3, lambda d: CustodyStarted(custody=d.choice(list(CustodyKind)))),
    (1, lambda _: CustodyEnded()),
    (3, lambda d: DocumentsChecked(missing=tuple(d.sample(list(DocumentType), d.randint(0, 2))))),
    (2, lambda d: ReturnStepTaken(step=d.choice(list(ReturnStep)), state=d.choice(list(ReturnStepState)),
                                  country=d.choice(["KHM", "TWN"]))),
    (2, lambda d: WishStated(purpose=d.choice(list(WishPurpose)), value=d.choice(list(WishValue)),
                             freely=d.choice(list(Freely)))),
    (1, lambda d: RescueRefused(freely=d.choice(list(Freely)))),
)  # fmt: skip
OF_CASE: Final[tuple[tuple[int, Drawn], ...]] = (
    (3, finding),
    (3, claim),
    (1, lambda _: Alleged(types=(AllegationType.RESALE,))),
    (1, lambda d: Closed(reason=d.choice([CaseClosure.REFERRED, CaseClosure.UNFOUNDED]))),
    (1, lambda _: Reopened(reason=ReopenReason.NEW_INFORMATION)),
    (2, lambda d: CaseDescribed(province=d.choice(PROVINCES), kind=d.choice([None, *CaseKind]),
                                cleared=d.choice([(), (), (Cleared.PROVINCE,)]))),
)  # fmt: skip
OF_OFFENDER: Final[tuple[tuple[int, Drawn], ...]] = (
    (3, lambda d: StageReached(stage=d.choice(list(SuspectStage)))),
    (1, lambda d: OffenderDescribed(roles=d.choice([None, (), (OffenderRole.BROKER,)]),
                                    nationality=d.choice([None, *NATIONS]))),
)  # fmt: skip


def draw_from(table: tuple[tuple[int, Drawn], ...], draw: Random) -> Fact:
    """Draw a fact, of each kind as often as its weight says."""
    return draw.choices([make for _, make in table], [weight for weight, _ in table])[0](draw)


ABOUT: Final = {"person": 20, "case": 4, "offender": 2, "new": 1, "void": 1, "operation": 2, "made": 1}
"""What is told of, and how often. An operation is made for the case, or finds somebody in it."""


class Walk:
    """One case on its way through a year."""

    def __init__(self, draw: Random, number: int, year: int) -> None:
        """File it on some day of the year."""
        self.draw, self.received = draw, date(year, 1, 1) + timedelta(days=draw.randint(0, 330))
        self.last = date(year, 12, 31)
        self.story = Story(
            self.received.isoformat(), channel=draw.choice(list(IntakeChannel)), province=draw.choice(PROVINCES)
        )
        self.story._ids = 1_000_000 * (number + 1)
        self.story.today = self.received
        self.people = [self.story.add(self.received.isoformat()) for _ in range(draw.choice([0, 1, 2, 2, 3]))]
        self.offenders = [self.story.name_offender(self.received.isoformat()) for _ in range(draw.choice([0, 1]))]

    def go(self) -> Story:
        """Tell its facts, some days apart."""
        wanted = len(self.story.events) + self.draw.randint(2, 2 * FACTS - 4)
        for _ in range(4 * FACTS):
            if len(self.story.events) >= wanted:
                break
            self.story.today = min(self.last, self.story.today + timedelta(days=self.draw.choice([0, 0, 1, 3, 15])))
            self.story.now = max(self.story.now, datetime.combine(self.story.today, time(3), UTC))
            try:
                self.tell()
            except ServiceError:
                continue
        return self.story

    def tell(self) -> None:
        """Tell one fact, if the rules let it."""
        about = self.draw.choices(list(ABOUT), list(ABOUT.values()))[0]
        if about == "void":
            self.story.void(self.draw.choice(self.story.events))
        elif about == "new" and len(self.people) < 5:
            self.people.append(self.story.add(self.day(2)))
        elif about == "case":
            self.send(self.story.about, draw_from(OF_CASE, self.draw))
        elif about == "offender" and self.offenders:
            self.send(self.draw.choice(self.offenders), draw_from(OF_OFFENDER, self.draw))
        elif about == "made":
            name_case(self.story, self.made_on(), UUID(int=self.draw.randint(10, 14)), self.draw.choice(AGENCIES))
        elif about == "operation" and self.people and self.is_there(person := self.draw.choice(self.people)):
            self.bring_out(person)
        elif about == "person" and self.people:
            self.send(self.draw.choice(self.people), draw_from(OF_PERSON, self.draw))

    def made_on(self) -> str:
        """Return a day not long ago, also before the request: an operation knows its first day."""
        return (self.story.today - timedelta(days=self.draw.choice([0, 0, 1, 3, 20]))).isoformat()

    def day(self, back: int) -> str:
        """Return a day not long ago, more or less exactly known; now and then one before the request."""
        day = self.story.today - timedelta(days=self.draw.choice([0, 0, 0, 1, back, 8 * back]))
        text = day.isoformat()
        return self.draw.choice([text] * 7 + [f"{text}~", text[:7], text[:4]])

    def send(self, subject: Subject, fact: Fact) -> None:
        """Record something as one of those who may."""
        if not self.is_there(subject):
            return
        agency, on = self.draw.choice(AGENCIES), self.day(4)
        roles = sorted(KINDS[fact.event_kind].recorders)
        if roles:
            self.story.record(subject, on, fact, role=self.draw.choice(roles), agency=agency)
        else:
            self.story.append(subject, max(on, self.received.isoformat()), fact, by=FILER, agency=agency)

    def is_there(self, subject: Subject) -> bool:
        """Whether nobody took back that somebody is in the case."""
        state = self.story.case
        return subject.id in {self.story.about.id, *state.persons, *state.offenders}

    def bring_out(self, subject: Subject) -> None:
        """An operation finds somebody and brings them out: both on one day, or neither."""
        before, operation = len(self.story.events), UUID(int=self.draw.randint(1, 9))
        on = self.story.today.isoformat()
        officer: dict[str, Any] = {"agency": self.draw.choice(AGENCIES), "operation": operation}
        try:
            self.story.record(subject, on, finding(self.draw, positive=True), **officer)
            self.story.record(subject, on, Rescued(province=self.draw.choice(PROVINCES)), **officer)
        except ServiceError:
            del self.story.events[before:]


def year_of(seed: int, cases: int = CASES) -> list[Story]:
    """Return the cases of a year, each with everything that was told of it."""
    draw = Random(seed)
    return [Walk(draw, number, 2022).go() for number in range(cases)]
