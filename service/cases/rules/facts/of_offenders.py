"""Facts about an offender. Nobody is assumed guilty."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.cases.rules.facts.fact import Cleared, Fact, NationalityCode
from service.codes import OffenderRole, SuspectStage


@dataclass(frozen=True, kw_only=True)
class Named(Fact):
    """Somebody or a company is alleged responsible. Nobody is assumed guilty."""

    roles: Annotated[tuple[OffenderRole, ...], MaxLen(15)] = ()
    nationality: NationalityCode | None = None
    described: bool = False


@dataclass(frozen=True, kw_only=True)
class OffenderDescribed(Fact):
    """What is known of an offender was corrected; only what is named changes."""

    roles: Annotated[tuple[OffenderRole, ...] | None, MaxLen(15)] = None
    nationality: NationalityCode | None = None
    described: bool | None = None
    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()


@dataclass(frozen=True, kw_only=True)
class StageReached(Fact):
    """A stage of the law was reached."""

    stage: SuspectStage
