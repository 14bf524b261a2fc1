"""Opening the register's index key: drawn at first use, kept wrapped, unwrapped once a process."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from service.clock import Clock
from service.db.database import Database
from service.errors import DatabaseFailure
from service.people.models import DataKey, IndexKey
from service.sealing import KeyRing, RegisterKeys, new_data_key

_KEPT: Final = select(IndexKey.wrapped)
_SEALED_UNDER: Final = select(DataKey.wrapped).order_by(DataKey.case_id).limit(1)


class KeyOpener:
    """Opens the keys of one register when they are first needed, and keeps them open."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        """Describe the register; nothing is opened yet."""
        self._database = database
        self._ring = ring
        self._clock = clock
        self._opened: RegisterKeys | None = None

    async def open_keys(self) -> RegisterKeys:
        """Answer the ring with the index key.

        Raises:
            UnavailableError: the database cannot be reached.
            SealingError: the ring is not that of this register.
        """
        if self._opened is None:
            row = await self._database.lookup(_KEPT) or await self._draw()
            self._opened = RegisterKeys(self._ring, self._ring.unwrap(row["wrapped"]))
        return self._opened

    async def _draw(self) -> dict[str, bytes]:
        """Keep a new key unless somebody was first, and answer the one that is kept.

        It commits on its own: a key that a failing request took back would lose what others made with it. A ring
        that opens nothing here wraps nothing either, or the right one would find a key it cannot open.
        """
        sealed = await self._database.lookup(_SEALED_UNDER)
        if sealed is not None:
            self._ring.unwrap(sealed["wrapped"])
        row = {"id": 1, "wrapped": self._ring.wrap(new_data_key()), "made_at": self._clock()}
        drawn = insert(IndexKey).values(row).on_conflict_do_nothing().returning(IndexKey.id)
        async with self._database.write() as db:
            await db.change(drawn)
        kept = await self._database.lookup(_KEPT)
        if kept is None:
            raise DatabaseFailure(None, None)
        return kept
