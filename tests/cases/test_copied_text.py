"""What people copy from telephones and chats is filed, shown as it looks, and found."""

from typing import Any

import pytest

from tests.cases.test_searching import found, named, one
from tests.register import Register


@pytest.mark.parametrize("written", ["\u202a{}\u202c", "\u200e{}", "\u2066{}\u2069", "\ufeff{}\u00ad", "{}\r\n"])
def test_a_number_copied_with_marks_is_filed_and_found(register: Register, written: str) -> None:
    operator = register.caller("operator")
    contact = {"kind": "phone", "value": written.format("+855 12 771 241"), "safe_hours": written.format("after 8")}
    person = one(operator, contacts=[contact])
    assert found(operator, phone=written.format("012771241")) == [person]
    [shown] = operator.get(f"/v1/persons/{person}", purpose="verification").json()["sealed"]["contacts"]
    assert (shown["value"], shown["safe_hours"]) == ("+855 12 771 241", "after 8")


def test_an_exported_chat_is_filed_with_its_lines(register: Register) -> None:
    operator = register.caller("operator")
    told = "\u200e[12/09/2022, 21:05:11] Mum Example: \u200eimage omitted\u2028please help"
    case = operator.file(narrative=told, location={"place": told}, persons=[{"story": told}])
    shown = operator.get(f"/v1/cases/{case['reference']}", purpose="verification").json()["sealed"]
    kept = "[12/09/2022, 21:05:11] Mum Example: image omitted\nplease help"
    assert shown["narratives"] == [kept]
    assert shown["place"] == kept


@pytest.mark.parametrize("name", ["ශ්\u200dරීමාලි", "ന്\u200dറെ", "می\u200cترسم"])
def test_a_joiner_is_shown_as_written_and_nothing_to_a_search(register: Register, name: str) -> None:
    operator = register.caller("operator")
    person = one(operator, **named(name))
    shown: dict[str, Any] = operator.get(f"/v1/persons/{person}", purpose="verification").json()
    assert shown["sealed"]["names"][0]["text"] == name
    for asked in (name, name.replace("\u200d", "").replace("\u200c", "")):
        assert found(operator, name=asked) == [person]
