"""Operations of every kind in the world of the matrix, and what they did for people in its cases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from service.ids import new_id, new_operation_reference
from tests.access.cast import make_spare
from tests.access.operations import Spare
from tests.doors.field_model import Met, Operation
from tests.doors.model import Record, Somebody
from tests.doors.scene import open_scene
from tests.doors.world import LATER, World, furnish
from tests.engine import Databases
from tests.register import NOW, Caller

BEGUN: Final = LATER
PLACES: Final = {"site": "Site Canary", "grounds": "Grounds Canary"}
AHEAD: Final = timedelta(days=30)
OPERATIONS: Final = (
    "raid", "quiet raid", "raid once quiet", "raid of others", "quiet raid of others", "visit", "quiet visit",
    "handover", "visit of the office", "spare", "spare visit", "absent", "misspelt", "a case", "a person", "too short",
    "too long",
)  # fmt: skip


@contextmanager
def open_world(databases: Databases) -> Iterator[World]:
    """Make a world in a database of its own."""
    with open_scene(databases) as scene:
        spare = make_spare(scene)
        world = furnish(scene, spare)
        _carry_out(world, spare)
        begun = world.register.rows("SELECT case_id, id FROM events WHERE seq = 1")
        world.first_events = {str(row["case_id"]): str(row["id"]) for row in begun}
        yield world


def _carry_out(world: World, spare: Spare) -> None:
    officer, others = world.callers["officer"], world.callers["officer shut out"]
    liaison, neighbour = world.callers["liaison TWN"], world.callers["liaison MYS"]
    ahead, soon = (NOW + AHEAD).isoformat(), (world.register.clock.now + timedelta(minutes=1)).isoformat()
    raid = _begin(world, "raid", officer, "raid", province="KH-18", **PLACES)
    quiet = _begin(world, "quiet raid", officer, "raid", province="KH-18", embargo_until=ahead, **PLACES)
    _begin(world, "raid once quiet", officer, "raid", embargo_until=soon, **PLACES)
    world.register.clock.move(minutes=2)
    theirs = _begin(world, "raid of others", others, "raid", province="KH-1", **PLACES)
    _begin(world, "quiet raid of others", others, "inspection", embargo_until=ahead, **PLACES)
    visit = _begin(world, "visit", liaison, "consular_visit", site="Site Canary")
    _begin(world, "quiet visit", liaison, "consular_visit", embargo_until=ahead, **PLACES)
    handover = _begin(world, "handover", neighbour, "handover_foreign", province="KH-1")
    _begin(world, "visit of the office", world.callers["liaison TWN elsewhere"], "consular_visit")
    for name, id_ in (("spare", spare.operation), ("spare visit", spare.visit)):
        _remember_spare(world, name, id_)
    _name_what_is_not_there(world)
    _meet(world, raid, officer, ("own", "foreign", "withheld", "held"), "not_found")
    _meet(world, quiet, officer, ("own", "unknown"), "similar_name")
    _meet(world, theirs, others, ("own", "foreign"), "found_not_held")
    _meet(world, visit, liaison, ("own",), "already_left")
    _meet(world, handover, neighbour, ("foreign",), "moved_before")
    freed = {"nationality": "VNM", "count": 2, "outcomes": ["rescued"], "missing_documents": ["passport"]}
    _free(world, "freed", raid, officer, freed)
    _free(world, "freed quietly", quiet, officer, {"nationality": "TWN", "outcomes": ["rescued"]})


def _begin(world: World, name: str, by: Caller, kind: str, **told: Any) -> Operation:
    answer = by.post("/v1/operations", {"kind": kind, "started_on": BEGUN, **told})
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    embargoed = told.get("embargo_until", "") >= (NOW + AHEAD).isoformat()
    operation = Operation(
        name, shown["id"], shown["reference"], kind, str(by.agency_id), told.get("province"), BEGUN, embargoed,
        sealed="site" in told,
    )  # fmt: skip
    world.operations[name] = operation
    return operation


def _remember_spare(world: World, name: str, id_: str) -> None:
    row = world.register.rows("SELECT reference, agency_id, started_on::text AS day FROM operations WHERE id = $1", id_)
    found = row[0]
    world.operations[name] = Operation(
        name, id_, found["reference"], "consular_visit", str(found["agency_id"]), None, found["day"]
    )


def _name_what_is_not_there(world: World) -> None:
    """An operation that never was, one whose check symbol is wrong, what names other things, and what names nothing."""
    raid, case = world.operations["raid"].reference, world.records["own"]
    wrong = raid[:-1] + ("0" if raid[-1] != "0" else "1")
    for name, id_, reference in (
        ("absent", str(new_id(NOW)), new_operation_reference(2022)),
        ("misspelt", world.operations["raid"].id.replace("-", "_"), wrong),
        ("a case", case.id, case.reference),
        ("a person", case.persons[0].id, case.persons[0].reference),
        ("too short", "OP22", "raid"),
        ("too long", "x" * 41, raid * 4),
    ):
        world.operations[name] = Operation(name, id_, reference, there=False, formless=name.startswith("too"))


def _meet(world: World, operation: Operation, by: Caller, names: tuple[str, ...], outcome: str) -> None:
    """Let an operation say the same of everybody in some cases whom its reporter may name: of each the first."""
    found = [(world.records[name], world.records[name].persons[0]) for name in names]
    lines = [{"person": person.reference, "outcomes": [outcome]} for _, person in found]
    answer = by.post(f"/v1/operations/{operation.id}/results", {"persons": lines})
    assert answer.status_code == 201, answer.text
    operation.met += [Met(record, person, frozenset({outcome})) for record, person in found]


def _free(world: World, name: str, operation: Operation, by: Caller, line: Mapping[str, Any]) -> None:
    """Let an operation free people nobody had asked for: a case is opened for them."""
    answer = by.post(f"/v1/operations/{operation.id}/results", {"found": [dict(line)]})
    assert answer.status_code == 201, answer.text
    [case] = answer.json()["cases"]
    row = world.register.rows("SELECT id::text AS id FROM cases WHERE reference = $1", case["reference"])[0]
    people = world.register.rows("SELECT id::text AS id, reference FROM persons WHERE case_id::text = $1", row["id"])
    persons = [Somebody(**person, state=line["nationality"]) for person in people]
    record = Record(name, row["id"], case["reference"], str(by.agency_id), persons)
    world.records[name] = record
    missing = bool(line.get("missing_documents"))
    operation.met += [Met(record, person, frozenset(line["outcomes"]), missing) for person in persons]
