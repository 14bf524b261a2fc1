"""A calendar day in Asia/Phnom_Penh, as exactly as it is known. Pure."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Precision(StrEnum):
    """How exactly a day is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar day, as exactly as it is known.

    Attributes:
        on: the day; of a month or year its first.
        precision: how exactly.
    """

    on: date
    precision: Precision = Precision.DAY

    @property
    def latest(self) -> date:
        """The last day it may have been. `about` is taken at its word: the day itself."""
        if self.precision is Precision.MONTH:
            return self.on.replace(day=monthrange(self.on.year, self.on.month)[1])
        if self.precision is Precision.YEAR:
            return self.on.replace(month=12, day=31)
        return self.on

    @property
    def is_fitted(self) -> bool:
        """Whether only its month or year is known, so that the day that counts is fitted between its neighbours."""
        return self.precision in {Precision.MONTH, Precision.YEAR}

    def not_before(self, day: date) -> "Moment":
        """Return the same moment, as exactly known, but no earlier than what it follows."""
        return replace(self, on=max(self.on, day))

    @classmethod
    def of(cls, text: str) -> "Moment":
        """Read Extended Date/Time Format: `2022-09-20`, `2022-09`, `2022`, `2022-09-20~` (ISO 8601-2:2019)."""
        if text.endswith("~"):
            return cls(date.fromisoformat(text[:-1]), Precision.ABOUT)
        precision = {4: Precision.YEAR, 7: Precision.MONTH}.get(len(text), Precision.DAY)
        return cls(date.fromisoformat(text + "-01-01"[len(text) - 4 :]), precision)

    def __str__(self) -> str:
        """Write it as it is read."""
        day = self.on.isoformat()
        shortened = {Precision.YEAR: day[:4], Precision.MONTH: day[:7], Precision.ABOUT: day + "~"}
        return shortened.get(self.precision, day)
