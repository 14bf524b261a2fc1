"""Health on the wire."""

from service.wire import Shown


class Alive(Shown):
    """The process answers."""

    status: str


class Ready(Shown):
    """The register can be used."""

    status: str
    revision: str
    """Of the database schema."""


class Links(Shown):
    """Where to go from here."""

    name: str
    version: str
    documentation: str
    contract: str
    ready: str
