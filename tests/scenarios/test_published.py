"""Published figures of 2022, asked from a register that holds all scenarios at once, and what corrections do to them.

One file, so that one worker enters the scenarios once.
"""

import csv
import io
from datetime import date
from typing import Any

import httpx

from service.demo.entering import Entered
from service.demo.stories import Step, Teller
from tests.scenarios import oracle
from tests.scenarios.conftest import Entry

AUGUST = {"from_": "2022-08-18", "to": "2022-09-07"}
UNTIL_30_AUGUST = {"from_": "2022-01-01", "to": "2022-08-30"}
UNTIL_20_AUGUST = {"from_": "2022-01-01", "to": "2022-08-20"}
TO_23_SEPTEMBER = {"from_": "2022-08-01", "to": "2022-09-23", "by": "nationality"}
NEW_YEAR, DAY_20, DAY_30 = date(2022, 1, 1), date(2022, 8, 20), date(2022, 8, 30)


def total(answer: dict[str, Any]) -> int:
    value: int = answer["total"]["value"]
    return value


def cells(answer: dict[str, Any], dimension: str) -> dict[str, int]:
    return {cell["codes"][dimension]: cell["value"] for cell in answer["cells"]}


def test_a01_137_requests_for_intervention_came_in_from_18_august_to_7_september(entry: Entry) -> None:
    answer = entry.published("cases_received", kind="rescue", by="channel", **AUGUST)
    assert total(answer) == 137
    assert sum(cells(answer, "channel").values()) == 137
    assert answer["unit"] == "case"
    assert answer["period"] == {"from": "2022-08-18", "to": "2022-09-07"}
    told = oracle.received(entry.stories, date(2022, 8, 18), date(2022, 9, 7), "rescue")
    assert len(told) == 137
    assert {story.received_on for story in told} >= {date(2022, 8, 18), date(2022, 9, 7)}


def test_a01_counts_both_days_of_the_period_and_neither_neighbour(entry: Entry) -> None:
    wider = {"from_": "2022-08-17", "to": "2022-09-08"}
    around = sum(total(entry.published("cases_received", kind="rescue", from_=day, to=day)) for day in wider.values())
    assert around == 7 + len(
        oracle.received(entry.entered_stories("104 cases"), date(2022, 8, 17), date(2022, 8, 17), "rescue")
    )
    assert total(entry.published("cases_received", kind="rescue", **wider)) == 137 + around
    edges = [total(entry.published("cases_received", kind="rescue", from_=day, to=day)) for day in AUGUST.values()]
    assert edges == [3, 7]


def test_a01_leaves_out_requests_to_return_home_and_searches_for_relatives(entry: Entry) -> None:
    answer = entry.published("cases_received", by="kind", **AUGUST)
    by_kind = cells(answer, "kind")
    first, last = date(2022, 8, 18), date(2022, 9, 7)
    assert by_kind == {kind: len(oracle.received(entry.stories, first, last, kind)) for kind in by_kind}
    assert by_kind["rescue"] == 137
    assert by_kind["return"] > 0
    assert by_kind["tracing"] > 0


def test_a02_274_people_are_alleged_in_these_requests(entry: Entry) -> None:
    answer = entry.published("persons_alleged", kind="rescue", **AUGUST)
    assert answer["unit"] == "head_count"
    assert answer["total"] == {"codes": {}, "labels": {}, "low": 274, "high": 274, "open_ended": 0}
    told = oracle.received(entry.stories, date(2022, 8, 18), date(2022, 9, 7), "rescue")
    assert sum(story.body["head_count"]["low"] for story in told) == 274


def test_a02_is_no_count_of_persons(entry: Entry) -> None:
    told = oracle.received(entry.stories, date(2022, 8, 18), date(2022, 9, 7), "rescue")
    known = sum(len(story.body["persons"]) for story in told)
    others = [story for story in entry.stories if story not in told]
    also = sum(
        date(2022, 8, 18) <= story.received_on <= date(2022, 9, 7) and len(story.body["persons"]) for story in others
    )
    answer = entry.published("persons_received", **AUGUST)
    assert answer["unit"] == "human"
    assert total(answer) == known + also
    assert 0 < known < 274


def test_a02_the_day_after_has_bounds_that_are_open(entry: Entry) -> None:
    answer = entry.published("persons_alleged", kind="rescue", from_="2022-08-17", to="2022-09-08")
    claims = [story.body.get("head_count") for story in entry.stories if story.body.get("kind", "rescue") == "rescue"
              and date(2022, 8, 17) <= story.received_on <= date(2022, 9, 8)]  # fmt: skip
    open_ended = [claim for claim in claims if claim and claim.get("bound") in {"unquantified", "at_least"}]
    assert answer["total"]["open_ended"] == len(open_ended) > 0
    assert answer["total"].get("high") is None
    assert answer["total"]["low"] == sum(claim.get("low", 0) for claim in claims if claim)


def test_a12_246_taiwanese_went_home_by_23_september(entry: Entry) -> None:
    asked = {"from_": "2022-08-01", "to": "2022-09-23", "by": "nationality"}
    answer = entry.published("persons_repatriated", **asked)
    assert cells(answer, "nationality")["TWN"] == 246
    told = oracle.at_home(entry.stories, date(2022, 8, 1), date(2022, 9, 23))
    assert {code: count for code, count in cells(answer, "nationality").items() if count} == dict(told)
    assert total(answer) == told.total() > 246


def test_a12_shows_deportations_as_a_mode_of_their_own(entry: Entry) -> None:
    asked = {"from_": "2022-08-01", "to": "2022-09-23", "nationality": "TWN", "by": "mode"}
    by_mode = cells(entry.published("persons_repatriated", **asked), "mode")
    assert {mode: count for mode, count in by_mode.items() if count} == {
        "embassy_assisted": 171,
        "self_arranged": 48,
        "assisted_voluntary": 18,
        "deported": 6,
        "deported_instead_of_jail": 3,
    }
    assert total(entry.published("journeys_home", **asked)) == 246


def test_a12_grows_only_with_the_next_flight(entry: Entry) -> None:
    def until(day: str) -> int:
        return total(entry.published("persons_repatriated", from_="2022-08-01", to=day, nationality="TWN"))

    told = oracle.at_home(entry.stories, date(2022, 8, 1), date(2022, 9, 22))
    assert until("2022-09-22") == told["TWN"] < 246
    assert [until("2022-09-25"), until("2022-09-26")] == [246, 252]


def test_a13_393_taiwanese_are_in_the_register_and_not_home_on_24_september(entry: Entry) -> None:
    answer = entry.published("persons_by_status", at="2022-09-24", nationality="TWN")
    by_status = cells(answer, "status")
    told = oracle.by_status(entry.stories, date(2022, 9, 24), "TWN")
    assert {status: count for status, count in by_status.items() if count} == dict(told)
    assert by_status["received"] + by_status["verified"] + by_status["rescued"] == 393
    assert by_status["received"] + by_status["verified"] == 333
    assert total(answer) == 246 + 393


def test_a14_60_of_them_were_freed_and_awaited_return(entry: Entry) -> None:
    answer = entry.published("persons_awaiting_return", at="2022-09-24", by="nationality", nationality="TWN")
    assert cells(answer, "nationality") == {"TWN": 60}
    assert answer["at"] == "2022-09-24"
    two_days_on = entry.published("persons_awaiting_return", at="2022-09-26", nationality="TWN")
    assert total(two_days_on) == 54


def test_a15_and_a16_both_count_the_requests_of_8_september(entry: Entry) -> None:
    def requests(first: str, last: str) -> int:
        asked = {"kind": "return", "channel": "foreign_authority", "from_": first, "to": last}
        return total(entry.published("cases_received", **asked))

    assert requests("2022-08-26", "2022-09-08") == 133
    assert requests("2022-09-08", "2022-09-23") == 51
    assert requests("2022-08-26", "2022-09-23") == 133 + 51 - requests("2022-09-08", "2022-09-08")


def test_a17_104_cases_were_intervened_in_from_january_to_30_august(entry: Entry) -> None:
    assert total(entry.published("cases_intervened", **UNTIL_30_AUGUST)) == 104
    assert oracle.intervened(entry.stories, NEW_YEAR, DAY_30) == 104
    assert total(entry.published("cases_received", **UNTIL_30_AUGUST)) != 104


def test_a18_968_people_were_rescued_in_them(entry: Entry) -> None:
    answer = entry.published("persons_rescued", by="nationality", **UNTIL_30_AUGUST)
    assert total(answer) == 968
    assert oracle.rescued(entry.stories, NEW_YEAR, DAY_30) == 968
    assert cells(answer, "nationality")["ZZ-UNKNOWN"] > 0


def test_a18_more_people_became_known_than_were_rescued(entry: Entry) -> None:
    stories = entry.entered_stories("104 cases")
    known = sum(len(story.body["persons"]) for story in stories)
    assert known > 968 + 8
    assert oracle.by_status(stories, date(2022, 12, 31))["ended"] > 0


def test_a17_and_a18_ten_days_earlier_were_87_cases_and_865_people(entry: Entry) -> None:
    assert total(entry.published("cases_intervened", **UNTIL_20_AUGUST)) == 87
    assert total(entry.published("persons_rescued", **UNTIL_20_AUGUST)) == 865
    assert oracle.intervened(entry.stories, NEW_YEAR, DAY_20) == 87
    assert oracle.rescued(entry.stories, NEW_YEAR, DAY_20) == 865
    rest = {"from_": "2022-08-21", "to": "2022-08-30"}
    assert total(entry.published("cases_intervened", **rest)) == 17
    assert total(entry.published("persons_rescued", **rest)) == 103


def test_a17_leaves_out_the_days_before_and_after(entry: Entry) -> None:
    for day in ("2021-12-31", "2022-08-31"):
        on = date.fromisoformat(day)
        assert (
            total(entry.published("cases_intervened", from_=day, to=day))
            == oracle.intervened(entry.stories, on, on)
            > 0
        )
        assert total(entry.published("persons_rescued", from_=day, to=day)) == oracle.rescued(entry.stories, on, on) > 0


def test_a19_82_suspects_were_detained_in_them(entry: Entry) -> None:
    answer = entry.published("offenders_at_stage", by="stage", **UNTIL_30_AUGUST)
    assert cells(answer, "stage")["detained"] == 82
    assert answer["unit"] == "offender"
    until_20 = entry.published("offenders_at_stage", by="stage", stage="detained", **UNTIL_20_AUGUST)
    assert cells(until_20, "stage") == {"detained": 60}


def test_a20_19_of_the_104_cases_involved_extortion_and_confinement(entry: Entry) -> None:
    answer = entry.published("cases_by_finding", finding="confinement_and_extortion", **UNTIL_30_AUGUST)
    assert cells(answer, "finding") == {"confinement_and_extortion": 19}
    assert oracle.confined_and_extorted(entry.stories, NEW_YEAR, DAY_30) == 19


def test_a20_the_other_85_were_of_seven_kinds_that_overlap(entry: Entry) -> None:
    answer = entry.published("cases_by_finding", **UNTIL_30_AUGUST)
    found = cells(answer, "finding")
    kinds = ("labour_dispute", "contract_dispute", "restriction_of_freedom", "job_switch_without_consent",
             "debt_settlement", "discontent_conditions", "missing_relative_only")  # fmt: skip
    assert all(found[kind] > 0 for kind in kinds)
    assert sum(found[kind] for kind in kinds) > 85
    assert found["trafficking_confirmed"] + found["confinement_extortion_confirmed"] == 19
    assert answer["by"] == [{"name": "finding", "parts": "overlapping"}]
    assert answer.get("total") is None


def test_every_human_is_in_one_status_on_every_day_that_is_quoted(entry: Entry) -> None:
    for day in (DAY_20, DAY_30, date(2022, 9, 7), date(2022, 9, 24), date(2022, 12, 31)):
        answer = entry.published("persons_by_status", at=day.isoformat())
        told = oracle.by_status(entry.stories, day)
        assert {status: count for status, count in cells(answer, "status").items() if count} == dict(told)
        assert total(answer) == told.total()


def test_a12_can_be_had_as_a_table(entry: Entry) -> None:
    response = entry.csv("persons_repatriated", from_="2022-08-01", to="2022-09-23", by="nationality")
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    home = {row["nationality"]: int(row["value"]) for row in rows}
    assert home["TWN"] == 246
    assert {(row["unit"], row["from"], row["to"]) for row in rows} == {("human", "2022-08-01", "2022-09-23")}
    answer = entry.published("persons_repatriated", from_="2022-08-01", to="2022-09-23", by="nationality")
    assert home == cells(answer, "nationality")


def somebody_home(entry: Entry, place: int) -> tuple[str, str]:
    """Reference of a Taiwanese who went home, and the id of the event that says so."""
    found = [
        (one.persons[who], event_id) for one in entry.entered["Taiwan's nationals"] for who, event_id in _returns(one)
    ]
    return found[place]


def _returns(one: Entered) -> list[tuple[int, str]]:
    return [
        found
        for step, ids in zip(one.story.steps, one.events, strict=True)
        if isinstance(step, Step) and step.kind == "repatriated" and step.on.isoformat() <= "2022-09-23"
        for found in zip(step.persons, ids, strict=True)
    ]


def done(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 201, response.text
    content: dict[str, Any] = response.json()
    return content


def test_a_voided_return_changes_today_and_not_the_day_of_publication(entry: Entry) -> None:
    person, event_id = somebody_home(entry, 0)
    before = entry.figure("persons_repatriated", **TO_23_SEPTEMBER)
    publication = before["known_at"]
    with entry.signed_in(Teller.SUPERVISOR) as supervisor:
        done(supervisor.post(f"/v1/events/{event_id}/void", json={"reason": "wrong_subject"}))
        assert supervisor.get(f"/v1/persons/{person}").json()["status"] == "rescued"

    now = entry.figure("persons_repatriated", **TO_23_SEPTEMBER)
    assert cells(now, "nationality")["TWN"] == cells(before, "nationality")["TWN"] - 1
    assert total(now) == total(before) - 1
    then = entry.figure("persons_repatriated", known_at=publication, **TO_23_SEPTEMBER)
    assert (then["cells"], then["total"], then["digest"]) == (before["cells"], before["total"], before["digest"])
    assert now["digest"] != before["digest"]
    assert total(entry.published("persons_repatriated", nationality="TWN", from_="2022-08-01", to="2022-09-23")) == 246


def test_a_voided_return_adds_one_who_waits(entry: Entry) -> None:
    asked = {"at": "2022-09-24", "nationality": "TWN"}
    before = total(entry.figure("persons_awaiting_return", **asked))
    _, event_id = somebody_home(entry, 1)
    with entry.signed_in(Teller.SUPERVISOR) as supervisor:
        done(supervisor.post(f"/v1/events/{event_id}/void", json={"reason": "found_untrue"}))
    assert total(entry.figure("persons_awaiting_return", **asked)) == before + 1
    assert total(entry.published("persons_awaiting_return", **asked)) == 60


def test_a_corrected_nationality_leaves_one_row_and_joins_another(entry: Entry) -> None:
    person, _ = somebody_home(entry, 2)
    before = entry.figure("persons_repatriated", **TO_23_SEPTEMBER)
    denied = {"nationality": "TWN", "source": "denied_by_state"}
    decided = {"nationality": "MYS", "source": "document_seen", "decision": True}
    with entry.signed_in(Teller.LIAISON_TWN) as liaison:
        done(liaison.post("/v1/events", json=_asserted(person, denied)))
        assert liaison.get(f"/v1/persons/{person}").status_code == 404
    with entry.signed_in(Teller.SUPERVISOR) as supervisor:
        done(supervisor.post("/v1/events", json=_asserted(person, decided)))

    now = entry.figure("persons_repatriated", **TO_23_SEPTEMBER)
    rows, earlier = cells(now, "nationality"), cells(before, "nationality")
    assert {code: rows[code] - earlier.get(code, 0) for code in rows if rows[code] != earlier.get(code, 0)} == {
        "TWN": -1,
        "MYS": +1,
    }
    assert total(now) == total(before)
    assert all(check["holds"] for check in now["checks"])
    then = entry.figure("persons_repatriated", known_at=before["known_at"], **TO_23_SEPTEMBER)
    assert (then["cells"], then["digest"]) == (before["cells"], before["digest"])


def test_a_finding_withdrawn_from_a_case_leaves_18_today_and_19_as_published(entry: Entry) -> None:
    asked = {"from_": "2022-01-01", "to": "2022-08-30", "finding": "confinement_and_extortion"}
    one = next(one for one in entry.entered["104 cases"] if _found_both(one))
    with entry.signed_in(Teller.VERIFIER) as verifier:
        step = one.story.steps[0]
        assert isinstance(step, Step)
        data = {**step.data, "outcome": "labour_dispute", "confinement": False}
        body = {"kind": "finding_made", "subjects": [one.case], "occurred_on": "2022-08-30", "data": data}
        done(verifier.post("/v1/events", json=body))
    assert cells(entry.figure("cases_by_finding", **asked), "finding") == {"confinement_and_extortion": 18}
    assert cells(entry.published("cases_by_finding", **asked), "finding") == {"confinement_and_extortion": 19}
    assert total(entry.figure("cases_intervened", from_="2022-01-01", to="2022-08-30")) == 104


def _found_both(one: Entered) -> bool:
    step = one.story.steps[0]
    return isinstance(step, Step) and bool(step.data.get("confinement") and step.data.get("extortion"))


def _asserted(person: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "nationality_asserted", "subjects": [person], "occurred_on": "2022-10-20", "data": data}
