"""When somebody was born, as a caller tells it: a number, a range, or "about" a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic_core import CoreSchema, core_schema

from service.story.ages import About, Between, Told

MOST_AGE: Final = 120
"""Nobody known lived longer than 122 years."""


@dataclass(frozen=True)
class _Number:
    """How a number, a range or "about" a number is read: within bounds. What is refused is not repeated."""

    least: int
    most: int
    description: str
    refusal: str

    def read(self, value: object) -> Told:
        """Return what was told.

        Raises:
            ValueError: it has another form, or lies outside the bounds.
        """
        if not isinstance(value, Mapping):
            return self._number(value)
        if value.keys() == {"about"}:
            return About(self._number(value["about"]))
        if value.keys() != {"low", "high"}:
            raise ValueError(self.refusal)
        low, high = self._number(value["low"]), self._number(value["high"])
        if low > high:
            raise ValueError("low is higher than high: exchange them")
        return low if low == high else Between(low, high)

    def _number(self, value: object) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise ValueError(self.refusal)
        return value

    def __get_pydantic_core_schema__(self, *_: object) -> CoreSchema:
        """Return how Pydantic parses it."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, *_: object) -> dict[str, Any]:
        """Return how the contract describes it."""
        number = {"type": "integer", "minimum": self.least, "maximum": self.most}
        forms = [number, _object(number, "low", "high"), _object(number, "about")]
        return {"anyOf": forms, "description": self.description}


def _object(number: Mapping[str, Any], *names: str) -> dict[str, Any]:
    members = {name: dict(number) for name in names}
    return {"type": "object", "properties": members, "required": list(names), "additionalProperties": False}


AgeTold = Annotated[
    Told,
    _Number(
        least=0,
        most=MOST_AGE,
        description="In whole years; a range, or about an age: two years either way.",
        refusal=f"Must be an age in whole years, 0 to {MOST_AGE}, such as 18; "
        'or {"low": 16, "high": 20}; or {"about": 18}',
    ),
]

BirthYearTold = Annotated[
    Told,
    _Number(
        least=1900,
        most=2100,
        description="A year; a range, or about a year: two years either way.",
        refusal="Must be a year of the common era, 1900 to 2100, such as 2004; "
        'or {"low": 2003, "high": 2005}; or {"about": 2004}',
    ),
]
