"""Small values that the fold of a log is made of: what was found, done and said, each with its day. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from service.codes import (
    AuthorityKind,
    CustodyKind,
    DocumentType,
    EndOutcome,
    Freely,
    LocatingResult,
    PersonStatus,
    WishValue,
)
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.wish_stated import WishStated
from service.story.moment import Moment

FOUND: Final = frozenset({LocatingResult.HELD, LocatingResult.NOT_HELD})
"""Results of an effort after which the person is located."""

Authority = tuple[AuthorityKind, UUID]
"""A kind of authority, and the agency that speaks for it here."""

_NO_ANSWER: Final = frozenset({WishValue.NOT_ASKED, WishValue.COULD_NOT_ANSWER_FREELY})


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding, with its place in the log and its day.

    Attributes:
        operation_id: of the operation that was the verification, where one was.
    """

    seq: int
    on: Moment
    fact: FindingMade
    recorded_by: UUID
    agency_id: UUID
    operation_id: UUID | None = None

    @property
    def authority(self) -> Authority:
        """Whose finding it is: two embassies are two authorities."""
        return self.fact.authority, self.agency_id


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a person beyond verification.

    Attributes:
        status: entered; `received` where somebody whose end was recorded was found again.
        moment: when, as it was said.
        on: when, for counting: never before the step before it.
        fact: of a rescue or a return.
        outcome: of an end.
        operation_id: of the operation in which it happened, where one is known.
    """

    status: PersonStatus
    moment: Moment
    on: date
    fact: Rescued | Repatriated | None = None
    outcome: EndOutcome | None = None
    operation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """One effort to find a person."""

    moment: Moment
    result: LocatingResult


@dataclass(frozen=True, slots=True)
class Custody:
    """A time in somebody's hands.

    Attributes:
        ended: None while it lasts.
    """

    kind: CustodyKind
    started: Moment
    ended: Moment | None = None


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """What somebody who looked at a person's papers found missing."""

    moment: Moment
    missing: tuple[DocumentType, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person said they want, and when."""

    moment: Moment
    said: WishStated


@dataclass(frozen=True, slots=True)
class ReturnTask:
    """Where one task on the way home stands, and since when."""

    moment: Moment
    taken: ReturnStepTaken


def is_free_answer(wish: WishStated) -> bool:
    """Tell whether a wish decides anything: it was stated freely, and it is an answer."""
    return wish.freely is Freely.YES and wish.value not in _NO_ANSWER


def by_authority(findings: Iterable[Finding]) -> dict[Authority, list[Finding]]:
    """Answer each authority's findings, the latest, which is in force, last. Conflicts between them stay visible."""
    grouped: dict[Authority, list[Finding]] = {}
    for finding in sorted(findings, key=lambda found: found.seq):
        grouped.setdefault(finding.authority, []).append(finding)
    return grouped


def leading(findings: Iterable[Finding]) -> list[Finding]:
    """Answer the leading authority's findings in the order of the log.

    The authority that last said it leads; where none did, the one that was first to find.
    """
    ordered = sorted(findings, key=lambda found: found.seq)
    if not ordered:
        return []
    said_so = [finding.authority for finding in ordered if finding.fact.lead]
    leader = said_so[-1] if said_so else ordered[0].authority
    return [finding for finding in ordered if finding.authority == leader]
