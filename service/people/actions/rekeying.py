"""Making search keys anew beside requests, after the rules have changed by which they are made.

Until its turn has come a record is found by its old keys: those go in the transaction in which the new ones come. What
is made anew are keys, never words, and the audit log names whose records were opened.
"""

import logging
from asyncio import sleep
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import Final
from uuid import UUID

from service.acting import Acting
from service.db.database import Database
from service.people.actions.indexing import Indexing, index_next
from service.people.queries import indexing as queries
from service.sealing import RegisterKeys

LOG: Final = logging.getLogger("service.people")

FEW: Final = 20
"""Records in one transaction: a fiftieth of a second's work, so that whoever corrects one of them hardly waits."""

TOLD_EVERY_S: Final = 30.0
"""How often the log says how far the work is, seconds."""


async def rekey_outdated(
    database: Database, open_keys: Callable[[], Awaitable[RegisterKeys]], acting: Callable[[], Acting]
) -> Indexing:
    """Make the keys of every record anew that has them by earlier rules, or has none; half of the time for others.

    Args:
        database: of the register, as the service has it. Several workers share the work: each passes over what
            another has locked.
        open_keys: open what is sealed; called only where there is work.
        acting: whom the audit log names, now.
    """
    done = Indexing()
    async with database.read() as db:
        total = await queries.count_outdated(db)
    if not total:
        return done
    keys = await open_keys()
    after: tuple[UUID, UUID] | None = None
    told = began = monotonic()
    while batch := await index_next(
        database, keys, acting, done, partial(queries.lock_outdated, after=after), limit=FEW
    ):
        after = (batch[-1].case_id, batch[-1].id)
        await sleep(monotonic() - began)
        began = monotonic()
        if began - told >= TOLD_EVERY_S:
            told = began
            LOG.info("rekey=going records=%d of=%d unreadable=%d", done.records, total, done.unreadable)
    LOG.info("rekey=done records=%d of=%d unreadable=%d", done.records, total, done.unreadable)
    return done
