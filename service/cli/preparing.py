"""Preparing a register: its schema, its sums, its keys, the demonstration."""

from collections.abc import Sequence

from service.cli.failures import CommandError
from service.cli.marking import require_mark
from service.cli.printing import warn
from service.cli.progress import progress_bar
from service.cli.registers import State, require_migrated, revision_at, run_at
from service.cli.revisions import known_revisions, newest_revision
from service.cli.surroundings import Surroundings
from service.people.actions.checking import unusable_keys
from service.sealing import KeyRing, make_key_file
from service.settings import Settings

_NEW_KEY = """\
A new key file was created: {path}
  Without it, sealed records can never be opened again: no name, no place, no telephone number.
  Copy it to a safe place now, apart from backups of the database."""


def prepare_schema(around: Surroundings, *, may_migrate: bool, accept_loss: bool = False) -> str:
    """Return the schema revision, after migrating the database to the newest one if necessary.

    Raises:
        CommandError: the database cannot be used, must be migrated and `may_migrate` is false, or lacks what its
            high-water mark knows of and `accept_loss` is false.
    """
    if not may_migrate:
        return require_migrated(around)
    revision = revision_at(around.settings, around.owner_url)
    newest = newest_revision()
    if revision is None or (revision != newest and revision in known_revisions()):
        require_mark(around.settings, around.owner_url, accept_loss=accept_loss)
        warn(f"Migrating the database to revision {newest}.")
        migrate_to(around, newest)
    return require_migrated(around)


def migrate_to(around: Surroundings, revision: str) -> None:
    """Migrate to a revision and grant the run-time role its rights.

    Raises:
        CommandError: the revision does not exist, or this release does not know the database's revision.
    """
    from alembic.util import CommandError as MigrationError

    from service.db.migrations import migrate

    try:
        with progress_bar("Migrating") as advance:
            migrate(around.owner_url, revision, advance)
    except MigrationError as error:
        raise CommandError(f"The database cannot be migrated: {str(error).rstrip('.')}.") from None


def prepare_sums(around: Surroundings, state: State, *, may_recount: bool) -> None:
    """Recount the register if an earlier release counted it, or warn that this is due."""
    from service.story.counting import RULES_VERSION

    if state.counted_by >= RULES_VERSION:
        return
    if may_recount:
        recount_at(around, around.owner_url)
    else:
        warn("An earlier release counted this register: run safe-return recount.")


def recount_at(around: Surroundings, url: str, accepted: Sequence[str] = ()) -> None:
    """Recount the register at a database URL, and print what changed.

    Raises:
        CommandError: something differs that neither the rules of counting explain nor `accepted` names.
    """
    from service.cases.actions.recounting import recount_register
    from service.cli.accepting import require_agreement
    from service.cli.registers import acting

    require_agreement(around, url, accepted, recounting=True)
    with progress_bar("Recounting the register") as advance:
        done = run_at(
            around.settings,
            url,
            lambda database: recount_register(database, acting, lambda done, all_: advance(done, all_, "")),
        )
    warn(f"Recounted {done.cases} cases, {done.changed} changed; {done.rows} rows and {done.entries} entries written.")


def searches_due(settings: Settings, url: str) -> str:
    """Return a sentence where an earlier release made the search keys of sealed records, or none were made; or ""."""
    from service.cli.searchable import unindexed

    waiting = run_at(settings, url, unindexed)
    words = f"Searches find {waiting} sealed records by earlier rules or not at all: the service makes their keys anew"
    return f"{words}, or run safe-return index." if waiting else ""


def prepare_keys(settings: Settings, state: State) -> KeyRing:
    """Return the keys; create the key file if there is none and nothing is sealed yet.

    Raises:
        SealingError: the keys cannot be used.
        CommandError: the key file is missing and sealed records need it, or its keys are not those of this register.
    """
    if settings.keys is None and not settings.key_path.exists():
        if state.sealed:
            raise CommandError(
                f"The key file {settings.key_path} is missing, and only it can open the register's sealed records: "
                "put it back, or set SAFE_RETURN_KEY_FILE to its path."
            )
        if make_key_file(settings.key_path):
            warn(_NEW_KEY.format(path=settings.key_path))
    from service.main import keys_of

    keys = keys_of(settings)
    _check_keys(settings, keys, state.sealed)
    return keys


def require_right_keys(settings: Settings, state: State) -> None:
    """Raise CommandError, or SealingError, where there is a key file and it is not the newest of this register."""
    if settings.keys is not None or settings.key_path.exists():
        from service.main import keys_of

        _check_keys(settings, keys_of(settings), state.sealed)


def _check_keys(settings: Settings, keys: KeyRing, sealed: Sequence[bytes]) -> None:
    """Raise CommandError for keys that do not open everything: more would be sealed, under a key that is not kept."""
    place = "SAFE_RETURN_KEYS" if settings.keys else f"the key file {settings.key_path}"
    missing, wrong = unusable_keys(keys, sealed)
    if wrong or (sealed and len(missing) == len(sealed)):
        raise CommandError(f"The keys in {place} are not those of this register: put the right ones in their place.")
    if missing:
        raise CommandError(
            f"A key is missing in {place}, which something in this register needs: {', '.join(missing)}. Was it copied "
            "before a rotation? Put the newest one in its place."
        )


def load_demonstration(around: Surroundings, keys: KeyRing, *, everything: bool = False) -> list[tuple[str, str, str]]:
    """Load one day at the desk, or every scenario; return the accounts as (who, name, password or token)."""
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
        remove = f"stop the service, remove {around.cluster.folder}" if around.cluster else "create an empty database"
        warn(f"The invented register is incomplete. To begin again, {remove}, and start the command again.")
        raise
