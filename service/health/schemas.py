"""The response bodies of health."""

from service.wire import Shown


class Alive(Shown):
    """The process is alive."""

    status: str


class Ready(Shown):
    """The register is ready."""

    status: str
    revision: str
    """The revision of the database schema."""
    clock_offset_s: float
    """Seconds by which the clock of the service is ahead of that of the database; negative where it is behind."""
    fold_lag_s: int
    """Seconds for which the oldest unfolded day could have been folded; figures are right, and slower, meanwhile."""


class Links(Shown):
    """The name and version of the service, and addresses to go on from."""

    name: str
    version: str
    documentation: str
    contract: str
    ready: str
