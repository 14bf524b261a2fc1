"""From a statement of SQLAlchemy Core to what the driver is sent.

A statement object is compiled once and kept for as long as it lives: one made when its module is imported is compiled
once for the whole process, one made for a single request for that request alone (ADR 0014).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement
from sqlalchemy.engine import make_url
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

DIALECT: Final = make_url("postgresql+asyncpg://").get_dialect()()
"""How the driver wants statements and addresses."""

_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as text, and where its values come from.

    Attributes:
        expanding: set where the text depends on how many values an `IN` is given.
    """

    text: str
    places: tuple[str, ...]
    own_values: Mapping[str, Any]
    expanding: SQLCompiler | None


_COMPILED: Final[WeakKeyDictionary[Executable, _Compiled]] = WeakKeyDictionary()


def sent(statement: Executable, parameters: Mapping[str, Any] | None) -> tuple[str, Sequence[Any]]:
    """Answer a statement's text and its values in the order of their places.

    Raises:
        KeyError: a parameter is missing.
    """
    compiled = _COMPILED.get(statement)
    if compiled is None:
        compiled = _COMPILED[statement] = _compile(statement)
    given = _NOTHING if parameters is None else parameters
    if compiled.expanding is not None:
        state = compiled.expanding.construct_expanded_state(dict(given))
        return state.statement, state.positional_parameters
    own = compiled.own_values
    return compiled.text, [given[name] if name in given else own[name] for name in compiled.places]


def changes_rows(statement: Executable) -> bool:
    """Tell whether a statement is an INSERT, UPDATE or DELETE."""
    return statement.is_dml


def _compile(statement: Executable) -> _Compiled:
    compiled = statement.compile(dialect=DIALECT) if isinstance(statement, ClauseElement) else None
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("only statements about rows are sent")
    return _Compiled(
        text=compiled.string,
        places=tuple(compiled.positiontup or ()),
        own_values={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        expanding=compiled if compiled.post_compile_params else None,
    )
