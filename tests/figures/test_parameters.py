"""What a figure refuses to answer, and says why."""

from typing import Any

import pytest

from tests.figures.conftest import WHOLE, Office

FLOW, STOCK = "persons_rescued", "persons_by_status"

REFUSED: list[tuple[str, dict[str, Any], int]] = [
    (FLOW, {}, 422),
    (FLOW, {"from": "2022-01-01"}, 422),
    (FLOW, {"to": "2022-01-01"}, 422),
    (FLOW, {"at": "2022-09-01"}, 422),
    (FLOW, {**WHOLE, "at": "2022-09-01"}, 422),
    (FLOW, {"from": "2022-09-02", "to": "2022-09-01"}, 422),
    (FLOW, {"from": "2022-02-30", "to": "2022-09-01"}, 422),
    (FLOW, {"from": "20220101", "to": "2022-09-01"}, 422),
    (STOCK, WHOLE, 422),
    (STOCK, {"from": "2022-09-01"}, 422),
    (STOCK, {"at": "2030-01-01"}, 422),
    (FLOW, {"from": "2030-01-01", "to": "2030-12-31"}, 422),
    (FLOW, {"from": "2565-01-01", "to": "2565-12-31"}, 422),
    (FLOW, {"from": "2022-01-01", "to": "2565-12-31"}, 422),
    (STOCK, {"at": "2565-01-01"}, 422),
    (FLOW, {**WHOLE, "by": "mode"}, 422),
    (FLOW, {**WHOLE, "by": "no_such"}, 422),
    (FLOW, {**WHOLE, "by": ["sex", "sex"]}, 422),
    (FLOW, {**WHOLE, "by": ["sex", "age_group", "province", "nationality"]}, 422),
    (FLOW, {**WHOLE, "channel": "walk_in"}, 422),
    (FLOW, {**WHOLE, "nationality": "TW"}, 422),
    (FLOW, {**WHOLE, "nationality": ["TWN", "nonsense"]}, 422),
    (FLOW, {**WHOLE, "sex": ""}, 422),
    (FLOW, {**WHOLE, "known_at": "2022-10-05"}, 422),
    (FLOW, {**WHOLE, "known_at": "2022-10-01"}, 422),
    (FLOW, {**WHOLE, "known_at": "2022-09-31"}, 422),
    (FLOW, {**WHOLE, "known_at": "2022-09-30T25:00Z"}, 422),
    (FLOW, {**WHOLE, "known_at": "2022-09-30T10:00"}, 422),
    (FLOW, {**WHOLE, "known_at": "9999-12-31"}, 422),
    (FLOW, {**WHOLE, "known_at": "0001-01-01T00:00+14:00"}, 422),
    (FLOW, {**WHOLE, "known_at": "yesterday"}, 422),
    (FLOW, {**WHOLE, "attribution": ["embassy", "other"]}, 422),
    (FLOW, {**WHOLE, "attribution": ["embassy", "other"], "by": "sex"}, 422),
    ("cases_by_finding", {**WHOLE, "by": "channel"}, 422),
    ("cases_by_finding", {**WHOLE, "by": "channel", "finding": ["unfounded", "labour_dispute"]}, 422),
    (FLOW, {**WHOLE, "nationalities": "TWN"}, 400),
    (FLOW, {**WHOLE, "format": "xml"}, 422),
    ("no_such_figure", WHOLE, 404),
    ("No-Such", WHOLE, 422),
]


@pytest.mark.parametrize(("name", "parameters", "status"), REFUSED)
def test_a_question_that_makes_no_sense_is_refused(
    office: Office, name: str, parameters: dict[str, Any], status: int
) -> None:
    answered = office.job.get(f"/v1/figures/{name}", **parameters)
    assert answered.status_code == status, answered.text
    assert answered.headers["content-type"] == "application/problem+json"
    if status == 422:
        assert answered.json()["errors"]
        assert not any(value in answered.text for value in ("nonsense", "no_such", "yesterday"))


ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    (STOCK, {}),
    (STOCK, {"at": "2022-09-15"}),
    (STOCK, {"at": "2022-10-01"}),
    (FLOW, {"from": "2022-09-01", "to": "2022-09-01"}),
    (FLOW, {**WHOLE, "known_at": "2022-09-30"}),
    (FLOW, {**WHOLE, "known_at": "2022-10-01T10:00:00.000+07:00"}),
    (FLOW, {**WHOLE, "by": ["sex", "age_group", "province"]}),
    (FLOW, {**WHOLE, "attribution": ["embassy", "other"], "by": "attribution"}),
    ("cases_by_finding", {**WHOLE, "by": ["channel", "finding"]}),
    ("cases_by_finding", {**WHOLE, "by": "channel", "finding": "unfounded"}),
]


@pytest.mark.parametrize(("name", "parameters"), ACCEPTED)
def test_a_question_that_makes_sense_is_answered(office: Office, name: str, parameters: dict[str, Any]) -> None:
    answered = office.job.get(f"/v1/figures/{name}", **parameters)
    assert answered.status_code == 200, answered.text


def test_known_at_a_day_means_its_end_in_phnom_penh(office: Office) -> None:
    answered = office.job.figure(FLOW, known_at="2022-09-30", from_="2022-01-01", to="2022-12-31")
    assert answered["known_at"] == "2022-09-30T16:59:59.999999Z"
    assert answered["total"]["value"] == 0


def test_exact_numbers_are_for_keys_that_may_have_them(office: Office) -> None:
    register = office.register
    for scopes, status in ((("figures:exact",), 200), (("figures:public",), 403), ((), 403), (("metrics",), 403)):
        assert register.key(*scopes).get(f"/v1/figures/{FLOW}", **WHOLE).status_code == status
        assert register.key(*scopes).get("/v1/figures").status_code == status
    for role in ("operator", "verifier", "officer", "auditor", "admin"):
        assert register.caller(role).get(f"/v1/figures/{FLOW}", **WHOLE).status_code == 403
    assert register.client().get(f"/v1/figures/{FLOW}", params=WHOLE).status_code == 401
