"""A register from the command line: its state, and running work in it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from service.acting import Acting
from service.cases.queries.whole import content_of
from service.cli.failures import CommandError
from service.cli.revisions import known_revisions, newest_revision
from service.cli.surroundings import Surroundings, cluster_folder, open_surroundings, read_settings
from service.clock import utc_now
from service.db.address import AddressError, place_of
from service.db.database import Upkeep
from service.db.failures import InsecureError
from service.errors import DatabaseFailure, UnavailableError
from service.health.queries import schema_revision, server_of
from service.people.queries.keys import keys_in_use
from service.settings import Settings

Answer = TypeVar("Answer")

_CONNECTIONS: Final = 2


@dataclass(frozen=True)
class State:
    """The state of a register.

    Attributes:
        version: the version of the PostgreSQL server.
        revision: the schema revision.
        cases: the number of cases.
        empty: whether there is no agency yet.
        sealed: a wrapped value for each key-encryption key in use; only the right key file opens them.
        owner: whether the run-time role may change append-only tables.
        counted_by: the version of the rules by which the whole register was last counted.
    """

    version: str
    revision: str
    cases: int
    empty: bool
    sealed: tuple[bytes, ...]
    owner: bool
    counted_by: int


def acting() -> Acting:
    """Return the caller for the audit log: no principal, now."""
    return Acting(None, None, utc_now())


def run_in_register(work: Callable[[Upkeep], Awaitable[Answer]]) -> Answer:
    """Run something in the register that the settings name.

    Raises:
        CommandError: there is no register yet, it cannot be reached, or it must be migrated first.
    """
    with in_register() as around:
        return run_at(around.settings, around.api_url, work)


@contextmanager
def in_register() -> Iterator[Surroundings]:
    """Provide the register that the settings name for the duration of a block.

    Raises:
        CommandError: there is no register yet, it cannot be reached, or it must be migrated first.
    """
    settings = read_settings()
    if settings.database_url is None and not (cluster_folder(settings) / "data").exists():
        raise CommandError("There is no register yet: run safe-return serve, or set SAFE_RETURN_DATABASE_URL.")
    with open_surroundings(settings, quiet=True) as around:
        require_migrated(around)
        yield around


def run_at(settings: Settings, url: str, work: Callable[[Upkeep], Awaitable[Answer]]) -> Answer:
    """Run work with a database, in an event loop of its own."""
    database = described(settings, url)

    async def run() -> Answer:
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def described(settings: Settings, url: str) -> Upkeep:
    """Return a database with a small pool, for the few statements of a command.

    Raises:
        CommandError: the URL is malformed.
    """
    try:
        return Upkeep.at(
            url,
            pool_size=_CONNECTIONS,
            statement_cache_size=settings.statement_cache_size,
            write_timeout_s=settings.write_timeout_s,
        )
    except AddressError as error:
        raise CommandError(str(error)) from None


def revision_at(settings: Settings, url: str) -> str | None:
    """Return the schema revision of the database at a URL, or None if it was never migrated.

    Raises:
        CommandError: the database cannot be reached or used.
    """

    async def ask(database: Upkeep) -> str | None:
        server = await server_of(database)
        if server is None or server["migrated"] is None:
            return None
        return await schema_revision(database)

    try:
        return run_at(settings, url, ask)
    except InsecureError as error:
        raise CommandError(error.words) from None
    except UnavailableError:
        raise CommandError(f"The database {place_of(url)} cannot be reached: start it, or correct its URL.") from None


def require_migrated(around: Surroundings) -> str:
    """Return the schema revision, if this release works with it; later ones do, because revisions are additive.

    Raises:
        CommandError: the database must be migrated first.
    """
    revision = revision_at(around.settings, around.api_url)
    if revision == newest_revision() or (revision is not None and revision not in known_revisions()):
        return revision
    found = f"is at revision {revision}" if revision else "has not been migrated yet"
    raise CommandError(
        f"The database {found}, and this release needs {newest_revision()}: run safe-return migrate."
    ) from None


def state_of(settings: Settings, url: str, revision: str) -> State:
    """Return the state of a migrated register."""

    async def ask(database: Upkeep) -> State:
        server = await server_of(database)
        async with database.read_unrecorded("what state it is in: cases are counted") as db:
            content, sealed = await content_of(db), await keys_in_use(db)
        if server is None:
            raise DatabaseFailure(None, None)
        return State(version=server["version"].split()[0], revision=revision, sealed=sealed, **content)

    return run_at(settings, url, ask)
