"""What changed since an instant: of a liaison's own persons what it is told of, for others the whole case (ADR 47)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from tests.http.problem_documents import assert_problem
from tests.register import FINDING, Caller, Register
from tests.situations.telling import Telling

PERSON: Final = {"nationality": "MYS", "names": [{"text": "Contoh Satu"}]}
Happening = Callable[[Telling], object]


def now(register: Register) -> str:
    """The instant of the clock, after everything that was recorded before."""
    return register.clock.move(minutes=5).strftime("%Y-%m-%dT%H:%M:%SZ")


def changed(caller: Caller, since: str, kind: str = "persons", **asked: Any) -> list[str]:
    """References of whoever changed, page by page."""
    items: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = caller.get(f"/v1/{kind}", changed_since=since, **asked, **cursor)
        assert answer.status_code == 200, answer.text
        items += [one["reference"] for one in answer.json()["items"]]
        if "next_cursor" not in answer.json():
            return items
        cursor = {"cursor": answer.json()["next_cursor"]}


def _correct(told: Telling, **given: Any) -> None:
    path = f"/v1/persons/{told.person}"
    tag = told.by("operator").get(path).headers["etag"]
    assert told.by("operator").patch(path, given, If_Match=tag).status_code == 200


def _void_the_last(told: Telling) -> None:
    supervisor = told.by("supervisor")
    last = supervisor.get(f"/v1/cases/{told.case}/events").json()["items"][-1]["id"]
    assert supervisor.post(f"/v1/events/{last}/void", {"reason": "found_untrue"}).status_code == 201


def _hold_and_void(told: Telling) -> None:
    _correct(told, fears_own_state=True)
    _void_the_last(told)


TOLD: Final[dict[str, Happening]] = {
    "rescued": lambda told: told.rescued("2022-09-20"),
    "a finding on the case": lambda told: told.verified("2022-09-20"),
    "a finding taken back": _void_the_last,
    "a wish": lambda told: told.say(
        "operator", "wish_stated", "2022-09-20", purpose="return_home", value="yes", freely="yes"
    ),
    "a year of birth": lambda told: _correct(told, birth_year=1999),
    "a name": lambda told: _correct(told, names=[{"text": "Contoh Dua"}]),
    "a document": lambda told: _correct(told, documents=[{"type": "passport", "number": "EX1234567"}]),
    "nothing known of the name": lambda told: _correct(told, names=[]),
}
HIDDEN: Final[dict[str, Happening]] = {
    "a hold": _hold_and_void,
    "another state": lambda told: told.say(
        "operator", "nationality_asserted", "2022-09-20", nationality="SGP", source="language_inferred"
    ),
    "a note": lambda told: told.by("operator").post(f"/v1/cases/{told.case}/notes", {"text": "x"}),
    "what was alleged": lambda told: told.say("operator", "alleged", "2022-09-20", told.case, types=["resale"]),
    "somebody else": lambda told: told.by("operator").post(f"/v1/cases/{told.case}/persons", {"nationality": "CHN"}),
}


@pytest.mark.parametrize("happens", TOLD)
def test_a_liaison_asks_which_of_its_persons_changed(register: Register, happens: str) -> None:
    told = Telling(register, given={"persons": [PERSON]}).verified()
    other = Telling(register, given={"persons": [PERSON]}).verified()
    began = now(register)
    assert changed(told.by("liaison"), began) == []
    TOLD[happens](told)
    assert changed(told.by("liaison"), began) == [told.person]
    assert changed(told.by("supervisor"), began) == [told.person]
    assert changed(told.by("supervisor"), began, "cases") == [told.case] != [other.case]
    assert changed(told.by("liaison"), now(register)) == []


@pytest.mark.parametrize("happens", HIDDEN)
def test_what_a_liaison_is_not_told_is_no_change_to_it(register: Register, happens: str) -> None:
    told = Telling(register, given={"persons": [PERSON]}).verified()
    began = now(register)
    HIDDEN[happens](told)
    assert changed(told.by("liaison"), began) == []
    assert changed(told.by("operator"), began, "cases") == [told.case]


def test_a_finding_from_before_somebody_joined_is_no_change_of_theirs(register: Register) -> None:
    told = Telling(register, nationality="TWN").verified()
    before = now(register)
    register.caller("verifier").record("finding_made", [told.case], "2022-09-04", **FINDING)
    between = now(register)
    added = told.by("operator").post(f"/v1/cases/{told.case}/persons", {"nationality": "MYS"}).json()["reference"]
    after = now(register)
    mys = register.caller("liaison", "MYS")
    assert (changed(mys, before), changed(mys, between), changed(mys, after)) == ([added], [added], [])
    assert changed(told.by("liaison"), before) == [told.person]
    assert changed(told.by("liaison"), between) == []


def test_the_instant_itself_is_included_and_any_zone_is_understood(register: Register) -> None:
    told = Telling(register)
    register.clock.move(minutes=5)
    recorded = told.by("officer").record("documents_checked", [told.person], "2022-09-10", missing=[])
    at = datetime.fromisoformat(recorded["recorded_at"])
    for since in (at.isoformat(), f"{at + timedelta(hours=7):%Y-%m-%dT%H:%M:%S}+07:00"):
        assert changed(told.by("liaison"), since) == [told.person]
    assert changed(told.by("liaison"), (at + timedelta(milliseconds=1)).isoformat()) == []


def test_pages_neither_skip_nor_repeat_what_changes_meanwhile(register: Register) -> None:
    began = now(register)
    filed = register.caller("operator").file(persons=[PERSON] * 5)
    liaison, officer = register.caller("liaison", "MYS"), register.caller("officer")
    persons = sorted(one["reference"] for one in filed["persons"])
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(5):
        page = liaison.get("/v1/persons", changed_since=began, limit=1, **cursor).json()
        seen += [one["reference"] for one in page["items"]]
        officer.record("documents_checked", sorted({seen[-1], persons[0]}), "2022-09-30", missing=[])
        cursor = {"cursor": page.get("next_cursor", "")}
    assert sorted(seen) == persons
    assert cursor == {"cursor": ""}


def test_a_liaison_does_not_ask_which_cases_changed(register: Register) -> None:
    told = Telling(register)
    answer = told.by("liaison").get("/v1/cases", changed_since="2022-09-01T00:00:00Z")
    assert_problem(answer, 400, "invalid-parameter")


@pytest.mark.parametrize("since", ["2022-09-01", "2022-09-01T00:00:00", "1661990400", "2565-09-01T00:00:00Z", ""])
@pytest.mark.parametrize("kind", ["persons", "cases"])
def test_since_when_is_an_instant_with_its_zone(register: Register, since: str, kind: str) -> None:
    problem = assert_problem(register.caller("operator").get(f"/v1/{kind}", changed_since=since), 422, "validation")
    assert problem["errors"][0]["parameter"] == "changed_since"
