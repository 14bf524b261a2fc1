"""The database of a command: a configured URL, or the embedded cluster."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from service.cli.failures import CommandError
from service.cli.printing import warn
from service.cli.sharing import shared
from service.db.embedded import Cluster, archiving_to, default_folder
from service.settings import PROJECT, Settings


@dataclass(frozen=True)
class Surroundings:
    """The settings and the database of a command.

    Attributes:
        settings: the settings of this process.
        owner_url: URL for the role that owns the tables. It holds a password: never print it.
        api_url: URL for the run-time role. It holds a password too.
        cluster: the embedded cluster, started; None if a URL is configured.
    """

    settings: Settings
    owner_url: str
    api_url: str
    cluster: Cluster | None


def read_settings() -> Settings:
    """Return the settings.

    Raises:
        CommandError: a variable is invalid. The message names it, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = sorted({f"SAFE_RETURN_{found['loc'][0]}".upper() for found in error.errors() if found["loc"]})
        raise CommandError(f"Invalid settings: correct or unset {', '.join(names)}.") from None


@contextmanager
def open_surroundings(settings: Settings, *, quiet: bool = False) -> Iterator[Surroundings]:
    """Provide the database for the duration of a block.

    Args:
        settings: the settings of this process.
        quiet: do not print where the embedded cluster is and who runs it.

    Raises:
        CommandError: there is no URL, and no cluster may be started.
        EmbeddedError: the embedded cluster cannot be started.
    """
    if settings.database_url is not None:
        api_url = settings.database_url.get_secret_value()
        owner_url = settings.owner_url.get_secret_value() if settings.owner_url else api_url
        yield Surroundings(settings, owner_url, api_url, cluster=None)
        return
    if not settings.embedded:
        raise CommandError("SAFE_RETURN_DATABASE_URL is not set, and no database is started here: set it.")
    folder = cluster_folder(settings)
    if not (folder / "data").exists():
        warn(f"Creating a database in {folder} (once).")
    cluster = Cluster(
        folder,
        binaries_folder=settings.postgres_bin,
        run_as=settings.postgres_user,
        parameters=archiving_to(settings.wal_archive) if settings.wal_archive else None,
    )
    with shared(cluster):
        if cluster.started_here and not quiet:
            _print_place_and_user(settings, cluster)
        yield Surroundings(settings, cluster.url("owner"), cluster.url("api"), cluster)


def cluster_folder(settings: Settings) -> Path:
    """Return the folder of the embedded cluster: under SAFE_RETURN_VAR if that is set."""
    if "var" in settings.model_fields_set:
        return settings.var / "postgresql"
    return default_folder(PROJECT, settings.postgres_user)


def _print_place_and_user(settings: Settings, cluster: Cluster) -> None:
    """Print the folder if it is not the default one, and the operating system user if this one is root."""
    if not cluster.folder.is_relative_to(settings.var.resolve()):
        warn(f"The database is in {cluster.folder}, a folder that its user can enter.")
    if os.geteuid() == 0:
        warn(f"PostgreSQL cannot run as root: it runs as user '{cluster.user}'.")
