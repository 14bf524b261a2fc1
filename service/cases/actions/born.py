"""What of a date of birth, a birth year and an age the log keeps: numbers. The date itself is sealed (ADR 0042)."""

from dataclasses import dataclass

from service.cases.schemas.amending import PersonPatch
from service.story.ages import Born, Told, age_in_clear, births_told
from service.story.fact import Cleared
from service.story.moment import Moment


@dataclass(frozen=True)
class BornTold:
    """What is recorded of when somebody was born.

    Attributes:
        cleared: what is unknown again.
        outdates: whether a sealed date of birth that the patch does not name is retired.
    """

    birth_year: Told | None
    age: Told | None
    cleared: tuple[Cleared, ...] = ()
    outdates: bool = False


def born_told(given: Born, told: Moment) -> BornTold:
    """Return what is recorded of somebody who is added.

    Args:
        given: what was told.
        told: on which day.
    """
    if given.date_of_birth is None:
        return BornTold(given.birth_year, given.age)
    births = births_told(given.date_of_birth)
    return BornTold(births.earliest.year, age_in_clear(births, told) if given.age is None else given.age)


def born_corrected(given: PersonPatch, told: Moment, *, present: Told | None, dated: bool) -> BornTold:
    """Return what a correction says. A date of birth takes the place of year and age, and takes both along.

    Args:
        given: the correction.
        told: today.
        present: the birth year known before.
        dated: whether a date of birth is sealed.
    """
    named, born = given.model_fields_set, born_told(given, told)
    replaced = given.date_of_birth is not None
    lost = not replaced and dated and "date_of_birth" in named
    outdates = not replaced and not lost and dated and "birth_year" in named and given.birth_year != present
    clears_year = born.birth_year is None and (lost or "birth_year" in named)
    clears_age = born.age is None and (replaced or lost or outdates or "age" in named)
    cleared = [Cleared.BIRTH_YEAR] * clears_year + [Cleared.AGE] * clears_age
    return BornTold(born.birth_year, born.age, tuple(cleared), outdates)
