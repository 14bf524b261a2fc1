"""Lists that filters narrow: a query for each combination of filters, made when it is first asked for."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam

LISTS_KEPT: Final = 64
"""Queries kept for lists: more combinations of role and filters than are in use, fewer than could be asked for."""

_NOTHING: Final[tuple[Any, ...]] = (None, (), [])


@dataclass(frozen=True)
class Narrowing:
    """What one page of a list is narrowed to.

    Attributes:
        by: names of the conditions that hold.
        values: parameters of these conditions and of the page.
    """

    by: frozenset[str]
    values: Mapping[str, Any]

    @classmethod
    def of(cls, filters: Mapping[str, Any], *, after: UUID | None, limit: int) -> Self:
        """Return what a list is narrowed to by filters and a cursor; one row more than the limit is read.

        Yes and no are conditions of their own, `open yes` and `open no`, and have no parameter: an index of those that
        are so is used only where the query says so.
        """
        given = {name: value for name, value in {**filters, "after": after}.items() if value not in _NOTHING}
        flags = {name: value for name, value in given.items() if isinstance(value, bool)}
        by = {f"{name} {'yes' if value else 'no'}" for name, value in flags.items()} | (given.keys() - flags.keys())
        values = {name: value for name, value in given.items() if name not in flags}
        return cls(frozenset(by), {**values, "rows": limit + 1})


def narrowed(query: Select[Any], conditions: Mapping[str, ColumnElement[bool]], by: Set[str]) -> Select[Any]:
    """Return the query for one page of a list, newest first.

    Args:
        query: for all of it; selects `id`.
        conditions: by name; their parameters have the names of the filters.
        by: names of those that hold.
    """
    found = query.where(*(conditions[name] for name in sorted(by)))
    return found.order_by(query.selected_columns.id.desc()).limit(bindparam("rows", type_=Integer))
