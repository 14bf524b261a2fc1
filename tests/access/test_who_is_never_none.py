"""There is always an active administrator and an auditor, and one administrator alone changes neither."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.access.test_administration import make
from tests.engine import TestDatabase
from tests.http.problem_documents import assert_problem
from tests.register import Register, open_register


@pytest.fixture
def alone(database: TestDatabase) -> Iterator[Register]:
    """A register in which nobody works yet."""
    with open_register(database) as made:
        yield made


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "operator"}, {"agency_id": "shut"}])
def test_the_last_active_auditor_stays_one(alone: Register, change: dict[str, object]) -> None:
    admin, auditor = alone.caller("admin"), alone.caller("auditor")
    alone.caller("admin", name="second")
    shut = make(admin, "agencies", name="Shut", kind="ngo")
    assert admin.delete(f"/v1/agencies/{shut['id']}", If_Match='"1"').status_code == 204
    change = change if "agency_id" not in change else {"agency_id": shut["id"]}
    place = f"/v1/users/{auditor.id}"
    refused = assert_problem(admin.patch(place, change, If_Match='"1"'), 409, "last-of-role")
    assert "Make or enable another one first" in refused["detail"]
    assert_problem(admin.delete(f"/v1/agencies/{auditor.agency_id}", If_Match='"1"'), 409, "last-of-role")
    assert auditor.get("/v1/audit").status_code == 200
    alone.caller("auditor", name="second", agency="another")
    assert admin.patch(place, change, If_Match='"1"').status_code == 200


def test_of_two_administrators_who_disable_each_other_one_stays(alone: Register) -> None:
    first, second = (alone.caller("admin", name=name, agency=name) for name in ("first", "second"))
    with ThreadPoolExecutor(2) as threads:
        answers = [
            threads.submit(one.delete, f"/v1/users/{other.id}", If_Match='"1"')
            for one, other in ((first, second), (second, first))
        ]
    assert 204 in {answer.result().status_code for answer in answers}
    assert len(alone.rows("SELECT 1 FROM users WHERE role = 'admin' AND disabled_at IS NULL")) == 1


WATCHED_CHANGES = ({"disabled": True}, {"role": "operator"}, {"agency_id": "other"}, {"new_password": True})


@pytest.mark.parametrize("change", WATCHED_CHANGES)
def test_one_administrator_alone_changes_no_auditor(alone: Register, change: dict[str, object]) -> None:
    admin, auditor = alone.caller("admin"), alone.caller("auditor")
    alone.caller("auditor", name="second", agency="elsewhere")
    other = make(admin, "agencies", name="Other", kind="ngo")
    change = {name: other["id"] if value == "other" else value for name, value in change.items()}
    place = f"/v1/users/{auditor.id}"
    refused = assert_problem(admin.patch(place, change, If_Match='"1"'), 409, "second-administrator")
    assert "second administrator first" in refused["detail"]
    assert_problem(admin.delete(f"/v1/agencies/{auditor.agency_id}", If_Match='"1"'), 409, "second-administrator")
    assert auditor.get("/v1/audit").status_code == 200
    second = alone.caller("admin", name="second", agency="another")
    alone.rows("UPDATE agencies SET disabled_at = now() WHERE id = $1", second.agency_id)
    assert_problem(admin.patch(place, change, If_Match='"1"'), 409, "second-administrator")
    alone.rows("UPDATE agencies SET disabled_at = NULL WHERE id = $1", second.agency_id)
    alone.rows("UPDATE users SET disabled_at = now() WHERE id = $1", second.id)
    assert_problem(admin.patch(place, change, If_Match='"1"'), 409, "second-administrator")
    assert_problem(admin.patch(f"/v1/users/{second.id}", {"new_password": True}, If_Match='"1"'), 409)
    assert admin.patch(f"/v1/users/{second.id}", {"disabled": False}, If_Match='"1"').status_code == 200
    assert admin.patch(place, change, If_Match='"1"').status_code == 200


def test_every_supervisor_is_shown_who_administers_and_audits_since_when(alone: Register) -> None:
    admin, second, auditor = alone.caller("admin"), alone.caller("admin", name="second"), alone.caller("auditor")
    alone.caller("auditor", name="third", agency="elsewhere")
    supervisors = [alone.caller("supervisor", agency=agency) for agency in ("here", "there")]
    assert [one.get("/v1/me").json()["account_changes"] for one in supervisors] == [[], []]
    made = make(admin, "users", username="new.auditor", role="auditor", agency_id=str(admin.agency_id))
    make(admin, "users", username="new.operator", role="operator", agency_id=str(admin.agency_id))
    assert admin.patch(f"/v1/users/{made['id']}", {"role": "verifier"}, If_Match='"1"').status_code == 200
    assert admin.patch(f"/v1/users/{second.id}", {"new_password": True}, If_Match='"1"').status_code == 200
    assert admin.delete(f"/v1/agencies/{auditor.agency_id}", If_Match='"1"').status_code == 204
    for one in supervisors:
        shown = one.get("/v1/me").json()["account_changes"]
        assert [(change["what"], change.get("account"), change["said"], change["fields"]) for change in shown] == [
            ("agency:changed", "auditor ", "nationalities none; shuts out auditor", ["disabled_at"]),
            ("user:changed", "admin--second", "role admin; nationalities none", ["password_hash", "password_set_at"]),
            ("user:changed", "new.auditor", "role auditor > verifier; nationalities none", ["role"]),
            ("user:made", "new.auditor", "role none > auditor; nationalities none", []),
        ]
        assert {change["changed_by"] for change in shown} == {"admin--"}
    for role in ("operator", "verifier", "admin"):
        assert "account_changes" not in alone.caller(role).get("/v1/me").json()
    alone.clock.move(days=31)
    assert supervisors[0].get("/v1/me").json()["account_changes"] == []
