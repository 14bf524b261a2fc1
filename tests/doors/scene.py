"""A case in which every kind of neighbour meets, and callers who may each see another part of it.

Every text is a canary: it occurs nowhere else, so wherever it turns up, it came from here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from tests.engine import Databases
from tests.register import FINDING, Caller, Register, open_register

OWN, FOREIGN, UNKNOWN, HELD = "twn", "mys", "unplaced", "held"
NATIONALITIES: Final = {OWN: "TWN", FOREIGN: "MYS", UNKNOWN: None, HELD: "TWN"}
ABSENT_CASE: Final = "019a9f60-0000-7000-8000-000000000000"
DAY: Final = "2022-09-01"


def person_told(who: str) -> dict[str, Any]:
    """Everything that can be told about a person, each text once."""
    nationality = NATIONALITIES[who]
    return {
        "names": [{"text": f"Name Canary {who}", "kind": "document"}],
        "documents": [{"type": "passport", "number": f"DOCCANARY{who}"}],
        "contacts": [{"kind": "phone", "value": f"+855 PHONECANARY {who}", "safe_hours": f"HOURSCANARY {who}"}],
        "guardian": {
            "names": [{"text": f"Guardian Canary {who}"}],
            "contacts": [{"kind": "phone", "value": f"GUARDIANCANARY {who}"}],
        },
        "story": f"Story Canary {who}",
        "fears_own_state": who == HELD,
        **({"nationality": nationality, "nationality_source": "document_copy"} if nationality else {}),
    }


CASE_TOLD: Final[dict[str, Any]] = {
    "original_label": "Label Canary",
    "narrative": "Narrative Canary",
    "urgency": "immediate",
    "language": "zh-Hant",
    "location": {"province": "KH-18", "town": "Town Canary", "place": "Place Canary", "precision": "building"},
    "reporter": {
        "relationship": "parent",
        "name": "Reporter Canary",
        "contacts": [{"kind": "messaging", "value": "REPORTERPHONECANARY", "safe": False}],
        "wants_updates": True,
    },
    "head_count": {"low": 20, "bound": "about"},
    "allegations": [{"types": ["illegal_detention"], "text": "Allegation Canary"}],
}
OFFENDER_TOLD: Final[dict[str, Any]] = {
    "role": "site_operator",
    "nationality": "CHN",
    "names": [{"text": "Offender Canary"}],
    "description": "Description Canary",
    "contacts": [{"kind": "social_media", "value": "OFFENDERHANDLECANARY"}],
}
SITE_CANARIES: Final = (
    "Place Canary", "Reporter Canary", "REPORTERPHONECANARY", "Narrative Canary", "Label Canary", "Allegation Canary",
    "Offender Canary", "Description Canary", "OFFENDERHANDLECANARY",
)  # fmt: skip
"""What no liaison is ever shown."""


@dataclass(frozen=True)
class Part:
    """A person or offender, by both of its names."""

    id: str
    reference: str


@dataclass
class Scene:
    """One case of the first agency with four persons and an offender, and one case of the second agency."""

    register: Register
    filed: dict[str, Any]
    elsewhere: dict[str, Any]
    persons: dict[str, Part] = field(default_factory=dict)

    @property
    def case(self) -> str:
        reference: str = self.filed["reference"]
        return reference

    @property
    def offender(self) -> Part:
        return Part(**self.filed["offenders"][0])

    @property
    def operator(self) -> Caller:
        return self.register.caller("operator", agency="first hotline")

    @property
    def stranger(self) -> Caller:
        """An operator of another agency."""
        return self.register.caller("operator", agency="second hotline")

    @property
    def liaison(self) -> Caller:
        """Of the embassy that serves one of the persons."""
        return self.register.caller("liaison", "TWN")

    @property
    def neighbour(self) -> Caller:
        """Of the embassy that serves another of the persons."""
        return self.register.caller("liaison", "MYS")

    @property
    def supervisor(self) -> Caller:
        return self.register.caller("supervisor")

    def traces_of(self, *names: str) -> set[str]:
        """Whatever would tell that these persons are there."""
        found: set[str] = set()
        for name in names:
            part = self.persons[name]
            found |= {part.id, part.reference, f"Name Canary {name}", f"DOCCANARY{name}", f"CANARY {name}"}
            found.add(f"Guardian Canary {name}")
        return found

    def version_of(self, table: str, id_: str) -> str:
        """The strong tag of a row as it stands."""
        row = self.register.rows(f"SELECT version FROM {table} WHERE id = $1", id_)  # noqa: S608 - names of ours
        return f'"{row[0]["version"]}"'

    def tag_of_person(self, caller: Caller, id_: str) -> str:
        """The tag under which somebody reads a person: a liaison's is not that of the row. The row's for the others."""
        tag: str | None = caller.get(f"/v1/persons/{id_}").headers.get("etag")
        return tag or self.version_of("persons", id_)


def set_scene(register: Register) -> Scene:
    """File both cases."""
    first = register.caller("operator", agency="first hotline")
    second = register.caller("operator", agency="second hotline")
    persons = [person_told(who) for who in NATIONALITIES]
    filed = first.file(received_on=DAY, persons=persons, offenders=[OFFENDER_TOLD], **CASE_TOLD)
    elsewhere = second.file(
        received_on=DAY,
        persons=[{"names": [{"text": "Elsewhere Canary"}], "nationality": "MYS"}],
        offenders=[{"description": "Elsewhere Boss Canary"}],
        narrative="Elsewhere Narrative Canary",
    )
    parts = [Part(**part) for part in filed["persons"]]
    scene = Scene(register, filed, elsewhere, dict(zip(NATIONALITIES, parts, strict=True)))
    assert scene.liaison.id != scene.neighbour.id != scene.supervisor.id
    return scene


def verify(scene: Scene) -> None:
    """Let somebody other than the filer verify the first case."""
    scene.register.caller("verifier").record("finding_made", [scene.case], DAY, **FINDING)


@contextmanager
def open_scene(databases: Databases) -> Iterator[Scene]:
    """Set a scene in a database of its own."""
    database = databases.make()
    try:
        with open_register(database) as register:
            yield set_scene(register)
    finally:
        databases.drop(database)
