"""What a case's facts contribute to the figures. Pure: the whole of it is a function of the state.

Every human is in exactly one status on every day; every measure is placed on a calendar day in Asia/Phnom_Penh.

Source: design/figures.md sections 2 to 4.
"""

from typing import Final

from service.cases.rules.counting.of_cases import of_case
from service.cases.rules.counting.of_offenders import of_offender
from service.cases.rules.counting.of_persons import of_person
from service.cases.rules.state import Case
from service.ledger.rules import Bag, Contribution

RULES_VERSION: Final = 2
"""Of fold, projection and counting together. Raised with every release in which a log that stands already gives other
rows or other entries: a register counted under an earlier version is counted again. 1 is release 0.1.0."""


def contributions(case: Case | None) -> Bag:
    """Answer everything a case contributes to every measure; nothing before it was received."""
    bag = Bag()
    if case is None:
        return bag
    for cell, amount in of_case(case):
        bag[Contribution(case.id, cell)] += amount
    for person in case.persons.values():
        for cell, amount in of_person(case, person):
            bag[Contribution(person.id, cell)] += amount
    for offender in case.offenders.values():
        for cell, amount in of_offender(case, offender):
            bag[Contribution(offender.id, cell)] += amount
    return bag


__all__ = ["RULES_VERSION", "contributions"]
