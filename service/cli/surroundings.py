"""Where a command finds its database: an address that is configured, or the embedded cluster."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from service.cli.failures import CommandError
from service.cli.printing import warn
from service.cli.sharing import shared
from service.db.embedded import Cluster, default_folder
from service.settings import PROJECT, Settings


@dataclass(frozen=True)
class Surroundings:
    """What a command works in.

    Attributes:
        settings: of this process.
        owner_url: address for the role that owns the tables; holds a password, never print it.
        api_url: address for the run-time role; the same.
        cluster: the embedded one, started; None where an address is configured.
    """

    settings: Settings
    owner_url: str
    api_url: str
    cluster: Cluster | None


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        CommandError: naming the variable that is wrong, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = sorted({f"SAFE_RETURN_{found['loc'][0]}".upper() for found in error.errors() if found["loc"]})
        raise CommandError(f"These settings cannot be used, correct or unset them: {', '.join(names)}.") from None


@contextmanager
def open_surroundings(settings: Settings, *, quiet: bool = False) -> Iterator[Surroundings]:
    """Have the database for the length of a block.

    Args:
        settings: of this process.
        quiet: do not say what may surprise; for commands that are run often.

    Raises:
        EmbeddedError: the embedded cluster cannot be started.
    """
    if settings.database_url is not None:
        api_url = settings.database_url.get_secret_value()
        owner_url = settings.owner_url.get_secret_value() if settings.owner_url else api_url
        yield Surroundings(settings, owner_url, api_url, cluster=None)
        return
    folder = cluster_folder(settings)
    if not (folder / "data").exists():
        warn(f"Making a database in {folder}, once.")
    cluster = Cluster(folder, binaries_folder=settings.postgres_bin, run_as=settings.postgres_user)
    with shared(cluster):
        if cluster.started_here and not quiet:
            _tell_what_surprises(settings, cluster)
        yield Surroundings(settings, cluster.url("owner"), cluster.url("api"), cluster)


def cluster_folder(settings: Settings) -> Path:
    """Return where the embedded cluster is: under SAFE_RETURN_VAR if that is set."""
    if "var" in settings.model_fields_set:
        return settings.var / "postgresql"
    return default_folder(PROJECT, settings.postgres_user)


def _tell_what_surprises(settings: Settings, cluster: Cluster) -> None:
    """Say where the database is if that is not where one would look, and who runs it if that is not who asked."""
    if not cluster.folder.is_relative_to(settings.var.resolve()):
        warn(f"The database is in {cluster.folder}, which its user can enter.")
    if os.geteuid() == 0:
        warn(f"PostgreSQL never runs as root: it runs as the user '{cluster.user}'.")
