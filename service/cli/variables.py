"""The environment variables that may begin with SAFE_RETURN_."""

import difflib
import os
from typing import Final

from service.cli.failures import CommandError, Status
from service.settings import Settings

PREFIX: Final = "SAFE_RETURN_"

BESIDE: Final = frozenset(
    f"{PREFIX}{name}"
    for name in (
        "PYTHON",
        "PGBENCH",
        "TEST_ENGINE",
        "TEST_LONG",
        "POSTGRES_PASSWORD",
        "OWNER_PASSWORD",
        "API_PASSWORD",
    )
)
"""Read by `./dev`, the benchmarks, the tests and `compose.yaml`, and by no command."""


def refuse_unknown_variables() -> None:
    """Raise CommandError for a variable that nothing reads: a misspelt setting would be a default that nobody chose."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | BESIDE
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        named = "; ".join(f"{name} (nearest: {_nearest(name.upper(), known)})" for name in unknown)
        words = "Unknown settings" if len(unknown) > 1 else "Unknown setting"
        raise CommandError(f"{words}: {named}: correct or unset.", Status.ENVIRONMENT)


def _nearest(name: str, known: set[str]) -> str:
    """Return the known name that is most like a given one; what all begin with does not count."""
    ends = [one.removeprefix(PREFIX) for one in sorted(known)]
    return PREFIX + difflib.get_close_matches(name.removeprefix(PREFIX), ends, n=1, cutoff=0.0)[0]
