"""What a migrated database holds against changes is what this release expects of it."""

import asyncio

from service.db.database import Upkeep
from service.db.guards import FUNCTIONS, made_functions, wrong_guards
from service.tables import METADATA
from tests.engine import TestDatabase


def test_a_migrated_database_has_every_guard(database: TestDatabase) -> None:
    async def look() -> tuple[dict[str, str], list[str]]:
        found = Upkeep.at(database.api_url)
        try:
            async with found.read() as db:
                return await made_functions(db), [words async for words in wrong_guards(db, METADATA)]
        finally:
            await found.close()

    functions, wrong = asyncio.run(look())
    assert functions == FUNCTIONS, "a revision changed a function: write what it is now into service/db/guards.py"
    assert wrong == []
