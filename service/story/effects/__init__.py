"""What each kind of event does to the state. None of them refuses: whatever stands in the log counts."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.story.case import Case
from service.story.effects.of_cases import ON_CASES
from service.story.effects.of_offenders import ON_OFFENDERS
from service.story.effects.of_persons import ON_PERSONS
from service.story.fact import Fact
from service.story.log import Event

EFFECTS: Final[Mapping[type[Fact], Callable[[Case, Event, Any], None]]] = {**ON_CASES, **ON_PERSONS, **ON_OFFENDERS}
"""By what the event says; a kind not listed changes nothing by itself."""
