"""What the figures count. Source: docs/figures.md, design/figures.md section 2."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise, product
from typing import Any, Final

from tests.plain.ages import age_group
from tests.plain.nationality import counted_nationality, words_about
from tests.plain.telling import BEFORE_RESCUE, Case, Entry, Person, Row, by_day, described, in_force, is_vague, tell

DETAINED: Final = {"police_custody", "immigration_depot", "pre_deportation", "prison"}
OF_EACH: Final = {"custody", "document", "stage"}
"""Counted once in each part, on the part's own first day."""

Record = dict[str, Any]
"""`figure`, `day`, the codes by which it can be told apart, and `until` where it ends; `fitted` of a vague day."""


def records_of(logs: Iterable[Iterable[Row]], known_at: datetime | None = None) -> list[Record]:
    """Return everything countable in several cases, as known at a moment."""
    cases = [tell(log, known_at) for log in logs]
    return [record for case in cases if case is not None for record in countable(case)]


def countable(case: Case) -> Iterator[Record]:
    """Return everything that any figure counts in a case."""
    known, day = case.known(), case.received
    place = {"channel": known["channel"], "kind": known["kind"], "province": known.get("province") or "unknown"}
    yield {"figure": "cases_received", "day": day, **place}
    yield from ({"figure": "completeness", "day": day, "essential": name, **place} for name in essentials(case))
    if case.claim() is not None:
        yield {"figure": "persons_alleged", "day": day, "claim": case.claim(), **place}
    for on, _, row in sorted(interventions(case), key=lambda one: one[:2])[:1]:
        yield {"figure": "cases_intervened", "day": max(on, day), "fitted": is_vague(row), **place}
    for category, row in found_first(case).items():
        since = max(row["occurred_on"], day)
        yield {"figure": "cases_by_finding", "day": since, "fitted": is_vague(row), "finding": category, **place}
    for person in case.persons.values():
        yield from countable_of(person, place["province"])
    for rows in case.offenders.values():
        yield from countable_of_offender(rows, place["province"])


def essentials(case: Case) -> list[str]:
    """Return what is known of everybody concerned. That somebody is not of a state is no nationality."""
    known, people = case.known(), list(case.persons.values())
    asserted = [[word for word in words_about(one) if word["source"] != "denied_by_state"] for one in people]
    found = {
        "location": known.get("place_given"),
        "names": people and all(one.known().get("named") for one in people),
        "nationality": people and all(asserted),
        "crime": case.said("alleged"),
        "offender": case.offenders or known.get("offender_unknown"),
        "contact": known.get("contact_given") or any(one.known().get("contact_given") for one in people),
    }
    return [essential for essential, there in found.items() if there]


def interventions(case: Case) -> list[tuple[date, int, Row]]:
    """Return what was done: findings but `not_verifiable`, rescues, operations made for it or at work in it."""
    found = [row for row in case.said("finding_made") if row["fact"]["outcome"] != "not_verifiable"]
    told = [row for row in case.rows if row.get("operation_id")]
    rescues = [step for person in case.persons.values() for step in person.steps if step.status == "rescued"]
    days = [(row["occurred_on"], row) for row in found + told] + [(step.day, step.row) for step in rescues]
    return [(day, row["seq"], row) for day, row in days]


def found_first(case: Case) -> dict[str, Row]:
    """Return the categories of findings in force, each with the finding since which an authority has said so."""
    subjects = {row["subject_id"] for row in case.said("finding_made")}
    first: list[tuple[str, Row]] = []
    for subject in subjects:
        findings = [row for row in case.said("finding_made") if row["subject_id"] == subject]
        for latest in in_force(findings):
            own = [row for row in by_day(findings) if speaks_as(row, latest)]
            for category in categories(latest):
                others = [place for place, row in enumerate(own) if category not in categories(row)]
                first.append((category, own[max(others, default=-1) + 1]))
    return dict(sorted(first, key=lambda one: one[1]["occurred_on"], reverse=True))


def speaks_as(one: Row, other: Row) -> bool:
    """Whether two findings are of one authority."""
    return (one["fact"]["authority"], one["agency_id"]) == (other["fact"]["authority"], other["agency_id"])


def categories(finding: Row) -> list[str]:
    """Return what a finding says; confinement together with extortion is a category of its own."""
    both = finding["fact"].get("confinement") and finding["fact"].get("extortion")
    return [finding["fact"]["outcome"], *(["confinement_and_extortion"] if both else [])]


def countable_of_offender(rows: list[Row], province: str) -> Iterator[Record]:
    """Return what counts of somebody accused; being named is no stage."""
    known = described(*(row["fact"] for row in rows if row["kind"] in {"named", "offender_described"}))
    who = {"nationality": known.get("nationality") or "ZZ-UNKNOWN", "province": province}
    beyond = (row for row in rows if row["kind"] == "stage_reached" and row["fact"]["stage"] != "named")
    reached = sorted(beyond, key=lambda row: (row["occurred_on"], is_vague(row), row["seq"]))
    roles = sorted(set(known.get("roles") or ["unknown"]))
    for row in reached[:1]:
        yield {"figure": "offenders_at_stage", **dated(row), "role": roles, **who}
    for stage, row in earliest((row["fact"]["stage"], row) for row in reached):
        yield {"figure": "offenders_at_stage of each", **dated(row), "stage": stage, **who}
    for row in reached:
        if row["fact"]["stage"] == "arrested":
            yield {"figure": "arrests", **dated(row), **who}


def dated(row: Row) -> dict[str, Any]:
    """Return the day that a row counts on."""
    return {"day": row["occurred_on"], "fitted": is_vague(row)}


def earliest(told: Iterable[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Return the first row, in the order given, that has each word."""
    first: dict[str, Row] = {}
    for word, row in told:
        first.setdefault(word, row)
    return sorted(first.items())


@dataclass(frozen=True)
class Who:
    """Somebody as figures tell people apart: as they are known now, of the age and in the place of the day."""

    person: Person
    reported_in: str

    def record(self, figure: str, day: date, row: Row, *, before: bool = False, since: date | None = None,
               **more: Any) -> Record:  # fmt: skip
        """Return what counts on a day; `before` is before any rescue, `since` is where a stay began."""
        known = self.person.known()
        brought = [step.row["fact"]["province"] for step in self.person.steps
                   if step.day <= (since or day) and step.row["fact"].get("province")]  # fmt: skip
        return {
            "figure": figure, "day": day, "fitted": is_vague(row), **more,
            "nationality": counted_nationality(words_about(self.person)), "sex": known.get("sex") or "unknown",
            "age_group": age_group(day, known.get("birth_year"), self.person.age()),
            "province": self.reported_in if before or not brought else brought[-1],
        }  # fmt: skip


def countable_of(person: Person, province: str) -> Iterator[Record]:
    """Return what counts of somebody: each first entry, each status with its days, the end, custody and papers."""
    who, way = Who(person, province), person.way()
    yield who.record("persons_received", way[0].day, way[0].row, before=True)
    for entry in [one for one in way if one.status == "verified"][:1]:
        yield who.record("persons_verified", entry.day, entry.row, before=True)
    yield from rescues_and_returns(who)
    yield from stays(who, way)
    if person.outcome():
        end = person.steps[-1]
        yield who.record("persons_ended", end.day, end.row, outcome=person.outcome())
    rescued = "yes" if person.was("rescued") else "no"
    held = [one for one in person.custodies() if one[0] in DETAINED]
    papers = [
        (paper, row["occurred_on"], row)
        for row in person.said("documents_checked")
        for paper in row["fact"].get("missing", ())
    ]
    for figure, told in (("persons_detained", held), ("persons_undocumented", papers)):
        first: dict[str, tuple[date, Row]] = {}
        for word, day, row in sorted(told, key=lambda one: (one[1], is_vague(one[2]))):
            if not first:
                yield who.record(figure, day, row, rescued=rescued)
            first.setdefault(word, (day, row))
        for word, (day, row) in first.items():
            yield who.record(f"{figure} of each", day, row, custody=word, document=word)


def rescues_and_returns(who: Who) -> Iterator[Record]:
    """Return the first rescue, the first return, and every journey."""
    findings = in_force(who.person.said("finding_made"))
    for step in [one for one in who.person.steps if one.status == "rescued"][:1]:
        by = sorted(set(step.row["fact"].get("by") or ["other"]))
        found = sorted({category for finding in findings for category in categories(finding)})
        operation = str(step.row.get("operation_id") or "none")
        yield who.record("persons_rescued", step.day, step.row, attribution=by, finding=found, operation=operation)
    journeys = [step for step in who.person.steps if step.status == "repatriated"]
    for place, step in enumerate(journeys):
        for figure in ["persons_repatriated", "journeys_home"][place > 0 :]:
            yield who.record(figure, step.day, step.row, mode=step.row["fact"]["mode"])


def stays(who: Who, way: list[Entry]) -> Iterator[Record]:
    """Return each status with the days it lasted. Whoever counts as Cambodian is at home, once rescued."""
    at_home = counted_nationality(words_about(who.person)) == "KHM"
    for entry, left in pairwise([*way, None]):
        assert entry is not None
        before = entry.status in BEFORE_RESCUE
        until: dict[str, Any] = {"until": date.max if left is None else left.day}
        yield who.record("persons_by_status", entry.day, entry.row, before=before, status=entry.status, **until)
        if entry.status == "rescued" and not at_home:
            yield who.record("persons_awaiting_return", entry.day, entry.row, **until)
        if left is not None:
            length: dict[str, Any] = {"days": (left.day - entry.day).days, "status": entry.status}
            yield who.record("days_in_status", left.day, left.row, before=before, since=entry.day, **length)


def count(
    records: Iterable[Record], figure: str, first: date | None, last: date, by: tuple[str, ...] = (),
    filters: Mapping[str, tuple[str, ...]] | None = None,
) -> Counter[tuple[str, ...]]:  # fmt: skip
    """Return the cells of a figure that are not zero: those of a period, or where `first` is None those of a day."""
    asked = filters or {}
    name = f"{figure} of each" if OF_EACH & {*by, *asked} else figure
    cells: Counter[tuple[str, ...]] = Counter()
    for record in records:
        in_time = (first is None or first <= record["day"]) and record["day"] <= last < record.get("until", date.max)
        if record["figure"] != name or not in_time:
            continue
        if all(set(codes) & set(several(record[code])) for code, codes in asked.items()):
            axes = [[code for code in several(record[name]) if code in asked.get(name, (code,))] for name in by]
            cells.update(product(*axes))
    return cells


def several(value: str | list[str]) -> list[str]:
    """Return the codes of a record, of which an overlapping breakdown has any number."""
    return [value] if isinstance(value, str) else value
