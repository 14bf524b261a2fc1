"""Somebody said or showed which nationality a person has; with `decision`, a supervisor settled a dispute."""

from dataclasses import dataclass

from service.codes import (
    NationalitySource,
)
from service.story.fact import Fact, NationalityCode


@dataclass(frozen=True, kw_only=True)
class NationalityAsserted(Fact):
    """Somebody said or showed which nationality a person has; with `decision`, a supervisor settled a dispute."""

    nationality: NationalityCode
    source: NationalitySource
    decision: bool = False
