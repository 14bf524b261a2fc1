"""What the outcomes of an operation say of one person: contradictions, and the facts they stand for. Pure.

The facts go into the log of the person's case and nowhere else; whatever is counted of an operation is read there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from service.codes import CustodyKind, DocumentType, Freely, LocatingResult, OperationOutcomePerson
from service.story.fact import Fact
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.located import Located
from service.story.kinds.names import Kind
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued

Outcomes = tuple[OperationOutcomePerson, ...]

LOCATED: Final[Mapping[OperationOutcomePerson, LocatingResult]] = {
    OperationOutcomePerson.NOT_FOUND: LocatingResult.NOT_FOUND,
    OperationOutcomePerson.SIMILAR_NAME: LocatingResult.SIMILAR_NAME,
    OperationOutcomePerson.MOVED_BEFORE: LocatingResult.MOVED,
    OperationOutcomePerson.ALREADY_LEFT: LocatingResult.ALREADY_LEFT,
    OperationOutcomePerson.FOUND_NOT_HELD: LocatingResult.NOT_HELD,
}
"""Outcomes that are efforts to find somebody, and what the effort came to."""

ABSENT: Final = frozenset(LOCATED) - {OperationOutcomePerson.FOUND_NOT_HELD}
"""Of somebody who was not there."""

NOT_RESCUED: Final = frozenset({OperationOutcomePerson.REFUSED, OperationOutcomePerson.FOUND_NOT_HELD})
"""Of somebody whom nobody brought out at that moment."""


class Told(Protocol):
    """What is told of one person, or of several alike."""

    @property
    def outcomes(self) -> Outcomes:
        """What the operation meant for them."""

    @property
    def freely(self) -> Freely | None:
        """Whether a refusal was stated freely."""

    @property
    def custody(self) -> CustodyKind | None:
        """Into whose hands they came."""

    @property
    def missing_documents(self) -> tuple[DocumentType, ...] | None:
        """Which papers were missing; None where nobody looked."""

    @property
    def occurred_on(self) -> date | None:
        """The day within the operation; its first where None."""


def contradiction(told: Told) -> str | None:
    """Return in words what contradicts itself in what is told of somebody, or None."""
    outcomes = frozenset(told.outcomes)
    absent = bool(outcomes & ABSENT)
    refused = OperationOutcomePerson.REFUSED in outcomes
    taken = OperationOutcomePerson.TAKEN_INTO_CUSTODY in outcomes
    rescued = OperationOutcomePerson.RESCUED in outcomes
    wrong = {
        "An outcome is named twice: name each once": len(outcomes) < len(told.outcomes),
        "Somebody who was not there has no other outcome: leave the others out": absent and len(outcomes) > 1,
        "`missing_documents` is given for somebody who was not there: leave it out": absent
        and told.missing_documents is not None,
        "`rescued` contradicts `refused` and `found_not_held`: leave one out": rescued and bool(outcomes & NOT_RESCUED),
        "`freely` belongs to the outcome `refused`: give both or neither": refused != (told.freely is not None),
        "`custody` belongs to the outcome `taken_into_custody`: give both or neither": taken
        != (told.custody is not None),
    }
    return next((words for words, applies in wrong.items() if applies), None)


def facts_of(told: Told, *, verification: FindingMade | None, rescue: Rescued) -> Iterator[Fact]:
    """Yield what is recorded of one person, in the order in which it must be recorded.

    Args:
        told: without contradiction.
        verification: what the operation concluded, where that is recorded of this person.
        rescue: what is recorded of whoever was rescued.
    """
    if verification is not None:
        yield verification
    for outcome in told.outcomes:
        if outcome in LOCATED:
            yield Located(result=LOCATED[outcome])
    if OperationOutcomePerson.RESCUED in told.outcomes:
        yield rescue
    if told.freely is not None:
        yield RescueRefused(freely=told.freely)
    if told.custody is not None:
        yield CustodyStarted(custody=told.custody)
    if told.missing_documents is not None:
        yield DocumentsChecked(missing=told.missing_documents)


_BY_KIND: Final[Mapping[Kind, OperationOutcomePerson]] = {
    Kind.RESCUED: OperationOutcomePerson.RESCUED,
    Kind.RESCUE_REFUSED: OperationOutcomePerson.REFUSED,
    Kind.CUSTODY_STARTED: OperationOutcomePerson.TAKEN_INTO_CUSTODY,
}
_BY_RESULT: Final = {result: outcome for outcome, result in LOCATED.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """What one event of an operation says of somebody, as far as it is counted.

    Attributes:
        result: of an effort to find them.
        papers_missing: whether a check of documents found some missing.
    """

    kind: Kind
    result: LocatingResult | None = None
    papers_missing: bool = False

    @classmethod
    def by(cls, fact: Fact) -> "Said":
        """Return what a fact of this kind says."""
        result = fact.result if isinstance(fact, Located) else None
        return cls(fact.event_kind, result, isinstance(fact, DocumentsChecked) and bool(fact.missing))

    @property
    def outcome(self) -> OperationOutcomePerson | None:
        """The outcome it stands for, if for one."""
        return _BY_KIND.get(self.kind) if self.result is None else _BY_RESULT.get(self.result)


@dataclass(frozen=True)
class Tally:
    """How many people an operation met or looked for.

    Attributes:
        people: each once.
        outcomes: by outcome; one person can be in several.
        papers_missing: of whom some papers were missing.
    """

    people: int
    outcomes: Mapping[OperationOutcomePerson, int]
    papers_missing: int


def tally_of(people: int, counted: Iterable[tuple[Said, int]]) -> Tally:
    """Return the sum of what was said of how many people."""
    outcomes: dict[OperationOutcomePerson, int] = {}
    papers_missing = 0
    for said, count in counted:
        if (outcome := said.outcome) is not None:
            outcomes[outcome] = outcomes.get(outcome, 0) + count
        papers_missing += count if said.papers_missing else 0
    return Tally(people, {outcome: outcomes[outcome] for outcome in sorted(outcomes)}, papers_missing)
