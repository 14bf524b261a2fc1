"""What each kind of event does to the state. None of them refuses: whatever stands in the log counts."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.cases.rules.effects.of_cases import ON_CASES
from service.cases.rules.effects.of_offenders import ON_OFFENDERS
from service.cases.rules.effects.of_persons import ON_PERSONS
from service.cases.rules.events import Event
from service.cases.rules.facts import Fact
from service.cases.rules.state import Case

EFFECTS: Final[Mapping[type[Fact], Callable[[Case, Event, Any], None]]] = {**ON_CASES, **ON_PERSONS, **ON_OFFENDERS}
"""By what the event says; a kind not listed changes nothing by itself."""
