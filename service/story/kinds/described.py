"""What is known of a person: sex, birth year, or age on the event's day; only what is named changes."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import (
    Sex,
)
from service.story.fact import Age, BirthYear, Cleared, Fact


@dataclass(frozen=True, kw_only=True)
class Described(Fact):
    """What is known of a person: sex, birth year, or age on the event's day; only what is named changes."""

    sex: Sex | None = None
    birth_year: BirthYear | None = None
    age: Age | None = None
    fears_own_state: bool | None = None
    named: bool | None = None
    contact_given: bool | None = None
    guardian_known: bool | None = None
    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()
