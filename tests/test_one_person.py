"""One person, from the first call to home, as the three users of the register would do it."""

from tests.register import FINDING, Register


def test_one_person_from_the_first_call_to_home(register: Register) -> None:
    operator, verifier, officer = (register.caller(role) for role in ("operator", "verifier", "officer"))
    liaison = register.caller("liaison", "TWN")
    filed = operator.file(
        received_on="2022-09-01",
        location={"province": "KH-18", "place": "building 5, near the port"},
        head_count={"low": 20, "bound": "about"},
        persons=[{"names": [{"text": "Lin Example"}], "nationality": "TWN"}],
        offenders=[{"role": "site_operator", "description": "says he is called Boss Three"}],
        allegations=[{"types": ["illegal_detention", "extortion_ransom"]}],
    )
    assert filed["completeness"] == 90
    assert [question["essential"] for question in filed["next_questions"]] == ["contact"]
    person = filed["persons"][0]["reference"]
    assert person.startswith(filed["reference"])

    verified = verifier.record("finding_made", [filed["reference"]], "2022-09-03", **FINDING)
    assert verified["items"][0]["status"] == "verified"
    officer.record("rescued", [person], "2022-09-10")
    again = {"kind": "rescued", "subjects": [person], "occurred_on": "2022-09-11", "data": {}}
    refused = officer.post("/v1/events", again)
    assert (refused.status_code, refused.json()["from"]) == (409, "rescued")
    assert "repatriated" in refused.json()["allowed"]

    waiting = liaison.get("/v1/persons", awaiting_return="true").json()["items"]
    assert [one["reference"] for one in waiting] == [person]
    home = liaison.record("repatriated", [person], "2022-09-20", mode="embassy_assisted", to_country="TWN")
    assert home["items"][0]["status"] == "repatriated"

    figure = register.key("figures:exact").figure(
        "persons_repatriated", from_="2022-08-01", to="2022-09-23", by="nationality"
    )
    counted = {cell["codes"]["nationality"]: cell["value"] for cell in figure["cells"]}
    assert counted == {"TWN": 1, "XXA": 0, "ZZ-UNKNOWN": 0, "ZZ-DISPUTED": 0}
    assert all(check["holds"] for check in figure["checks"])
