"""`safe-return index`: make the search keys of sealed records, and count those that lack them."""

from collections.abc import Callable

from service.cli.registers import acting, run_in_register
from service.cli.surroundings import read_settings
from service.clock import utc_now
from service.db.database import Upkeep
from service.main import keys_of
from service.people.actions.indexing import Indexing, index_register
from service.people.actions.opening import KeyOpener
from service.people.queries.indexing import count_unindexed


def index_all(progress: Callable[[int, int], None]) -> Indexing:
    """Index the sealed records without search keys, in the register that the settings name.

    Raises:
        CommandError: there is no register yet, it cannot be reached, or it must be migrated first.
        SealingError: the keys are missing, or are not those of this register.
    """

    async def work(database: Upkeep) -> Indexing:
        keys = await KeyOpener(database, keys_of(read_settings()), utc_now).open_keys()
        return await index_register(database, keys, acting, progress)

    return run_in_register(work)


async def unindexed(database: Upkeep) -> int:
    """Return how many sealed records no search can find."""
    async with database.read_unrecorded("index: records are counted") as db:
        return await count_unindexed(db)
