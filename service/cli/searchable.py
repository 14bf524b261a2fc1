"""`safe-return index`: make the search keys of sealed records, and count those that lack them."""

from collections.abc import Callable, Sequence

from service.cli.accepting import require_agreement
from service.cli.registers import acting, in_register, run_at
from service.cli.surroundings import read_settings
from service.clock import utc_now
from service.db.database import Upkeep
from service.main import keys_of
from service.people.actions.indexing import Indexing, index_register
from service.people.actions.opening import KeyOpener
from service.people.queries.indexing import count_unindexed


def index_all(progress: Callable[[int, int], None], accepted: Sequence[str]) -> Indexing:
    """Index the sealed records without search keys, in the register that the settings name.

    Args:
        progress: called with records done and records in all.
        accepted: names of what may differ.

    Raises:
        CommandError: there is no register yet, it cannot be reached, it must be migrated first, or something differs
            that was not accepted.
        SealingError: the keys are missing, or are not those of this register.
    """

    async def work(database: Upkeep) -> Indexing:
        keys = await KeyOpener(database, keys_of(read_settings()), utc_now).open_keys()
        return await index_register(database, keys, acting, progress)

    with in_register() as around:
        require_agreement(around, around.api_url, accepted, recounting=False)
        return run_at(around.settings, around.api_url, work)


async def unindexed(database: Upkeep) -> int:
    """Return how many sealed records no search can find."""
    async with database.read_unrecorded("index: records are counted") as db:
        return await count_unindexed(db)
