"""What an operation said of somebody in one report, and what it may then say in the next. Pure. ADR 0020."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from service.codes import OperationOutcomePerson
from service.errors import ConflictError
from service.operations.rules.outcomes import ABSENT, NOT_RESCUED, Said, Told
from service.story.kinds.names import Kind
from service.story.log import Event, in_force

_PAPERS: Final = "papers"
"""In place of an outcome, where somebody's papers were looked at: they were there."""

_RESCUED: Final = OperationOutcomePerson.RESCUED.value
_IN_HAND: Final = frozenset({_RESCUED, OperationOutcomePerson.TAKEN_INTO_CUSTODY.value})
_ABSENT: Final = frozenset(outcome.value for outcome in ABSENT)
_NOT_RESCUED: Final = frozenset(outcome.value for outcome in NOT_RESCUED)


class ContradictsReportError(ConflictError):
    """The operation has already recorded otherwise of this person. `recorded` and `recorded_on` say what."""

    code = "contradicts-report"
    title = "This contradicts an earlier report of the operation"


@dataclass(frozen=True, slots=True)
class Earlier:
    """One thing an operation has recorded of somebody.

    Attributes:
        what: an outcome, or that their papers were looked at.
        on: the day.
    """

    what: str
    on: date


def told_before(events: Iterable[Event], operation_id: UUID) -> Mapping[UUID, Sequence[Earlier]]:
    """Return what an operation has recorded of each person in a log; what was voided does not count."""
    found: dict[UUID, list[Earlier]] = defaultdict(list)
    for event in in_force(events):
        if event.operation_id == operation_id and event.kind is not Kind.FINDING_MADE:
            outcome = Said.by(event.fact).outcome
            found[event.subject.id].append(Earlier(outcome.value if outcome else _PAPERS, event.occurred.on))
    return found


def check_told_before(before: Iterable[Earlier], told: Told, on: date) -> None:
    """Raise if a further report of an operation contradicts an earlier one about the same person.

    Args:
        before: what the operation has recorded of them.
        told: without contradiction in itself.
        on: the day it speaks of.

    Raises:
        ContradictsReportError: with what was recorded, and of which day.
    """
    further = [outcome.value for outcome in told.outcomes]
    if told.missing_documents is not None:
        further.append(_PAPERS)
    for one in before:
        if not all(_fit(one, Earlier(what, on)) for what in further):
            words = (
                f"The operation has recorded {one.what} for this person on {one.on}, which contradicts this. "
                "If that is wrong, void it first; otherwise correct this line."
            )
            raise ContradictsReportError(words, recorded=one.what, recorded_on=one.on.isoformat())


def _fit(one: Earlier, other: Earlier) -> bool:
    if one.on == other.on:
        both = {one.what, other.what}
        return not both & _ABSENT and not (_RESCUED in both and both & _NOT_RESCUED)
    first, later = sorted((one, other), key=lambda said: said.on)
    lost = first.what in _IN_HAND and later.what in _ABSENT
    return not lost and not (first.what == _RESCUED and later.what in _NOT_RESCUED)
