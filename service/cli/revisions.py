"""Schema revisions, read from the files of the migrations: importing the tool for them takes most of a second."""

import re
from typing import Final

from service.settings import PROJECT

_LINE: Final = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(?:[\"']([^\"']+)[\"']|None)", re.MULTILINE)


def known_revisions() -> dict[str, str]:
    """Return every revision of this release and the one before it; the first has an empty text there."""
    found: dict[str, str] = {}
    for path in (PROJECT / "migrations" / "versions").glob("*.py"):
        named = dict(_LINE.findall(path.read_text(encoding="utf-8")))
        found[named["revision"]] = named.get("down_revision", "")
    return found


def newest_revision() -> str:
    """Return the revision this release was written for."""
    known = known_revisions()
    (newest,) = known.keys() - set(known.values())
    return newest
