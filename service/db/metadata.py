"""The common ground of every table: one naming convention, one metadata, one check of closed lists."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """A table. Declared as a class for its column names; rows are never objects of it (ADR 0002)."""

    metadata = MetaData(naming_convention=NAMING)


def one_of(column: str, codes: Iterable[StrEnum]) -> CheckConstraint:
    """Return the check that a column holds one of some codes, named after the column."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
