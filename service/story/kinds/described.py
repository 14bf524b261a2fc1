"""What is known of a person was told or corrected."""

from dataclasses import dataclass
from typing import Final

from service.codes import Sex
from service.story.ages import AgeStated, Told
from service.story.case import Case
from service.story.fact import Correction
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class Described(Correction):
    """What is known of a person: sex, birth year, or age on the event's day; only what is named changes."""

    event_kind = Kind.DESCRIBED

    sex: Sex | None = None
    birth_year: Told | None = None
    age: Told | None = None
    fears_own_state: bool | None = None
    named: bool | None = None
    contact_given: bool | None = None
    guardian_known: bool | None = None


_BORN: Final = frozenset({"birth_year", "age"})


def apply(case: Case, event: Event, fact: Described) -> None:
    """Change what is named; an age is kept with the day on which it was true."""
    person = case.persons.get(event.subject.id)
    if person is None:
        return
    for name, value in fact.changes().items():
        if name == "age":
            person.stated_age = None if value is None else AgeStated(years=value, on=event.occurred.on)
        else:
            setattr(person, name, value)
        if name in _BORN:
            person.born_told_by = event.agency_id


KIND = EventKind(
    fact=Described,
    about=PERSON,
    summary="What is known of a person was told or corrected.",
    told_to_liaison=frozenset({"sex", "birth_year", "age", "named", "guardian_known", "cleared"}),
    apply=apply,
)
