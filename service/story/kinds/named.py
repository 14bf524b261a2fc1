"""Somebody or a company is alleged responsible. Nobody is assumed guilty."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import OffenderRole
from service.story.fact import Fact, NationalityCode


@dataclass(frozen=True, kw_only=True)
class Named(Fact):
    """Somebody or a company is alleged responsible. Nobody is assumed guilty."""

    roles: Annotated[tuple[OffenderRole, ...], MaxLen(15)] = ()
    nationality: NationalityCode | None = None
    described: bool = False
