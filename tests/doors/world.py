"""One register with a case of every kind, and everybody who may knock at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from service.ids import new_case_reference, new_id, new_part_reference
from tests.access.cast import Cast
from tests.access.operations import Spare
from tests.access.role_model import KEYS
from tests.doors.field_model import Operation
from tests.doors.model import Record, Seer, Somebody
from tests.doors.scene import DAY, FOREIGN, HELD, NATIONALITIES, OFFENDER_TOLD, Scene, person_told
from tests.register import FINDING, NOW, Caller, Register

SPOILED: Final = ("anonymous", "expired session", "disabled user", "revoked key")
LATER: Final = "2022-09-10"
"""A day by which every case was received."""


@dataclass
class World:
    """Seers by name, each with the client they call through, and the records and operations they call about."""

    scene: Scene
    seers: dict[str, Seer] = field(default_factory=dict)
    clients: dict[str, httpx.Client] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    first_events: dict[str, str] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)

    @property
    def register(self) -> Register:
        return self.scene.register

    def add(self, name: str, kind: str, caller: Caller | None, *states: str) -> None:
        """Let somebody knock."""
        agency = str(caller.agency_id) if caller else ""
        self.seers[name] = Seer(name, kind, agency, frozenset(states))
        self.clients[name] = caller.http if caller else self.register.client()
        if caller:
            self.callers[name] = caller

    def filed(self, name: str, by: Caller, *persons: Mapping[str, Any], **given: Any) -> Record:
        """File a case and remember what the model has to know of it."""
        told = by.file(received_on=DAY, persons=list(persons), **given)
        parts = zip(told["persons"], persons, strict=True)
        record = Record(
            name,
            told["id"],
            told["reference"],
            str(by.agency_id),
            [_somebody(part, person) for part, person in parts],
            [Somebody(**part, told="Offender") for part in told["offenders"]],
        )
        self.records[name] = record
        return record

    def event_for(self, seer: Seer, record: Record) -> str:
        """Return an event of a case: one of its own for a caller who may void it, else its first event."""
        if not record.there:
            return record.id
        if seer.kind == "supervisor":
            claim = self.scene.supervisor.record("headcount_claimed", [record.id], LATER, bound="exact", low=4)
            event: str = claim["items"][0]["event_id"]
            return event
        return self.first_events[record.id]


def furnish(scene: Scene, spare: Spare) -> World:
    """Let everybody knock, and put every kind of case there."""
    world = World(scene)
    _seers(world, spare)
    _records(world)
    return world


SEERS: Final = (
    "operator", "colleague", "stranger", "verifier", "verifier of the police", "verifier shut out", "officer",
    "officer of the same police", "officer shut out",
    "liaison TWN", "liaison TWN elsewhere", "liaison MYS", "liaison of both", "liaison VNM", "liaison of no state",
    "supervisor", "supervisor shut out", "reporting", "publisher", "auditor", "admin", *KEYS, *SPOILED,
)  # fmt: skip
RECORDS: Final = (
    "own", "foreign", "mixed", "held", "unknown", "closed", "withheld", "of an embassy", "absent", "freed",
    "freed quietly",
)  # fmt: skip
POLICE: Final = "police of the port"
SHUT_OUT_AGENCY: Final = "kept in the dark"
TOLD_OF_THE_CASE: Final = frozenset(
    {("name", "Reporter"), ("phone", "REPORTERPHONECANARY"),
     *(("text", word) for word in ("Place", "Narrative", "Label", "Allegation", "Town"))}
)  # fmt: skip
"""One of each text that is told of the case itself in `CASE_TOLD`."""


def _somebody(part: dict[str, str], told: Mapping[str, Any]) -> Somebody:
    """A person filed, who is found by the last word of their name."""
    word = told["names"][0]["text"].split()[-1]
    return Somebody(**part, state=told.get("nationality"), held=told.get("fears_own_state", False), told=word)


def _seers(world: World, spare: Spare) -> None:
    register, scene = world.register, world.scene
    world.add("operator", "operator", scene.operator)
    world.add("colleague", "operator", register.caller("operator", agency="first hotline", name="colleague"))
    world.add("stranger", "operator", scene.stranger)
    world.add("verifier", "verifier", register.caller("verifier"))
    world.add("verifier of the police", "verifier", register.caller("verifier", agency=POLICE))
    world.add("officer", "officer", register.caller("officer", agency=POLICE))
    world.add("officer of the same police", "officer", register.caller("officer", agency=POLICE, name="colleague"))
    world.add("supervisor", "supervisor", scene.supervisor)
    for role in ("verifier", "officer", "supervisor"):
        world.add(f"{role} shut out", role, register.caller(role, agency=SHUT_OUT_AGENCY))
    world.add("liaison TWN", "liaison", scene.liaison, "TWN")
    world.add("liaison TWN elsewhere", "liaison", register.caller("liaison", "TWN", agency="trade office"), "TWN")
    world.add("liaison MYS", "liaison", scene.neighbour, "MYS")
    world.add("liaison of both", "liaison", register.caller("liaison", "MYS", "TWN"), "MYS", "TWN")
    world.add("liaison VNM", "liaison", register.caller("liaison", "VNM"), "VNM")
    world.add("liaison of no state", "liaison", register.caller("liaison"))
    for role in ("reporting", "publisher", "auditor", "admin"):
        world.add(role, role, register.caller(role))
    cast = Cast(scene, spare)
    for name in (*KEYS, *SPOILED):
        world.add(name, name, cast.named(name))


def _records(world: World) -> None:
    scene, operator = world.scene, world.scene.operator
    own, foreign, held = (person_told(who) for who in ("twn", FOREIGN, HELD))
    world.records["mixed"] = _mixed(scene)
    elsewhere = scene.elsewhere
    world.records["foreign"] = Record(
        "foreign",
        elsewhere["id"],
        elsewhere["reference"],
        str(scene.stranger.agency_id),
        [Somebody(**elsewhere["persons"][0], state="MYS", told="Elsewhere")],
        [Somebody(**elsewhere["offenders"][0], told="Boss")],
        told=frozenset({("text", "Narrative"), ("text", "Elsewhere")}),
    )
    world.filed("own", operator, own, location={"province": "KH-18"}, offenders=[OFFENDER_TOLD])
    scene.register.caller("verifier").record("finding_made", [world.records["own"].id], DAY, **FINDING)
    world.filed("held", operator, held, offenders=[OFFENDER_TOLD])
    world.filed("unknown", operator, person_told("unplaced"))
    closed = world.filed("closed", operator, own, offenders=[OFFENDER_TOLD])
    scene.supervisor.record("closed", [closed.reference], DAY, reason="referred")
    closed.closed = True
    withheld = world.filed("withheld", operator, own, foreign, offenders=[OFFENDER_TOLD])
    keepers = ("verifier shut out", "officer shut out", "supervisor shut out", "liaison TWN elsewhere")
    withheld.withheld = frozenset(world.seers[name].agency for name in keepers)
    _withhold(world, withheld)
    world.filed("of an embassy", world.register.caller("liaison", "VNM"), own, foreign, offenders=[OFFENDER_TOLD])
    world.records["absent"] = _absent()


def _mixed(scene: Scene) -> Record:
    """Nobody's word but a claim made the unknown one a national of Vietnam: see `make_spare`."""
    persons = [
        Somebody(
            part.id,
            part.reference,
            state="VNM" if who == "unplaced" else NATIONALITIES[who],
            held=who == HELD,
            told=who,
        )
        for who, part in scene.persons.items()
    ]
    offender = Somebody(scene.offender.id, scene.offender.reference, told="Offender")
    record = Record("mixed", scene.filed["id"], scene.case, str(scene.operator.agency_id), persons, [offender])
    record.told, record.told_of_town = TOLD_OF_THE_CASE, frozenset({("text", "Town")})
    return record


def _absent() -> Record:
    reference = new_case_reference(2022)
    person, offender = (Somebody(str(new_id(NOW)), new_part_reference(reference)) for _ in range(2))
    return Record("absent", str(new_id(NOW)), reference, "", [person], [offender], there=False)


def _withhold(world: World, record: Record) -> None:
    tag = world.scene.version_of("cases", record.id)
    given = {"withheld_from": sorted(record.withheld)}
    answer = world.scene.supervisor.patch(f"/v1/cases/{record.id}", given, If_Match=tag)
    assert answer.status_code == 200, answer.text
