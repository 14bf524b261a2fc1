"""A person was brought out."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import (
    Attribution,
)
from service.story.fact import Fact, Province


@dataclass(frozen=True, kw_only=True)
class Rescued(Fact):
    """A person was brought out."""

    by: Annotated[tuple[Attribution, ...], MaxLen(3)] = ()
    province: Province | None = None
