"""What the reporter says was done."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen, MinLen

from service.codes import (
    AllegationType,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Alleged(Fact):
    """What the reporter says was done."""

    types: Annotated[tuple[AllegationType, ...], MinLen(1), MaxLen(20)]
