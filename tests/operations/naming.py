"""What the service does now and then for operations that name a case, and what a check says of them."""

import asyncio

from service.db.database import Database, Upkeep
from service.operations.actions.checking import check_operations
from service.operations.actions.naming import log_due as log
from service.people.actions.opening import KeyOpener
from tests.operations.field import checked
from tests.register import Register


def log_due(register: Register, *, workers: int = 1) -> list[int]:
    """Do what every worker does once a minute, and return of how many operations each did it."""

    async def run() -> list[int]:
        database = Database.at(register.database.api_url)
        opener = KeyOpener(database, register.keys, register.clock)
        try:
            return await asyncio.gather(*(log(database, opener.open_keys, register.clock) for _ in range(workers)))
        finally:
            await database.close()

    return asyncio.run(run())


def differences(register: Register) -> list[str]:
    """What `safe-return check` finds in the logs, and in what they say of operations."""

    async def run() -> list[str]:
        database = Upkeep.at(register.database.api_url)
        try:
            return (await check_operations(database)).differences
        finally:
            await database.close()

    return [*checked(register).differences, *asyncio.run(run())]
