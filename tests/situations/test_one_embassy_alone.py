"""What an embassy alone cannot do to somebody, told over HTTP (ADR 43)."""

import pytest

from tests.register import FINDING, Register
from tests.situations.telling import Telling, refused

HOME = {"mode": "embassy_assisted", "to_country": "MYS"}
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
