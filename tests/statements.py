"""The statements a call sends to the database, in order, as the driver gets them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import asyncpg

UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def statements_sent() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Collect every statement with its values, but for BEGIN and its ends."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    fetch = asyncpg.Connection.fetch

    async def listened_to(connection: Any, query: str, *values: Any, **how: Any) -> Any:
        if not query.startswith(UNCOUNTED):
            found.append((query, values))
        return await fetch(connection, query, *values, **how)

    with mock.patch.object(asyncpg.Connection, "fetch", listened_to):
        yield found
