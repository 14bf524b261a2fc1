"""A human being: one person in one case, or several persons that links join across cases. Pure.

Figures count humans, so counting asks this and never a person. Somebody alone is a human of one row. For somebody in
several rows, what the rows amount to together is decided here and nowhere else.

Source: design/matching.md section 8.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Final
from uuid import UUID

from service.codes import AgeGroup, PersonStatus, Sex
from service.story.ages import age_group, common_year
from service.story.case import ADVANCE, Case
from service.story.nationality import Effective, effective
from service.story.person import Path, Person
from service.story.standing import Custody, DocumentCheck, Step

ONE_JOURNEY: Final = timedelta(days=1)
"""Departures in different rows no further apart than this are one journey, to which each row adds one at most."""


@dataclass(frozen=True, slots=True)
class HumanRow:
    """A person, and the case they are in."""

    case: Case
    person: Person


@dataclass(frozen=True, slots=True)
class Human:
    """A human being.

    Attributes:
        id: the subject of the ledger: of the person, or of the cluster that links make.
        rows: at least one, the earliest case first.
    """

    id: UUID
    rows: tuple[HumanRow, ...]

    @classmethod
    def alone(cls, case: Case, person: Person) -> "Human":
        """Return the human whom nothing joins to any other person."""
        return cls(person.id, (HumanRow(case, person),))

    @classmethod
    def joined(cls, id_: UUID, rows: Iterable[HumanRow]) -> "Human":
        """Return the human that several rows describe."""
        return cls(id_, tuple(sorted(rows, key=_first_heard_of)))

    @property
    def path(self) -> Path:
        """Every status entered, with the day that counts; days never decrease."""
        if len(self.rows) == 1:
            return self.rows[0].person.path
        return _together([row.person.path for row in self.rows])

    @property
    def fitted(self) -> frozenset[tuple[PersonStatus, date]]:
        """The entries of the path of which only the month or year is known, in every row that has them."""
        exact = {entry for row in self.rows for entry in row.person.path if entry not in row.person.fitted}
        return frozenset(chain.from_iterable(row.person.fitted for row in self.rows)) - exact

    @property
    def verified_on(self) -> date | None:
        """The day of the first verification."""
        days = [day for row in self.rows for status, day in row.person.path if status is PersonStatus.VERIFIED]
        return min(days, default=None)

    @property
    def rescue(self) -> Step | None:
        """The first rescue."""
        return min(self._rescues(), key=_day, default=None)

    @property
    def departures(self) -> list[Step]:
        """Every journey home once, in order: rows that tell of one within a day of its first day tell of the same."""
        kept: list[tuple[set[int], Step]] = []
        for place, step in self._steps():
            if step.departure is None:
                continue
            if kept and place not in kept[-1][0] and step.on - kept[-1][1].on <= ONE_JOURNEY:
                kept[-1][0].add(place)
            else:
                kept.append(({place}, step))
        return [step for _, step in kept]

    @property
    def end(self) -> Step | None:
        """The latest end, where the story has ended in every row."""
        if any(row.person.outcome is None for row in self.rows):
            return None
        return max((row.person.steps[-1] for row in self.rows), key=_day)

    @property
    def nationality(self) -> Effective:
        """The nationality that counts, from the assertions of all rows together."""
        if len(self.rows) == 1:
            return self.rows[0].person.effective_nationality
        found = chain.from_iterable(row.person.assertions for row in self.rows)
        return effective(sorted(found, key=lambda one: one.recorded_at))

    @property
    def sex(self) -> Sex:
        """The sex; unknown where two rows differ, for neither has a source that would outweigh (ADR 0031)."""
        known = {row.person.sex for row in self.rows} - {Sex.UNKNOWN}
        return known.pop() if len(known) == 1 else Sex.UNKNOWN

    def age_group(self, on: date) -> AgeGroup:
        """Return the age group on a day, by the birth year that fits all rows; unknown where two rows differ."""
        if len(self.rows) == 1:
            return self.rows[0].person.age_group(on)
        told = [row.person.birth_year for row in self.rows if row.person.birth_year is not None]
        year = common_year(told) if told else None
        if told and year is None:
            return AgeGroup.UNKNOWN
        groups = {age_group(on, birth_year=year, stated=row.person.stated_age) for row in self.rows}
        groups -= {AgeGroup.UNKNOWN}
        return groups.pop() if len(groups) == 1 else AgeGroup.UNKNOWN

    @property
    def whereabouts(self) -> list[tuple[date, str | None]]:
        """Where they were since each day: as the earliest case reports, then where each rescue was that names it.

        ISO 3166-2:KH; None where it is not known.
        """
        named = [(step.on, step.rescue.province) for step in self._rescues() if step.rescue and step.rescue.province]
        return [(date.min, self.rows[0].case.province), *sorted(named, key=lambda found: found[0])]

    @property
    def custodies(self) -> Iterable[Custody]:
        """Every time in custody, in all rows."""
        return chain.from_iterable(row.person.custodies for row in self.rows)

    @property
    def document_checks(self) -> Iterable[DocumentCheck]:
        """Every check of documents, in all rows."""
        return chain.from_iterable(row.person.document_checks for row in self.rows)

    def _rescues(self) -> list[Step]:
        return [step for row in self.rows for step in row.person.steps if step.rescue is not None]

    def _steps(self) -> list[tuple[int, Step]]:
        """Every step with the place of its row, by day."""
        steps = [(place, step) for place, row in enumerate(self.rows) for step in row.person.steps]
        return steps if len(self.rows) == 1 else sorted(steps, key=lambda found: found[1].on)


def _first_heard_of(row: HumanRow) -> tuple[date, UUID, int]:
    return row.case.received_on.on, row.case.id, row.person.seq


def _day(step: Step) -> date:
    return step.on


def _together(paths: Sequence[Path]) -> Path:
    """Return the path of somebody in several rows: at any time that of the most advanced row that has not ended.

    Rows that tell the same take each step at the same time, so within a day steps are taken in their order, row by row.
    """
    entries = [
        (day, number, place, status) for place, path in enumerate(paths) for number, (status, day) in enumerate(path)
    ]
    present: dict[int, PersonStatus] = {}
    together: list[tuple[PersonStatus, date]] = []
    for day, _, place, status in sorted(entries):
        present[place] = status
        going_on = [found for found in present.values() if found is not PersonStatus.ENDED]
        standing = max(going_on, key=ADVANCE.index, default=PersonStatus.ENDED)
        if not together or together[-1][0] is not standing:
            together.append((standing, day))
    return tuple(together)
