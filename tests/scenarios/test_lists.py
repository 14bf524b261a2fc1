"""Lists of names: what became of everybody on them, line by line.

Source: public press of 2022 and 2023. An embassy's note of 30 names: twenty found, working legally; in a second note
of twenty, seven with similar names, none of whom knew of the request, and of those found three went back to work and
four went home. Twelve people handed over by another state: nine victims, three suspects.
"""

from typing import Any

from tests.register import Register
from tests.scenarios.asking import ask, cells, done, total

NOTED, VISITED, AGAIN = "2022-08-01", "2022-08-10", "2022-08-25"


def note_of(register: Register, count: int, day: str) -> tuple[str, list[str]]:
    """File an embassy's note; some of the names on it are chat names."""
    names = [
        {"text": f"Halimbawa {place}", "kind": "social_media" if place % 3 == 0 else "claimed"}
        for place in range(count)
    ]
    persons = [{"names": [name], "nationality": "PHL"} for name in names]
    embassy = register.caller("liaison", "PHL")
    filed = embassy.file(channel="diplomatic_note", received_on=day, persons=persons, original_label="Note 14/2022")
    return filed["reference"], [person["reference"] for person in filed["persons"]]


def visit(register: Register, on: str, **results: Any) -> dict[str, Any]:
    officer = register.caller("officer")
    given = {"kind": "welfare_check", "started_on": on, "province": "KH-18"}
    operation = done(officer, "/v1/operations", given)["reference"]
    return done(officer, f"/v1/operations/{operation}/results", results)


def test_a_note_of_30_names_has_an_answer_on_every_line(register: Register) -> None:
    case, people = note_of(register, 30, NOTED)
    lines = [{"person": person, "outcomes": ["found_not_held"]} for person in people[:20]]
    lines += [{"person": person, "outcomes": ["not_found"]} for person in people[20:]]
    reported = visit(register, VISITED, persons=lines)
    assert [line["person"] for line in reported["persons"]] == people
    assert reported["tally"]["outcomes"] == {"found_not_held": 20, "not_found": 10}
    embassy = register.caller("liaison", "PHL")
    embassy.record("ended", people[:20], VISITED, outcome="not_held")
    shown = embassy.get(f"/v1/cases/{case}", purpose="consular").json()
    told = [(person["reference"], person["sealed"]["names"][0]["text"]) for person in shown["persons"]]
    assert told == [(person, f"Halimbawa {place}") for place, person in enumerate(people)]
    assert [person.get("outcome") for person in shown["persons"]] == ["not_held"] * 20 + [None] * 10
    assert total(ask(register, "persons_rescued", NOTED, AGAIN)) == 0
    assert cells(ask(register, "persons_ended", NOTED, AGAIN, by="outcome"), "outcome") == {"not_held": 20}


def test_of_twenty_names_seven_are_similar_and_nobody_is_rescued_by_mistake(register: Register) -> None:
    _, people = note_of(register, 20, NOTED)
    lines = [{"person": person, "outcomes": ["similar_name"]} for person in people[:7]]
    lines += [{"person": person, "outcomes": ["not_found"]} for person in people[7:]]
    found = [
        {"nationality": "PHL", "count": 3, "outcomes": ["found_not_held"]},
        {"nationality": "PHL", "count": 4, "outcomes": ["rescued"], "finding": {"outcome": "labour_dispute"}},
    ]
    reported = visit(register, AGAIN, persons=lines, found=found)
    assert {line["status"] for line in reported["persons"]} == {"received"}
    back_to_work, going_home = ([one["person"] for one in line["people"]] for line in reported["found"])
    embassy = register.caller("liaison", "PHL")
    embassy.record("ended", back_to_work, AGAIN, outcome="returned_to_work")
    embassy.record("repatriated", going_home, "2022-09-02", mode="self_arranged", to_country="PHL")
    period = (NOTED, "2022-09-30")
    assert cells(ask(register, "persons_rescued", *period, by="nationality"), "nationality") == {"PHL": 4}
    assert cells(ask(register, "persons_repatriated", *period, by="mode"), "mode") == {"self_arranged": 4}
    assert cells(ask(register, "persons_ended", *period, by="outcome"), "outcome") == {"returned_to_work": 3}
    still = cells(register.key("figures:exact").figure("persons_by_status", at="2022-09-30"), "status")
    assert still == {"received": 20, "repatriated": 4, "ended": 3}


def test_twelve_are_handed_over_of_whom_three_are_suspects(register: Register) -> None:
    liaison, officer, operator = (
        register.caller("liaison", "TWN"),
        register.caller("officer"),
        register.caller("operator"),
    )
    handed_over = {"kind": "handover_foreign", "started_on": VISITED}
    operation = done(liaison, "/v1/operations", handed_over)["reference"]
    victims = {"nationality": "TWN", "count": 9, "outcomes": ["rescued"]}
    suspects = {"nationality": "TWN", "count": 3, "outcomes": ["found_not_held"]}
    reported = done(liaison, f"/v1/operations/{operation}/results", {"found": [victims, suspects]})
    assert [len(line["people"]) for line in reported["found"]] == [9, 3]
    held = [one["person"] for one in reported["found"][1]["people"]]
    officer.record("custody_started", held, VISITED, custody="police_custody")
    accused = operator.file(
        received_on=VISITED, channel="foreign_authority", offenders=[{"nationality": "TWN", "role": "broker"}] * 3
    )
    officer.record("stage_reached", [one["reference"] for one in accused["offenders"]], VISITED, stage="arrested")
    period = (NOTED, "2022-09-30")
    assert total(ask(register, "persons_received", *period)) == 12
    assert cells(ask(register, "persons_rescued", *period, by="finding"), "finding") == {"presumed_victim": 9}
    assert cells(ask(register, "persons_detained", *period, by="nationality"), "nationality") == {"TWN": 3}
    assert cells(ask(register, "offenders_at_stage", *period, by="stage"), "stage") == {"arrested": 3}
