"""The register's part in a person's story ended otherwise than by a return."""

from dataclasses import dataclass

from service.codes import (
    EndOutcome,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Ended(Fact):
    """The register's part in a person's story ended otherwise than by a return."""

    outcome: EndOutcome
