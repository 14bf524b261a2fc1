"""Stories as plain data: who files a case, and what is recorded about it afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Teller(StrEnum):
    """A user who enters something. The value is the user name."""

    OPERATOR = "operator"
    VERIFIER = "verifier"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    LIAISON_TWN = "liaison-twn"
    LIAISON_MYS = "liaison-mys"


@dataclass(frozen=True)
class Step:
    """An event recorded about a case, or about some of its persons or offenders.

    Attributes:
        teller: who records it.
        kind: of the event.
        on: the day it happened.
        data: as the kind wants it.
        persons: places in the case's list of persons.
        offenders: places in its list of offenders; with neither, the event is about the case.
    """

    teller: Teller
    kind: str
    on: date
    data: Mapping[str, Any]
    persons: tuple[int, ...] = ()
    offenders: tuple[int, ...] = ()


@dataclass(frozen=True)
class Voiding:
    """The supervisor voids the events of an earlier step.

    Attributes:
        step: its place in the story.
        reason: a code.
    """

    step: int
    reason: str


@dataclass(frozen=True)
class Story:
    """One case: the body that files it, and what happened then, in order.

    Attributes:
        filed_by: an operator, a supervisor or a liaison.
        body: of `POST /v1/cases`.
        steps: in the order in which they are recorded.
    """

    filed_by: Teller
    body: Mapping[str, Any]
    steps: tuple[Step | Voiding, ...] = ()

    @property
    def received_on(self) -> date:
        """The day of first contact."""
        return date.fromisoformat(self.body["received_on"])


@dataclass(frozen=True)
class Scenario:
    """Stories that agree with something published.

    Attributes:
        name: short, for a progress bar.
        source: who published it, when.
        tell: returns the same stories at every call.
    """

    name: str
    source: str
    tell: Callable[[], list[Story]]
