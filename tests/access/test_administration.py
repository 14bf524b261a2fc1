"""Agencies, users and keys: made, changed and ended by administrators, who see no case and never change themselves."""

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest

from service.access.actions import warn_of_ending_keys
from tests.audit.searching import dump, present
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register, open_register

CASE_CALLS = (
    ("GET", "/v1/cases"), ("GET", "/v1/persons"), ("POST", "/v1/cases"), ("POST", "/v1/events"), ("GET", "/v1/figures"),
    ("GET", "/v1/figures/persons_repatriated"), ("GET", "/v1/cases/{case}"), ("GET", "/v1/cases/{case}/events"),
    ("POST", "/v1/cases/{case}/notes"), ("GET", "/v1/persons/{person}"), ("PATCH", "/v1/persons/{person}"),
)  # fmt: skip


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


@pytest.fixture
def admin(register: Register) -> Caller:
    return register.caller("admin")


def make(admin: Caller, place: str, **body: object) -> dict[str, object]:
    """Make something and answer it, with its tag as `etag`."""
    answer = admin.post(f"/v1/{place}", body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/{place}/{answer.json()['id']}"
    return {**answer.json(), "etag": answer.headers["etag"]}


@pytest.mark.parametrize("role", ["admin", "auditor", "reporting", "publisher"])
def test_roles_without_case_work_reach_no_case(register: Register, role: str) -> None:
    filed = register.caller("operator").file(persons=[{}])
    names = {"case": filed["reference"], "person": filed["persons"][0]["reference"]}
    for method, target in CASE_CALLS:
        if "figures" in target and role in {"reporting", "publisher"}:
            continue
        answer = register.caller(role).http.request(
            method, target.format(**names), json={}, headers={"If-Match": '"1"'}
        )
        assert_problem(answer, 403, "forbidden")
        assert present(names.values(), answer.text) == []


def test_nobody_changes_their_own_account_or_agency(register: Register, admin: Caller) -> None:
    before = admin.get(f"/v1/users/{admin.id}").json()
    tries = [
        admin.patch(f"/v1/users/{admin.id}", {"role": "supervisor"}, If_Match='"1"'),
        admin.patch(f"/v1/users/{admin.id}", {"new_password": True}, If_Match='"1"'),
        admin.delete(f"/v1/users/{admin.id}", If_Match='"1"'),
        admin.patch(f"/v1/agencies/{admin.agency_id}", {"nationalities": ["TWN"]}, If_Match='"1"'),
        admin.delete(f"/v1/agencies/{admin.agency_id}", If_Match='"1"'),
    ]
    for answer in tries:
        assert_problem(answer, 403, "self-grant")
    assert admin.get(f"/v1/users/{admin.id}").json() == before
    found = register.rows("SELECT 1 FROM audit_log WHERE principal_id = $1 AND reason = 'self-grant'", admin.id)
    assert len(found) == len(tries)


def test_a_new_user_signs_in_with_the_password_that_was_shown_once(register: Register, admin: Caller) -> None:
    agency = make(admin, "agencies", name="New embassy", kind="embassy", nationalities=["VNM", "THA", "VNM"])
    assert agency["nationalities"] == ["THA", "VNM"]
    user = make(admin, "users", username="  \uff2eew.Liaison ", role="liaison", agency_id=agency["id"])
    assert user["username"] == "new.liaison"
    body = {"username": "NEW.LIAISON", "password": user["password"]}
    opened = register.client().post("/v1/sessions", json=body)
    me = register.client(opened.json()["token"]).get("/v1/me").json()
    assert me["nationalities"] == ["THA", "VNM"]
    served = {"nationalities": ["MYS", "IDN", "MYS"]}
    changed = admin.patch(f"/v1/agencies/{agency['id']}", served, If_Match=str(agency["etag"]))
    assert changed.json()["nationalities"] == ["IDN", "MYS"]
    assert "password" not in admin.get(f"/v1/users/{user['id']}").json()
    assert "password" not in admin.get("/v1/users").text
    assert present([str(user["password"])], dump(register)) == []


def test_a_user_name_and_an_agency_name_are_taken_once(admin: Caller) -> None:
    agency = make(admin, "agencies", name="Only one", kind="police")
    assert_problem(admin.post("/v1/agencies", {"name": "Only one", "kind": "police"}), 409, "agency-name-taken")
    make(admin, "users", username="taken.name", role="operator", agency_id=agency["id"])
    for spelling in ("taken.name", "TAKEN.name", "\uff54aken.name", "taken\u200b.name"):
        body = {"username": spelling, "role": "operator", "agency_id": agency["id"]}
        assert_problem(admin.post("/v1/users", body), 409, "username-taken")


@pytest.mark.parametrize(
    "username",
    [
        "ab",
        "a b c",
        "\u200b\u200b\u200b",
        "a\u202eb",
        "a\ue000bc",
        "x" * 65,
        "ﷺ",
        "abc\u200b\u200b"[:2] + "\u200b" * 5,
        "   ",
    ],
)
def test_a_user_name_of_no_form_is_refused(admin: Caller, username: str) -> None:
    body = {"username": username, "role": "operator", "agency_id": str(admin.agency_id)}
    assert_problem(admin.post("/v1/users", body), 422, "validation")


@pytest.mark.parametrize(
    "username",
    [
        "\u0430dmin.one", "\u0441\u043e\u0441\u043e", "\u03b1\u03bb\u03c6\u03b1", "adm\u0131n.one", "\u0251dmin.one",
        "sokha\u179f\u17bb",
        "so\u2010kha", "\u13aa\u13ab\u13ac", "admin\u0661", "\u30ed\u53e3\u30ed", "so\u01c0kha",
    ],
)  # fmt: skip
def test_a_user_name_that_could_be_taken_for_another_is_refused(admin: Caller, username: str) -> None:
    body = {"username": username, "role": "operator", "agency_id": str(admin.agency_id)}
    assert_problem(admin.post("/v1/users", body), 422, "validation")


def test_a_user_name_much_like_another_is_taken(admin: Caller) -> None:
    for username in ("sok.modern.01", "\u179f\u17bb\u1781\u17b6", "\u0111\u1ed7.th\u1ecb.mai", "\u9673\u4f8b\u5b50"):
        make(admin, "users", username=username, role="operator", agency_id=str(admin.agency_id))
    for username in ("s\u00f3k.modern.01", "sok.modern.o1", "sok.modern.0l", "sok.rnodern.01", "do.thi.mai"):
        body = {"username": username, "role": "operator", "agency_id": str(admin.agency_id)}
        assert_problem(admin.post("/v1/users", body), 409, "username-taken")


@pytest.mark.parametrize(
    "role", ["Supervisor", "supervisor ", "\uff53upervisor", "*", "root", "", None, ["admin"], "admin,auditor"]
)
def test_a_role_is_one_of_the_nine_as_it_is_written(admin: Caller, role: object) -> None:
    body = {"username": "role.tester", "role": role, "agency_id": str(admin.agency_id)}
    assert_problem(admin.post("/v1/users", body), 422, "validation")


@pytest.mark.parametrize(
    "codes", [["*"], ["\ufb01n"], ["TW"], ["TWN "], ["ZZ-UNKNOWN"], ["%"], "TWN", [None], [["TWN"]]]
)
def test_a_nationality_an_agency_serves_is_a_code(admin: Caller, codes: object) -> None:
    body = {"name": "Wide embassy", "kind": "embassy", "nationalities": codes}
    assert_problem(admin.post("/v1/agencies", body), 422, "validation")


def test_somebody_of_an_agency_that_is_not_there_is_not_made(admin: Caller) -> None:
    nowhere = "019a9f60-0000-7000-8000-000000000000"
    assert_problem(admin.post("/v1/users", {"username": "nowhere", "role": "operator", "agency_id": nowhere}), 404)
    assert_problem(admin.post("/v1/keys", {"name": "nowhere", "scopes": ["metrics"], "agency_id": nowhere}), 404)


def call(register: Register, token: object, target: str) -> httpx.Response:
    return register.client(str(token)).get(target)


FIGURE = "/v1/figures/persons_repatriated?from=2022-08-01&to=2022-09-23"
REACH = {
    "figures:exact": {FIGURE: 200, "/v1/figures": 200, "/metrics": 403, "/v1/cases": 403, "/v1/users": 403},
    "figures:public": {FIGURE: 403, "/v1/figures": 403, "/metrics": 403, "/v1/persons": 403, "/v1/reference": 200},
    "metrics": {FIGURE: 403, "/v1/figures": 403, "/metrics": 200, "/v1/cases": 403, "/v1/me": 200},
}


@pytest.mark.parametrize("scope", REACH)
def test_a_key_reaches_what_its_scope_names(register: Register, admin: Caller, scope: str) -> None:
    key = make(admin, "keys", name=f"job {scope}", scopes=[scope], agency_id=str(admin.agency_id))
    assert str(key["token"]).startswith("srk_")
    for target, status in REACH[scope].items():
        assert call(register, key["token"], target).status_code == status, target
    assert call(register, key["token"], "/v1/me").json()["scopes"] == [scope]
    assert present([str(key["token"])], dump(register) + admin.get("/v1/keys").text) == []


def test_a_key_is_refused_from_the_moment_it_is_revoked_or_its_days_are_over(register: Register, admin: Caller) -> None:
    kept, revoked = (
        make(admin, "keys", name=name, scopes=["metrics"], agency_id=str(admin.agency_id), days=1) for name in "ab"
    )
    assert admin.delete(f"/v1/keys/{revoked['id']}", If_Match=str(revoked["etag"])).status_code == 204
    assert "revoked" in assert_problem(call(register, revoked["token"], "/v1/me"), 401, "unauthenticated")["detail"]
    assert call(register, kept["token"], "/v1/me").status_code == 200
    register.clock.move(days=1)
    ended = assert_problem(call(register, kept["token"], "/v1/me"), 401, "unauthenticated")["detail"]
    assert ended.startswith("This key expired")
    said = {call(register, token, "/v1/me").json()["detail"] for token in (f"{kept['token']}a", "srk_" + "a" * 43)}
    assert len(said) == 1
    assert not said.pop().startswith("This key")


def test_a_key_says_when_it_ends_and_counts_the_last_fortnight(register: Register, admin: Caller) -> None:
    key = make(admin, "keys", name="ending", scopes=["figures:exact"], agency_id=str(admin.agency_id), days=20)
    ends = call(register, key["token"], "/v1/me").json()["expires_at"]
    assert ends == key["expires_at"]
    for target, status in (("/v1/me", 200), (FIGURE, 200), ("/v1/reference", 200)):
        answer = call(register, key["token"], target)
        assert (answer.status_code, answer.headers["key-expires"][:19]) == (status, ends[:19])
        assert "key-days-left" not in answer.headers
    register.clock.move(days=7)
    assert call(register, key["token"], FIGURE).headers["key-days-left"] == "12"
    assert not {"key-expires", "key-days-left"} & set(admin.get("/v1/me").headers)
    assert "expires_at" not in admin.get("/v1/me").json()


def test_a_key_that_ends_soon_is_warned_of_once_a_day(
    register: Register, admin: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = {"scopes": ["metrics"], "agency_id": str(admin.agency_id)}
    made = {days: str(make(admin, "keys", name=str(days), days=days, **wanted)["id"]) for days in (2, 10, 20)}
    gone = make(admin, "keys", name="gone", days=10, **wanted)
    assert admin.delete(f"/v1/keys/{gone['id']}", If_Match='"1"').status_code == 204

    def warned() -> list[str]:
        database = register.app.state.services.database
        caplog.clear()
        for _ in range(2):
            register.portal.call(lambda: warn_of_ending_keys(database, now=register.clock()))
        return sorted(
            f"{days}" for line in caplog.messages for days, id_ in made.items() if id_ in line and "ends soon" in line
        )

    with caplog.at_level("WARNING", logger="service.access"):
        warned()
        register.clock.move(days=1.5)
        assert warned() == ["10", "2"]
        register.clock.move(hours=12)
        assert warned() == []
        register.clock.move(days=5)
        assert warned() == ["10", "20"]
        assert str(gone["id"]) not in caplog.text


def test_a_key_stays_revoked_since_it_was(register: Register, admin: Caller) -> None:
    wanted = {"scopes": ["metrics"], "agency_id": str(admin.agency_id), "name": "job", "days": 10}
    place = f"/v1/keys/{make(admin, 'keys', **wanted)['id']}"
    assert admin.delete(place, If_Match='"1"').status_code == 204
    revoked_at = admin.get(place).json()["revoked_at"]
    register.clock.move(hours=1)
    assert admin.delete(place, If_Match='"2"').status_code == 204
    assert admin.get(place).json()["revoked_at"] == revoked_at


@pytest.mark.parametrize(
    ("member", "value"),
    [("scopes", []), ("scopes", ["figures:exact", "figures:public"]), ("scopes", ["*"]), ("scopes", ["cases:read"]),
     ("days", 0), ("days", 91), ("days", True), ("role", "supervisor"), ("token", "srk_" + "a" * 43), ("name", "")],
)  # fmt: skip
def test_a_key_is_made_within_its_bounds(admin: Caller, member: str, value: object) -> None:
    body = {"name": "job", "scopes": ["metrics"], "agency_id": str(admin.agency_id), member: value}
    assert_problem(admin.post("/v1/keys", body), 422, "validation")


def test_what_a_key_may_do_is_never_changed(admin: Caller) -> None:
    key = make(admin, "keys", name="job", scopes=["metrics"], agency_id=str(admin.agency_id))
    for change in ({"scopes": ["figures:exact"]}, {"role": "admin"}, {"expires_at": "2099-01-01"}):
        assert_problem(admin.patch(f"/v1/keys/{key['id']}", change, If_Match='"1"'), 422)
    assert admin.patch(f"/v1/keys/{key['id']}", {"name": "new"}, If_Match='"1"').json()["name"] == "new"


def test_a_new_password_ends_the_sessions_of_its_user(register: Register, admin: Caller) -> None:
    user = register.caller("verifier", name="forgetful")
    answer = admin.patch(f"/v1/users/{user.id}", {"new_password": True}, If_Match='"1"')
    assert len(answer.json()["password"]) == 23
    assert_problem(user.get("/v1/me"), 401)
    assert "password" not in admin.get(f"/v1/users/{user.id}").json()


def test_a_disabled_agency_shuts_out_all_its_people_and_keys_at_once(register: Register, admin: Caller) -> None:
    user = register.caller("officer", agency="closing", name="closing")
    key = make(admin, "keys", name="closing", scopes=["metrics"], agency_id=str(user.agency_id))
    assert admin.delete(f"/v1/agencies/{user.agency_id}", If_Match='"1"').status_code == 204
    assert_problem(user.get("/v1/me"), 401)
    assert_problem(call(register, key["token"], "/v1/me"), 401)
    assert admin.patch(f"/v1/agencies/{user.agency_id}", {"disabled": False}, If_Match='"2"').status_code == 200
    assert_problem(user.get("/v1/me"), 401)
    assert call(register, key["token"], "/v1/me").status_code == 200


def test_whoever_is_moved_to_a_disabled_agency_is_signed_out_for_good(register: Register, admin: Caller) -> None:
    user, other = (
        register.caller("officer", agency="leaving", name="moved"),
        make(admin, "agencies", name="Shut", kind="ngo"),
    )
    shut = f"/v1/agencies/{other['id']}"
    assert admin.delete(shut, If_Match='"1"').status_code == 204
    assert admin.patch(f"/v1/users/{user.id}", {"agency_id": other["id"]}, If_Match='"1"').status_code == 200
    assert admin.patch(shut, {"disabled": False}, If_Match='"2"').status_code == 200
    assert_problem(user.get("/v1/me"), 401)


def test_a_nationality_may_be_written_small(admin: Caller) -> None:
    body = {"name": "Small embassy", "kind": "embassy", "nationalities": ["twn"]}
    assert admin.post("/v1/agencies", body).json()["nationalities"] == ["TWN"]


def recorded(register: Register, subject: object, action: str) -> list[str]:
    rows = register.rows(
        "SELECT reason FROM audit_log WHERE $1 = ANY(subject_ids) AND action = $2 ORDER BY id",
        UUID(str(subject)),
        action,
    )
    return [row["reason"] for row in rows]


def test_the_audit_log_says_what_an_account_was_and_is(register: Register, admin: Caller) -> None:
    one = make(admin, "agencies", name="Served one", kind="embassy", nationalities=["TWN"])
    two = make(admin, "agencies", name="Served two", kind="embassy", nationalities=["MYS", "SGP"])
    user = make(admin, "users", username="changing.hands", role="liaison", agency_id=one["id"])
    place = f"/v1/users/{user['id']}"
    for version, change in enumerate(({"role": "operator"}, {"agency_id": two["id"]}, {"new_password": True}), 1):
        assert admin.patch(place, change, If_Match=f'"{version}"').status_code == 200
    assert recorded(register, user["id"], "user:made") == ["role none > liaison; nationalities none > TWN"]
    assert recorded(register, user["id"], "user:changed") == [
        "role liaison > operator; nationalities TWN",
        "role operator; nationalities TWN > MYS,SGP",
        "role operator; nationalities MYS,SGP",
    ]
    assert admin.patch(f"/v1/agencies/{one['id']}", {"nationalities": []}, If_Match='"1"').status_code == 200
    assert recorded(register, one["id"], "agency:made") == ["nationalities none > TWN"]
    assert recorded(register, one["id"], "agency:changed") == ["nationalities TWN > none"]
