"""A register filled by the measurements' own means, and callers in it."""

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from bench.cast import Cast, make_cast
from bench.filling import SERVED, fill
from tests.engine import Databases
from tests.register import Caller, Register, open_register


@dataclass(frozen=True)
class Filled:
    """A filled register, at the present moment."""

    register: Register
    cast: Cast

    def caller(self, role: str) -> Caller:
        """Return a member of the cast."""
        member = self.cast.members[role]
        return Caller(member.id, member.agency_id, member.token, self.register.client(member.token))


@contextmanager
def filled_register(databases: Databases, persons: int) -> Iterator[Filled]:
    """Fill a register with so many persons, up to yesterday."""
    database = databases.make()
    with open_register(database) as register:
        register.clock.now = datetime.now(UTC)
        keys = {name: base64.b64encode(key).decode() for name, key in register.keys.keys.items()}

        async def make() -> Cast:
            connection = await asyncpg.connect(database.admin_url)
            try:
                cast = await make_cast(connection, nationalities=SERVED, keys=json.dumps(keys))
                await fill(connection, cast, persons)
            finally:
                await connection.close()
            return cast

        yield Filled(register, asyncio.run(make()))
    databases.drop(database)
