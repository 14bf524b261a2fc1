"""A walk through every operation of the service, and everything that was sent and answered on it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import httpx

from tests.architecture.conventions import Document, Operation, operations
from tests.register import FINDING, Caller, Register


@dataclass(frozen=True)
class Exchange:
    """A request, its answer, and which operation it was."""

    operation: Operation
    request: httpx.Request
    response: httpx.Response

    @property
    def words(self) -> str:
        """What it was, for a failing test."""
        return f"{self.operation.id} {self.response.status_code}"


def example(operation_id: str) -> Any:
    """The published example body of an operation."""
    return _examples()[operation_id]


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("service.http") / "examples.json").read_text(encoding="utf-8"))
    return found


def matched(contract: Document, exchanges: list[tuple[httpx.Request, httpx.Response]]) -> Iterator[Exchange]:
    """Return the exchanges of an operation."""
    patterns = [
        (re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", found.path)), found) for found in operations(contract)
    ]  # fmt: skip
    for request, response in exchanges:
        for pattern, operation in patterns:
            if operation.method == request.method.lower() and pattern.fullmatch(request.url.path):
                yield Exchange(operation, request, response)
                break


def walk(register: Register) -> None:
    """Call every operation so that it succeeds, with the published examples, and each kind of refusal once."""
    for path in ("/", "/health/live", "/health/ready"):
        register.client().get(path)
    administer(register)
    case = work_on_a_case(register)
    carry_out_an_operation(register, case)
    read_everything(register, case)
    be_refused(register, case)


def administer(register: Register) -> None:
    admin = register.caller("admin")
    agency = admin.post("/v1/agencies", example("make_agency")).json()
    change(admin, f"/v1/agencies/{agency['id']}", example("change_agency"))
    key = admin.post("/v1/keys", {**example("make_key"), "agency_id": agency["id"]}).json()
    change(admin, f"/v1/keys/{key['id']}", example("change_key"))
    user = admin.post("/v1/users", {**example("make_user"), "agency_id": agency["id"]}).json()
    sign_in_and_out(register, user)
    change(admin, f"/v1/users/{user['id']}", example("change_user"))
    for place, made in (("keys", key), ("users", user), ("agencies", agency)):
        path = f"/v1/{place}/{made['id']}"
        admin.get(f"/v1/{place}", limit=1)
        admin.delete(path, If_Match=admin.get(path).headers["etag"])
    admin.get("/metrics")


def sign_in_and_out(register: Register, user: Document) -> None:
    client = register.client()
    given = {"username": user["username"], "password": user["password"]}
    token = client.post("/v1/sessions", json=given).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    client.get("/v1/me")
    wanted = {"current": user["password"], "new": example("change_password")["new"]}
    client.put("/v1/me/password", json=wanted)
    client.delete("/v1/sessions/current")


def work_on_a_case(register: Register) -> str:
    operator, verifier, officer = (register.caller(role) for role in ("operator", "verifier", "officer"))
    case = operator.post("/v1/cases", example("file_case"), Idempotency_Key="first").json()
    operator.post("/v1/cases", example("file_case"), Idempotency_Key="first")
    reference: str = case["reference"]
    added = operator.post(f"/v1/cases/{reference}/persons", example("add_person")).json()
    operator.post(f"/v1/cases/{reference}/persons/several", example("add_persons"))
    operator.post(f"/v1/cases/{reference}/offenders", example("add_offender"))
    operator.post(f"/v1/cases/{reference}/notes", example("add_note"))
    change(operator, f"/v1/cases/{reference}", example("amend_case"))
    change(operator, f"/v1/persons/{added['reference']}", example("amend_person"))
    change(operator, f"/v1/offenders/{case['offenders'][0]['reference']}", example("amend_offender"))
    verifier.record("finding_made", [reference], "2022-09-06", **FINDING)
    persons = [case["persons"][0]["reference"], added["reference"]]
    officer.record("rescued", persons, "2022-09-10")
    liaison = register.caller("liaison", "TWN")
    change(register.caller("supervisor"), f"/v1/cases/{reference}", {"assigned_to": str(liaison.id)})
    colleague = register.caller("liaison", "TWN", agency="liaison TWN", name="colleague")
    given = {**example("hand_over"), "to": str(colleague.id), "cases": [reference]}
    liaison.post("/v1/assignments/handover", given)
    home = liaison.post("/v1/events", {**example("record_events"), "subjects": persons[:1]}).json()
    register.caller("supervisor").post(f"/v1/events/{home['items'][0]['event_id']}/void", example("void_event"))
    again = liaison.post("/v1/events", {**example("record_events"), "subjects": persons[:1]}).json()
    liaison.get(f"/v1/returns/{again['group_id']}")
    liaison.post(f"/v1/returns/{again['group_id']}/void", example("void_returns"))
    liaison.post("/v1/events", {**example("record_events"), "subjects": persons[:1]})
    return reference


def carry_out_an_operation(register: Register, case: str) -> None:
    officer = register.caller("officer")
    operation = officer.post("/v1/operations", example("record_operation")).json()["reference"]
    path = f"/v1/operations/{operation}"
    wanted = register.caller("operator").post(f"/v1/cases/{case}/persons", {"known_since": "2022-09-06"}).json()
    told = example("report_results")
    lines = [{**told["persons"][1], "person": wanted["reference"]}]
    officer.post(f"{path}/results", {**told, "persons": lines})
    officer.post(f"{path}/results", told)
    officer.post(f"{path}/notes", example("add_operation_note"))
    change(officer, path, example("amend_operation"))
    officer.get(path, purpose="rescue")
    officer.get(f"{path}/results")
    officer.get("/v1/operations", limit=1)


def read_everything(register: Register, case: str) -> None:
    operator, liaison = register.caller("operator"), register.caller("liaison", "TWN")
    for reader in (operator, liaison):
        shown = reader.get(f"/v1/cases/{case}", purpose="consular").json()
        reader.get(f"/v1/cases/{case}/events", limit=2)
        reader.get("/v1/cases", limit=1)
        reader.get("/v1/persons", purpose="return")
        reader.get(f"/v1/persons/{shown['persons'][0]['reference']}", purpose="consular")
        reader.post("/v1/searches", example("search"))
        reader.post("/v1/searches", {**example("search"), "for": "cases"})
    operator.post("/v1/searches", {**example("search"), "for": "offenders", "name": "Ah Long"})
    offender = operator.get(f"/v1/cases/{case}").json()["offenders"][0]["reference"]
    operator.get(f"/v1/offenders/{offender}", purpose="call_back")
    read_lists_and_figures(register)


def read_lists_and_figures(register: Register) -> None:
    operator, job = register.caller("operator"), register.key("figures:exact", "metrics")
    tag = operator.get("/v1/reference").headers["etag"]
    operator.http.get("/v1/reference", headers={"If-None-Match": tag})
    for found in operator.get("/v1/reference").json()["items"]:
        operator.get(f"/v1/reference/{found['name']}")
    job.http.get("/metrics")
    auditor = register.caller("auditor")
    auditor.get("/v1/audit", limit=2)
    auditor.get(f"/v1/audit/subjects/{operator.id}")
    for figure in job.get("/v1/figures").json()["items"]:
        period = {"from": "2022-08-01", "to": "2022-09-23"} if figure["kind"] == "flow" else {"at": "2022-09-23"}
        path = f"/v1/figures/{figure['name']}"
        job.http.get(path, params=period)
        job.http.get(path, params={**period, "format": "csv"})


def be_refused(register: Register, case: str) -> None:
    operator = register.caller("operator")
    register.client().get("/v1/me")
    operator.get("/v1/users")
    operator.get("/v1/cases/KH22-0000-0000")
    operator.get("/v1/cases", surprise=1)
    operator.get("/v1/cases", limit=0)
    operator.post("/v1/searches", {"for": "persons"})
    register.caller("liaison", "TWN").post("/v1/searches", {**example("search"), "for": "offenders"})
    operator.post("/v1/cases", {"channel": "pigeon", "surprise": 1})
    operator.http.post("/v1/cases", content=b"{", headers={"content-type": "application/json"})
    operator.http.post("/v1/cases", content=b"{}", headers={"content-type": "text/plain"})
    operator.http.post("/v1/cases", content=b" " * 530_000, headers={"content-type": "application/json"})
    operator.patch(f"/v1/cases/{case}", {"urgency": "high"})
    operator.patch(f"/v1/cases/{case}", {"urgency": "high"}, If_Match='"1"')
    shown = operator.get(f"/v1/cases/{case}").json()
    again = {"kind": "rescued", "subjects": [shown["persons"][0]["id"]], "occurred_on": "2022-09-11", "data": {}}
    register.caller("officer").post("/v1/events", again)
    register.key("figures:exact").http.get("/v1/figures/cases_received", headers={"Accept": "image/png"})
    for _ in range(6):
        register.client().post("/v1/sessions", json={"username": "nobody.here", "password": "not a password"})


def change(caller: Caller, path: str, body: Document) -> None:
    caller.patch(path, body, If_Match=caller.get(path).headers["etag"])
