"""Making a register ready: its schema, its sums, its keys, the demonstration."""

from service.cli.failures import CommandError
from service.cli.printing import warn
from service.cli.progress import progress_bar
from service.cli.registers import State, require_migrated, revision_at
from service.cli.revisions import known_revisions, newest_revision
from service.cli.surroundings import Surroundings
from service.sealing import KeyRing, SealingError, make_key_file
from service.settings import Settings

_NEW_KEY = """\
A new key file was made: {path}
  Without it nothing sealed can ever be opened again: no name, no place, no telephone number.
  Copy it now to a safe place, apart from the copies of the database."""


def prepare_schema(around: Surroundings, *, may_migrate: bool) -> str:
    """Return the schema revision, after bringing the database to the newest one if need be.

    Raises:
        CommandError: the database cannot be used, or has to be migrated and may not be.
    """
    if not may_migrate:
        return require_migrated(around)
    revision = revision_at(around.settings, around.owner_url)
    newest = newest_revision()
    if revision is None or (revision != newest and revision in known_revisions()):
        warn(f"Bringing the database to revision {newest}.")
        migrate_to(around, newest)
    return require_migrated(around)


def migrate_to(around: Surroundings, revision: str) -> None:
    """Go up to a revision and give the run-time role its rights.

    Raises:
        CommandError: there is no such revision, or the database is at one that this release does not know.
    """
    from alembic.util import CommandError as MigrationError

    from service.db.migrations import migrate

    try:
        migrate(around.owner_url, revision)
    except MigrationError as error:
        raise CommandError(f"The database cannot be migrated: {str(error).rstrip('.')}.") from None


def prepare_sums(around: Surroundings, state: State, *, may_recount: bool) -> None:
    """Count the register again if an earlier release counted it; where that may not be, say that it is due."""
    from service.story.counting import RULES_VERSION

    if state.counted_by >= RULES_VERSION:
        return
    if may_recount:
        recount_at(around.settings, around.owner_url)
    else:
        warn("An earlier release counted this register: run safe-return recount.")


def recount_at(settings: Settings, url: str) -> None:
    """Count the register at an address again, and say what that changed."""
    from service.cases.actions.recounting import recount_register
    from service.cli.registers import acting, run_at

    with progress_bar("Counting the register again") as advance:
        done = run_at(
            settings,
            url,
            lambda database: recount_register(database, acting, lambda done, all_: advance(done, all_, "")),
        )
    warn(
        f"Counted again: {done.cases} cases, {done.changed} changed; {done.rows} rows, {done.entries} entries written."
    )


def prepare_keys(settings: Settings, state: State) -> KeyRing:
    """Return the keys; where there is no key file and nothing needs one yet, make it.

    Raises:
        SealingError: the keys cannot be used.
        CommandError: the key file is missing and something sealed needs it.
    """
    if settings.keys is None and not settings.key_path.exists():
        if state.sealed is not None:
            raise CommandError(
                f"The key file {settings.key_path} is missing, and the register holds what only that file can open: "
                "put it back, or name it with SAFE_RETURN_KEY_FILE."
            )
        if make_key_file(settings.key_path):
            warn(_NEW_KEY.format(path=settings.key_path))
    from service.main import keys_of

    keys = keys_of(settings)
    if state.sealed is not None:
        _check_keys(settings, keys, state.sealed)
    return keys


def _check_keys(settings: Settings, keys: KeyRing, wrapped: bytes) -> None:
    """Refuse keys that open nothing here: what is filed under them would be lost to the right ones."""
    try:
        keys.unwrap(wrapped)
    except SealingError:
        raise CommandError(
            f"The keys in {settings.key_path} are not those of this register: put the right file in its place."
        ) from None


def load_demonstration(around: Surroundings, keys: KeyRing, *, everything: bool = False) -> list[tuple[str, str, str]]:
    """Load a day at the desk, or every scenario, and answer the accounts: who, name, password or token."""
    import asyncio

    from service.demo.loading import load_demo
    from service.demo.scenarios import ALL, DESK
    from service.main import create_app, database_of

    database = database_of(around.settings, around.api_url)
    app = create_app(around.settings, database, keys)

    async def load() -> list[tuple[str, str, str]]:
        try:
            scenarios = ALL if everything else (DESK,)
            accounts = await load_demo(app, database, progress=advance, scenarios=scenarios)
        finally:
            await database.close()
        return accounts.lines

    try:
        with progress_bar("Loading invented cases") as advance:
            return asyncio.run(load())
    except BaseException:
        remove = f"stop the service, remove {around.cluster.folder}" if around.cluster else "make an empty database"
        warn(f"The demonstration is incomplete. To begin again, {remove} and start anew.")
        raise
