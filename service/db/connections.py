"""What is done on a connection: nothing personal read, readings put on record, something changed.

ReadConnection                 nothing personal; all queries see one moment
└ PersonalConnection           rows about people too; ends well only if somebody was told of it
  ├ RecordedConnection         each reading is recorded under the reading note it was opened with
  ├ WriteConnection            the row of the audit log is staged with the change
  └ UnrecordedConnection       the command line's, for looking after a register as a whole
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final, overload

import asyncpg
from sqlalchemy import Table
from sqlalchemy.sql.base import Executable

from service.db.failures import BROKEN, failure_of, outcome_unknown, silent, somebody_was_first
from service.db.metadata import Table as DeclaredTable
from service.db.personal import AUDIT_LOG
from service.db.pool import Connection
from service.db.readings import ReadingNote, Readings, UnrecordedReadingError
from service.db.statements import AnyRow, Compiled, PersonalQuery, Query, Statement
from service.db.writing import STALE, Row, Staged
from service.errors import ServiceError

Record = dict[str, Any]
"""A row of a statement that was made for one call, whose columns nobody has named."""

TableClass = type[DeclaredTable]

LONGEST_S: Final = 11.0
"""The longest that any statement may take, seconds: the server ends one after ten (`Database.write_timeout_s`)."""

_LOST: Final = (asyncpg.InternalClientError, OSError)
_REFUSED: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, *_LOST)


class ReadConnection:
    """A connection on which queries for nothing personal are run."""

    may_read_personal: ClassVar[bool] = False

    def __init__(self, connection: Connection, within_s: float = LONGEST_S) -> None:
        """Wrap a connection of the driver's.

        Args:
            connection: of the driver.
            within_s: the longest a statement may take, seconds.
        """
        self._connection = connection
        self._within_s = within_s

    @overload
    async def rows(self, query: Query[AnyRow], parameters: Mapping[str, Any] | None = None) -> Sequence[AnyRow]: ...
    @overload
    async def rows(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Record]: ...
    async def rows(self, query: Any, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Run one query and return all its rows.

        Raises:
            TypeError: it changes rows, or the parameters are not those that it has.
            UnrecordedReadingError: it is for personal data.
        """
        return await self._query(query, parameters)

    @overload
    async def row(self, query: Query[AnyRow], parameters: Mapping[str, Any] | None = None) -> AnyRow | None: ...
    @overload
    async def row(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Record | None: ...
    async def row(self, query: Any, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run one query and return its first row, or None. Raises what `rows` does."""
        found = await self._query(query, parameters)
        return found[0] if found else None

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Make all queries of a block see the same, and change nothing."""
        await self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            if not self._connection.is_closed():
                await self._run("ROLLBACK")

    async def _query(self, query: Statement[Any] | Executable, parameters: Mapping[str, Any] | None) -> Sequence[Any]:
        compiled = query.compiled if isinstance(query, Statement) else Compiled.of(query)
        personal = query.personal if isinstance(query, Statement) else compiled.personal
        if compiled.changes:
            raise TypeError("What changes rows is staged, or run by change().")
        if personal and not self.may_read_personal:
            raise UnrecordedReadingError("A query for personal data runs on read_on_record() or write().")
        given = self._told(compiled, parameters)
        prepared = isinstance(query, Statement) and not query.planned_anew
        found = [dict(row) for row in await self._run(*compiled.expanded(given), prepared=prepared)]
        if personal:
            self._note_reading(compiled, found)
        return found

    def _told(self, compiled: Compiled, parameters: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return what a query is told here: what it was given."""
        del compiled
        return parameters

    def _note_reading(self, compiled: Compiled, found: Sequence[Any]) -> None:
        """Remember that something personal was asked for, and what came of it."""

    async def _rows(self, text: str, values: Sequence[Any]) -> Sequence[Record]:
        return [dict(row) for row in await self._run(text, values)]

    async def _run(self, text: str, values: Sequence[Any] = (), *, prepared: bool = True) -> Sequence[asyncpg.Record]:
        """Send one statement. Whoever is cancelled meanwhile leaves no connection behind that is still at work.

        Args:
            text: the statement.
            values: in the order of their places.
            prepared: leave it prepared; a text that may not come again would only push others out.
        """
        try:
            async with asyncio.timeout(self._within_s):  # the driver's own limit waits for a server that is silent
                if prepared:
                    return await self._connection.fetch(text, *values)
                return await (await self._connection.prepare(text, name="")).fetch(*values)
        except TimeoutError:
            self._connection.terminate()
            raise self._silence() from None
        except _REFUSED as error:
            lost = isinstance(error, _LOST) or getattr(error, "sqlstate", None) in BROKEN
            if lost:
                self._connection.terminate()
            raise self._failure(error, lost=lost or self._connection.is_closed()) from None
        except asyncio.CancelledError:
            self._connection.terminate()
            raise

    def _failure(self, error: Exception, *, lost: bool) -> ServiceError:
        return failure_of(error, lost=lost)

    def _silence(self) -> ServiceError:
        """Return the error for a statement that nobody answered."""
        return silent()


class PersonalConnection(ReadConnection):
    """A connection on which queries for personal data are run too."""

    may_read_personal: ClassVar[bool] = True

    def __init__(self, connection: Connection, readings: Readings | None = None) -> None:
        """Wrap a connection of the driver's that is in no transaction."""
        super().__init__(connection)
        self._staged = Staged()
        self._readings = readings or Readings()
        self.is_settling = False
        """Whether the statement that saves everything is under way."""

    @overload
    async def rows(
        self, query: Query[AnyRow] | PersonalQuery[AnyRow], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[AnyRow]: ...
    @overload
    async def rows(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Record]: ...
    async def rows(self, query: Any, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Run one query and return all its rows. Raises what `ReadConnection.rows` does."""
        return await self._query(query, parameters)

    @overload
    async def row(
        self, query: Query[AnyRow] | PersonalQuery[AnyRow], parameters: Mapping[str, Any] | None = None
    ) -> AnyRow | None: ...
    @overload
    async def row(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Record | None: ...
    async def row(self, query: Any, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run one query and return its first row, or None."""
        found = await self._query(query, parameters)
        return found[0] if found else None

    async def save(self) -> None:
        """Write what is staged and make everything lasting.

        Raises:
            RetryableError: certainly not saved; may be tried again at once.
            OutcomeUnknownError: the connection broke while it was being saved.
            UnrecordedReadingError: something personal was found, and nothing of it is on record.
        """
        self._readings.check()
        self.is_settling = True
        if self._staged:
            await self._put_down()

    async def abandon(self) -> None:
        """Undo whatever was done in a transaction; where that fails, losing the connection does it."""

    def _note_reading(self, compiled: Compiled, found: Sequence[Any]) -> None:
        self._readings.found |= bool(found)
        self._readings.recorded |= compiled.records

    def _stage(self, table: TableClass, *rows: Row) -> None:
        made = core(table)
        self._readings.recorded |= made.name == AUDIT_LOG and bool(rows)
        self._staged.insert(made, rows)

    async def _put_down(self) -> None:
        staged, self._staged = self._staged, Staged()
        await self._run(*staged.statement())

    def _failure(self, error: Exception, *, lost: bool) -> ServiceError:
        if lost and self.is_settling:
            return outcome_unknown()
        if getattr(error, "sqlstate", None) == STALE:
            return somebody_was_first()
        return failure_of(error, lost=lost)

    def _silence(self) -> ServiceError:
        return outcome_unknown() if self.is_settling else silent()


class RecordedConnection(PersonalConnection):
    """A connection whose readings are put on record under one `ReadingNote`.

    A statement that records itself (`audit.queries.on_record`) is told the note by the connection. Of what any other
    found, `audit.actions.record_shown` stages the row of the audit log, which is written when the block ends.
    """

    def __init__(
        self,
        connection: Connection,
        note: ReadingNote,
        readings: Readings | None = None,
        stage: Callable[[TableClass, Row], None] | None = None,
    ) -> None:
        """Wrap a connection of the driver's.

        Args:
            connection: of the driver.
            note: of every reading.
            readings: of the write that this reading belongs to.
            stage: of that write, which saves the row of the audit log too.
        """
        super().__init__(connection, readings)
        self.note = note
        self._stage_entry = stage or self._stage

    def put_on_record(self, log: TableClass, entry: Row) -> None:
        """Stage the row of the audit log.

        Raises:
            TypeError: it is a row of another table: nothing else is written here.
        """
        if core(log).name != AUDIT_LOG:
            raise TypeError("A reading writes to the audit log alone.")
        self._stage_entry(log, entry)

    def _told(self, compiled: Compiled, parameters: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return what a query is told here: of a statement that records itself, the note too."""
        if not compiled.records:
            return parameters
        noted = {name: value for name, value in self.note.values.items() if name in compiled.takes}
        return noted if parameters is None else {**noted, **parameters}


class UnrecordedConnection(PersonalConnection):
    """A connection for looking after a register as a whole: what is read is compared or counted, and shown to nobody.

    Attributes:
        reason: why nothing is recorded.
    """

    def __init__(self, connection: Connection, reason: str) -> None:
        """Wrap a connection of the driver's."""
        super().__init__(connection)
        self.reason = reason


def core(table: TableClass) -> Table:
    """Return the Core table of a declared one."""
    found = table.__table__
    if not isinstance(found, Table):
        raise TypeError(f"{table.__name__} is not a plain table")
    return found
