"""AZ-14: a right that ends while somebody is at work ends with the next request, whatever they still hold in hand.

In hand they hold a cursor, a tag, a kept answer. What had been answered once under a key is answered again to whoever
may still make the call, as long as it is kept, and nothing newer (AZ-15).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx
import pytest

from tests.audit.searching import counts
from tests.doors.alike import absent_like, told
from tests.doors.scene import DAY, FOREIGN, OWN, Scene, set_scene
from tests.http.problem_documents import assert_problem
from tests.operations.field import operation
from tests.register import Caller, Register

LISTS: Final = ("/v1/cases", "/v1/persons", "/v1/operations", "/v1/cases/{}/events")
NOTE: Final = {"text": "once"}


@pytest.fixture
def scene(register: Register) -> Scene:
    """Two of everything that is listed, so that every list has a second page."""
    made = set_scene(register)
    for _ in range(2):
        made.operator.file(received_on=DAY, persons=[{"nationality": "TWN"}])
    return made


@dataclass(frozen=True)
class AtWork:
    """Somebody at work, what they hold in hand, and the case they work on."""

    who: Caller
    case: str
    person: str
    cursors: dict[str, str]
    tag: str
    noted: httpx.Response

    def turn(self, place: str) -> httpx.Response:
        """Go on with a list."""
        return self.who.get(place.format(self.case), limit=1, cursor=self.cursors[place])

    def read(self) -> httpx.Response:
        """Read the case again, unless it is unchanged."""
        return self.who.http.get(f"/v1/cases/{self.case}", headers={"If-None-Match": self.tag})

    def note(self, key: str) -> httpx.Response:
        return self.who.post(f"/v1/cases/{self.case}/notes", NOTE, Idempotency_Key=key)

    def search(self) -> httpx.Response:
        return self.who.post("/v1/searches", {"for": "persons", "name": OWN, "purpose": "rescue"})


def at_work(scene: Scene, who: Caller, lists: tuple[str, ...]) -> AtWork:
    """Let somebody read the first page of some lists, read a case and add a note to it."""
    case, cursors = scene.case, {}
    for place in lists:
        cursors[place] = who.get(place.format(case), limit=1).json()["next_cursor"]
    shown = who.get(f"/v1/cases/{case}")
    noted = who.post(f"/v1/cases/{case}/notes", NOTE, Idempotency_Key="in-hand")
    assert noted.status_code == 201
    tag = who.get(f"/v1/cases/{case}").headers["etag"]
    assert shown.status_code == 200
    working = AtWork(who, case, scene.persons[OWN].id, cursors, tag, noted)
    assert working.read().status_code == 304
    assert working.search().json()["items"]
    return working


End = Callable[[Scene, Caller], httpx.Response]


def _change(place: str, of: Callable[[Caller], object], **changes: object) -> End:
    def change(scene: Scene, who: Caller) -> httpx.Response:
        admin = scene.register.caller("admin")
        return admin.patch(f"/v1/{place}/{of(who)}", changes, If_Match='"1"')

    return change


def _disable(place: str, of: Callable[[Caller], object]) -> End:
    def disable(scene: Scene, who: Caller) -> httpx.Response:
        return scene.register.caller("admin").delete(f"/v1/{place}/{of(who)}", If_Match='"1"')

    return disable


ENDS: Final[dict[str, tuple[End, int]]] = {
    "the role": (_change("users", lambda who: who.id, role="auditor"), 403),
    "the account": (_disable("users", lambda who: who.id), 401),
    "the account, by a change": (_change("users", lambda who: who.id, disabled=True), 401),
    "the agency": (_disable("agencies", lambda who: who.agency_id), 401),
    "the password": (_change("users", lambda who: who.id, new_password=True), 401),
    "the session": (lambda _, who: who.delete("/v1/sessions/current"), 401),
}


@pytest.mark.parametrize("ended", ENDS)
def test_az_14_whoever_has_no_right_any_more_gets_nothing_for_what_they_hold_in_hand(scene: Scene, ended: str) -> None:
    end, status = ENDS[ended]
    for _ in range(2):
        operation(scene.register.caller("officer"))
    working = at_work(scene, scene.register.caller("supervisor", agency="of its own", name="leaving"), LISTS)
    assert end(scene, working.who).is_success
    before = counts(scene.register)
    answers = [
        *(working.turn(place) for place in LISTS),
        working.read(),
        working.note("in-hand"),
        working.note("a-new-one"),
        working.search(),
    ]
    for answer in answers:
        assert_problem(answer, status)
        assert scene.case not in answer.text
    after = counts(scene.register)
    denied = len(answers) if status == 403 else 0
    assert after == {**before, "audit_log": before["audit_log"] + denied}


def _withheld(scene: Scene, who: Caller) -> httpx.Response:
    answers = []
    for row in scene.register.rows("SELECT id::text AS id, version FROM cases"):
        given = {"withheld_from": [str(who.agency_id)]}
        answers.append(scene.supervisor.patch(f"/v1/cases/{row['id']}", given, If_Match=f'"{row["version"]}"'))
    assert all(answer.is_success for answer in answers)
    return answers[0]


def _move(scene: Scene, who: Caller) -> httpx.Response:
    agency = str(scene.register.caller("verifier", agency="elsewhere").agency_id)
    return _change("users", lambda found: found.id, agency_id=agency)(scene, who)


NARROWED: Final[dict[str, tuple[str, End]]] = {
    "a nationality the agency served": ("liaison", _change("agencies", lambda who: who.agency_id, nationalities=[])),
    "the agency one works for": ("operator", _move),
    "a role that saw all cases": ("verifier", _change("users", lambda who: who.id, role="operator")),
    "a case that is withheld from now on": ("officer", _withheld),
}


def _worker(scene: Scene, role: str) -> Caller:
    known = {
        "operator": lambda: scene.register.caller("operator", agency="first hotline", name="moving"),
        "liaison": lambda: scene.register.caller("liaison", "TWN", agency="embassy of its own"),
    }
    return known[role]() if role in known else scene.register.caller(role, agency="of its own", name="moving")


@pytest.mark.parametrize("narrowed", NARROWED)
def test_az_14_whoever_may_know_of_less_is_shown_less_by_what_they_hold_in_hand(scene: Scene, narrowed: str) -> None:
    role, narrow = NARROWED[narrowed]
    lists = ("/v1/cases", "/v1/persons")
    working = at_work(scene, _worker(scene, role), lists)
    assert narrow(scene, working.who).is_success
    for place in lists:
        assert working.turn(place).json() == {"items": []}
    assert working.search().json() == {"more": False, "items": []}
    absent = working.who.http.get(f"/v1/cases/{absent_like(scene.case)}", headers={"If-None-Match": working.tag})
    assert_problem(absent, 404)
    assert told(working.read()) == told(absent)
    assert_problem(working.who.get(f"/v1/persons/{working.person}"), 404)
    before = counts(scene.register)
    assert_problem(working.note("a-new-one"), 404)
    again = working.note("in-hand")
    assert (again.content, again.headers["idempotent-replayed"]) == (working.noted.content, "true")
    assert counts(scene.register) == {**before, "audit_log": before["audit_log"] + 1}


def test_az_14_a_nationality_that_is_decided_between_two_pages_is_gone_from_the_second(scene: Scene) -> None:
    working = at_work(scene, scene.liaison, ("/v1/cases", "/v1/persons"))
    seen = {"nationality": "MYS", "source": "document_seen", "decision": True}
    scene.supervisor.record("nationality_asserted", [working.person], DAY, **seen)
    for place in ("/v1/cases", "/v1/persons"):
        page = working.who.get(place, limit=50, cursor=working.cursors[place]).json()
        assert {scene.filed["id"], working.person, scene.persons[FOREIGN].id} & {
            x["id"] for x in page["items"]
        } == set()
    assert_problem(working.read(), 404)


FIGURE: Final = "/v1/figures/persons_received?from=2022-08-01&to=2022-09-30"


@pytest.mark.parametrize("how", ["revoked", "of a disabled agency", "over"])
def test_az_14_a_key_that_has_ended_is_not_even_told_that_nothing_changed(register: Register, how: str) -> None:
    key, admin = register.key("figures:exact"), register.caller("admin")
    first = key.http.get("/v1/figures")
    asked = {"If-None-Match": first.headers["etag"]}
    assert key.http.get("/v1/figures", headers=asked).status_code == 304
    assert key.http.get(FIGURE).status_code == 200
    if how == "over":
        register.clock.move(days=90)
    else:
        target = f"keys/{key.id}" if how == "revoked" else f"agencies/{key.agency_id}"
        assert admin.delete(f"/v1/{target}", If_Match='"1"').status_code == 204
    for target in ("/v1/figures", FIGURE, "/v1/me"):
        assert_problem(key.http.get(target, headers=asked), 401, "unauthenticated")
