"""Which nationality counts, out of all that was asserted. Pure.

Source: design/domain.md section 6. Rule version 1; a figure names the version it was computed with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.codes import DISPUTED, STRENGTH, UNKNOWN, NationalitySource

RULE_VERSION: Final = 1

CAMBODIA: Final = "KHM"

NOT_A_STATE: Final = frozenset({"XXA", "XXB", "XXC", "XXX"})
"""Stateless, refugees and unspecified: no state's liaison serves them (ICAO Doc 9303-3)."""

_STATE_SPEAKS: Final = frozenset({NationalitySource.CONFIRMED_BY_STATE, NationalitySource.DENIED_BY_STATE})


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
    """

    code: str
    source: NationalitySource | None

    @property
    def counts_as(self) -> str:
        """The code under which figures count: a language alone is a guess, and fills no nationality's row."""
        return UNKNOWN if self.source is NationalitySource.LANGUAGE_INFERRED else self.code

    @property
    def discloses_to(self) -> str | None:
        """The state whose liaison may know of the person; None where no state may.

        A language alone is too weak to tell a state about somebody.
        """
        is_state = self.code not in NOT_A_STATE and self.code not in {UNKNOWN, DISPUTED}
        return self.code if is_state and self.source is not NationalitySource.LANGUAGE_INFERRED else None


def effective(assertions: Sequence[Assertion]) -> Effective:
    """Return the strongest assertion in force; a tie is disputed until a supervisor decides.

    Args:
        assertions: in the order in which they were recorded.
    """
    standing = _standing(assertions)
    if not standing:
        return Effective(UNKNOWN, None)
    strongest = min(_rank(found) for found in standing)
    winning = [found for found in standing if _rank(found) == strongest]
    if len({found.nationality for found in winning}) > 1:
        return Effective(DISPUTED, None)
    return Effective(winning[0].nationality, min((found.source for found in winning), key=STRENGTH.index))


def _standing(assertions: Sequence[Assertion]) -> list[Assertion]:
    decided = max((place for place, found in enumerate(assertions) if found.decision), default=0)
    denied: set[str] = set()
    standing: dict[tuple[UUID, NationalitySource, str], Assertion] = {}
    for found in assertions[decided:]:
        if found.source is NationalitySource.DENIED_BY_STATE:
            denied.add(found.nationality)
            standing = {key: kept for key, kept in standing.items() if kept.nationality != found.nationality}
        elif found.nationality not in denied or found.decision or found.source is NationalitySource.CONFIRMED_BY_STATE:
            denied.discard(found.nationality)
            standing[_voice(found)] = found
    return list(standing.values())


def _voice(found: Assertion) -> tuple[UUID, NationalitySource, str]:
    """Two states may both confirm a dual national; anybody else's later assertion replaces the earlier one."""
    own_value = found.nationality if found.source in _STATE_SPEAKS else ""
    return found.agency_id, found.source, own_value


def _rank(found: Assertion) -> int:
    return 0 if found.decision else STRENGTH.index(found.source)
