"""AZ-03, AZ-10: everybody against every call about every kind of record: the answer, what it shows, what is on record.

What is expected is computed by `tests/doors/model.py`, which shares nothing with the service.
"""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from tests.access.role_model import MAY
from tests.doors import audit_matrix, field_matrix, model, search_matrix
from tests.doors.field_world import open_world
from tests.doors.knocking import (
    Answered,
    assert_nothing_wrong,
    knock,
    misanswered,
    misrecorded,
    misshapen,
    rows_of,
    tellable,
)
from tests.doors.matrix import CALLS, LISTS, NOT_ABOUT_A_RECORD, Cell, cells_of
from tests.doors.model import Record, Seer, Somebody
from tests.doors.world import RECORDS, SEERS, World
from tests.engine import Databases

LEAST_CELLS: Final = 12_000


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    with open_world(databases) as made:
        assert tuple(sorted(made.seers)) == tuple(sorted(SEERS))
        assert tuple(sorted(made.records)) == tuple(sorted(RECORDS))
        yield made


def cells(world: World, name: str) -> list[Cell]:
    return list(cells_of(world.seers[name], world.records, world.event_for))


def test_every_operation_of_the_contract_has_its_place(world: World) -> None:
    contract = world.register.client().get("/openapi.json").json()
    operations = {found["operationId"] for path in contract["paths"].values() for found in path.values()}
    about_records = {call.operation for call in CALLS} | field_matrix.OPERATIONS_OF_THE_CONTRACT
    about_records |= audit_matrix.OPERATIONS | {search_matrix.OPERATION}
    assert operations == about_records | LISTS | NOT_ABOUT_A_RECORD
    assert not about_records & NOT_ABOUT_A_RECORD


def test_the_matrix_is_large_enough(world: World) -> None:
    seers, records = world.seers.values(), world.records
    counts = {
        "about cases": sum(len(cells(world, name)) for name in SEERS),
        "about operations": sum(len(list(field_matrix.cells_of(seer, world.operations, records))) for seer in seers),
        "of searches": sum(len(list(search_matrix.cells_of(seer, records.values()))) for seer in seers),
        "of the audit log": sum(len(list(audit_matrix.cells_of(seer, world))) for seer in seers),
    }
    told = ", ".join(f"{number} {what}" for what, number in counts.items())
    print(f"{sum(counts.values())} cells of {len(SEERS)} callers: {told}")  # noqa: T201 - for the log of the run
    assert sum(counts.values()) >= LEAST_CELLS
    outcomes = {cell.status for name in SEERS for cell in cells(world, name)}
    assert outcomes == {200, 201, 401, 403, 404, 412, 422}


@pytest.mark.parametrize("name", SEERS)
def test_each_cell_answers_as_the_model_says(world: World, name: str) -> None:
    wrong: list[str] = []
    answered: list[Answered] = []
    for cell in cells(world, name):
        one = knock(world.clients[name], cell)
        answered.append(one)
        if one.answer.status_code == cell.status == 200:
            wrong += [f"{cell.words()}: {found}" for found in _misshown(cell, one.answer.json())]
        _remember(cell, one.answer)
    wrong += [*misanswered(answered), *misrecorded(world.register, answered), *tellable(answered)]
    assert_nothing_wrong(wrong)


CASE_FILTERS: Final = ("", "nationality=TWN", "nationality=MYS", "nationality=TWN&nationality=MYS", "status=closed")
PERSON_FILTERS: Final = ("", "nationality=TWN", "nationality=MYS", "nationality=VNM", "nationality=ZZ-UNKNOWN")


@pytest.mark.parametrize("name", SEERS)
def test_each_list_holds_what_the_model_says(world: World, name: str) -> None:
    seer = world.seers[name]
    for wanted in CASE_FILTERS:
        expected = {record.id for record in world.records.values() if _listed(seer, record, wanted)}
        _check_list(world, seer, "list_cases", f"/v1/cases?limit=200&{wanted}", expected, "cases:listed", "case")
    for wanted in PERSON_FILTERS:
        expected = {
            person.id for record in world.records.values() for person in record.persons
            if model.knows_of_person(seer, record, person) and _of_state(person, wanted)
        }  # fmt: skip
        target = f"/v1/persons?limit=200&{wanted}"
        _check_list(world, seer, "list_persons", target, expected, "persons:listed", "person")


def _check_list(
    world: World, seer: Seer, operation: str, target: str, expected: set[str], action: str, what: str
) -> None:
    answer = world.clients[seer.name].get(target)
    status = model.status_of(seer, operation, known=True, done=200)
    assert answer.status_code == status, f"{seer.name} {target}: {answer.text[:200]}"
    if status != 200:
        return
    items = answer.json()["items"]
    assert {item["id"] for item in items} == expected, f"{seer.name} {target}"
    for item in items:
        assert list(misshapen(item, *model.members_of(seer, what), what)) == []
    row = rows_of(world.register, [answer])[answer.headers["x-request-id"]]
    assert [(found["action"], set(map(str, found["subject_ids"]))) for found in row] == [(action, expected)]


def _listed(seer: Seer, record: Record, wanted: str) -> bool:
    """A liaison's filters see its own nationals only; everybody else's see the whole case."""
    if not model.knows_of_case(seer, record):
        return False
    if wanted == "status=closed":
        return record.closed and seer.kind != "liaison"
    if wanted == "":
        return True
    return any(_of_state(person, wanted) for person in record.persons if model.knows_of_person(seer, record, person))


def _of_state(person: Somebody, wanted: str) -> bool:
    return wanted == "" or f"nationality={person.state or 'ZZ-UNKNOWN'}" in wanted.split("&")


def _remember(cell: Cell, answer: httpx.Response) -> None:
    if answer.status_code == 201 and cell.call.operation in {"add_offender", "void_event"}:
        cell.record.closed = False  # new information opens a case again
    if answer.status_code == 201 and cell.call.operation == "add_offender":
        cell.record.offenders.append(Somebody(**answer.json()))


def _misshown(cell: Cell, content: dict[str, Any]) -> Iterator[str]:
    """What an answer shows that it must not, or does not show that it must."""
    seer, shown = cell.seer, {somebody.id for somebody in model.shown_in(cell.seer, cell.record)}
    if cell.call.operation == "read_timeline":
        references = {somebody.reference for somebody in model.shown_in(seer, cell.record)}
        if {item["subject"] for item in content["items"]} != references | {cell.record.reference}:
            yield "the timeline tells of others, or not of all"
        for item in content["items"]:
            shape = "note" if item["kind"] == "note" else "event"
            yield from misshapen(item, *model.members_of(seer, shape), shape)
            if seer.kind == "liaison" and item["data"].keys() & model.NOT_IN_EVENTS_OF_A_LIAISON:
                yield f"an event of kind {item['kind']} tells a liaison too much"
        return
    parts = {"persons": "person", "offenders": "offender"}
    inner = {name: content.pop(name) for name in parts if name in content}
    if cell.call.about == "case":
        yield from _wrong_parts(seer, inner, shown)
    for name, items in inner.items():
        for item in items:
            yield from _sealed(cell, item, parts[name])
            yield from _findings(seer, item)
            yield from misshapen(item, *model.members_of(seer, parts[name]), parts[name])
    yield from _sealed(cell, content, cell.call.about)
    yield from _findings(seer, content)
    yield from misshapen(content, *model.members_of(seer, cell.call.about), cell.call.about)


def _wrong_parts(seer: Seer, inner: dict[str, list[dict[str, Any]]], shown: set[str]) -> Iterator[str]:
    if {item["id"] for items in inner.values() for item in items} != shown:
        yield "the case shows others, or not all"
    if set(inner) != ({"persons"} if seer.kind == "liaison" else {"persons", "offenders"}):
        yield f"the case has lists of {sorted(inner)}"


def _sealed(cell: Cell, content: dict[str, Any], what: str) -> Iterator[str]:
    opened = content.pop("sealed", None)
    if (opened is not None) != (cell.call.purpose is not None):
        yield f"what is sealed of the {what} is opened without a purpose, or not with one"
    if opened is not None:
        yield from misshapen(opened, *model.sealed_members_of(cell.seer, what), f"sealed {what}")


def _findings(seer: Seer, content: dict[str, Any]) -> Iterator[str]:
    for finding in content.get("findings", ()):
        yield from misshapen(finding, *model.members_of(seer, "finding"), "finding")


def test_the_model_shuts_somebody_out_of_every_kind_of_record(world: World) -> None:
    """A model that opens everything, or nothing, would prove nothing."""
    case_workers = [seer for seer in world.seers.values() if seer.kind in MAY["read_case"]]
    for record in world.records.values():
        known = {model.knows_of_case(seer, record) for seer in case_workers}
        assert known == ({False, True} if record.there else {False}), record.name
