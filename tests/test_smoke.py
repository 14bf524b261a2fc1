from tests.register import FINDING, Register


def test_one_person_from_the_first_call_to_home(register: Register) -> None:
    operator = register.caller("operator")
    verifier = register.caller("verifier")
    officer = register.caller("officer")
    liaison = register.caller("liaison", "TWN")
    job = register.key("figures:exact")
    filed = operator.file(
        received_on="2022-09-01",
        location={"province": "KH-18", "place": "building 5, near the port"},
        head_count={"low": 20, "bound": "about"},
        persons=[{"names": [{"text": "Lin Example"}], "nationality": "TWN"}],
        offenders=[{"role": "site_operator", "description": "says he is called Boss Three"}],
        allegations=[{"types": ["illegal_detention", "extortion_ransom"]}],
    )
    print(filed)
    verifier.record("finding_made", [filed["reference"]], "2022-09-03", **FINDING)
    person = filed["persons"][0]["reference"]
    officer.record("rescued", [person], "2022-09-10")
    assert (
        officer.post(
            "/v1/events", {"kind": "rescued", "subjects": [person], "occurred_on": "2022-09-11", "data": {}}
        ).status_code
        == 409
    )
    print(liaison.get("/v1/persons").json())
    print(liaison.get(f"/v1/cases/{filed['reference']}", purpose="consular").json())
    print(operator.get(f"/v1/cases/{filed['reference']}", purpose="call_back").json())
    print(operator.get(f"/v1/cases/{filed['reference']}/events").json())
    home = liaison.record("repatriated", [person], "2022-09-20", mode="embassy_assisted", to_country="TWN")
    assert home["items"][0]["status"] == "repatriated"
    figure = job.figure("persons_repatriated", from_="2022-08-01", to="2022-09-23", by="nationality")
    print(figure)
    assert figure["total"]["value"] == 1
    print(job.get("/v1/figures/persons_by_status").json()["checks"])
