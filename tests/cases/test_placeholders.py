"""Somebody whose name is "unknown" is filed, and asked for again."""

from typing import Any

import pytest

from tests.cases.test_searching import found
from tests.register import Register

UNKNOWN: dict[str, Any] = {
    "channel": "hotline_117",
    "persons": [{"names": [{"text": "N/A"}], "contacts": [{"kind": "phone", "value": "0000"}]}],
    "reporter": {"contacts": [{"kind": "phone", "value": "ไม่มี"}]},
    "location": {"place": "不明", "town": "?"},
}


def asks(case: dict[str, Any]) -> set[str]:
    return {question["essential"] for question in case["next_questions"]}


def test_words_for_nothing_are_kept_as_typed_and_asked_again(register: Register) -> None:
    operator = register.caller("operator")
    filed = operator.post("/v1/cases", UNKNOWN)
    assert filed.status_code == 201
    assert asks(filed.json()) >= {"names", "contact", "location"}
    assert filed.json()["completeness"] == 0
    person = filed.json()["persons"][0]["reference"]
    shown = operator.get(f"/v1/persons/{person}", purpose="verification").json()["sealed"]
    assert (shown["names"][0]["text"], shown["contacts"][0]["value"]) == ("N/A", "0000")
    assert found(operator, name="n/a") == found(operator, phone="0000") == []


@pytest.mark.parametrize(("name", "completeness"), [("unknown", 0), ("Lin Example", 20)])
def test_a_correction_to_a_word_for_nothing_forgets_the_name(register: Register, name: str, completeness: int) -> None:
    operator = register.caller("operator")
    case = operator.file(persons=[{"names": [{"text": "Lin Test"}]}], location={})
    person = case["persons"][0]["reference"]
    tag = operator.get(f"/v1/persons/{person}").headers["etag"]
    patch = operator.patch(f"/v1/persons/{person}", {"names": [{"text": name}]}, **{"If-Match": tag})
    assert patch.status_code == 200, patch.text
    read = operator.get(f"/v1/cases/{case['reference']}").json()
    assert read["completeness"] == completeness
    assert ("names" in asks(read)) == (completeness == 0)
