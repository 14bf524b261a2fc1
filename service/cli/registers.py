"""A register from the command line: what state it is in, and running something in it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from service.acting import Acting
from service.cli.failures import CommandError
from service.cli.revisions import known_revisions, newest_revision
from service.cli.surroundings import Surroundings, cluster_folder, open_surroundings, read_settings
from service.clock import utc_now
from service.db.database import Database
from service.errors import DatabaseFailure, UnavailableError
from service.settings import Settings

Answer = TypeVar("Answer")

_CONNECTIONS: Final = 2

_SERVER: Final = text(
    "SELECT current_setting('server_version') AS version, to_regclass('public.alembic_version')::text AS migrated"
)
_REVISION: Final = text("SELECT version_num FROM public.alembic_version")
_CONTENT: Final = text(
    "SELECT (SELECT count(*) FROM cases) AS cases, NOT EXISTS (SELECT FROM agencies) AS empty, "
    "(SELECT wrapped FROM data_keys LIMIT 1) AS sealed, has_table_privilege('events', 'DELETE') AS owner, "
    "(SELECT coalesce(max(version), 1) FROM counted_by) AS counted_by"
)


@dataclass(frozen=True)
class State:
    """What is in a register.

    Attributes:
        version: of the server.
        revision: of the schema.
        cases: how many.
        empty: there is not even an agency.
        sealed: a wrapped data key, if there is any; only the right key file opens it.
        owner: the run-time role may do more than it should.
        counted_by: the version of the rules under which the whole of it was last counted.
    """

    version: str
    revision: str
    cases: int
    empty: bool
    sealed: bytes | None
    owner: bool
    counted_by: int


def acting() -> Acting:
    """Return whom the audit log names for the command line: nobody, now."""
    return Acting(None, None, utc_now())


def run_in_register(work: Callable[[Database], Awaitable[Answer]]) -> Answer:
    """Run something in the register that the settings name.

    Raises:
        CommandError: there is none yet, it cannot be reached, or has to be migrated first.
    """
    settings = read_settings()
    if settings.database_url is None and not (cluster_folder(settings) / "data").exists():
        raise CommandError("There is no register yet: run safe-return serve, or set SAFE_RETURN_DATABASE_URL.")
    with open_surroundings(settings, quiet=True) as around:
        require_migrated(around)
        return run_at(around.settings, around.api_url, work)


def run_at(settings: Settings, url: str, work: Callable[[Database], Awaitable[Answer]]) -> Answer:
    """Run something with a database, in an event loop of its own."""
    database = described(settings, url)

    async def run() -> Answer:
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def described(settings: Settings, url: str) -> Database:
    """Describe a database for the few statements of a command.

    Raises:
        CommandError: its address is none.
    """
    try:
        return Database.at(
            url,
            pool_size=_CONNECTIONS,
            statement_cache_size=settings.statement_cache_size,
            write_timeout_s=settings.write_timeout_s,
        )
    except (ArgumentError, ValueError):
        raise CommandError("The database's address must look like postgresql://role:password@host/name.") from None


def revision_at(settings: Settings, url: str) -> str | None:
    """Return the schema revision at an address, None if it was never migrated.

    Raises:
        CommandError: it cannot be reached or used.
    """

    async def ask(database: Database) -> str | None:
        server = await database.lookup(_SERVER)
        if server is None or server["migrated"] is None:
            return None
        found = await database.lookup(_REVISION)
        return str(found["version_num"]) if found else None

    try:
        return run_at(settings, url, ask)
    except UnavailableError:
        raise CommandError(
            f"The database {place_of(url)} cannot be reached: start it, or correct the address."
        ) from None
    except TypeError:
        # What stands behind the question mark goes to the driver as it is.
        raise CommandError("The database's address has a parameter that the driver does not know.") from None


def require_migrated(around: Surroundings) -> str:
    """Return the schema revision, if this release can work with it; a later one is, as revisions are additive.

    Raises:
        CommandError: the database has to be migrated first.
    """
    revision = revision_at(around.settings, around.api_url)
    if revision == newest_revision() or (revision is not None and revision not in known_revisions()):
        return revision
    found = f"is at revision {revision}" if revision else "was not migrated yet"
    raise CommandError(
        f"The database {found}, and this release needs {newest_revision()}: run safe-return migrate."
    ) from None


def state_of(settings: Settings, url: str, revision: str) -> State:
    """Look into a migrated register."""

    async def ask(database: Database) -> State:
        server, content = await database.lookup(_SERVER), await database.lookup(_CONTENT)
        if server is None or content is None:
            raise DatabaseFailure(None, None)
        return State(version=server["version"].split()[0], revision=revision, **content)

    return run_at(settings, url, ask)


def place_of(url: str) -> str:
    """Name a database without its password."""
    parsed = make_url(url)
    host = parsed.host or parsed.query.get("host") or "localhost"
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.database or parsed.username} at {host}{port}"
