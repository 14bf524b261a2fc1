"""What facts contribute to the figures. Pure: the whole of it is a function of the state.

Every human is in exactly one status on every day; every measure is placed on a calendar day in Asia/Phnom_Penh.

Source: design/figures.md sections 2 to 4.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from service.ledger.rules import Bag, Cell, Contribution
from service.story.case import Case
from service.story.counting.of_cases import of_case
from service.story.counting.of_humans import of_human
from service.story.counting.of_offenders import of_offender
from service.story.human import Human

RULES_VERSION: Final = 7
"""Of fold, projection and counting together. Raised with every release in which a log that stands already gives other
rows or other entries: a register counted under an earlier version is counted again. 1 is release 0.1.0."""


def contributions(case: Case | None) -> Bag:
    """Return everything a case contributes to every measure; nothing before it was received."""
    bag = Bag()
    if case is not None:
        for subject_id in (case.id, *case.persons, *case.offenders):
            for cell, amount in contributions_of(case, subject_id).items():
                bag[Contribution(subject_id, cell)] = amount
    return bag


def contributions_of(case: Case, subject_id: UUID) -> dict[Cell, int]:
    """Return how much the case itself, a human or an offender counts in each cell; in none if it is not there."""
    return _amounts(_cells(case, subject_id))


def contributions_of_human(human: Human) -> dict[Cell, int]:
    """Return how much a human, of one row or of several, counts in each cell."""
    return _amounts(of_human(human))


def _amounts(cells: Iterable[tuple[Cell, int]]) -> dict[Cell, int]:
    amounts: dict[Cell, int] = {}
    for cell, amount in cells:
        amounts[cell] = amounts.get(cell, 0) + amount
    return amounts


def _cells(case: Case, subject_id: UUID) -> Iterable[tuple[Cell, int]]:
    if subject_id == case.id:
        return of_case(case)
    if subject_id in case.persons:
        return of_human(Human.alone(case, case.persons[subject_id]))
    return of_offender(case, case.offenders[subject_id]) if subject_id in case.offenders else ()


__all__ = ["RULES_VERSION", "contributions", "contributions_of", "contributions_of_human"]
