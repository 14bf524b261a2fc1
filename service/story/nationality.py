"""Which nationality counts, out of all that was asserted, and which states may know. Pure.

Source: design/domain.md section 6, ADR 0041. A figure names the version of this rule by which it was computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from service.codes import DISPUTED, STRENGTH, UNKNOWN, NationalitySource

CAMBODIA: Final = "KHM"

NOT_A_STATE: Final = frozenset({"XXA", "XXB", "XXC", "XXX"})
"""Stateless, refugees and unspecified: no state's liaison serves them (ICAO Doc 9303-3)."""

_STATE_SPEAKS: Final = frozenset({NationalitySource.CONFIRMED_BY_STATE, NationalitySource.DENIED_BY_STATE})

_TWO_NATIONALITIES_SINCE: Final = 5

_Voice = tuple[UUID, NationalitySource, str, bool]


def rule_version(rules: int) -> int:
    """Return the version of this rule under a version of the counting rules: 2 knows people of two nationalities."""
    return 2 if rules >= _TWO_NATIONALITIES_SINCE else 1


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion in force, and whose it is: a body's later one replaces its earlier one from the same source.

    Attributes:
        nationality: ISO 3166-1 alpha-3 or ICAO Doc 9303-3.
        decision: whether a supervisor settled a dispute by it.
        agency_id: of the body that asserts it.
        recorded_at: when it was recorded, UTC.
    """

    nationality: str
    source: NationalitySource
    decision: bool
    agency_id: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Effective:
    """The nationality that counts.

    Attributes:
        code: ISO 3166-1 alpha-3 or ICAO 9303, ZZ-UNKNOWN or ZZ-DISPUTED.
        source: of the strongest assertion; None where there is none or a dispute.
        confirmed: all that their states confirm, who confirmed first first; more than one of a dual national.
    """

    code: str
    source: NationalitySource | None
    confirmed: tuple[str, ...] = ()

    @property
    def counts_as(self) -> str:
        """The code under which figures count: a language alone is a guess, and fills no nationality's row."""
        return UNKNOWN if self.source is NationalitySource.LANGUAGE_INFERRED else self.code

    @property
    def is_cambodian(self) -> bool:
        """Whether they are at home in Cambodia, whatever other nationality they have."""
        return CAMBODIA in {self.code, *self.confirmed}

    @property
    def is_cambodian_alone(self) -> bool:
        """Whether they have no other home to go to. A language alone says of nobody that they are at home."""
        return {self.counts_as, *self.confirmed} == {CAMBODIA}

    @property
    def discloses_to(self) -> frozenset[str]:
        """The states to which this tells that the person is theirs.

        A language alone is too weak to tell a state about somebody.
        """
        guessed = self.source is NationalitySource.LANGUAGE_INFERRED
        counting = {self.code} if is_state(self.code) and not guessed else set()
        return frozenset(counting.union(self.confirmed))


def is_state(code: str) -> bool:
    """Whether a nationality is that of a state, which has liaisons."""
    return code not in NOT_A_STATE and code not in {UNKNOWN, DISPUTED}


def effective(assertions: Iterable[Assertion]) -> Effective:
    """Return the nationality that counts: the strongest assertion in force.

    States that alone confirm several make a person of several nationalities, who counts under the one confirmed first.
    Any other tie is disputed until a supervisor decides.

    Args:
        assertions: in the order in which they were recorded.
    """
    standing = _Standing()
    for found in assertions:
        standing.hear(found)
    return standing.effective()


def shown_to(assertions: Iterable[Assertion]) -> tuple[str, ...]:
    """Return the states that may know of the person.

    A state may from the moment at which the person counts as its own, and as long as an assertion of that stays in
    force that is more than a language: a claim, a document, a confirmation, a decision.

    Args:
        assertions: in the order in which they were recorded.
    """
    standing = _Standing()
    shown: frozenset[str] = frozenset()
    for found in assertions:
        standing.hear(found)
        shown = (shown | standing.effective().discloses_to) & standing.named()
    return tuple(sorted(shown))


@dataclass(slots=True)
class _Standing:
    """The assertions in force while one after another is heard. A decision settles all that was said before it."""

    _denied: set[str] = field(default_factory=set)
    _by_voice: dict[_Voice, Assertion] = field(default_factory=dict)

    def hear(self, found: Assertion) -> None:
        if found.decision:
            self._denied.clear()
            self._by_voice.clear()
        if found.source is NationalitySource.DENIED_BY_STATE:
            self._denied.add(found.nationality)
            left = {voice: kept for voice, kept in self._by_voice.items() if kept.nationality != found.nationality}
            self._by_voice = left
        elif (
            found.nationality not in self._denied
            or found.decision
            or found.source is NationalitySource.CONFIRMED_BY_STATE
        ):
            self._denied.discard(found.nationality)
            self._by_voice[_voice(found)] = found

    def named(self) -> frozenset[str]:
        """Return every nationality that more than a language speaks for."""
        return frozenset(
            found.nationality
            for found in self._by_voice.values()
            if found.source is not NationalitySource.LANGUAGE_INFERRED
        )

    def effective(self) -> Effective:
        confirmed = self._confirmed()
        strongest = min(map(_rank, self._by_voice.values()), default=0)
        winning = [found for found in self._by_voice.values() if _rank(found) == strongest]
        if not winning:
            return Effective(UNKNOWN, None)
        codes = list(dict.fromkeys(found.nationality for found in winning))
        sources = {found.source for found in winning}
        states_alone = sources == {NationalitySource.CONFIRMED_BY_STATE} and all(map(is_state, codes))
        if len(codes) > 1 and not states_alone:
            return Effective(DISPUTED, None, confirmed)
        return Effective(codes[0], min(sources, key=STRENGTH.index), confirmed)

    def _confirmed(self) -> tuple[str, ...]:
        """Return what states confirm of themselves, in order: a confirmation repeated keeps its place."""
        by_states = (
            found.nationality
            for found in self._by_voice.values()
            if found.source is NationalitySource.CONFIRMED_BY_STATE and is_state(found.nationality)
        )
        return tuple(dict.fromkeys(by_states))


def _voice(found: Assertion) -> _Voice:
    """Two states may both confirm a dual national; anybody else's later assertion replaces the earlier one.

    No assertion replaces a supervisor's decision, be it of the same body.
    """
    own_value = found.nationality if found.source in _STATE_SPEAKS else ""
    return found.agency_id, found.source, own_value, found.decision


def _rank(found: Assertion) -> int:
    return 0 if found.decision else STRENGTH.index(found.source)
