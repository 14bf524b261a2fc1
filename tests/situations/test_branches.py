"""What happened in 2022 and must be representable: B1 to B25 (design/domain.md section 9), each told over HTTP.

B26, a raid that frees people nobody had asked for, is told in tests/operations.
"""

from tests.register import NOW, Register
from tests.situations.telling import CHECKED, FILED, Telling, refused


def test_b01_refuses_rescue_asked_freely(register: Register) -> None:
    told = Telling(register).verified()
    ending = ("supervisor", "ended", "2022-09-06")
    refused(told.try_to_say(*ending, outcome="refused_rescue"), "requirement-missing")
    told.say("officer", "rescue_refused", "2022-09-05", freely="yes")
    assert told.shown()["status"] == "verified"
    told.say(*ending, outcome="refused_rescue")
    assert (told.shown()["status"], told.shown()["outcome"]) == ("ended", "refused_rescue")
    assert told.case_shown()["status"] == "closed"
    assert told.count("persons_ended", by="outcome") == {"refused_rescue": 1}
    assert told.count("persons_rescued") == {}


def test_b02_could_not_answer_freely_and_stays_open(register: Register) -> None:
    told = Telling(register).verified()
    told.say("officer", "rescue_refused", "2022-09-05", freely="no")
    told.say("liaison", "wish_stated", "2022-09-05", purpose="be_rescued", value="could_not_answer_freely", freely="no")
    refused(told.try_to_say("supervisor", "ended", "2022-09-06", outcome="refused_rescue"), "requirement-missing")
    assert told.shown()["status"] == "verified"
    [wish] = told.shown()["wishes"]
    assert (wish["value"], wish["freely"]) == ("could_not_answer_freely", "no")
    told.rescued("2022-09-07")
    assert told.shown()["status"] == "rescued"


def test_b03_rescued_and_stays_in_the_country_by_choice(register: Register) -> None:
    told = Telling(register).verified().rescued()
    told.say("liaison", "wish_stated", "2022-09-06", purpose="return_home", value="no", freely="yes")
    home = {"mode": "embassy_assisted", "to_country": "MYS"}
    refused(told.try_to_say("liaison", "repatriated", "2022-09-08", **home), "requirement-missing")
    told.say("liaison", "ended", "2022-09-08", outcome="remains_by_choice")
    assert told.shown()["awaiting_return"] is False
    assert told.count("persons_rescued") == {"MYS": 1}
    assert told.count("persons_awaiting_return", at="2022-09-07") == {"MYS": 1}
    assert told.count("persons_awaiting_return", at="2022-09-08") == {}


def test_b04_the_parent_says_kidnapped_and_the_adult_says_not(register: Register) -> None:
    given = {
        "reporter": {"relationship": "parent"},
        "allegations": [{"types": ["illegal_detention"]}],
        "persons": [{"nationality": "MYS", "age": 25}],
    }
    told = Telling(register, given=given)
    told.say("operator", "wish_stated", "2022-09-04", purpose="leave_employer", value="no", freely="yes")
    told.say("verifier", "located", "2022-09-04", result="not_held")
    told.verified("2022-09-05", outcome="discontent_conditions", evidence=["statement_person"])
    told.say("supervisor", "ended", "2022-09-05", outcome="not_held")
    shown = told.case_shown()
    assert shown["allegations"] == ["illegal_detention"]
    assert shown["relationship"] == "parent"
    assert told.shown()["outcome"] == "not_held"
    assert told.count("cases_by_finding", by="finding") == {"discontent_conditions": 1}


def test_b05_rescued_and_held_in_an_immigration_depot(register: Register) -> None:
    told = Telling(register).verified().rescued()
    told.say("officer", "custody_started", "2022-09-05", custody="immigration_depot")
    told.say("liaison", "return_step", "2022-09-06", step="travel_document", state="done", country="MYS")
    shown = told.shown("liaison")
    assert (shown["status"], shown["awaiting_return"]) == ("rescued", True)
    assert (shown["in_custody"], shown["custody"]) == (True, "immigration_depot")
    held = told.by("liaison").get("/v1/persons", in_custody="true").json()["items"]
    assert [person["reference"] for person in held] == [told.person]
    assert told.count("persons_detained") == {"MYS": 1}
    told.say("officer", "custody_ended", "2022-09-09")
    assert told.shown("liaison")["in_custody"] is False
    assert told.by("liaison").get("/v1/persons", in_custody="true").json()["items"] == []


def test_b05_whoever_went_home_is_in_nobodys_hands_and_a_new_journey_begins_anew(register: Register) -> None:
    told = Telling(register).verified().rescued()
    told.say("officer", "custody_started", "2022-09-05", custody="immigration_depot")
    told.say("liaison", "return_step", "2022-09-06", step="travel_document", state="done", country="MYS")
    told.say("liaison", "repatriated", "2022-09-08", mode="embassy_assisted", to_country="MYS")
    assert told.shown()["in_custody"] is False
    told.rescued("2022-09-20")
    assert told.shown().get("return_tasks", []) == []


def test_b06_deported_instead_of_jailed_at_the_embassys_plea(register: Register) -> None:
    told = Telling(register).verified().rescued()
    told.say("liaison", "wish_stated", "2022-09-06", purpose="return_home", value="no", freely="yes")
    told.say("officer", "repatriated", "2022-09-10", mode="deported_instead_of_jail", to_country="MYS")
    assert told.shown()["status"] == "repatriated"
    assert told.count("persons_repatriated", by="mode") == {"deported_instead_of_jail": 1}


def test_b07_imprisoned_and_still_a_victim(register: Register) -> None:
    told = Telling(register).verified(outcome="trafficking_confirmed").rescued()
    told.say("officer", "custody_started", "2022-09-06", custody="prison")
    told.say("supervisor", "ended", "2022-09-20", outcome="imprisoned")
    shown = told.shown()
    assert (shown["status"], shown["outcome"], shown["custody"]) == ("ended", "imprisoned", "prison")
    assert [finding["outcome"] for finding in shown["findings"]] == ["trafficking_confirmed"]
    assert told.count("cases_by_finding", by="finding") == {"trafficking_confirmed": 1}


def test_b08_freed_and_waiting(register: Register) -> None:
    told = Telling(register).verified().rescued()
    assert told.count("persons_awaiting_return", at="2022-09-04") == {}
    assert told.count("persons_awaiting_return", at="2022-09-30") == {"MYS": 1}
    waiting = told.by("liaison").get("/v1/persons", awaiting_return="true").json()["items"]
    assert [person["reference"] for person in waiting] == [told.person]


def test_b09_the_place_was_checked_and_the_report_was_untrue(register: Register) -> None:
    told = Telling(register, given={"persons": [], "head_count": {"low": 20, "bound": "about"}})
    refused(told.try_to_say("supervisor", "closed", "2022-09-05", told.case, reason="unfounded"), "requirement-missing")
    told.verified("2022-09-04", outcome="unfounded", evidence=["site_visit"])
    told.say("supervisor", "closed", "2022-09-05", told.case, reason="unfounded")
    assert (told.case_shown()["status"], told.case_shown()["closure"]) == ("closed", "unfounded")
    assert told.case_shown()["head_count"] == {"bound": "about", "low": 20}
    assert told.count("cases_received", by="channel") == {"hotline_117": 1}
    assert told.count("persons_received") == {}


def test_b10_not_located_and_later_found_again(register: Register) -> None:
    told = Telling(register)
    told.say("verifier", "located", "2022-09-04", result="not_found")
    ending = ("supervisor", "ended", "2022-09-08")
    refused(told.try_to_say(*ending, outcome="not_located"), "requirement-missing")
    told.say("verifier", "located", "2022-09-07", result="not_found")
    told.say(*ending, outcome="not_located")
    assert told.case_shown()["status"] == "closed"
    told.say("verifier", "located", "2022-09-12", result="held")
    assert told.shown()["status"] == "received"
    assert told.case_shown()["status"] == "received"
    assert told.count("persons_by_status", by="status", at="2022-09-10") == {"ended": 1}
    assert told.count("persons_by_status", by="status", at="2022-09-12") == {"received": 1}


def test_b11_found_working_and_not_held(register: Register) -> None:
    told = Telling(register)
    told.say("verifier", "located", "2022-09-04", result="not_held")
    told.say("supervisor", "ended", "2022-09-04", outcome="not_held")
    assert told.count("persons_ended", by="outcome") == {"not_held": 1}
    assert told.count("persons_rescued") == {}


def test_b12_goes_back_to_the_same_work(register: Register) -> None:
    told = Telling(register).verified().rescued()
    told.say("liaison", "wish_stated", "2022-09-06", purpose="leave_employer", value="no", freely="yes")
    told.say("liaison", "ended", "2022-09-07", outcome="returned_to_work")
    assert told.shown()["outcome"] == "returned_to_work"
    assert told.count("persons_rescued") == {"MYS": 1}


def test_b13_moved_or_resold_before_the_visit(register: Register) -> None:
    told = Telling(register, given={"location": {"province": "KH-18", "place": "Example Compound B"}}).verified()
    told.say("verifier", "located", "2022-09-06", result="moved")
    assert told.shown()["status"] == "verified"
    version = told.by("operator").get(f"/v1/cases/{told.case}").headers["etag"]
    moved = {"location": {"province": "KH-12", "place": "Example Compound C"}}
    patched = told.by("operator").patch(f"/v1/cases/{told.case}", moved, If_Match=version)
    assert patched.status_code == 200, patched.text
    told.say("verifier", "located", "2022-09-09", result="held")
    told.rescued("2022-09-10")
    assert told.count("persons_rescued", by="province") == {"KH-12": 1}


def test_b14_left_unreported_and_the_embassy_learns_it_later(register: Register) -> None:
    told = Telling(register).verified().rescued()
    told.say("liaison", "ended", "2022-09", outcome="left_unreported")
    assert told.shown()["outcome"] == "left_unreported"
    assert told.count("persons_ended", by="outcome") == {"left_unreported": 1}
    assert told.count("persons_repatriated") == {}


def test_b15_handed_over_in_a_third_country(register: Register) -> None:
    told = Telling(register).verified().rescued()
    told.say("liaison", "ended", "2022-09-15", outcome="third_country")
    assert told.count("persons_ended", by="outcome") == {"third_country": 1}
    assert told.count("persons_repatriated") == {}


def test_b16_a_state_without_an_embassy_has_a_liaison_from_afar(register: Register) -> None:
    told = Telling(register, nationality="TWN").verified().rescued()
    told.say("liaison", "nationality_asserted", "2022-09-07", nationality="TWN", source="confirmed_by_state")
    document = {"step": "travel_document", "state": "done", "country": "TWN"}
    told.say("liaison", "return_step", "2022-09-08", **document)
    told.say("liaison", "repatriated", "2022-09-20", mode="self_arranged", to_country="TWN", funding=["self_or_family"])
    assert told.count("persons_repatriated") == {"TWN": 1}
    [task] = told.shown("liaison")["return_tasks"]
    assert {name: task[name] for name in document} == document


def test_b17_stateless_or_afraid_of_their_own_state(register: Register) -> None:
    persons = [{"nationality": "XXA"}, {"nationality": "VNM", "fears_own_state": True}]
    told = Telling(register, nationality="VNM", given={"persons": persons}).verified()
    told.rescued("2022-09-05", *told.persons)
    for person in told.persons:
        assert told.by("liaison").get(f"/v1/persons/{person}").status_code == 404
    assert told.by("liaison").get("/v1/persons").json()["items"] == []
    assert told.by("liaison").get("/v1/cases").json()["items"] == []
    for person in told.persons:
        told.say("supervisor", "ended", "2022-09-20", person, outcome="third_country")
    assert told.count("persons_rescued") == {"held_back": 2}
    assert told.count("persons_ended", by="outcome") == {"third_country": 2}


def test_b18_a_minor_whose_guardian_or_a_court_decides(register: Register) -> None:
    minor = {
        "nationality": "MYS",
        "age": 15,
        "guardian": {"names": [{"text": "Contoh Ibu"}], "relationship": "parent"},
    }
    told = Telling(register, given={"persons": [minor]}).verified().rescued()
    assert told.shown()["age_group"] == "minor"
    assert told.shown()["guardian_known"] is True
    assert "guardian" not in (told.shown().get("sealed") or {})
    told.say("liaison", "wish_stated", "2022-09-06", purpose="return_home", value="no", freely="yes")
    home = {"mode": "embassy_assisted", "to_country": "MYS"}
    refused(told.try_to_say("liaison", "repatriated", "2022-09-10", **home), "requirement-missing")
    assessed = {"step": "family_assessment", "state": "done", "country": "MYS"}
    told.say("liaison", "return_step", "2022-09-09", **assessed)
    told.say("liaison", "repatriated", "2022-09-10", **home, decided_by="court")
    assert told.count("persons_repatriated", by="age_group") == {"minor": 1}


def test_b19_victim_and_suspect_at_once(register: Register) -> None:
    persons = [{"nationality": "MYS", "names": [{"text": "Contoh Laut"}]}]
    told = Telling(register, given={"persons": persons, "offenders": [{"role": "supervisor", "nationality": "MYS"}]})
    told.verified(outcome="trafficking_confirmed").rescued()
    told.say("officer", "custody_started", "2022-09-05", custody="police_custody")
    told.say("officer", "stage_reached", "2022-09-05", *told.offenders, stage="arrested")
    told.say("officer", "stage_reached", "2022-09-08", *told.offenders, stage="charged")
    shown = told.shown()
    assert [finding["outcome"] for finding in shown["findings"]] == ["trafficking_confirmed"]
    assert (shown["status"], shown["in_custody"]) == ("rescued", True)
    assert told.count("persons_rescued") == {"MYS": 1}
    assert told.count("offenders_at_stage", by="stage") == {"arrested": 1, "charged": 1}
    assert told.count("arrests") == {"MYS": 1}


def test_b20_the_same_human_asked_for_twice_is_alleged_twice(register: Register) -> None:
    """That the two rows are one human is said by a link; until then both count, and nothing merges by itself."""
    first = Telling(register, given={"head_count": {"low": 1}})
    second = Telling(register, given={"head_count": {"low": 1}, "channel": "fb_police"})
    assert first.person != second.person
    answer = register.key("figures:exact").figure("persons_alleged", from_=FILED, to=FILED)
    assert answer["total"]["low"] == 2
    assert first.count("cases_received", by="channel") == {"hotline_117": 1, "fb_police": 1}


def test_b21_dead(register: Register) -> None:
    told = Telling(register).verified().rescued()
    died = {"outcome": "deceased"}
    refused(told.try_to_say("liaison", "ended", "2022-09-12", **died), "requirement-missing")
    told.say("liaison", "ended", "2022-09-12", **died, reported=True)
    refused(told.try_to_say("liaison", "ended", "2022-09-12", **died), "requirement-missing")
    assert told.shown()["status"] == "rescued"
    told.say("supervisor", "ended", "2022-09-12", **died)
    refused(told.try_to_say("officer", "rescued", "2022-09-13"), "invalid-transition")
    assert told.count("persons_ended", by="outcome") == {"deceased": 1}
    assert told.count("persons_rescued") == {"MYS": 1}


def test_b22_rescued_twice_and_returned_twice_is_two_journeys_of_one_human(register: Register) -> None:
    told = Telling(register).verified()
    for out, home in (("2022-09-05", "2022-09-08"), ("2022-09-15", "2022-09-20")):
        told.rescued(out)
        told.say("liaison", "repatriated", home, mode="embassy_assisted", to_country="MYS")
    assert told.count("journeys_home") == {"MYS": 2}
    assert told.count("persons_repatriated") == {"MYS": 1}
    assert told.count("persons_rescued") == {"MYS": 1}


def test_b23_a_cambodian_is_rescued_and_not_repatriated(register: Register) -> None:
    told = Telling(register, nationality="KHM").verified().rescued()
    home = {"mode": "assisted_voluntary", "to_country": "THA"}
    refused(told.try_to_say("supervisor", "repatriated", "2022-09-10", **home), "requirement-missing")
    told.say("supervisor", "ended", "2022-09-10", outcome="remains_by_choice")
    assert told.count("persons_rescued") == {"KHM": 1}
    assert told.count("persons_repatriated") == {}


def test_b24_outside_cambodia_is_referred(register: Register) -> None:
    told = Telling(register)
    told.say("supervisor", "closed", "2022-09-03", told.case, reason="outside_cambodia")
    assert (told.case_shown()["status"], told.case_shown()["closure"]) == ("closed", "outside_cambodia")
    assert told.count("cases_received", by="channel") == {"hotline_117": 1}


def test_b25_counted_and_then_found_not_to_exist(register: Register) -> None:
    told = Telling(register).verified()
    rescue = told.say("officer", "rescued", "2022-09-05")["items"][0]["event_id"]
    published = register.clock.move(hours=1).isoformat().replace("+00:00", "Z")
    assert told.count("persons_rescued") == {"MYS": 1}
    register.clock.move(days=1)
    voided = told.by("supervisor").post(f"/v1/events/{rescue}/void", {"reason": "found_untrue"})
    assert voided.status_code == 201, voided.text
    told.say("verifier", "ended", CHECKED, outcome="not_exist", reported=True)
    told.say("supervisor", "ended", CHECKED, outcome="not_exist")
    assert told.count("persons_rescued") == {}
    assert told.count("persons_ended", by="outcome") == {"not_exist": 1}
    assert told.count("persons_rescued", known_at=published) == {"MYS": 1}
    assert register.clock.now > NOW
