"""Entries of the ledger, and how a change of facts becomes signed entries. Pure.

At any moment the facts amount to a bag of contributions: an amount of each subject in each cell. A new event causes the
entries of the difference between the bag after and the bag before: double entry by construction. A correction, a void
and a link need no code of their own: they change the bag.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from service.codes.code import Code

NONE: Final = "-"
"""A dimension that does not apply to the measure."""

PRECISE_RULES: Final = 5
"""The version of the counting rules since which the ledger tells fitted days and vague claims apart."""

FIRST_RULES: Final = 1
"""The version of the counting rules of a register that does not say by which it was counted: the first release's."""


class Measure(Code):
    """What an entry counts, and the day that places it."""

    CASES_RECEIVED = "cases_received", "Cases, by the day they were received"
    CASES_STANDING = "cases_standing", "The same cases, open or closed by reason; for closure check C1"
    CASES_INTERVENED = "cases_intervened", "Cases, by the day of the first operation, rescue or finding"
    CASES_BY_FINDING = "cases_by_finding", "Cases by categories found, by the day of the finding"
    ALLEGED_LOW = "alleged_low", "Lower bounds of head-count claims, by the case's received day"
    ALLEGED_HIGH = "alleged_high", "Upper bounds of head-count claims, by the case's received day"
    ALLEGED_OPEN = "alleged_open", "Head-count claims without an upper bound, by the case's received day"
    PERSONS_RECEIVED = "persons_received", "Humans, by the day of their first entry into the register"
    PERSONS_VERIFIED = "persons_verified", "Humans, by the day they were first verified"
    PERSONS_RESCUED = "persons_rescued", "Humans, by the day of their first rescue"
    RESCUED_BY = "rescued_by", "The same humans by who brought them out; overlapping"
    PERSONS_REPATRIATED = "persons_repatriated", "Humans, by the day of their first return"
    JOURNEYS_HOME = "journeys_home", "Returns, by the day of each"
    PERSONS_ENDED = "persons_ended", "Humans, by the day and outcome of their end"
    STATUS = "status", "Moves between statuses: -1 where a human leaves one, +1 where he enters one"
    RESCUED_STANDING = "rescued_standing", "Moves of humans ever rescued: awaiting return, repatriated, ended"
    RESCUED_FOUND = "rescued_found", "Humans rescued, by what is found about them; overlapping"
    PERSONS_DETAINED = "persons_detained", "Humans, by the day of their first detention; ever rescued or not"
    DETAINED_IN = "detained_in", "The same humans by kind of detention, by the first day in each; overlapping"
    PERSONS_UNDOCUMENTED = "persons_undocumented", "Humans, by the day papers were first missing; ever rescued or not"
    PAPERS_MISSING = "papers_missing", "The same humans by missing paper, by the first day of each; overlapping"
    DAYS_IN_STATUS = "days_in_status", "Completed stays in a status with their days, by the day it was left"
    CASES_COMPLETE = "cases_complete", "Cases with the essentials they have, by the day they were received"
    OFFENDERS_PURSUED = "offenders_pursued", "Offenders, by the day of the first stage beyond being named"
    STAGES_REACHED = "stages_reached", "The same offenders by stage, by the first day of each; overlapping"
    PURSUED_IN_ROLE = "pursued_in_role", "The same offenders by alleged role; overlapping"
    ARRESTS = "arrests", "Arrests, by the day of each"
    ALLEGED_ABOUT = "alleged_about", "Head-count claims that say about how many, by the case's received day"
    ALLEGED_UNSAID = "alleged_unsaid", "Cases of which nobody gave a number, by the day they were received"
    FITTED = "fitted", "What other measures count on a day of which only the month or year is known, by measure"


class Cell(NamedTuple):
    """Where an entry counts. A tuple, because thousands of them are compared whenever something is recorded.

    Attributes:
        measure: what is counted.
        occurred_on: the calendar day in Asia/Phnom_Penh that places it in a period.
        nationality: effective nationality, or NONE.
        sex: code, or NONE.
        age_group: minor, adult or unknown on the day, or NONE.
        province: ISO 3166-2:KH, `unknown`, or NONE.
        detail: the measure's own dimension (status, mode, outcome, category, operation...), or NONE.
        channel: of the case, or NONE.
        kind: of the case, or NONE.
    """

    measure: Measure
    occurred_on: date
    nationality: str = NONE
    sex: str = NONE
    age_group: str = NONE
    province: str = NONE
    detail: str = NONE
    channel: str = NONE
    kind: str = NONE


def as_stay(status: str, days: int) -> str:
    """Return a completed stay in a status as one detail, so that one entry holds both the status and its days."""
    return f"{status}:{days}"


def read_stay(detail: str) -> tuple[str, int]:
    """Return the status and the days of a stay."""
    status, days = detail.split(":")
    return status, int(days)


def as_set(codes: Iterable[str]) -> str:
    """Return several codes as one detail, so that one entry holds all of them."""
    return "+".join(sorted(codes)) or NONE


def read_set(detail: str) -> frozenset[str]:
    """Return the codes of a detail."""
    return frozenset() if detail == NONE else frozenset(detail.split("+"))


def fitted_detail(measure: Measure, detail: str | None = None) -> str:
    """Return the detail under which `FITTED` counts what a measure counts, in all or of one of its own details."""
    return measure.value if detail is None else f"{measure.value}:{detail}"


def as_fitted(cell: Cell) -> Iterator[Cell]:
    """Return the cells that say of another that its day was fitted: of all of its measure, and of its own detail."""
    for detail in (None, cell.detail):
        yield cell._replace(measure=Measure.FITTED, detail=fitted_detail(cell.measure, detail))


class Contribution(NamedTuple):
    """A cell in which one subject counts.

    Attributes:
        subject_id: of who or what is counted: the human of a measure of humans (one person, or the persons joined by
            links), else the case or the offender.
        cell: where it counts.
    """

    subject_id: UUID
    cell: Cell


Bag = Counter[Contribution]

_Found = TypeVar("_Found", Cell, Contribution)


class Entry(NamedTuple):
    """A signed change of the amount of one subject in one cell."""

    subject_id: UUID
    cell: Cell
    delta: int


def difference(before: Mapping[Contribution, int], after: Mapping[Contribution, int]) -> Iterator[Entry]:
    """Return the entries that turn one bag into another, debits first, in a fixed order."""
    yield from in_order(Entry(found.subject_id, found.cell, delta) for found, delta in _deltas(before, after))


def difference_of(subject_id: UUID, before: Mapping[Cell, int], after: Mapping[Cell, int]) -> Iterator[Entry]:
    """Return the entries that turn what one subject contributes into something else, in no order."""
    for cell, delta in _deltas(before, after):
        yield Entry(subject_id, cell, delta)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in the order in which they are written: debits first, always the same."""
    return sorted(entries, key=lambda entry: (entry.delta > 0, entry.cell, entry.subject_id))


def _deltas(before: Mapping[_Found, int], after: Mapping[_Found, int]) -> Iterator[tuple[_Found, int]]:
    for found in {found for found, _ in before.items() ^ after.items()}:
        delta = after.get(found, 0) - before.get(found, 0)
        if delta:
            yield found, delta
