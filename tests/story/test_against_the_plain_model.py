"""The fold and the counting against a model that shares no code with them."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given

from service.cases.rules.projection import person_columns
from service.codes import PersonStatus
from service.ledger.rules import NONE, Cell, Measure, read_set, read_stay
from service.story.counting import contributions
from tests import plain
from tests.cases.story import TODAY, Story
from tests.plain.counting import essentials
from tests.plain.nationality import nationality, words_about
from tests.story.logs import EXAMPLES, FIRST, rows, stories

MEASURES = {
    "cases_received": Measure.CASES_RECEIVED,
    "cases_intervened": Measure.CASES_INTERVENED,
    "cases_by_finding": Measure.CASES_BY_FINDING,
    "persons_received": Measure.PERSONS_RECEIVED,
    "persons_verified": Measure.PERSONS_VERIFIED,
    "persons_rescued": Measure.PERSONS_RESCUED,
    "persons_repatriated": Measure.PERSONS_REPATRIATED,
    "journeys_home": Measure.JOURNEYS_HOME,
    "persons_ended": Measure.PERSONS_ENDED,
    "persons_detained": Measure.PERSONS_DETAINED,
    "persons_undocumented": Measure.PERSONS_UNDOCUMENTED,
    "offenders_at_stage": Measure.OFFENDERS_PURSUED,
    "arrests": Measure.ARRESTS,
}
PARTS = {
    ("persons_rescued", "attribution"): Measure.RESCUED_BY,
    ("persons_rescued", "finding"): Measure.RESCUED_FOUND,
    ("persons_rescued", "operation"): Measure.PERSONS_RESCUED,
    ("persons_detained", "custody"): Measure.DETAINED_IN,
    ("persons_undocumented", "document"): Measure.PAPERS_MISSING,
    ("offenders_at_stage", "stage"): Measure.STAGES_REACHED,
    ("offenders_at_stage", "role"): Measure.PURSUED_IN_ROLE,
}
"""What the breakdown of a figure by a dimension of its own is counted by."""
OF_HUMANS = ("nationality", "sex", "age_group", "province")
OF_CASES = ("channel", "kind", "province")
OF_OFFENDERS = ("nationality", "province")
DETAILS = {"cases_by_finding": "finding", "persons_repatriated": "mode", "journeys_home": "mode"}
DETAILS |= dict.fromkeys(("persons_detained", "persons_undocumented"), "rescued")
DETAILS |= {"persons_ended": "outcome", "persons_by_status": "status"}


def test_the_plain_model_shares_no_code_with_what_is_held_against_it() -> None:
    sources = sorted(Path(plain.__file__).parent.glob("*.py"))
    imports = re.compile(
        r"^\s*(?:from|import) (?!tests\.plain\b|collections|dataclasses|datetime|functools|itertools|typing|uuid)", re.M
    )
    assert len(sources) > 4
    assert {source.name: imports.findall(source.read_text()) for source in sources} == {one.name: [] for one in sources}


@EXAMPLES
@given(stories())
def test_everybody_stands_where_the_plain_model_says(story: Story) -> None:
    told = plain.tell(rows(story.events))
    assert told is not None
    case = story.case
    assert told.persons.keys() == case.persons.keys()
    for id_, expected in told.persons.items():
        person = case.persons[id_]
        assert [(status.value, day) for status, day in person.path] == [entry[:2] for entry in expected.way()]
        assert (person.outcome.value if person.outcome else None) == expected.outcome()
        verified = person.verified_on
        assert (verified.on if verified else None) == expected.verified_since()
        assert person.effective_nationality.code == nationality(words_about(expected))
        assert first_day(story, id_, PersonStatus.RESCUED) == first_move(expected, "rescued")
        assert first_day(story, id_, PersonStatus.REPATRIATED) == first_move(expected, "repatriated")


@EXAMPLES
@given(stories())
def test_everybody_is_in_the_hands_the_plain_model_says(story: Story) -> None:
    told = plain.tell(rows(story.events))
    assert told is not None
    for id_, expected in told.persons.items():
        shown = person_columns(story.case, story.case.persons[id_])
        assert (shown["custody"], shown["in_custody"]) == (expected.hands(), expected.hands() is not None)
        assert shown["missing_documents"] == expected.missing()
        assert {(one["step"], one["country"]): one["state"] for one in shown["return_tasks"]} == expected.tasks()
        assert {one["purpose"]: one["value"] for one in shown["wishes"]} == expected.wishes()
        assert sum(one["leads"] for one in shown["findings"]) == min(len(shown["findings"]), 1)


def first_day(story: Story, id_: object, status: PersonStatus) -> date | None:
    days = [step.on for person in story.case.persons.values() if person.id == id_ for step in person.steps
            if step.status is status]  # fmt: skip
    return days[0] if days else None


def first_move(told: plain.Person, to: str) -> date | None:
    days = [step.day for step in told.steps if step.row["kind"] == to]
    return days[0] if days else None


@EXAMPLES
@given(stories())
def test_every_flow_counts_what_the_plain_model_counts(story: Story) -> None:
    told = plain.tell(rows(story.events))
    assert told is not None
    expected = list(plain.countable(told))
    for figure, measure in MEASURES.items():
        dimensions = dimensions_of(figure)
        named = (*dimensions, *([DETAILS[figure]] if figure in DETAILS else []))
        columns = (*dimensions, *(["detail"] if figure in DETAILS else []))
        found = {
            (cell.occurred_on, *(getattr(cell, column) for column in columns)): amount
            for cell, amount in cells_of(story, measure).items()
        }
        wanted: dict[tuple[object, ...], int] = {}
        for record in expected:
            if record["figure"] == figure:
                key = (record["day"], *(record[name] for name in named))
                wanted[key] = wanted.get(key, 0) + 1
        assert found == wanted, figure


def dimensions_of(figure: str) -> tuple[str, ...]:
    if figure in {"offenders_at_stage", "arrests"}:
        return OF_OFFENDERS
    return OF_CASES if figure.startswith("cases") else OF_HUMANS


@EXAMPLES
@given(stories())
def test_parts_that_overlap_count_once_each(story: Story) -> None:
    told = plain.tell(rows(story.events))
    assert told is not None
    expected = list(plain.countable(told))
    for (figure, name), measure in PARTS.items():
        dimensions = dimensions_of(figure)
        wanted = plain.count(expected, figure, None, TODAY, (*dimensions, name))
        found: Counter[tuple[str, ...]] = Counter()
        for cell, amount in cells_of(story, measure).items():
            code = "none" if cell.detail == NONE else cell.detail
            found[(*(getattr(cell, column) for column in dimensions), code)] += amount
        assert found == wanted, (figure, name)


@EXAMPLES
@given(stories())
def test_a_case_and_a_stay_are_one_entry_each(story: Story) -> None:
    told = plain.tell(rows(story.events))
    assert told is not None
    [(cell, amount)] = cells_of(story, Measure.CASES_COMPLETE).items()
    assert sorted(read_set(cell.detail)) == sorted(essentials(told))
    assert amount == 1
    stays: Counter[tuple[str, int, date]] = Counter()
    for stay, times in cells_of(story, Measure.DAYS_IN_STATUS).items():
        stays[(*read_stay(stay.detail), stay.occurred_on)] += times
    assert stays == Counter(
        (record["status"], record["days"], record["day"])
        for record in plain.countable(told)
        if record["figure"] == "days_in_status"
    )


def cells_of(story: Story, measure: Measure) -> dict[Cell, int]:
    cells: dict[Cell, int] = {}
    for found, amount in contributions(story.case).items():
        if found.cell.measure is measure:
            cells[found.cell] = cells.get(found.cell, 0) + amount
    return cells


@EXAMPLES
@given(stories())
def test_on_every_day_the_statuses_are_those_of_the_plain_model(story: Story) -> None:
    told = plain.tell(rows(story.events))
    assert told is not None
    expected = list(plain.countable(told))
    by = ("status", *OF_HUMANS)
    moves = cells_of(story, Measure.STATUS)
    for step in range(-32, (TODAY - FIRST).days + 1, 3):
        day = FIRST + timedelta(days=step)
        found: dict[tuple[str, ...], int] = {}
        for cell, amount in moves.items():
            if cell.occurred_on <= day:
                key = (cell.detail, *(getattr(cell, name) for name in OF_HUMANS))
                found[key] = found.get(key, 0) + amount
        assert {key: n for key, n in found.items() if n} == dict(
            plain.count(expected, "persons_by_status", None, day, by)
        )
