"""What follows from a log for one subject: the columns of its row, and how much it counts in each cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.cases.models import OffenderRow, PersonRow
from service.cases.rules.projection import case_columns, offender_columns, person_columns
from service.ledger.rules import Cell
from service.story.case import Case
from service.story.counting import contributions_of


@dataclass(frozen=True)
class Consequence:
    """Everything that follows from a state for one subject; nothing for one that is not in it.

    Attributes:
        columns: of its row, where they were asked for.
        table: of a person or an offender.
        cells: how much it counts in each.
    """

    columns: dict[str, Any] | None
    table: type[PersonRow | OffenderRow] | None
    cells: Mapping[Cell, int]


def consequence_of(state: Case | None, id_: UUID, *, row: bool) -> Consequence:
    """Return what follows from a state for one subject.

    Args:
        state: None before anything was received.
        id_: of the case, or of a person or offender.
        row: whether the columns of its row are wanted.
    """
    if state is None:
        return Consequence(None, None, {})
    cells = contributions_of(state, id_)
    if id_ == state.id:
        return Consequence(case_columns(state) if row else None, None, cells)
    if id_ in state.persons:
        return Consequence(person_columns(state, state.persons[id_]) if row else None, PersonRow, cells)
    if id_ in state.offenders:
        return Consequence(offender_columns(state, state.offenders[id_]) if row else None, OffenderRow, cells)
    return Consequence(None, None, cells)
