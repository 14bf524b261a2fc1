"""One well-formed request for each operation of the contract, such as somebody who may make it would send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.doors.scene import DAY, OWN, Scene
from tests.register import FINDING

PERIOD: Final = "from=2022-08-01&to=2022-09-30"


@dataclass(frozen=True)
class Sample:
    """One request; `answered` is the status it has for whoever may make it."""

    method: str
    target: str
    answered: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Spare:
    """An agency, a user and a key that nobody is or holds, and an operation of the officer's, to be changed.

    A liaison knows of its own operations only: `visit` is one.
    """

    agency: str
    user: str
    key: str
    event: str
    operation: str
    visit: str

    def operation_for(self, role: str) -> str:
        """Return the operation that a caller may see and change."""
        return self.visit if role == "liaison" else self.operation


EVENT_DATA: Final[Mapping[str, dict[str, Any]]] = {
    "headcount_claimed": {"bound": "exact", "low": 4},
    "alleged": {"types": ["debt_bondage"]},
    "finding_made": dict(FINDING),
    "located": {"result": "held"},
    "nationality_asserted": {"nationality": "TWN", "source": "document_copy"},
    "wish_stated": {"purpose": "return_home", "value": "yes", "freely": "yes"},
    "documents_checked": {"missing": ["passport"]},
    "custody_started": {"custody": "embassy_care"},
    "custody_ended": {},
    "return_step": {"step": "exit_permission", "state": "done", "country": "KHM"},
    "rescued": {},
    "rescue_refused": {"freely": "unknown"},
    "repatriated": {"mode": "embassy_assisted", "to_country": "TWN"},
    "ended": {"outcome": "not_held"},
    "stage_reached": {"stage": "suspected"},
    "closed": {"reason": "referred"},
    "reopened": {"reason": "new_information"},
}
"""Values for each kind of event that somebody may record."""

ABOUT_CASE: Final = frozenset({"headcount_claimed", "alleged", "closed", "reopened"})

_USUAL: Final = {
    "operator": "wish_stated",
    "verifier": "located",
    "officer": "rescue_refused",
    "liaison": "wish_stated",
}


def event_body(scene: Scene, kind: str) -> dict[str, Any]:
    """Return an event of this kind about a subject that every role with case work may see."""
    subject = scene.persons[OWN].reference
    if kind in ABOUT_CASE:
        subject = scene.case
    if kind == "stage_reached":
        subject = scene.offender.reference
    return {"kind": kind, "subjects": [subject], "occurred_on": DAY, "data": EVENT_DATA[kind]}


def sample_of(name: str, scene: Scene, spare: Spare, role: str) -> Sample:
    """Return a request for an operation."""
    return SAMPLES[name](scene, spare, role)


def _get(target: str) -> Callable[[Scene, Spare, str], Sample]:
    def make(scene: Scene, spare: Spare, role: str) -> Sample:
        known = {"case": scene.case, "person": scene.persons[OWN].reference, "offender": scene.offender.reference}
        known["person_id"] = scene.persons[OWN].id
        return Sample("GET", target.format(**known, agency=spare.agency, user=spare.user, key=spare.key), 200)

    return make


def _post(target: str, body: Any) -> Callable[[Scene, Spare, str], Sample]:
    def make(scene: Scene, spare: Spare, role: str) -> Sample:
        filled = {**body, "agency_id": spare.agency} if "agency_id" in body else body
        if "username" in filled and "role" in filled:
            filled = {**filled, "username": f"new.{role.replace(' ', '.')}"}
        if "kind" in filled and target.endswith("agencies"):
            filled = {**filled, "name": f"New agency by {role}"}
        return Sample("POST", target.format(case=scene.case, event=spare.event), 201, filled)

    return make


def _change(method: str, place: str, table: str, id_: Callable[[Scene, Spare], str], body: Any = None) -> Any:
    def make(scene: Scene, spare: Spare, role: str) -> Sample:
        found = id_(scene, spare)
        shown = role == "liaison" and table == "persons"
        tag = scene.tag_of_person(scene.liaison, found) if shown else scene.version_of(table, found)
        headers = {"If-Match": tag}
        return Sample(method, f"/v1/{place}/{found}", 200 if method == "PATCH" else 204, body, headers)

    return make


def _record(scene: Scene, spare: Spare, role: str) -> Sample:
    return Sample("POST", "/v1/events", 201, event_body(scene, _USUAL.get(role, "nationality_asserted")))


def _void(scene: Scene, spare: Spare, role: str) -> Sample:
    """A liaison takes back only what it denied itself."""
    body = {"reason": "recorded_in_error"}
    return Sample("POST", f"/v1/events/{spare.event}/void", 404 if role == "liaison" else 201, body)


def _hand_over(scene: Scene, spare: Spare, role: str) -> Sample:
    """Nobody has a colleague of this name."""
    return Sample("POST", "/v1/assignments/handover", 422, {"to": "nobody.here"})


def _on_no_return(method: str, below: str, body: Any = None) -> Callable[[Scene, Spare, str], Sample]:
    """Nobody returned in this group; `tests/cases/test_returns_in_groups.py` has some that did."""
    return lambda scene, spare, role: Sample(method, f"/v1/returns/{spare.event}{below}", 404, body)


def _sign_in(scene: Scene, spare: Spare, role: str) -> Sample:
    return Sample("POST", "/v1/sessions", 422, {})


def _sign_out(scene: Scene, spare: Spare, role: str) -> Sample:
    return Sample("DELETE", "/v1/sessions/current", 404 if role.endswith("key") else 204)


def _password(scene: Scene, spare: Spare, role: str) -> Sample:
    body = {"current": "wrong horse battery", "new": "correct horse battery staple"}
    return Sample("PUT", "/v1/me/password", 404 if role.endswith("key") else 401, body)


def _search(scene: Scene, spare: Spare, role: str) -> Sample:
    return Sample("POST", "/v1/searches", 200, {"for": "persons", "name": "Name Canary twn", "purpose": "verification"})


def _on_operation(method: str, below: str, body: Any = None) -> Callable[[Scene, Spare, str], Sample]:
    def make(scene: Scene, spare: Spare, role: str) -> Sample:
        operation = spare.operation_for(role)
        headers = {"If-Match": scene.version_of("operations", operation)} if method == "PATCH" else {}
        answered = 201 if method == "POST" else 200
        return Sample(method, f"/v1/operations/{operation}{below}", answered, body, headers)

    return make


SAMPLES: Final[Mapping[str, Callable[[Scene, Spare, str], Sample]]] = {
    "front_door": _get("/"),
    "live": _get("/health/live"),
    "ready": _get("/health/ready"),
    "metrics": _get("/metrics"),
    "sign_in": _sign_in,
    "read_self": _get("/v1/me"),
    "change_password": _password,
    "list_code_lists": _get("/v1/reference"),
    "read_code_list": _get("/v1/reference/provinces"),
    "list_figures": _get("/v1/figures"),
    "read_figure": _get(f"/v1/figures/persons_repatriated?{PERIOD}"),
    "read_audit_log": _get("/v1/audit"),
    "read_audit_of_subject": _get("/v1/audit/subjects/{person_id}"),
    "list_cases": _get("/v1/cases"),
    "read_case": _get("/v1/cases/{case}"),
    "read_timeline": _get("/v1/cases/{case}/events"),
    "list_persons": _get("/v1/persons"),
    "read_person": _get("/v1/persons/{person}"),
    "read_offender": _get("/v1/offenders/{offender}"),
    "file_case": _post("/v1/cases", {"channel": "hotline_117"}),
    "add_person": _post("/v1/cases/{case}/persons", {"sex": "female"}),
    "add_persons": _post("/v1/cases/{case}/persons/several", {"persons": [{"sex": "female"}]}),
    "add_offender": _post("/v1/cases/{case}/offenders", {"role": "guard"}),
    "add_note": _post("/v1/cases/{case}/notes", {"text": "called again"}),
    "record_events": _record,
    "hand_over": _hand_over,
    "search": _search,
    "void_event": _void,
    "read_returns": _on_no_return("GET", ""),
    "void_returns": _on_no_return("POST", "/void", {"reason": "recorded_in_error"}),
    "amend_case": _change("PATCH", "cases", "cases", lambda scene, _: scene.filed["id"], {"language": "km"}),
    "amend_person": _change("PATCH", "persons", "persons", lambda scene, _: scene.persons[OWN].id, {"sex": "male"}),
    "amend_offender": _change("PATCH", "offenders", "offenders", lambda scene, _: scene.offender.id, {"roles": []}),
    "record_operation": _post("/v1/operations", {"kind": "consular_visit"}),
    "list_operations": _get("/v1/operations"),
    "read_operation": _on_operation("GET", ""),
    "amend_operation": _on_operation("PATCH", "", {"province": "KH-18"}),
    "add_operation_note": _on_operation("POST", "/notes", {"text": "the gate was open"}),
    "report_results": _on_operation("POST", "/results", {"found": [{"nationality": "TWN", "outcomes": ["rescued"]}]}),
    "read_results": _on_operation("GET", "/results"),
    "list_agencies": _get("/v1/agencies"),
    "make_agency": _post("/v1/agencies", {"name": "", "kind": "police"}),
    "read_agency": _get("/v1/agencies/{agency}"),
    "change_agency": _change("PATCH", "agencies", "agencies", lambda _, spare: spare.agency, {"kind": "police"}),
    "disable_agency": _change("DELETE", "agencies", "agencies", lambda _, spare: spare.agency),
    "list_users": _get("/v1/users"),
    "make_user": _post("/v1/users", {"username": "", "role": "auditor", "agency_id": ""}),
    "read_user": _get("/v1/users/{user}"),
    "change_user": _change("PATCH", "users", "users", lambda _, spare: spare.user, {"role": "verifier"}),
    "disable_user": _change("DELETE", "users", "users", lambda _, spare: spare.user),
    "list_keys": _get("/v1/keys"),
    "make_key": _post("/v1/keys", {"name": "spare key", "agency_id": "", "scopes": ["metrics"]}),
    "read_key": _get("/v1/keys/{key}"),
    "change_key": _change("PATCH", "keys", "service_keys", lambda _, spare: spare.key, {"name": "renamed"}),
    "revoke_key": _change("DELETE", "keys", "service_keys", lambda _, spare: spare.key),
    "sign_out": _sign_out,
}
"""By the names the contract has for them."""
