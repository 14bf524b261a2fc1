"""What every published version of a figure means, as digests, beside those that are pinned in `published.txt`.

`python -P -m tests.figures.published` pins what is new. It never changes a line that is there.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from service.figures.rules.definitions import VERSIONS, Definition, Dimension

PINNED: Final = Path(__file__).with_name("published.txt")
WORDS: Final = ("counts", "dated_by")


def meanings() -> dict[str, str]:
    """The digest of everything that is pinned: each version, its words, and each of its dimensions."""
    return {key: _digest(meaning) for versions in VERSIONS.values() for one in versions for key, meaning in _of(one)}


def pinned() -> dict[str, str]:
    """The digests of the file."""
    return dict(line.rsplit(" ", 1) for line in PINNED.read_text(encoding="utf-8").splitlines())


def _of(definition: Definition) -> Iterator[tuple[str, Mapping[str, Any]]]:
    key = f"{definition.name} {definition.version}"
    every = {name: getattr(definition, name) for name in definition.__dataclass_fields__}
    words = {name: every.pop(name) for name in WORDS}
    closure = definition.closure and {**asdict(definition.closure), "words": None}
    left_out = dict.fromkeys(("title", "dimensions"))
    yield key, {**every, **left_out, "closure": closure}
    yield f"{key} in words", words
    for name, dimension in definition.dimensions.items():
        yield f"{key} by {name}", _of_dimension(dimension)


def _of_dimension(dimension: Dimension) -> dict[str, Any]:
    """All of it but its codes, which grow, and their labels."""
    pattern = dimension.pattern and dimension.pattern.pattern
    return {
        "column": dimension.column, "parts": dimension.parts, "measure": dimension.measure, "pattern": pattern,
        "embargoed": dimension.embargoed,
    }  # fmt: skip


def _digest(meaning: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:16]


if __name__ == "__main__":
    new = {**meanings(), **pinned()}
    PINNED.write_text("".join(f"{key} {digest}\n" for key, digest in sorted(new.items())), encoding="utf-8")
