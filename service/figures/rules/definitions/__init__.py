"""The table of figures: every version ever published, in the order in which they are listed. Pure.

Source: design/figures.md section 2. A changed meaning is a new version, never an edited one (ADR 0030).
"""

from collections.abc import Mapping
from typing import Final

from service.figures.rules.definitions import dimensions, of_cases, of_offenders, of_persons
from service.figures.rules.definitions.definition import Closure, Definition, Dimension, FigureKind, Parts, Unit
from service.figures.rules.definitions.dimensions import DETAIL, EMBARGOED, NO_OPERATION

_DEFINED: Final = (*of_cases.DEFINED, *of_persons.DEFINED, *of_offenders.DEFINED)

VERSIONS: Final[Mapping[str, tuple[Definition, ...]]] = {
    name: tuple(version for version in _DEFINED if version.name == name)
    for name in dict.fromkeys(defined.name for defined in _DEFINED)
}
"""Every version of each figure, oldest first."""

DEFINITIONS: Final[Mapping[str, Definition]] = {name: versions[-1] for name, versions in VERSIONS.items()}
"""The latest version of each figure."""

FILTERS: Final = tuple(dict.fromkeys(found.name for found in vars(dimensions).values() if isinstance(found, Dimension)))
"""Names of all dimensions, in the order of the query parameters."""


def version_under(name: str, rules: int) -> Definition:
    """Return the version of a figure that was in force under a version of the counting rules.

    Under rules older than the figure that is its first version: nothing was counted for it then.
    """
    first, *later = VERSIONS[name]
    return next((found for found in reversed(later) if found.from_rules <= rules), first)


__all__ = [
    "DEFINITIONS",
    "DETAIL",
    "EMBARGOED",
    "FILTERS",
    "NO_OPERATION",
    "VERSIONS",
    "Closure",
    "Definition",
    "Dimension",
    "FigureKind",
    "Parts",
    "Unit",
    "version_under",
]
