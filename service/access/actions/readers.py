"""Who reads the metrics while the database is down."""

from collections.abc import Mapping

from service.access import queries
from service.acting import Principal
from service.clock import Clock
from service.db.database import Database


class MetricsReaders:
    """The keys with the scope `metrics`, as the database last told of them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Describe the register; nobody is known yet."""
        self._database = database
        self._clock = clock
        self._known: Mapping[bytes, Principal] = {}

    async def refresh(self) -> None:
        """Read the keys again.

        Raises:
            ServiceError: the database is down; who was known stays known.
        """
        async with self._database.read() as db:
            rows = await queries.metrics_readers(db, now=self._clock())
        self._known = {bytes(row["digest"]): queries.principal_of(row) for row in rows}

    def find(self, digest: bytes) -> Principal | None:
        """Return who has the key whose token has this digest; None where nobody is known to, or the key has ended."""
        found = self._known.get(digest)
        ends = None if found is None else found.key_expires_at
        return found if ends is not None and ends > self._clock() else None
