"""What every fact is, and the values that facts share. Pure.

Events carry codes, dates, numbers and ids only: no names, no free text (design/domain.md section 3). Each kind of event
has one class of fact; the wire, the log and the fold all use it. `__pydantic_config__` is read by whoever parses;
nothing here imports a parser.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from service.story.kinds.names import Kind

NationalityCode = Annotated[str, MinLen(1), MaxLen(40)]
"""Looked up where an event is decided, so that the refusal can name the list of codes."""

CountryCode = Annotated[str, MinLen(1), MaxLen(40)]
Province = Annotated[str, MinLen(4), MaxLen(5)]
LanguageTag = Annotated[str, MinLen(2), MaxLen(35)]
HeadCount = Annotated[int, Ge(0), Le(100_000)]


class Cleared(StrEnum):
    """What a correction removes, so that it is unknown again."""

    LANGUAGE = "language"
    PROVINCE = "province"
    PRECISION = "precision"
    RELATIONSHIP = "relationship"
    BIRTH_YEAR = "birth_year"
    AGE = "age"
    NATIONALITY = "nationality"


_CONFIG: Final[Mapping[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What one event says."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    event_kind: ClassVar[Kind]
    """Of the events that say this."""

    @property
    def voids(self) -> UUID | None:
        """The event that this one voids; None for every fact but `Voided`."""
        return None


@dataclass(frozen=True, kw_only=True)
class Correction(Fact):
    """A fact that changes only what it names: None leaves a value as it is."""

    cleared: Annotated[tuple[Cleared, ...], MaxLen(len(Cleared))] = ()
    """What is unknown again."""

    def changes(self) -> dict[str, Any]:
        """Return what is changed: members that are not None, and None for those that are cleared."""
        members = {member.name: getattr(self, member.name) for member in fields(self) if member.name != "cleared"}
        given = {name: value for name, value in members.items() if value is not None}
        return given | dict.fromkeys((name.value for name in self.cleared), None)
