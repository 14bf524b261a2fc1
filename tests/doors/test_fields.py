"""AZ-09, AZ-11, AZ-12: which fields a role writes, and that no other name of a field does anything."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from service.db.metadata import Table
from tests.access.role_model import MAY
from tests.audit.searching import counts
from tests.doors.scene import DAY, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller

PLAUSIBLE: Final = (
    "role", "roles_", "nationality_", "owner_id", "version", "is_admin", "consent", "admin", "scopes", "permissions",
    "agency", "tenant", "created_by", "updated_at", "deleted", "hidden", "visible", "public", "status", "state",
    "verified", "approved", "score", "tags", "$set", "__proto__", "constructor", "_id", "self", "password",
)  # fmt: skip
COLUMNS: Final = sorted({column.name for table in Table.metadata.tables.values() for column in table.columns})


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def places(scene: Scene) -> dict[str, tuple[str, str, dict[str, Any], str]]:
    """Return, for each operation with a body, a call that would succeed, and the schema of its body."""
    case, person, offender = scene.case, scene.persons["twn"].id, scene.offender.id
    wish = {"purpose": "return_home", "value": "yes", "freely": "yes"}
    event = {"kind": "wish_stated", "subjects": [person], "occurred_on": DAY, "data": wish}
    return {
        "file_case": ("POST", "/v1/cases", {"channel": "walk_in"}, "CaseCreate"),
        "add_person": ("POST", f"/v1/cases/{case}/persons", {}, "PersonAdd"),
        "add_persons": ("POST", f"/v1/cases/{case}/persons/several", {"persons": [{}]}, "PersonsAdd"),
        "add_offender": ("POST", f"/v1/cases/{case}/offenders", {}, "OffenderCreate"),
        "add_note": ("POST", f"/v1/cases/{case}/notes", {"text": "x"}, "NoteCreate"),
        "record_events": ("POST", "/v1/events", event, "WishStatedRecording"),
        "hand_over": ("POST", "/v1/assignments/handover", {"to": "nobody.here"}, "HandOver"),
        "amend_case": ("PATCH", f"/v1/cases/{case}", {}, "CasePatch"),
        "amend_person": ("PATCH", f"/v1/persons/{person}", {}, "PersonPatch"),
        "amend_offender": ("PATCH", f"/v1/offenders/{offender}", {}, "OffenderPatch"),
    }


@pytest.mark.parametrize(
    "operation",
    ["file_case", "add_person", "add_persons", "add_offender", "add_note", "record_events", "hand_over",
     "amend_case",     "amend_person", "amend_offender"],
)  # fmt: skip
def test_az_09_no_column_can_be_written_under_its_own_name(scene: Scene, operation: str) -> None:
    method, target, body, schema = places(scene)[operation]
    contract = scene.register.client().get("/openapi.json").json()
    known = set(contract["components"]["schemas"][schema]["properties"])
    names = sorted({*PLAUSIBLE, *COLUMNS} - known)
    assert len(names) > 80
    before, present = counts(scene.register), {"If-Match": version_at(scene, target)}
    refusals = set()
    for name in names:
        answer = scene.supervisor.http.request(method, target, json={**body, name: True}, headers=present)
        problem = assert_problem(answer, 422, "validation")
        refusals.add(str({member: value for member, value in problem.items() if member != "instance"}))
    assert len(refusals) == 1, "a column that exists is refused like a name that nothing has"
    assert counts(scene.register) == before


def version_at(scene: Scene, target: str) -> str:
    """The present version of what a target names, so that nothing else refuses the change."""
    if target.startswith("/v1/assignments"):
        return '"1"'
    table, id_ = target.split("/")[2:4] if target.count("/") > 2 else ("cases", scene.filed["id"])
    return scene.version_of(table, scene.filed["id"] if table == "cases" else id_)


OF_PERSON: Final[dict[str, tuple[Any, set[str]]]] = {
    "sex": ("male", {"sex"}),
    "date_of_birth": ("1999-05", {"sealed.date_of_birth", "birth_year", "birth_years", "age_group"}),
    "birth_year": (1999, {"birth_year", "birth_years", "age_group"}),
    "age": (30, {"stated_age", "age_group"}),
    "fears_own_state": (True, {"fears_own_state"}),
    "names": ([{"text": "New Name"}], {"sealed.names"}),
    "documents": ([{"type": "passport", "number": "NEW1"}], {"sealed.documents"}),
    "contacts": ([{"kind": "phone", "value": "+855 1"}], {"sealed.contacts"}),
    "guardian": ({"names": [{"text": "New Guardian"}]}, {"sealed.guardian", "guardian_known"}),
}
"""What each field of a person that can be patched changes of what is shown, besides the version."""
SEALED_AS: Final = {
    "names": "name", "documents": "document", "contacts": "contact", "guardian": "guardian", "date_of_birth": "birth",
}  # fmt: skip
NOT_FOR: Final = {("liaison", "fears_own_state")}
WRITERS: Final = sorted(MAY["amend_person"])


@pytest.mark.parametrize("role", WRITERS)
def test_az_11_a_role_writes_the_fields_it_may_and_nothing_beside_them(scene: Scene, role: str) -> None:
    caller: Caller = {"operator": scene.operator, "liaison": scene.liaison}.get(role) or scene.register.caller(role)
    for name, (value, expected) in OF_PERSON.items():
        filed = scene.operator.file(received_on=DAY, persons=[{"nationality": "TWN"}])
        person = filed["persons"][0]["id"]
        before = shown(scene, person)
        answer = caller.patch(f"/v1/persons/{person}", {name: value}, If_Match=scene.tag_of_person(caller, person))
        after = shown(scene, person)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        if (role, name) in NOT_FOR:
            assert_problem(answer, 403, "may-not-record")
            assert changed == set()
            continue
        assert answer.status_code == 200, f"{role} {name} {answer.text}"
        assert changed == {*expected, "version"}, f"{role} {name}"
        row = scene.register.rows(
            "SELECT fields FROM audit_log WHERE request_id = $1 AND action = 'person:changed'",
            answer.headers["x-request-id"],
        )
        assert [found["fields"] for found in row] == [[SEALED_AS[name]] if name in SEALED_AS else []]


def shown(scene: Scene, person: str) -> dict[str, Any]:
    """Everything a supervisor is shown of a person, flat."""
    content: dict[str, Any] = scene.supervisor.get(f"/v1/persons/{person}", purpose="verification").json()
    sealed = content.pop("sealed")
    return {**content, **{f"sealed.{name}": value for name, value in sealed.items()}}


def test_az_11_the_fields_that_can_be_patched_are_these(scene: Scene) -> None:
    schemas = scene.register.client().get("/openapi.json").json()["components"]["schemas"]
    assert set(schemas["PersonPatch"]["properties"]) == set(OF_PERSON)


SUPERVISORS_ONLY: Final[dict[str, Any]] = {"assigned_to": None, "withheld_from": []}


def test_az_11_what_a_supervisor_says_of_a_case_nobody_else_does(scene: Scene) -> None:
    for name, value in SUPERVISORS_ONLY.items():
        tag = scene.version_of("cases", scene.filed["id"])
        assert_problem(scene.operator.patch(f"/v1/cases/{scene.case}", {name: value}, If_Match=tag), 403)
        assert scene.supervisor.patch(f"/v1/cases/{scene.case}", {name: value}, If_Match=tag).status_code == 200


NONSENSE: Final = ("nonsense", "a.b", "persons.names", "1=1", "id;--", "' OR 1=1", "$where", "case[]", "status[ne]")


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/persons"])
def test_az_12_a_hidden_column_cannot_be_told_from_one_that_is_not_there(scene: Scene, path: str) -> None:
    contract = scene.register.client().get("/openapi.json").json()
    known = {found["name"] for found in contract["paths"][path]["get"]["parameters"]}
    for caller in (scene.operator, scene.liaison, scene.supervisor):
        refusals = set()
        for name in sorted({*COLUMNS, *PLAUSIBLE, "sort", "order_by", "sort_by", *NONSENSE} - known):
            problem = assert_problem(caller.http.get(path, params={name: "x"}), 400, "invalid-parameter")
            refusals.add(str({member: value for member, value in problem.items() if member != "instance"}))
        assert len(refusals) == 1
