"""Schema revisions, read from the migration files: importing Alembic takes most of a second."""

import re
from typing import Final

from service.settings import PROJECT

_LINE: Final = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(?:[\"']([^\"']+)[\"']|None)", re.MULTILINE)


def known_revisions() -> dict[str, str]:
    """Return the revisions of this release, each with its predecessor; the first has an empty string."""
    found: dict[str, str] = {}
    for path in (PROJECT / "migrations" / "versions").glob("*.py"):
        named = dict(_LINE.findall(path.read_text(encoding="utf-8")))
        found[named["revision"]] = named.get("down_revision", "")
    return found


def newest_revision() -> str:
    """Return the newest revision of this release."""
    known = known_revisions()
    (newest,) = known.keys() - set(known.values())
    return newest
