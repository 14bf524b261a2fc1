"""What an embassy alone cannot do to somebody, told over HTTP (ADR 43)."""

from typing import Any

import pytest

from tests.register import FINDING, Register
from tests.situations.telling import Telling, refused

HOME = {"mode": "embassy_assisted", "to_country": "MYS"}
PHONE = {"kind": "phone", "value": "+855 00 000 0117"}
MINOR = {"nationality": "MYS", "age": 15, "guardian": {"relationship": "parent"}}


@pytest.mark.parametrize("claimed", [{}, {"embassy_heard": False}])
def test_a_liaison_cannot_say_that_it_was_not_the_embassy_that_heard(
    register: Register, claimed: dict[str, bool]
) -> None:
    told = Telling(register).verified().rescued()
    told.say("operator", "wish_stated", "2022-09-06", purpose="return_home", value="no", freely="yes")
    told.say("liaison", "wish_stated", "2022-09-07", purpose="return_home", value="yes", freely="yes", **claimed)
    for role in ("liaison", "supervisor"):
        refused(told.try_to_say(role, "repatriated", "2022-09-08", **HOME), "requirement-missing")
    told.say(
        "operator", "wish_stated", "2022-09-07", purpose="return_home", value="yes", freely="yes", embassy_heard=True
    )
    told.say("liaison", "repatriated", "2022-09-08", **HOME)


def test_a_supervisor_hears_a_wish_where_no_operator_can(register: Register) -> None:
    liaison = register.caller("liaison", "MYS")
    filed = liaison.file(received_on="2022-09-01", persons=[{"nationality": "MYS"}])
    person = filed["persons"][0]["reference"]
    supervisor = register.caller("supervisor")
    for by, value in ((liaison, "no"), (supervisor, "yes")):
        by.record("wish_stated", [person], "2022-09-06", purpose="return_home", value=value, freely="yes")
    register.caller("verifier").record("finding_made", [filed["reference"]], "2022-09-03", **FINDING)
    register.caller("officer").record("rescued", [person], "2022-09-07")
    liaison.record("repatriated", [person], "2022-09-08", **HOME)


def test_the_age_by_which_a_guardian_decides_is_not_the_embassys_own(register: Register) -> None:
    told = Telling(register, given={"persons": [{"nationality": "MYS"}, MINOR]}).verified()
    told.rescued("2022-09-05", *told.persons)
    liaison = told.by("liaison")
    for person in told.persons:
        tag = liaison.get(f"/v1/persons/{person}").headers["etag"]
        made = {"guardian": {"relationship": "parent"}} | ({"age": 16} if person == told.person else {})
        assert liaison.patch(f"/v1/persons/{person}", made, If_Match=tag).status_code == 200
    decided = {**HOME, "decided_by": "guardian"}
    refused(told.try_to_say("liaison", "repatriated", "2022-09-08", told.persons[0], **decided), "requirement-missing")
    told.say("liaison", "repatriated", "2022-09-08", told.persons[1], **decided)


@pytest.mark.parametrize("mode", ["deported", "deported_instead_of_jail"])
def test_an_embassy_deports_nobody(register: Register, mode: str) -> None:
    told = Telling(register).verified().rescued()
    home = {"mode": mode, "to_country": "MYS"}
    problem = refused(told.try_to_say("liaison", "repatriated", "2022-09-08", **home), "may-not-record")
    assert "An officer or a supervisor does" in problem["detail"]
    told.say("officer", "repatriated", "2022-09-08", **home)


@pytest.mark.parametrize("emptied", [[], [{"text": "Palsu"}], None])
def test_what_others_told_of_somebody_stays_whatever_an_embassy_writes(register: Register, emptied: Any) -> None:
    given = {
        "names": [{"text": "Contoh Asli"}],
        "contacts": [PHONE],
        "documents": [{"type": "passport", "number": "EX1"}],
    }
    told = Telling(register, given={"persons": [{"nationality": "MYS", **given}]})
    path, liaison = f"/v1/persons/{told.person}", told.by("liaison")
    emptying: list[dict[str, Any]] = [{"names": emptied}, {"contacts": []}, {"documents": []}]
    for changed in emptying:
        tag = liaison.get(path).headers["etag"]
        assert liaison.patch(path, changed, If_Match=tag).status_code == 200
    for caller in (told.by("operator"), told.by("supervisor")):
        sealed = caller.get(path, purpose="rescue").json()["sealed"]
        assert "Contoh Asli" in [name["text"] for name in sealed["names"]]
        assert (len(sealed["contacts"]), len(sealed["documents"])) == (1, 1)
        found = caller.post("/v1/searches", {"for": "persons", "name": "Contoh Asli", "purpose": "rescue"})
        assert [item["reference"] for item in found.json()["items"]] == [told.person]
    facts = [event["data"] for event in told.by("supervisor").get(f"/v1/cases/{told.case}/events").json()["items"]]
    assert not [fact for fact in facts if fact.get("named") is False or fact.get("contact_given") is False]


def test_an_embassy_corrects_what_it_told_itself(register: Register) -> None:
    told = Telling(register)
    path, liaison = f"/v1/persons/{told.person}", told.by("liaison")
    for name in ("Contoh Lama", "Contoh Baru"):
        tag = liaison.get(path).headers["etag"]
        assert liaison.patch(path, {"names": [{"text": name}]}, If_Match=tag).status_code == 200
    sealed = told.by("operator").get(path, purpose="rescue").json()["sealed"]
    assert [name["text"] for name in sealed["names"]] == ["Contoh Baru"]
