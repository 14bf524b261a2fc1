"""What an answer carries, and that it can be checked by whoever got it."""

from datetime import timedelta
from typing import Any

from tests.figures.conftest import Office
from tests.register import Register

YEAR = {"from_": "2022-01-01", "to": "2022-12-31"}
WHOLE = {"from": "2022-01-01", "to": "2022-12-31"}


def cells(document: dict[str, Any], name: str) -> dict[str, int]:
    return {cell["codes"][name]: cell["value"] for cell in document["cells"]}


def test_an_answer_carries_everything_needed_to_quote_it(office: Office) -> None:
    answered = office.job.figure("persons_repatriated", **YEAR, by="nationality", sex=["female", "male"])
    assert answered["period"] == {"from": "2022-01-01", "to": "2022-12-31"}
    assert answered["time_zone"] == "Asia/Phnom_Penh"
    assert (answered["unit"], answered["definition_version"], answered["kind"]) == ("human", 1, "flow")
    assert answered["filters"] == {"sex": ["female", "male"]}
    assert answered["by"] == [{"name": "nationality", "parts": "partition"}]
    assert answered["nationality_rule_version"] == 2
    assert answered["total"]["value"] == 1
    assert "at" not in answered


def test_the_rows_that_matter_are_shown_at_zero(office: Office) -> None:
    answered = office.job.figure("persons_repatriated", **YEAR, by="nationality")
    assert cells(answered, "nationality") == {"TWN": 1, "XXA": 0, "ZZ-UNKNOWN": 0, "ZZ-DISPUTED": 0}
    labels = {cell["codes"]["nationality"]: cell["labels"]["nationality"] for cell in answered["cells"]}
    assert labels["ZZ-DISPUTED"] == "Disputed nationality"
    statuses = cells(office.job.figure("persons_by_status"), "status")
    assert statuses == {"received": 0, "verified": 0, "rescued": 1, "repatriated": 1, "ended": 0}


def test_overlapping_parts_say_so_and_are_not_added_up(register: Register) -> None:
    person = register.rescued_person()
    second = register.rescued_person()
    supervisor, officer = register.caller("supervisor"), register.caller("officer")
    events = supervisor.get(f"/v1/cases/{second.rsplit('-', 1)[0]}/events").json()["items"]
    event = next(one["id"] for one in events if one["kind"] == "rescued")
    supervisor.post(f"/v1/events/{event}/void", {"reason": "recorded_in_error"})
    officer.record("rescued", [second], "2022-09-01", by=["embassy", "cambodian_authority", "embassy"])
    job = register.key("figures:exact")
    both = job.figure("persons_rescued", **YEAR, by="attribution")
    assert both["by"] == [{"name": "attribution", "parts": "overlapping"}]
    assert cells(both, "attribution") == {"cambodian_authority": 2, "embassy": 1, "other": 0}
    assert both["total"]["value"] == 2
    assert {check["name"] for check in both["checks"]} == {"C3"}
    of_state = job.figure("persons_rescued", **YEAR, by="attribution", nationality="TWN")
    assert of_state["total"]["value"] == 2
    several = job.figure("persons_rescued", **YEAR, by="attribution", attribution=["embassy", "cambodian_authority"])
    assert cells(several, "attribution") == {"cambodian_authority": 2, "embassy": 1}
    assert "total" not in several
    one = job.figure("persons_rescued", **YEAR, by="sex", attribution="embassy")
    assert one["total"]["value"] == 1
    assert {check["name"]: check["holds"] for check in one["checks"]} == {"C4": True, "C3": True}
    assert person


def test_categories_of_findings_overlap_and_have_no_total(office: Office) -> None:
    answered = office.job.figure("cases_by_finding", **YEAR)
    assert "total" not in answered
    assert cells(answered, "finding")["presumed_victim"] == 2
    named = office.job.figure("cases_by_finding", **YEAR, by="province", finding="presumed_victim")
    assert named["total"]["value"] == 2
    assert named["checks"][0]["holds"]


def test_claims_are_bounds_and_an_open_claim_has_no_upper_one(office: Office) -> None:
    answered = office.job.figure("persons_alleged", **YEAR, by="province")
    shown = {cell["codes"]["province"]: cell for cell in answered["cells"]}
    bounds = {code: (cell["low"], cell.get("high"), cell["open_ended"]) for code, cell in shown.items()}
    assert bounds["KH-18"] == (23, 32, 0)
    assert bounds["KH-12"] == (9, None, 1)
    assert bounds["KH-1"] == (0, 0, 0)
    assert all("value" not in cell for cell in shown.values())
    total = answered["total"]
    assert (total["low"], "high" in total, total["open_ended"]) == (32, False, 1)
    closed = office.job.figure("persons_alleged", **YEAR, province="KH-18")
    assert (closed["total"]["low"], closed["total"]["high"]) == (23, 32)


def test_an_hourly_job_gets_304_until_something_counted_changes(register: Register) -> None:
    register.rescued_person()
    job = register.key("figures:exact")
    path = "/v1/figures/persons_rescued"
    first = job.http.get(path, params=WHOLE)
    tag = {"If-None-Match": first.headers["etag"]}
    register.clock.move(minutes=10)
    again = job.http.get(path, params=WHOLE, headers=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    register.caller("operator").file(persons=[{}])
    assert job.http.get(path, params=WHOLE, headers=tag).status_code == 304
    register.rescued_person()
    changed = job.http.get(path, params=WHOLE, headers=tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    as_table = job.http.get(path, params={**WHOLE, "format": "csv"}, headers={"If-None-Match": changed.headers["etag"]})
    assert as_table.status_code == 200


def test_the_closure_holds_for_a_group_of_ages_that_people_grow_out_of(register: Register) -> None:
    operator, verifier, officer = (register.caller(role) for role in ("operator", "verifier", "officer"))
    case = operator.file(received_on="2022-09-01", persons=[{"age": 17, "nationality": "TWN"}])
    person = case["persons"][0]["reference"]
    verifier.record("finding_made", [person], "2022-09-05", outcome="presumed_victim", authority="police",
                    standard="corroborated", evidence=["document"])  # fmt: skip
    officer.record("rescued", [person], "2022-09-10")
    job = register.key("figures:exact")
    for group in ("minor", "unknown", "adult"):
        for name in ("persons_by_status", "persons_awaiting_return"):
            answered = job.figure(name, age_group=group, at="2022-09-30")
            assert all(check["holds"] for check in answered["checks"]), group
            assert answered["total"]["value"] >= 0
    by_age = job.figure("persons_by_status", by=["status", "age_group"], at="2022-09-30")
    assert sorted(cell["value"] for cell in by_age["cells"])[-2:] == [0, 1]
    assert min(cell["value"] for cell in by_age["cells"]) == 0


def test_an_answer_is_settled_once_no_write_can_change_it_any_more(office: Office) -> None:
    now = office.register.clock.now
    for seconds, settled in ((31, True), (30, True), (29, False), (0, False)):
        known_at = (now - timedelta(seconds=seconds)).isoformat()
        assert office.job.figure("persons_rescued", **YEAR, known_at=known_at)["settled"] is settled, seconds
        now = office.register.clock.now
    assert office.job.figure("persons_rescued", **YEAR)["settled"] is False


def test_a_check_says_so_where_its_two_sides_differ(register: Register) -> None:
    """Each side is a measure of its own; an entry written twice stands for whatever may go wrong."""
    register.rescued_person()
    job = register.key("figures:exact")
    for name, figure, measure, period in (
        ("C1", "cases_received", "cases_standing", YEAR),
        ("C2", "persons_by_status", "status", {}),
        ("C3", "persons_rescued", "rescued_standing", YEAR),
        ("C7", "completeness", "cases_complete", YEAR),
    ):
        assert check_of(job.figure(figure, **period), name) == (True, 1, 1)
        columns = "case_id, {}, recorded_at, subject_id, measure, occurred_on, nationality, sex, age_group, province, "
        columns += "detail, channel, kind, delta"
        register.rows(
            f"INSERT INTO ledger_entries ({columns.format('id')}) SELECT {columns.format('gen_random_uuid()')} "  # noqa: S608 - names of ours
            "FROM ledger_entries WHERE measure = $1 AND delta = 1 LIMIT 1", measure,
        )  # fmt: skip
        assert check_of(job.figure(figure, **period), name) == (False, 1, 2)


def test_a_closure_over_everybody_ever_rescued_begins_before_the_period(register: Register) -> None:
    register.rescued_person()
    register.clock.move(days=40)
    later = register.key("figures:exact").figure("persons_rescued", from_="2022-10-20", to="2022-10-31")
    assert later["total"]["value"] == 0
    assert check_of(later, "C3") == (True, 1, 1)


def check_of(answered: dict[str, Any], name: str) -> tuple[bool, int, int]:
    """Return whether a check holds, and its two sides."""
    [check] = [check for check in answered["checks"] if check["name"] == name]
    return check["holds"], check["left"], check["right"]
