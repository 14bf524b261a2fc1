"""What is known of an offender was corrected; only what is named changes."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import OffenderRole
from service.story.fact import Cleared, Fact, NationalityCode


@dataclass(frozen=True, kw_only=True)
class OffenderDescribed(Fact):
    """What is known of an offender was corrected; only what is named changes."""

    roles: Annotated[tuple[OffenderRole, ...] | None, MaxLen(15)] = None
    nationality: NationalityCode | None = None
    described: bool | None = None
    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()
