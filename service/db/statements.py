"""From a statement of SQLAlchemy Core to what the driver is sent.

A statement that is asked more than once is made once: `Query`, `PersonalQuery` or `Change`, at import or by a factory
with few possible keys. It is compiled when it is made, and whatever its text could not keep is refused then. A
statement that is made for one call is compiled for that call and kept nowhere (ADR 14).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypedDict, TypeVar

from sqlalchemy import ClauseElement, LargeBinary
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.sql import sqltypes
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

from service.db.personal import changes_rows, is_personal, records_itself

DIALECT: Final = make_url("postgresql+asyncpg://").get_dialect()()
"""How the driver wants statements and addresses."""

AnyRow = TypeVar("AnyRow", bound=Mapping[str, object])

_NOTHING: Final[Mapping[str, Any]] = {}

_PLAIN: Final = frozenset(
    {
        sqltypes.NullType, sqltypes.Boolean, sqltypes.SmallInteger, sqltypes.Integer, sqltypes.BigInteger,
        sqltypes.Numeric, sqltypes.String, sqltypes.Text, sqltypes.Date, sqltypes.DateTime, sqltypes.Interval,
        sqltypes.Uuid, LargeBinary, sqltypes.JSON, sqltypes.JSON.JSONStrIndexType, postgresql.JSON, postgresql.JSONB,
        postgresql.INET, sqltypes.ARRAY, postgresql.ARRAY, sqltypes.TableValueType,
    }
)  # fmt: skip
"""Types whose values the driver takes and gives as they are. Processing by a type of SQLAlchemy's is not run."""


class NoColumns(TypedDict):
    """The row of a change that returns nothing."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement as text, and where its values come from.

    Attributes:
        places: names of its parameters in the order of their places.
        takes: the same names, for asking.
        own_values: of parameters that need not be given.
        expanding: set where the text depends on how many values an `IN` is given.
        changes: whether it changes rows, other than by recording itself.
        personal: whether it names a table that is about people.
        records: whether it puts its own reading on record.
    """

    text: str
    places: tuple[str, ...]
    takes: frozenset[str]
    own_values: Mapping[str, Any]
    expanding: SQLCompiler | None
    changes: bool
    personal: bool
    records: bool

    @classmethod
    def of(cls, statement: Executable) -> "Compiled":
        """Compile a statement.

        Raises:
            TypeError: it is not about rows, or has a type whose values would need processing that is not run.
        """
        compiled = statement.compile(dialect=DIALECT) if isinstance(statement, ClauseElement) else None
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("Only statements about rows are sent.")
        for name, bind in compiled.binds.items():
            check_plain(bind.type, f"The parameter {name}")
        for name, column in _columns_of(statement).items():
            check_plain(column, f"The column {name}")
        places = tuple(compiled.positiontup or ())
        return cls(
            text=compiled.string,
            places=places,
            takes=frozenset(places),
            own_values={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
            expanding=compiled if compiled.post_compile_params else None,
            changes=changes_rows(compiled.string),
            personal=is_personal(compiled.string),
            records=records_itself(compiled.string),
        )

    def values(self, given: Mapping[str, Any] | None) -> Sequence[Any]:
        """Return the values in the order of their places.

        Raises:
            KeyError: a parameter is missing.
            TypeError: a parameter is given that the statement does not have.
        """
        given = _NOTHING if given is None else given
        if not self.takes.issuperset(given):
            raise TypeError(f"The statement has no parameter {', '.join(sorted(set(given) - self.takes))}.")
        own = self.own_values
        return [given[name] if name in given else own[name] for name in self.places]

    def expanded(self, given: Mapping[str, Any] | None) -> tuple[str, Sequence[Any]]:
        """Return the text for as many values as each `IN` is given, and all values."""
        if self.expanding is None:
            return self.text, self.values(given)
        state = self.expanding.construct_expanded_state(dict(given or _NOTHING))
        return state.statement, state.positional_parameters


class Statement(Generic[AnyRow]):
    """One statement, made once, and the shape of its rows.

    Attributes:
        compiled: what is sent.
        record: the typed dictionary that one row is.
        columns: types of the selected columns, by name.
        planned_anew: whether the database plans it for each call.
    """

    planned_anew = False

    def __init__(self, statement: Executable, record: type[AnyRow]) -> None:
        """Compile a statement, for good.

        Args:
            statement: values that differ between calls are named parameters, lists are arrays.
            record: has exactly the names that the statement selects or returns.

        Raises:
            TypeError: one of these is not so, or a type is not plain (`Compiled.of`).
        """
        self.compiled = Compiled.of(statement)
        if self.compiled.expanding is not None:
            raise TypeError("The text depends on the length of a list: write column == any_(bindparam(...)).")
        self.record = record
        self.columns = _columns_of(statement)
        named = record.__annotations__.keys()
        if self.columns.keys() != named:
            differing = ", ".join(sorted(self.columns.keys() ^ named))
            raise TypeError(f"The statement and {record.__name__} differ in {differing}.")

    @property
    def personal(self) -> bool:
        """Whether its rows are about people."""
        return self.compiled.personal


class Query(Statement[AnyRow]):
    """A query for nothing personal: it runs on any connection."""

    def __init__(
        self,
        statement: Executable,
        record: type[AnyRow],
        *,
        unrecorded: str | None = None,
        planned_anew: bool = False,
    ) -> None:
        """Compile a query.

        Args:
            statement: a SELECT.
            record: has exactly the names that it selects.
            unrecorded: why what it reads of a table about people is shown to nobody and need not be recorded.
            planned_anew: its values decide how it is best run; one plan for all of them would be a bad one.

        Raises:
            TypeError: it reads what is personal, and no reason is given why that may go unrecorded.
        """
        super().__init__(statement, record)
        if self.compiled.personal and not unrecorded:
            raise TypeError("What reads tables about people is a PersonalQuery: its reading is recorded.")
        self.unrecorded = unrecorded
        self.planned_anew = planned_anew

    @property
    def personal(self) -> bool:
        """Whether its rows are about people: never."""
        return False


class PersonalQuery(Statement[AnyRow]):
    """A query for personal data: it runs on connections that put readings on record, and on no other."""

    def __init__(self, statement: Executable, record: type[AnyRow]) -> None:
        """Compile a query.

        Raises:
            TypeError: it reads nothing personal.
        """
        super().__init__(statement, record)
        if not self.compiled.personal:
            raise TypeError("What reads no table about people is a Query.")


class Change(Statement[AnyRow]):
    """A statement that changes or locks rows at once, other than those that are staged.

    What it returns of a table about people is a reading, which is put on record like any other.
    """

    def __init__(self, statement: Executable, record: type[AnyRow], *, unrecorded: str | None = None) -> None:
        """Compile a change.

        Args:
            statement: changes or locks.
            record: has exactly the names that it returns.
            unrecorded: why what it returns of a table about people is shown to nobody and need not be recorded.
        """
        super().__init__(statement, record)
        self.unrecorded = unrecorded


def check_plain(type_: TypeEngine[Any], what: str) -> None:
    """Raise if SQLAlchemy would process the values of a type: nothing here runs that.

    Raises:
        TypeError: it is a type decorator, an enumeration, or any other type that is not known to be plain.
    """
    inner = type_.item_type if isinstance(type_, sqltypes.ARRAY) else type_
    for found in (type_, inner):
        if type(found) not in _PLAIN:
            raise TypeError(f"{what} is of type {found!r}, whose values would need processing that is not run.")


def _columns_of(statement: Executable) -> dict[str, TypeEngine[Any]]:
    if isinstance(statement, ReturnsRows | UpdateBase):
        return {str(name): column.type for name, column in statement.exported_columns.items()}
    return {}
