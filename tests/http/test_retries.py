"""Safe retry: whatever is sent again under the same key is done once, and answered the same."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from service.db.database import Database, WriteConnection
from service.errors import OutcomeUnknownError, UnavailableError
from service.http.idempotency import forget_answers
from service.http.queries import SLICE
from tests.audit.searching import counts, dump
from tests.doors.scene import DAY, OWN, Scene, open_scene, set_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Register

KEPT = {"content-type", "etag", "location"}


@pytest.fixture
def scene(register: Register) -> Scene:
    return set_scene(register)


@pytest.fixture(scope="module")
def untouched(databases: Databases) -> Iterator[Scene]:
    """A scene for what is refused and so changes nothing."""
    with open_scene(databases) as made:
        yield made


def creations(scene: Scene) -> dict[str, Any]:
    """Return a body for every record that an operator may create."""
    wish = {"purpose": "return_home", "value": "yes", "freely": "yes"}
    subjects = [scene.persons[OWN].reference]
    return {
        "/v1/cases": {"channel": "hotline_117", "persons": [{"names": [{"text": "Retried"}]}]},
        f"/v1/cases/{scene.case}/persons": {"nationality": "TWN"},
        f"/v1/cases/{scene.case}/offenders": {"role": "guard"},
        f"/v1/cases/{scene.case}/notes": {"text": "noted"},
        "/v1/events": {"kind": "wish_stated", "subjects": subjects, "occurred_on": DAY, "data": wish},
    }


def assert_replayed(first: httpx.Response, again: httpx.Response) -> None:
    assert again.content == first.content
    assert again.status_code == first.status_code
    assert again.headers["idempotent-replayed"] == "true"
    assert {n: v for n, v in again.headers.items() if n in KEPT} == {
        n: v for n, v in first.headers.items() if n in KEPT
    }


def too_slow(*_: Any, **__: Any) -> None:
    raise UnavailableError("The register is busy. Nothing was saved. Try again.", retry_after=2)


def test_an_answer_is_had_again_though_the_work_would_now_take_too_long(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, body = next(iter(creations(scene).items()))
    first = scene.operator.post(target, body, Idempotency_Key="quick")
    monkeypatch.setattr("service.cases.actions.filing.file_case", too_slow)
    before = counts(scene.register)["cases"]
    assert_replayed(first, scene.operator.post(target, body, Idempotency_Key="quick"))
    assert_problem(scene.operator.post(target, body, Idempotency_Key="slow"), 503)
    assert_problem(scene.operator.post(target, {**body, "kind": "rescue"}, Idempotency_Key="quick"), 422)
    assert counts(scene.register)["cases"] == before


def test_the_same_request_under_the_same_key_is_done_once_and_answered_the_same(scene: Scene) -> None:
    for target, body in creations(scene).items():
        first = scene.operator.post(target, body, Idempotency_Key="one")
        assert first.status_code == 201
        assert "idempotent-replayed" not in first.headers
        before = counts(scene.register)
        assert_replayed(first, scene.operator.post(target, body, Idempotency_Key='"one"'))
        assert counts(scene.register) == {**before, "audit_log": before["audit_log"] + 1}, "the repetition is recorded"


def test_another_body_under_the_same_key_is_refused(scene: Scene) -> None:
    for target, body in creations(scene).items():
        assert scene.operator.post(target, body, Idempotency_Key="one").status_code == 201
        before = counts(scene.register)
        other = scene.operator.http.post(target, json=body | {"x": 1}, headers={"Idempotency-Key": "one"})
        assert_problem(other, 422)
        changed = {**body, "note": "other"} if "kind" in body else {**body}
        spaced = scene.operator.http.post(
            target,
            content=b" " + httpx.Request("POST", "http://x", json=changed).content,
            headers={"Idempotency-Key": "one", "Content-Type": "application/json"},
        )
        assert_problem(spaced, 422, "idempotency-key-reused")
        assert counts(scene.register) == before


def test_a_key_is_of_one_call_only(scene: Scene) -> None:
    ids = {
        scene.operator.post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key=key).json()["id"] for key in "ab"
    }
    assert len(ids) == 2
    elsewhere = f"/v1/cases/{scene.case}/persons"
    assert "idempotent-replayed" not in scene.operator.post(elsewhere, {}, Idempotency_Key="a").headers


def test_a_refusal_is_not_kept(scene: Scene) -> None:
    target = f"/v1/cases/{scene.case}/notes"
    assert_problem(scene.operator.post(target, {}, Idempotency_Key="k"), 422)
    assert scene.operator.post(target, {"text": "now right"}, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", '"', '""', "x" * 256, '"' + "x" * 256 + '"', "é", "a,b", '"a"b"', "a\tb"])
def test_a_key_that_is_of_no_form_is_refused(untouched: Scene, key: str) -> None:
    answer = untouched.operator.http.post(
        "/v1/cases", json={"channel": "hotline_117"}, headers={b"Idempotency-Key": key.encode()}
    )
    assert_problem(answer, 400, "invalid-parameter")


def test_an_answer_is_kept_for_three_days_and_no_longer(scene: Scene) -> None:
    target, body = "/v1/cases", {"channel": "hotline_117"}
    first = scene.operator.post(target, body, Idempotency_Key="k")
    for hours, kept in ((71, True), (2, False)):
        now = scene.register.clock.move(hours=hours)
        scene.register.rows("UPDATE sessions SET seen_at = $1", now)
        scene.register.tidy()
        again = scene.operator.post(target, body, Idempotency_Key="k")
        assert again.status_code == 201
        assert (again.json()["id"] == first.json()["id"]) is kept
        assert ("idempotent-replayed" in again.headers) is kept


def test_outdated_answers_are_deleted_some_at_a_time_until_none_is_left(scene: Scene) -> None:
    scene.operator.post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key="k")
    scene.register.rows(
        "INSERT INTO kept_answers SELECT principal_id, int4send(n), request_digest, status, headers, wrapped_key, "
        "body, kept_at, request_id FROM kept_answers, generate_series(1, $1) n RETURNING 1",
        2 * SLICE,
    )
    now = scene.register.clock.move(days=4)

    async def once() -> bool:
        database = Database.at(scene.register.database.api_url)
        try:
            async with database.write() as db:
                return await forget_answers(db, now=now)
        finally:
            await database.close()

    left = "SELECT count(*) AS number FROM kept_answers"
    assert asyncio.run(once())
    assert scene.register.rows(left) == [{"number": SLICE + 1}]
    scene.register.tidy()
    assert scene.register.rows(left) == [{"number": 0}]


SWAPPED = (
    "UPDATE kept_answers k SET body = o.body, wrapped_key = o.wrapped_key FROM kept_answers o "
    "WHERE (o.principal_id, o.key_digest) <> (k.principal_id, k.key_digest)"
)


@pytest.mark.parametrize("of", ["another key", "another caller"])
def test_what_is_kept_is_opened_for_its_own_caller_and_key_alone(scene: Scene, of: str) -> None:
    """Whoever can write to the table, but has no key, makes the service answer nothing that was another's."""
    target, body = "/v1/cases", {"channel": "hotline_117"}
    other = (scene.operator, "b") if of == "another key" else (scene.stranger, "a")
    asked = [(scene.operator, "a"), other]
    filed = [caller.post(target, body, Idempotency_Key=key).json() for caller, key in asked]
    scene.register.rows(SWAPPED)
    before = counts(scene.register)
    for caller, key in asked:
        answer = caller.post(target, body, Idempotency_Key=key)
        assert_problem(answer, 500)
        assert [word for case in filed for word in (case["id"], case["reference"]) if word in answer.text] == []
    assert counts(scene.register) == before


def test_what_is_kept_for_a_retry_is_sealed(scene: Scene) -> None:
    first = scene.operator.post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key="key-canary")
    kept = dump(scene.register, "kept_answers")
    assert kept
    assert "key-canary" not in kept
    assert first.json()["id"] not in kept


@pytest.mark.parametrize("together", [2, 6])
def test_simultaneous_requests_under_one_key_have_one_effect(scene: Scene, together: int) -> None:
    for target, body in creations(scene).items():
        before = counts(scene.register)
        with ThreadPoolExecutor(together) as threads:
            sent = [
                threads.submit(scene.operator.post, target, body, Idempotency_Key="together") for _ in range(together)
            ]
            answers = [future.result() for future in sent]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
        after = counts(scene.register)
        assert after["kept_answers"] == before["kept_answers"] + 1
        assert after["audit_log"] == before["audit_log"] + together, "one effect, and each repetition"


class Interrupted:
    """A COMMIT whose answer is lost on the way: done, but nobody was told."""

    def __init__(self, times: int = 1) -> None:
        self.left = times
        self._save = WriteConnection.save

    async def save(self, db: WriteConnection) -> None:
        await self._save(db)
        if self.left:
            self.left -= 1
            raise OutcomeUnknownError("The connection broke.", retry_after=1)


def interrupt(monkeypatch: pytest.MonkeyPatch, times: int = 1) -> None:
    """Lose the answers of the next commits."""
    broken = Interrupted(times)

    async def save(db: WriteConnection) -> None:
        await broken.save(db)

    monkeypatch.setattr(WriteConnection, "save", save)


def test_with_a_key_a_lost_commit_is_answered_from_what_was_kept(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for target, body in creations(scene).items():
        before = counts(scene.register)
        with monkeypatch.context() as patch:
            interrupt(patch)
            answer = scene.operator.post(target, body, Idempotency_Key="lost")
        assert answer.status_code == 201
        assert answer.headers["idempotent-replayed"] == "true"
        after = counts(scene.register)
        assert after["audit_log"] == before["audit_log"] + 2, "the effect, and its answer given again"
        assert_replayed(answer, scene.operator.post(target, body, Idempotency_Key="lost"))


def test_without_a_key_a_lost_commit_is_admitted_and_not_repeated(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for target, body in creations(scene).items():
        before = counts(scene.register)
        with monkeypatch.context() as patch:
            interrupt(patch)
            answer = scene.operator.post(target, body)
        assert_problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "1"
        assert counts(scene.register)["audit_log"] == before["audit_log"] + 1


def test_a_lost_change_is_not_tried_again_as_if_it_had_failed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(monkeypatch)
    answer = scene.operator.patch(
        f"/v1/cases/{scene.case}", {"language": "km"}, If_Match='"1"', Idempotency_Key="a-patch-has-none"
    )
    assert_problem(answer, 503, "unavailable")
    assert scene.operator.get(f"/v1/cases/{scene.case}").json()["version"] == 2


def test_a_database_that_stays_away_is_told_and_not_waited_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(monkeypatch, times=50)
    answer = scene.operator.post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key="never")
    assert_problem(answer, 503, "unavailable")


def test_a_key_outlives_neither_the_role_nor_the_session(scene: Scene) -> None:
    target, body = "/v1/cases", {"channel": "hotline_117"}
    assert scene.operator.post(target, body, Idempotency_Key="mine").status_code == 201
    scene.register.rows("UPDATE users SET role = 'auditor' WHERE id = $1", scene.operator.id)
    assert_problem(scene.operator.post(target, body, Idempotency_Key="mine"), 403, "forbidden")
    scene.register.rows("UPDATE users SET disabled_at = now() WHERE id = $1", scene.operator.id)
    assert_problem(scene.operator.post(target, body, Idempotency_Key="mine"), 401)
