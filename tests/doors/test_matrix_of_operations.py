"""Everybody against every call about every kind of operation: the answer, what it shows, and whether it is on record.

What is expected is computed by `tests/doors/field_model.py`, which shares nothing with the service.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.doors import field_model, model
from tests.doors.field_matrix import LIST, WANTED, FieldCell, cells_of, listed
from tests.doors.field_model import Operation
from tests.doors.field_world import OPERATIONS, open_world
from tests.doors.knocking import (
    assert_nothing_wrong,
    knock,
    misanswered,
    misrecorded,
    misshapen,
    rows_of,
    tellable,
)
from tests.doors.model import Seer
from tests.doors.world import SEERS, World
from tests.engine import Databases

WITHHELD_FROM: Final = frozenset({"verifier shut out", "officer shut out"})
"""Of the raid they are not told whom it met in the case that is withheld from their agency."""


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    with open_world(databases) as made:
        assert tuple(made.operations) == OPERATIONS
        yield made


@pytest.mark.parametrize("name", SEERS)
def test_each_cell_of_an_operation_answers_as_the_model_says(world: World, name: str) -> None:
    answered, wrong = [], []
    for cell in cells_of(world.seers[name], world.operations, world.records):
        one = knock(world.clients[name], cell)
        answered.append(one)
        if isinstance(cell, FieldCell) and one.answer.is_success:
            cell.remember()
        if isinstance(cell, FieldCell) and one.answer.status_code == cell.status == 200:
            wrong += [f"{cell.words()}: {found}" for found in _misshown(cell, one.answer.json())]
    wrong += [*misanswered(answered), *misrecorded(world.register, answered), *tellable(answered)]
    assert_nothing_wrong(wrong)


@pytest.mark.parametrize("name", SEERS)
def test_each_list_of_operations_holds_what_the_model_says(world: World, name: str) -> None:
    seer = world.seers[name]
    for wanted in WANTED:
        expected = listed(seer, world.operations, wanted)
        answer = world.clients[name].get(f"{LIST.target}?limit=200&{wanted}")
        assert answer.status_code == model.status_of(seer, LIST.operation, True, done=LIST.done), answer.text
        if answer.status_code != LIST.done:
            continue
        items = answer.json()["items"]
        assert {item["id"] for item in items} == expected, f"{name} {wanted}"
        assert [found for item in items for found in _misshapen(item)] == []
        [row] = rows_of(world.register, [answer])[answer.headers["x-request-id"]]
        assert (row["action"], set(map(str, row["subject_ids"]))) == (LIST.action, expected)


def _misshown(cell: FieldCell, content: dict[str, Any]) -> Iterator[str]:
    """What an answer shows that it must not, or does not show that it must."""
    if cell.call.operation == "read_results":
        shown = {**content, "cases": {case["reference"]: case["people"] for case in content["cases"]}}
        if shown != field_model.results_of(cell.seer, cell.about):
            yield f"the results are {shown}"
        return
    opened = content.pop("sealed", None)
    yield from _misshapen(content)
    if content["id"] != cell.about.id or content.get("province") != cell.about.province:
        yield "another operation"
    if (opened is None) != (cell.call.purpose is None):
        yield "what is sealed is opened without a purpose, or not with one"
    if opened is not None:
        yield from _misopened(cell.seer, cell.about, opened)


def _misshapen(content: dict[str, Any]) -> Iterator[str]:
    yield from misshapen(content, field_model.SHOWN, field_model.SHOWN | field_model.SHOWN_PERHAPS, "operation")


def _misopened(seer: Seer, about: Operation, opened: dict[str, Any]) -> Iterator[str]:
    yield from misshapen(opened, frozenset({"notes"}), frozenset({"notes", "site", "grounds"}), "sealed operation")
    if ("site" in opened) != about.sealed:
        yield "its site is not shown, or another's"
    if len(opened["notes"]) != field_model.notes_for(seer, about):
        yield f"{len(opened['notes'])} notes, not {field_model.notes_for(seer, about)}"


def test_the_model_hides_every_operation_under_embargo_from_somebody_who_sees_the_others(world: World) -> None:
    """A model that opens everything, or nothing, would prove nothing."""
    workers = [seer for seer in world.seers.values() if seer.kind in {"verifier", "officer", "liaison", "supervisor"}]
    for operation in world.operations.values():
        known = {field_model.knows_of_operation(seer, operation) for seer in workers}
        assert known == ({False, True} if operation.there else {False}), operation.name
        if operation.embargoed:
            assert {seer.kind for seer in workers if field_model.knows_of_operation(seer, operation)} <= {
                "officer", "liaison", "supervisor",
            }  # fmt: skip


def test_the_model_counts_of_a_raid_whom_one_may_know_of_and_nobody_else(world: World) -> None:
    raid = world.operations["raid"]
    everybody = field_model.results_of(world.seers["supervisor"], raid)["tally"]["people"]
    for name, seer in world.seers.items():
        people = field_model.results_of(seer, raid)["tally"]["people"]
        if seer.kind in {"verifier", "officer", "supervisor"} and name not in WITHHELD_FROM:
            assert people == everybody, name
        elif seer.kind != "supervisor":
            assert people < everybody, name
