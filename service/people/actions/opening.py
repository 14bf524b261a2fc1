"""Opening the register's index key: drawn at first use, kept wrapped, unwrapped once a process."""

from service.clock import Clock
from service.db.database import Database
from service.errors import DatabaseFailure
from service.people.queries.keys import any_data_key, keep_index_key, kept_index_key
from service.sealing import KeyRing, RegisterKeys, new_data_key


class KeyOpener:
    """Opens the keys of one register when they are first needed, and keeps them open."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        """Describe the register; nothing is opened yet."""
        self._database = database
        self._ring = ring
        self._clock = clock
        self._opened: RegisterKeys | None = None

    async def open_keys(self) -> RegisterKeys:
        """Return the ring with the index key.

        Raises:
            UnavailableError: the database cannot be reached.
            SealingError: the ring is not that of this register.
        """
        if self._opened is None:
            wrapped = await kept_index_key(self._database) or await self._draw()
            self._opened = RegisterKeys(self._ring, self._ring.unwrap(wrapped))
        return self._opened

    async def _draw(self) -> bytes:
        """Keep a new key unless somebody was first, and return the one that is kept, wrapped.

        It commits on its own: a key that a failing request took back would lose what others made with it. A ring
        that opens nothing here wraps nothing either, or the right one would find a key it cannot open.
        """
        sealed = await any_data_key(self._database)
        if sealed is not None:
            self._ring.unwrap(sealed)
        async with self._database.write() as db:
            await keep_index_key(db, self._ring.wrap(new_data_key()), now=self._clock())
        kept = await kept_index_key(self._database)
        if kept is None:
            raise DatabaseFailure(None, None)
        return kept
