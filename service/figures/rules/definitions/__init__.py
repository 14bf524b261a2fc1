"""Definitions: one table, versioned, readable by those who quote the numbers. Pure.

Source: design/figures.md section 2. A changed meaning is a new version, never an edited one.
"""

from collections.abc import Mapping
from typing import Final

from service.figures.rules.definitions import of_cases, of_offenders, of_persons
from service.figures.rules.definitions.definition import Definition, Dimension, FigureKind, Parts, Unit
from service.figures.rules.definitions.dimensions import DETAIL

DEFINITIONS: Final[Mapping[str, Definition]] = {
    defined.name: defined for defined in (*of_cases.DEFINED, *of_persons.DEFINED, *of_offenders.DEFINED)
}

FIXED_DETAIL: Final = {"persons_awaiting_return": "rescued"}
"""Figures that are one cell of their measure's own dimension."""

__all__ = ["DEFINITIONS", "DETAIL", "FIXED_DETAIL", "Definition", "Dimension", "FigureKind", "Parts", "Unit"]
