"""What happens in the register that a release is filled with: every kind of event, and whatever else is kept."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import httpx
from anyio.from_thread import start_blocking_portal

from service.db.database import Database
from service.demo.loading import load_demo
from service.main import create_app
from service.sealing import SecretKeyRing
from tests.engine import TestDatabase
from tests.ledger.conftest import fold_all
from tests.register import PATIENT, Register, TestClock

JOB: Final = "nightly-figures"
ELSEWHERE: Final = "192.0.2.117"
"""An address for documentation (RFC 5737)."""


@dataclass
class Filling:
    """A register being filled: who may call, and what to know of it later."""

    register: Register
    secrets: dict[str, str]
    clients: dict[str, httpx.Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    moments: list[str] = field(default_factory=list)
    retried: list[dict[str, Any]] = field(default_factory=list)

    def sign_in(self, *names: str) -> None:
        """Open a new session for each of these, and leave the old ones open."""
        for name in names:
            given = {"username": name, "password": self.secrets[name]}
            self.enter(name, ok(self.register.client().post("/v1/sessions", json=given), 201)["token"])

    def enter(self, name: str, token: str) -> None:
        """Let somebody call with a token."""
        self.tokens[name], self.clients[name] = token, self.register.client(token)

    def post(self, name: str, path: str, status: int = 201, /, **body: Any) -> Any:
        return ok(self.clients[name].post(f"/v1/{path}", json=body), status)

    def patch(self, name: str, path: str, /, **body: Any) -> Any:
        """Change what stands under a path, at its present version."""
        tag = self.clients[name].get(f"/v1/{path}").headers["etag"]
        return ok(self.clients[name].patch(f"/v1/{path}", json=body, headers={"If-Match": tag}), 200)

    def record(self, name: str, kind: str, on: str, /, *subjects: str, note: str | None = None, **data: Any) -> str:
        """Record an event and return its id, of the first subject."""
        body = {"kind": kind, "occurred_on": on, "subjects": subjects, "data": data}
        event: str = self.post(name, "events", **body, **({"note": note} if note else {}))["items"][0]["event_id"]
        return event

    def keep_moment(self, **later: float) -> None:
        """Remember this moment as one to ask figures for; then let time pass and sealed days be folded."""
        self.moments.append(self.register.clock.now.isoformat())
        self.register.clock.move(**later)
        fold_all(self.register)
        self.sign_in(*(name for name in self.secrets if name != JOB))


def ok(response: httpx.Response, status: int) -> Any:
    """Return what was answered."""
    if response.status_code != status:
        raise SystemExit(f"{response.request.method} {response.request.url}: {response.status_code} {response.text}")
    return response.json() if response.content else None


@contextmanager
def opened(database: TestDatabase, keys: SecretKeyRing, clock: TestClock) -> Iterator[Register]:
    """Put a register together over a database, with these keys."""
    pool = Database.at(database.api_url, pool_size=8)
    with start_blocking_portal() as portal:
        try:
            yield Register(create_app(PATIENT, pool, keys, clock), database, clock, portal, keys)
        finally:
            portal.call(pool.close)


def load_desk(register: Register) -> dict[str, str]:
    """Load the demonstration and return its passwords and its token by name."""
    load = partial(load_demo, register.app, register.app.state.services.database, progress=lambda *_: None)
    return {name: secret for _, name, secret in register.portal.call(load).lines}


def file_the_whole_form(made: Filling) -> dict[str, Any]:
    """File a case that uses every member of the form, and tell of it what can be told."""
    names = [{"text": "Chen Example"}, {"text": "陳例子", "kind": "document"}]
    guardian = {"names": [{"text": "Mother Example"}], "relationship": "parent", "contacts": [PHONE]}
    passport = {"type": "passport", "number": "EX 123-4567", "issuer": "TWN", "status": "withheld_by_site"}
    minor = {"names": names, "nationality": "TWN", "age": 15, "sex": "female", "guardian": guardian}
    minor |= {"documents": [passport], "contacts": [PHONE], "story": "Writes at night only."}
    held = {"names": [{"text": "Aziz Example"}], "nationality": "MYS", "birth_year": 1994, "fears_own_state": True}
    third = {"names": [{"text": "Tan Example"}], "nationality": "MYS", "nationality_source": "document_copy"}
    boss = {"role": "site_operator", "nationality": "CHN", "names": [{"text": "Boss Example"}]}
    case: dict[str, Any] = made.post(
        "operator", "cases", channel="hotline_mobile", received_on="2022-11-02", urgency="immediate",
        original_label="request for rescue", language="zh-Hant", narrative="Five people on the ninth floor.",
        location={"province": "KH-18", "town": "Example Town", "place": "building 9", "precision": "building"},
        reporter={"relationship": "sibling", "name": "Li Example", "contacts": [PHONE], "wants_updates": True},
        head_count={"low": 5, "high": 9, "bound": "range"}, persons=[minor, held, third, {}],
        offenders=[boss | {"description": "drives a white van", "contacts": [PHONE]}, {"role": "guard"}],
        allegations=[{"types": ["illegal_detention", "extortion_ransom"], "text": "Asked for a ransom twice."}],
    )  # fmt: skip
    return case


PHONE: Final = {"kind": "phone", "value": "+855 00 000 0117", "safe": True, "safe_hours": "after ten at night"}


def tell_the_whole_story(made: Filling, case: Mapping[str, Any]) -> None:
    """Record every kind of event about a case."""
    ref, (minor, held, third, _) = case["reference"], [person["reference"] for person in case["persons"]]
    boss = case["offenders"][0]["reference"]
    found: dict[str, Any] = {"outcome": "presumed_victim", "authority": "ncct", "standard": "corroborated"}
    made.record("verifier", "finding_made", "2022-11-05", ref, no_evidence_reason="protected_source", **found)
    found |= {"confinement": True, "extortion": True, "evidence": ["statement_person", "media"], "lead": True}
    made.record("verifier", "finding_made", "2022-11-06", minor, third, note="Seen on a call.", **found)
    made.record("operator", "headcount_claimed", "2022-11-06", ref, bound="at_least", low=7)
    made.record("operator", "alleged", "2022-11-06", ref, types=["debt_bondage", "document_withholding"])
    made.record("verifier", "located", "2022-11-07", minor, result="held")
    made.record("operator", "wish_stated", "2022-11-07", minor, purpose="inform_family", value="no", freely="yes")
    made.record("officer", "rescued", "2022-11-09", minor, third, by=["embassy"], province="KH-12")
    made.record("officer", "rescue_refused", "2022-11-09", held, freely="no")
    made.record("officer", "custody_started", "2022-11-09", minor, third, custody="immigration_depot")
    made.record("officer", "documents_checked", "2022-11-09", minor, third, missing=["passport", "visa"])
    made.record(
        "liaison-twn", "nationality_asserted", "2022-11-10", minor, nationality="TWN", source="confirmed_by_state"
    )
    made.record("supervisor", "nationality_asserted", "2022-11-10", third, nationality="SGP", source="document_seen")
    step = {"step": "travel_document", "country": "TWN"}
    made.record("liaison-twn", "return_step", "2022-11-11", minor, state="blocked", reason="awaits_cambodia", **step)
    made.record("liaison-twn", "return_step", "2022-11-14", minor, state="done", **step)
    made.record("officer", "return_step", "2022-11", minor, step="exit_permission", country="KHM", state="todo")
    made.record("liaison-twn", "custody_started", "2022-11-12", minor, custody="embassy_care")
    made.record("liaison-twn", "custody_ended", "2022-11-15", minor)
    made.record(
        "liaison-twn", "repatriated", "2022-11-15", minor, mode="embassy_assisted", to_country="TWN",
        funding=["embassy", "self_or_family"], decided_by="guardian",
    )  # fmt: skip
    for stage, day in (("suspected", "2022-11-05"), ("arrested", "2022-11-09"), ("charged", "2022-11-20")):
        made.record("officer", "stage_reached", day, boss, stage=stage)


def amend_and_add(made: Filling, case: Mapping[str, Any]) -> None:
    """Correct what was filed, add to it, and write notes."""
    ref, minor, held = case["reference"], case["persons"][0]["reference"], case["persons"][1]["reference"]
    place = {"place": "building 8", "town": None}
    made.patch("operator", f"cases/{ref}", urgency="high", location=place, narrative="Four people on floor eight.")
    made.patch("operator", f"persons/{minor}", age=16, names=[{"text": "Chen Example-Corrected"}, {"text": "陳例子"}])
    made.patch("operator", f"persons/{held}", sex="male", birth_year=None, contacts=[])
    made.patch("operator", f"offenders/{case['offenders'][0]['reference']}", roles=["planner", "lender"])
    made.post("operator", f"cases/{ref}/persons", names=[{"text": "Late Example"}], known_since="2022-11-08")
    made.post("operator", f"cases/{ref}/offenders", role="broker", description="wrote from a closed account")
    for name in ("operator", "supervisor", "liaison-twn"):
        made.post(name, f"cases/{ref}/notes", text=f"A note of the {name}.")


def carry_out_operations(made: Filling, case: Mapping[str, Any]) -> None:
    """Record an operation with results, and one that nobody else may know of."""
    told = {"kind": "raid", "started_on": "2022-11-21", "province": "KH-18", "grounds": "warrant 9", "site": "floor 9"}
    raid = made.post("officer", "operations", **told)["reference"]
    in_depot = {"outcomes": ["rescued", "taken_into_custody"], "custody": "immigration_depot"}
    found = [
        {"nationality": "VNM", "count": 4, "missing_documents": ["passport"], **in_depot},
        {"nationality": "TWN", "names": [{"text": "Wu Example"}], "outcomes": ["refused"], "freely": "yes"},
        {"nationality": "THA", "outcomes": ["found_not_held"], "nationality_source": "document_seen"},
    ]
    persons = [{"person": case["persons"][1]["reference"], **in_depot, "missing_documents": []},
               {"person": case["persons"][3]["reference"], "outcomes": ["moved_before"]}]  # fmt: skip
    made.post("officer", f"operations/{raid}/results", persons=persons, found=found, by=["cambodian_authority"])
    made.post("officer", f"operations/{raid}/notes", text="The door on the roof was open.")
    made.patch("officer", f"operations/{raid}", ended_on="2022-11-22")
    quiet = {"kind": "welfare_check", "started_on": "2022-11-25", "embargo_until": "2023-12-31T00:00:00Z"}
    quiet_ref = made.post("officer", "operations", **quiet)["reference"]
    made.post("officer", f"operations/{quiet_ref}/results", found=[{"nationality": "MYS", "outcomes": ["rescued"]}])
    visit = made.post("liaison-mys", "operations", kind="consular_visit", started_on="2022-11-26")["reference"]
    lim = {"names": [{"text": "Lim Example"}], "nationality": "MYS", "outcomes": ["rescued"]}
    made.post("liaison-mys", f"operations/{visit}/results", found=[lim])


def void_events(made: Filling, case: Mapping[str, Any]) -> None:
    """Void events, close and reopen, withhold, hand over, find a report untrue."""
    third = case["persons"][2]["reference"]
    step = made.record("officer", "return_step", "2022-12-02", third, step="ticket", country="KHM", state="done")
    made.post("supervisor", f"events/{step}/void", reason="wrong_subject", note="Somebody else's ticket.")
    made.post("supervisor", f"events/{event_of(made, case, 'located')}/void", reason="found_untrue")
    twins = [{"names": [{"text": "Twin Example"}], "nationality": "TWN"}, {"names": [{"text": "Twin Example"}]}]
    other = made.post("operator", "cases", channel="ngo", received_on="2022-11-20", persons=twins)
    made.post("supervisor", f"events/{event_of(made, other, 'added')}/void", reason="recorded_twice")
    made.record("supervisor", "closed", "2022-12-02", other["reference"], reason="referred")
    made.record("supervisor", "reopened", "2022-12-03", other["reference"], reason="new_information")
    agencies = made.clients["admin"].get("/v1/agencies").json()["items"]
    kept_out = [one["id"] for one in agencies if one["name"].startswith("Task force")]
    operator = made.clients["operator"].get("/v1/me").json()["id"]
    made.patch("supervisor", f"cases/{other['reference']}", assigned_to=operator, withheld_from=kept_out)
    untrue = made.post("operator", "cases", channel="walk_in", received_on="2022-11-21", persons=[{}])["reference"]
    found: dict[str, Any] = {"authority": "police", "standard": "conclusive_grounds", "evidence": ["site_visit"]}
    made.record("verifier", "finding_made", "2022-11-24", untrue, outcome="unfounded", **found)
    made.record("supervisor", "finding_made", "2022-11-25", untrue, outcome="fabricated", **found)
    made.record("supervisor", "closed", "2022-11-25", untrue, reason="fabricated")


def event_of(made: Filling, case: Mapping[str, Any], kind: str) -> str:
    """Return the id of the last event of a kind in a case."""
    path = f"/v1/cases/{case['reference']}/events"
    items = made.clients["supervisor"].get(path, params={"limit": 200}).json()["items"]
    return next(str(event["id"]) for event in reversed(items) if event["kind"] == kind)


def spoil_accounts(made: Filling) -> None:
    """Leave tokens that open nothing any more: a revoked key, a disabled user, a session that was ended."""
    agency = made.post("admin", "agencies", name="Office that closed", kind="ngo", nationalities=["VNM"])["id"]
    user = made.post("admin", "users", username="gone", role="liaison", agency_id=agency)
    made.secrets["gone"] = user["password"]
    made.sign_in("gone")
    key = made.post("admin", "keys", name="old job", agency_id=agency, scopes=["figures:exact", "metrics"])
    made.enter("revoked key", key["token"])
    for path in (f"keys/{key['id']}", f"users/{user['id']}", f"agencies/{agency}"):
        tag = made.clients["admin"].get(f"/v1/{path}").headers["etag"]
        ok(made.clients["admin"].delete(f"/v1/{path}", headers={"If-Match": tag}), 204)
    made.sign_in("verifier")
    made.tokens["signed out"], made.clients["signed out"] = made.tokens["verifier"], made.clients["verifier"]
    ok(made.clients["signed out"].delete("/v1/sessions/current"), 204)
    made.sign_in("verifier")
    refused = {"username": "operator", "password": "not the one that was drawn"}
    ok(made.register.client(address=ELSEWHERE).post("/v1/sessions", json=refused), 401)
    del made.secrets["gone"]


def send_with_key(made: Filling, name: str, path: str, key: str, /, **body: Any) -> None:
    """Send something that is repeated later: the answer of then is given again."""
    answer = made.clients[name].post(f"/v1/{path}", json=body, headers={"Idempotency-Key": key})
    asked = {"as": name, "path": f"/v1/{path}", "key": key, "body": body}
    made.retried.append(asked | {"status": 201, "answer": ok(answer, 201)})


def fill(database: TestDatabase, keys: SecretKeyRing, older: SecretKeyRing) -> Filling:
    """Fill a register within two months, the first of its cases under older keys."""
    clock = TestClock()
    clock.move(days=60)
    with opened(database, older, clock) as register:
        # Migrating dated this by the clock on the wall; a past figure is answered under the rules of its time.
        register.rows("UPDATE counted_by SET counted_at = $1", clock.now)
        made = Filling(register, load_desk(register))
        made.keep_moment(days=3)
        case = file_the_whole_form(made)
        tell_the_whole_story(made, case)
    with opened(database, keys, clock) as register:
        made.register = register
        made.keep_moment(days=9)
        amend_and_add(made, case)
        carry_out_operations(made, case)
        made.keep_moment(days=25)
        void_events(made, case)
        spoil_accounts(made)
        sought: dict[str, Any] = {"for": "persons", "name": "example chen", "purpose": "rescue"}
        made.post("operator", "searches", 200, **sought)
        made.enter(JOB, made.secrets[JOB])
        send_with_key(made, "operator", "cases", "call-0001", channel="hotline_117", persons=[{"nationality": "IDN"}])
        send_with_key(made, "liaison-twn", f"cases/{case['reference']}/notes", "note-0001", text="Sent twice.")
    return made
