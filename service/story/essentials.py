"""The five essentials and a safe way to reach somebody: how complete a case is, and what to ask next. Pure.

Nobody is turned away for an incomplete report: the score orders questions, it never refuses one.

Source: NCCT appeal of 8 September 2022 (location, names and nationality of victims, the crime, the offenders);
design/domain.md section 5 (weights).
"""

from dataclasses import dataclass
from typing import Final

from service.codes.code import Code
from service.story.case import Case
from service.story.remembered import recall


class Essential(Code):
    """What a rescue needs to be known, with the next question to ask."""

    LOCATION = "location", "Where exactly are they? Ask for the compound, building, floor, or a landmark nearby."
    NAMES = "names", "What are their names? Any name helps: on a document, a nickname, a chat name."
    NATIONALITY = "nationality", "Which nationality do they have? Ask which passport they came with."
    CRIME = "crime", "What is being done to them? Ask if they can leave, and what happens if they try."
    OFFENDER = "offender", "Who is holding them? Ask for a company, a nickname, a role; unknown is an answer too."
    CONTACT = "contact", "How can somebody be reached safely? Ask for a number or account, and safe hours."


WEIGHTS: Final = {
    Essential.LOCATION: 25,
    Essential.NAMES: 20,
    Essential.NATIONALITY: 15,
    Essential.CRIME: 20,
    Essential.OFFENDER: 10,
    Essential.CONTACT: 10,
}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a case is.

    Attributes:
        score: 0 to 100.
        missing: essentials not there, or not there for everybody, in the order to ask for them.
    """

    score: int
    missing: tuple[Essential, ...]


def completeness(case: Case) -> Completeness:
    """Judge a case. Names and nationality count for each person listed, so a list of twenty can be half complete."""
    return recall(case, "completeness", _judged)


def _judged(case: Case) -> Completeness:
    parts = {
        Essential.LOCATION: float(case.place_given),
        Essential.NAMES: _share([person.named for person in case.persons.values()]),
        Essential.NATIONALITY: _share([person.asked_nationality for person in case.persons.values()]),
        Essential.CRIME: float(bool(case.alleged)),
        Essential.OFFENDER: float(bool(case.offenders) or case.offender_unknown),
        Essential.CONTACT: float(_somebody_can_be_reached(case)),
    }
    score = sum(int(weight * parts[essential]) for essential, weight in WEIGHTS.items())
    return Completeness(score=score, missing=tuple(essential for essential in WEIGHTS if parts[essential] < 1))


def _somebody_can_be_reached(case: Case) -> bool:
    return case.contact_given or any(person.contact_given for person in case.persons.values())


def _share(there: list[bool]) -> float:
    return sum(there) / len(there) if there else 0.0
