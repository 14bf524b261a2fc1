"""Categories of what was found: each authority's latest word, side by side. Pure."""

from itertools import takewhile
from typing import Final

from service.story.case import Case
from service.story.counting.days import earliest
from service.story.moment import Moment
from service.story.person import Person
from service.story.standing import Finding, by_authority

CONFINEMENT_AND_EXTORTION: Final = "confinement_and_extortion"
"""The conjunction is a category of its own (design/figures.md section 2; 19 of 104 cases in 2022)."""


def categories_of_case(case: Case) -> dict[str, Moment]:
    """Return each category found in the case, and when it was first found. Categories overlap.

    A category stays where it was first found as long as the authority goes on finding it.
    """
    of_case = {finding.seq for finding in case.findings}
    groups = list(by_authority(case.findings).values())
    for person in case.persons.values():
        own = [finding for finding in person.findings if finding.seq not in of_case]
        groups += by_authority(own).values()
    firsts: dict[str, Moment] = {}
    for findings in groups:
        for category in _found(findings[-1]):
            found = _first_found(findings, category)
            firsts[category] = earliest([found, firsts.get(category, found)])
    return firsts


def categories_of_person(person: Person) -> set[str]:
    """Return the categories in force about a person, by whichever authority."""
    said = by_authority(person.findings).values()
    return {category for findings in said for category in _found(findings[-1])}


def _found(finding: Finding) -> tuple[str, ...]:
    both = finding.confinement and finding.extortion
    return (finding.outcome.value, CONFINEMENT_AND_EXTORTION) if both else (finding.outcome.value,)


def _first_found(findings: list[Finding], category: str) -> Moment:
    """Return when an authority's unbroken run of findings with a category began."""
    run = list(takewhile(lambda finding: category in _found(finding), reversed(findings)))
    return earliest(finding.on for finding in run)
