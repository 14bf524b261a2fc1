"""The digest of an answered figure: of its codes, its numbers and the question, never of words."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from service.figures.rules.values import COLUMNS

_LEFT_OUT: Final = frozenset({"generated_at", "settled", "digest", "title", "counts", "dated_by"})
"""When it was asked, whether that was soon, and words: the same answer has the same digest later and reworded."""

_NUMBERS: Final = frozenset(name for columns in COLUMNS.values() for name in columns) - {"base"}


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a figure's document (`FigureShown` as JSON, absent members left out), in hexadecimal.

    Cells are sorted by their codes, and those of nothing are left out: a code list may be ordered anew, and may grow.
    """
    signed = {name: value for name, value in document.items() if name not in _LEFT_OUT}
    axes = [dimension["name"] for dimension in document["by"]]
    counted = [cell for cell in document["cells"] if any(cell.get(name) for name in _NUMBERS)]
    counted.sort(key=lambda cell: [cell["codes"][name] for name in axes])
    signed["cells"] = [_without(cell, "labels") for cell in counted]
    signed["checks"] = [_without(check, "words") for check in document["checks"]]
    if "total" in document:
        signed["total"] = _without(document["total"], "labels")
    canonical = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _without(part: Mapping[str, Any], left_out: str) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != left_out}
