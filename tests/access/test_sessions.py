"""Signing in, staying in and being out again."""

import asyncio
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher, extract_parameters

from service.access.queries.signing_in import SLICE
from service.credentials import hash_password, token_digest
from tests.access.accounts import KNOWN, TYPED, WRONG, Account, account
from tests.audit.searching import dump, everything_logged, present
from tests.engine import Databases
from tests.http.problem_documents import assert_problem, without_request_id
from tests.register import Register, open_register


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


def test_a_session_opens_what_its_role_opens(sokha: Account) -> None:
    answer = sokha.sign_in()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()["token"]
    assert token.startswith("srs_")
    assert len(token) >= 47
    me = sokha.me(token).json()
    assert (me["name"], me["role"]) == (sokha.username, "operator")
    assert "case:file" in me["permissions"]


def test_a_token_and_a_password_are_kept_nowhere_and_logged_nowhere(sokha: Account) -> None:
    with everything_logged() as lines:
        token = sokha.sign_in().json()["token"]
        sokha.sign_in(password=TYPED)
        sokha.sign_in(username="password-typed-as-name")
    words = [token, token[4:], KNOWN, TYPED, "password-typed-as-name"]
    assert present(words, dump(sokha.register) + "\n".join(lines)) == []


def test_every_failure_is_answered_alike(sokha: Account, register: Register) -> None:
    disabled, agencyless = account(register, name="disabled"), account(register, "verifier", name="shut")
    register.rows("UPDATE users SET disabled_at = now() WHERE id = $1", disabled.caller.id)
    register.rows("UPDATE agencies SET disabled_at = now() WHERE id = $1", agencyless.caller.agency_id)
    answers = [
        sokha.sign_in(password=WRONG),
        sokha.sign_in(username="nobody.at.all"),
        sokha.sign_in(username="two words"),
        sokha.sign_in(username="a\u202eb"),
        sokha.sign_in(username="%"),
        sokha.sign_in(username="\u200b"),
        disabled.sign_in(),
        agencyless.sign_in(),
    ]
    for answer in answers:
        assert_problem(answer, 401, "bad-credentials")
    assert len({str(without_request_id(answer)) for answer in answers}) == 1


def test_a_name_that_nobody_has_costs_the_same_hash_as_one_that_somebody_has(
    sokha: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    costly = asyncio.run(hash_password(KNOWN))
    sokha.register.rows("UPDATE users SET password_hash = $2 WHERE id = $1", sokha.caller.id, costly)
    verify, tried = PasswordHasher.verify, []

    def noted(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        tried.append(hashed)
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    for username in (sokha.username, "nobody.at.all", "two words"):
        assert_problem(sokha.sign_in(username=username, password=WRONG), 401)
    assert len(tried) == 3
    assert tried[0] == costly
    assert [extract_parameters(hashed) for hashed in tried] == [extract_parameters(costly)] * 3


@pytest.mark.parametrize(
    "spelling",
    [
        "SOKHA.operator",
        " sokha.operator ",
        "\uff53\uff4f\uff4b\uff48\uff41.operator",
        "sokha\u200b.operator",
        "Sokha.Operator",
    ],
)
def test_a_user_name_is_one_name_however_it_is_written(sokha: Account, spelling: str) -> None:
    assert sokha.sign_in(username=spelling).status_code == 201


def test_five_failures_slow_one_address_down_under_every_spelling_of_the_name(sokha: Account) -> None:
    for spelling in (
        "sokha.operator",
        "SOKHA.OPERATOR",
        " sokha.operator",
        "\uff53okha.operator",
        "sokha\u200d.operator",
    ):
        assert_problem(sokha.sign_in(username=spelling, password=WRONG), 401)
    slowed = sokha.sign_in()
    assert assert_problem(slowed, 429, "quota-exceeded")["retry_after"] == 1
    assert slowed.headers["retry-after"] == "1"
    assert sokha.sign_in(address="192.0.2.2").status_code == 201
    assert sokha.sign_in(username="somebody.else", password=WRONG).status_code == 401
    sokha.register.clock.move(seconds=1)
    assert sokha.sign_in().status_code == 201


def test_whoever_waits_as_long_as_told_is_let_in(sokha: Account) -> None:
    for _ in range(7):
        sokha.sign_in(password=WRONG)
        sokha.register.clock.move(seconds=8)
    sokha.sign_in(password=WRONG)
    waits = [assert_problem(sokha.sign_in(), 429)["retry_after"] for _ in range(4)]
    assert len(set(waits)) == 1
    sokha.register.clock.move(seconds=waits[0])
    assert sokha.sign_in().status_code == 201


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(sokha: Account) -> None:
    waits = []
    for _ in range(17):
        answer = sokha.sign_in(password=WRONG)
        if answer.status_code == 401:
            continue
        waits.append(answer.json()["retry_after"])
        sokha.register.clock.move(seconds=waits[-1])
        assert_problem(sokha.sign_in(password=WRONG), 401)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900][: len(waits)]
    assert len(waits) == 12
    sokha.register.clock.move(hours=1)
    assert sokha.sign_in().status_code == 201


def test_a_hundred_failures_from_everywhere_slow_the_account_itself_down(sokha: Account) -> None:
    sokha.sign_in(password=WRONG)
    sokha.register.rows(
        "INSERT INTO sign_in_failures (id, name_digest, address, failed_at) SELECT gen_random_uuid(), name_digest, "
        "('198.51.100.' || n)::inet, failed_at FROM sign_in_failures, generate_series(1, 99) n"
    )
    answer = sokha.sign_in(address="203.0.113.9")
    assert 0 < assert_problem(answer, 429)["retry_after"] <= 900
    sokha.register.clock.move(seconds=901)
    assert sokha.sign_in(address="203.0.113.9").status_code == 201


def fail_from_everywhere(sokha: Account, times: int = 100) -> None:
    """Let strangers fail on the account, each from an address of their own."""
    sokha.sign_in(password=WRONG, address="198.51.100.250")
    sokha.register.rows(
        "INSERT INTO sign_in_failures (id, name_digest, address, failed_at) SELECT gen_random_uuid(), name_digest, "
        "('198.51.100.' || n)::inet, failed_at FROM sign_in_failures, generate_series(1, $1) n",
        times - 1,
    )


def test_strangers_do_not_shut_an_account_where_it_was_used_before(sokha: Account) -> None:
    assert sokha.sign_in(address="203.0.113.20").status_code == 201
    fail_from_everywhere(sokha)
    assert_problem(sokha.sign_in(address="203.0.113.21"), 429)
    assert sokha.sign_in(address="203.0.113.20").status_code == 201
    sokha.register.clock.move(days=91)
    fail_from_everywhere(sokha)
    assert_problem(sokha.sign_in(address="203.0.113.20"), 429)


def test_an_address_is_known_for_the_account_that_was_used_from_there_alone(sokha: Account) -> None:
    other = account(sokha.register, name="vanna")
    assert other.sign_in(address="203.0.113.22").status_code == 201
    fail_from_everywhere(sokha)
    assert_problem(sokha.sign_in(address="203.0.113.22"), 429)


def test_the_audit_log_says_whether_a_sign_in_came_from_where_the_account_was_used(sokha: Account) -> None:
    sokha.sign_in(address="203.0.113.40")
    for address in ("203.0.113.40", "203.0.113.41"):
        sokha.sign_in(password=WRONG, address=address)
    rows = sokha.register.rows("SELECT reason FROM audit_log WHERE action = 'session:refused' ORDER BY id DESC LIMIT 2")
    assert [row["reason"] for row in rows] == ["new_address", "known_address"]
    sokha.sign_in(address="203.0.113.40")
    rows = sokha.register.rows("SELECT reason FROM audit_log WHERE action = 'session:opened' ORDER BY id DESC LIMIT 2")
    assert [row["reason"] for row in rows] == ["known_address", "new_address"]


def test_whoever_guesses_where_an_account_is_used_waits_as_anywhere(sokha: Account) -> None:
    assert sokha.sign_in(address="203.0.113.23").status_code == 201
    for _ in range(5):
        assert_problem(sokha.sign_in(password=WRONG, address="203.0.113.23"), 401)
    assert_problem(sokha.sign_in(address="203.0.113.23"), 429)


def test_a_crowded_address_does_not_shut_whoever_signed_in_from_there(sokha: Account) -> None:
    assert sokha.sign_in(address="203.0.113.24").status_code == 201
    newcomer = account(sokha.register, name="newcomer")
    sokha.sign_in(username="no.such.user", address="203.0.113.24")
    sokha.register.rows(
        "INSERT INTO sign_in_failures (id, name_digest, address, failed_at) SELECT gen_random_uuid(), "
        "decode(md5(n::text), 'hex'), address, failed_at FROM sign_in_failures, generate_series(1, 99) n"
    )
    assert assert_problem(newcomer.sign_in(address="203.0.113.24"), 429)["retry_after"] <= 30
    assert sokha.sign_in(address="203.0.113.24").status_code == 201


@pytest.mark.parametrize(
    ("tried", "also"),
    [
        ("2001:db8:1:2::{}", "2001:db8:1:2:ffff::9"),
        ("2001:db8:1:2::{}", "2001:0DB8:1:2:a::%eth0"),
        ("::ffff:192.0.2.77", "192.0.2.77"),
        ("192.0.2.77", "::ffff:192.0.2.77"),
    ],
)
def test_addresses_of_one_class_wait_together(sokha: Account, tried: str, also: str) -> None:
    for number in range(5):
        assert_problem(sokha.sign_in(password=WRONG, address=tried.format(number)), 401)
    assert_problem(sokha.sign_in(address=also), 429)
    for elsewhere in ("2001:db8:1:3::1", "192.0.2.78", "::ffff:192.0.2.79", "::1"):
        assert sokha.sign_in(address=elsewhere).status_code == 201


def test_a_password_that_an_administrator_drew_works_at_once(sokha: Account) -> None:
    for _ in range(5):
        sokha.sign_in(password=WRONG)
    fail_from_everywhere(sokha)
    assert_problem(sokha.sign_in(address="203.0.113.30"), 429)
    admin, user = sokha.register.caller("admin"), f"/v1/users/{sokha.caller.id}"
    drawn = admin.patch(user, {"new_password": True}, If_Match=admin.get(user).headers["etag"]).json()["password"]
    assert sokha.sign_in(password=drawn, address="203.0.113.30").status_code == 201
    assert sokha.sign_in(password=drawn).status_code == 201
    for _ in range(5):
        assert_problem(sokha.sign_in(password=WRONG), 401)
    assert_problem(sokha.sign_in(password=drawn), 429)


def test_signing_out_ends_this_session_and_no_other(sokha: Account) -> None:
    first, second = sokha.sign_in().json()["token"], sokha.sign_in().json()["token"]
    out = sokha.register.client(first).delete("/v1/sessions/current")
    assert (out.status_code, out.content) == (204, b"")
    assert_problem(sokha.me(first), 401, "unauthenticated")
    assert sokha.me(second).status_code == 200


def test_an_unused_session_ends_by_itself_and_a_used_one_does_not(sokha: Account) -> None:
    used, unused = sokha.sign_in().json()["token"], sokha.sign_in().json()["token"]
    for _ in range(3):
        sokha.register.clock.move(minutes=15)
        assert sokha.me(used).status_code == 200
    assert_problem(sokha.me(unused), 401)
    sokha.register.clock.move(minutes=30)
    assert_problem(sokha.me(used), 401)


def test_a_session_ends_after_half_a_day_however_much_it_is_used(sokha: Account) -> None:
    token = sokha.sign_in().json()["token"]
    for _ in range(28):
        sokha.register.clock.move(minutes=25)
        assert sokha.me(token).status_code == 200
    sokha.register.clock.move(minutes=25)
    assert_problem(sokha.me(token), 401)


def test_a_changed_password_ends_all_other_sessions_and_opens_new_ones(sokha: Account) -> None:
    here, elsewhere = sokha.sign_in().json()["token"], sokha.sign_in().json()["token"]
    new = "another row of quiet words"
    client = sokha.register.client(here)
    assert_problem(client.put("/v1/me/password", json={"current": WRONG, "new": new}), 401, "bad-credentials")
    answer = client.put("/v1/me/password", json={"current": KNOWN, "new": new})
    assert (answer.status_code, answer.content) == (204, b"")
    assert sokha.me(here).status_code == 200
    assert_problem(sokha.me(elsewhere), 401)
    assert_problem(sokha.sign_in(), 401)
    assert sokha.sign_in(password=new).status_code == 201


def test_guessing_the_present_password_to_change_it_has_to_wait_like_signing_in(sokha: Account) -> None:
    client = sokha.register.client(sokha.sign_in().json()["token"])
    new = "another row of quiet words"
    guesses = [client.put("/v1/me/password", json={"current": WRONG, "new": new}).status_code for _ in range(10)]
    assert guesses[0] == 401
    assert guesses[-1] == 429
    right = client.put("/v1/me/password", json={"current": KNOWN, "new": new})
    wait = assert_problem(right, 429, "quota-exceeded")["retry_after"]
    assert_problem(sokha.sign_in(password=new, address="127.0.0.1"), 429)
    sokha.register.clock.move(seconds=wait)
    assert client.put("/v1/me/password", json={"current": KNOWN, "new": new}).status_code == 204


def test_failures_are_forgotten_after_an_hour_and_not_before(sokha: Account) -> None:
    sokha.sign_in(password=WRONG)
    for minutes, left in ((59, 1), (2, 0)):
        sokha.register.clock.move(minutes=minutes)
        sokha.register.tidy()
        assert len(sokha.register.rows("SELECT 1 FROM sign_in_failures")) == left


def test_addresses_are_forgotten_after_ninety_days_without_use_and_not_before(sokha: Account) -> None:
    sokha.sign_in(address="203.0.113.60")
    sokha.sign_in(address="203.0.113.61")
    sokha.register.clock.move(days=50)
    sokha.sign_in(address="203.0.113.61")
    for days, left in ((39, {"60", "61"}), (2, {"61"}), (50, set())):
        sokha.register.clock.move(days=days)
        sokha.register.tidy()
        rows = sokha.register.rows("SELECT host(address) AS at FROM sign_in_addresses")
        assert {row["at"].rpartition(".")[2] for row in rows if row["at"].startswith("203.0.113.6")} == left


def test_sessions_are_forgotten_when_they_expire_and_not_before_some_at_a_time(sokha: Account) -> None:
    register, token = sokha.register, sokha.sign_in().json()["token"]
    [opened] = register.rows("SELECT expires_at FROM sessions WHERE digest = $1", token_digest(token))
    register.rows(
        "INSERT INTO sessions SELECT int4send(n), user_id, opened_at, seen_at, expires_at, closed_at FROM sessions, "
        "generate_series(1, $1) n WHERE digest = $2 RETURNING 1",
        2 * SLICE,
        token_digest(token),
    )
    hours = register.app.state.services.settings.session_absolute_s / 3600
    for moved, left in ((hours - 0.1, 2 * SLICE + 1), (0.2, 0)):
        register.clock.move(hours=moved)
        register.tidy()
        there = register.rows("SELECT 1 FROM sessions WHERE expires_at = $1", opened["expires_at"])
        assert len(there) == left
    assert_problem(sokha.me(token), 401)


def test_a_changed_role_takes_effect_on_the_next_request(sokha: Account) -> None:
    client = sokha.register.client(sokha.sign_in().json()["token"])
    assert client.get("/v1/cases").status_code == 200
    admin = sokha.register.caller("admin")
    sokha.register.caller("admin", name="second")
    sokha.register.caller("auditor")
    user = f"/v1/users/{sokha.caller.id}"
    assert admin.patch(user, {"role": "auditor"}, If_Match=admin.get(user).headers["etag"]).status_code == 200
    assert_problem(client.get("/v1/cases"), 403, "forbidden")
    assert client.get("/v1/me").json()["role"] == "auditor"
    assert admin.delete(user, If_Match=admin.get(user).headers["etag"]).status_code == 204
    assert_problem(client.get("/v1/me"), 401)
    for change in ({"disabled": False}, {"role": "operator"}):
        assert admin.patch(user, change, If_Match=admin.get(user).headers["etag"]).status_code == 200
    assert_problem(client.get("/v1/me"), 401)
    assert sokha.sign_in().status_code == 201
