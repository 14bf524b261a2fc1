"""pgbench: finding it, and running one script with it."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

CLIENTS: Final = 8
THREADS: Final = 2
SETTING: Final = "SAFE_RETURN_PGBENCH"
_DEBIAN: Final = Path("/usr/lib/postgresql")
_LATENCY_US: Final = 2
"""The column of pgbench's transaction log that holds the microseconds of one transaction."""

_GRACE_S: Final = 60.0


class PgbenchMissingError(Exception):
    """There is no pgbench on this machine."""

    def __init__(self) -> None:
        """Set the message, which says what to do."""
        super().__init__(
            "There is no pgbench here. The PostgreSQL of the Python package brings one; where another PostgreSQL is "
            "used, install the one of your distribution (Debian: apt-get install postgresql; it may be of another "
            f"major version than the server), or name the program: {SETTING}=/path/to/pgbench. "
            "Without it: --no-pgbench measures everything but the ratios."
        )


@dataclass(frozen=True)
class Driven:
    """The result of pgbench.

    Attributes:
        latencies_ms: of every transaction.
        per_second: transactions.
        cpu_s: processor time of pgbench itself.
    """

    latencies_ms: list[float]
    per_second: float
    cpu_s: float


def find_pgbench(server_programs: Path) -> Path:
    """Return the pgbench to use: the configured one, one beside the server's programs, or any on this machine.

    Raises:
        PgbenchMissingError: there is none, or the one that is named cannot be run.
    """
    named = os.environ.get(SETTING)
    candidates = [Path(named)] if named else list(_candidates(server_programs))
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return candidate
    raise PgbenchMissingError


def _candidates(server_programs: Path) -> Iterator[Path]:
    yield server_programs / "pgbench"
    found = shutil.which("pgbench")
    if found is not None:
        yield Path(found)
    yield from sorted(_DEBIAN.glob("*/bin/pgbench"), reverse=True)


def drive(program: Path, url: str, script: str, variables: Mapping[str, int], seconds: int) -> Driven:
    """Run a script for a number of seconds, prepared, with eight clients.

    Args:
        program: pgbench.
        url: of the database; its password travels in the environment.
        script: in pgbench's language.
        variables: of the script.
        seconds: how long.

    Raises:
        RuntimeError: a statement failed; what pgbench says of it.
    """
    with tempfile.TemporaryDirectory(prefix="sr-pgbench-") as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script, encoding="utf-8")
        named = [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(  # noqa: S603 - the program is one of the machine's, the arguments are ours
            [program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS), "-T", str(seconds),
             "-l", "--log-prefix", f"{folder}/log", *named, "-f", file],
            env={**os.environ, **_environment(url)}, capture_output=True, text=True, check=False,
            timeout=seconds + _GRACE_S, cwd=folder,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0 or "aborted" in done.stderr:
            raise RuntimeError(f"pgbench: {done.stderr.strip()[-800:]}")
        latencies = [_latency_ms(line) for log in Path(folder).glob("log.*") for line in log.open(encoding="ascii")]
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Driven(latencies, len(latencies) / seconds, used)


def _latency_ms(line: str) -> float:
    return int(line.split()[_LATENCY_US]) / 1000


def _environment(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    place = parse_qs(parts.query)
    return {
        "PGHOST": place["host"][0],
        "PGPORT": place["port"][0],
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }
