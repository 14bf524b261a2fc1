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


class Links(Shown):
    """The name and version of the service, and addresses to go on from."""

    name: str
    version: str
    documentation: str
    contract: str
    ready: str
