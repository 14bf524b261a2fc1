"""Bringing the database to the revision this release was written for."""

import asyncio
from collections.abc import Callable
from typing import Final

from alembic import command
from alembic.config import Config

from service.db.rights import grant_rights
from service.settings import PROJECT

_SETTINGS: Final = PROJECT / "pyproject.toml"


def migrate(owner_url: str, revision: str = "head", progress: Callable[[int, int, str], None] | None = None) -> bool:
    """Go up to a revision and give the run-time role its rights. Must not be called on a running event loop.

    Args:
        owner_url: `postgresql://` address of the role that owns the tables.
        revision: where to; the newest unless said.
        progress: called by a revision that takes long, with the number done, the total, and of what.

    Returns:
        Whether the server has a run-time role of its own.
    """
    config = _config(owner_url)
    config.attributes["progress"] = progress
    command.upgrade(config, revision)
    return asyncio.run(grant_rights(owner_url))


def _config(owner_url: str | None = None) -> Config:
    config = Config(toml_file=str(_SETTINGS))
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    config.attributes["url"] = owner_url
    return config
