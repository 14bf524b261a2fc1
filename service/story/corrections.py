"""What a correction changes, and what it clears. Pure."""

from dataclasses import fields
from typing import Any, Protocol

from service.story.fact import Cleared


class Correction(Protocol):
    """A fact in which None leaves a value as it is, and `cleared` names what is unknown again."""

    @property
    def cleared(self) -> tuple[Cleared, ...]:
        """What is unknown again."""


def changes_of(fact: Correction) -> dict[str, Any]:
    """Return what a correction changes: members that are not None, and None for those it clears."""
    members = {member.name: getattr(fact, member.name) for member in fields(fact) if member.name != "cleared"}  # type: ignore[arg-type]  # every fact is a dataclass
    given = {name: value for name, value in members.items() if value is not None}
    return given | dict.fromkeys((name.value for name in fact.cleared), None)
