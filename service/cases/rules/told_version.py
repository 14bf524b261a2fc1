"""The version of a person for whoever is not shown all of them: it moves only with what they may see. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

LARGEST: Final = 10**9
"""Beyond it a version is no tag that `If-Match` takes (`http.conditional.MATCHING`)."""


def told_version(members: Mapping[str, Any], sealed: Sequence[UUID]) -> int:
    """Return a number that is another one, all but certainly, where anything shown is another (ADR 44).

    Args:
        members: what is shown, as columns have it or as JSON does.
        sealed: ids of the present sealed records that are shown for a purpose, in order.
    """
    content = json.dumps([members, [str(id_) for id_ in sealed]], sort_keys=True, default=str)
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8]) % (LARGEST - 1) + 1
