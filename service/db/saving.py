"""The connection on which something is changed, and the rows staged for the end of its block."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, overload

from sqlalchemy.sql.base import Executable

from service.db.connections import PersonalConnection, Record, RecordedConnection, TableClass, core
from service.db.pool import Connection
from service.db.readings import ReadingNote
from service.db.statements import AnyRow, Change, Compiled, Statement
from service.db.writing import Row
from service.errors import ServiceError
from service.slices import worked_out


class WriteConnection(PersonalConnection):
    """A connection on which something is changed.

    What it guarantees:

    - *All or nothing.* Rows that were staged go down in one statement when the block ends, together with whatever was
      done by `change` and `flush`. If anything is refused, or the block is left by an error, nothing was done.
    - *No transaction without need.* One is begun by the first `change` or `flush`, and by nothing else: until then
      every query sees what is saved at its own moment.
    - *Nobody is overwritten.* A staged row with a `version` is written only over the version before it. Otherwise the
      whole write fails with RetryableError, and may be tried again from its start.
    - *Certainty.* RetryableError and UnavailableError: certainly nothing was saved. OutcomeUnknownError: the connection
      broke while it was being saved, and only an `Idempotency-Key` tells what became of it.
    - *On record.* A block in which something personal was found ends well only with a row for the audit log.
    - *Values as they are.* The driver is given what it takes itself: a `date` for a date, a list for an array. Columns
      and parameters whose type would process values, defaults that Python would fill in, parameters that are missing
      or that a statement does not have are refused, not ignored: when the statement is made, or when it is asked.
    - *Names of errors.* A violated constraint is the error that it declares (`failures.VIOLATED`).

    It does not wait for rows that somebody else is writing, but where a statement of `change` locks them; and it holds
    nothing after its time (`Database.write_timeout_s`).
    """

    def __init__(self, connection: Connection) -> None:
        """Wrap a connection of the driver's that is in no transaction."""
        super().__init__(connection)
        self._begun = False

    def insert(self, table: TableClass, *rows: Row) -> None:
        """Stage new rows; every row of a table names the same columns."""
        self._stage(table, *rows)

    def update(self, table: TableClass, *rows: Row) -> None:
        """Stage changed rows, found by primary key.

        Where the table has a `version`, the row must carry the next one, and the present one must still be in the
        database: otherwise somebody else was first and the whole write is tried again from its start.
        """
        self._staged.update(core(table), rows)

    async def write_out(self) -> None:
        """Turn the rows staged so far into what is sent, in slices where they are many."""
        await worked_out(self._staged.writing_out())

    def digest(self) -> bytes:
        """Return the SHA-256 of all rows staged so far, as they will be written."""
        return self._staged.digest()

    def on_record(self, note: ReadingNote) -> RecordedConnection:
        """Return the same connection for a reading within the write, on record by a row of its own."""
        return RecordedConnection(self._connection, note, self._readings, self._stage)

    @overload
    async def change(
        self, statement: Change[AnyRow], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[AnyRow]: ...
    @overload
    async def change(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Record]: ...
    async def change(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Run a statement that changes or locks something at once, in one transaction with all that follows."""
        compiled = statement.compiled if isinstance(statement, Statement) else Compiled.of(statement)
        text, values = compiled.expanded(parameters)
        await self._begin()
        found = await self._rows(text, values)
        if compiled.personal and not getattr(statement, "unrecorded", None):
            self._note_reading(compiled, found)
        return found

    async def flush(self) -> None:
        """Write every staged row in one statement, in one transaction with all that follows.

        Raises:
            RetryableError: a versioned row was changed by somebody else meanwhile.
            ServiceError: the error a violated constraint stands for.
        """
        if self._staged:
            await self._begin()
            await self._put_down()

    async def save(self) -> None:
        """Write what is staged and make everything lasting. Raises what `PersonalConnection.save` does."""
        if not self._begun:
            await super().save()
            return
        self._readings.check()
        await self.flush()
        self.is_settling = True
        await self._run("COMMIT")

    async def abandon(self) -> None:
        """Undo whatever was done in a transaction; where that fails, losing the connection does it."""
        if self._begun and not self._connection.is_closed():
            with suppress(ServiceError):
                await self._run("ROLLBACK")

    async def _begin(self) -> None:
        if not self._begun:
            await self._run("BEGIN")
            self._begun = True
