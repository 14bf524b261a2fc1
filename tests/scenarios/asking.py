"""How the scenarios that have a register of their own ask and answer."""

from collections.abc import Sequence
from typing import Any

from tests.register import Caller, Register


def ask(register: Register, figure: str, first: str, last: str, **parameters: Any) -> dict[str, Any]:
    """Ask for a figure of a period as the reporting job; its checks must hold."""
    answer = register.key("figures:exact").figure(figure, from_=first, to=last, **parameters)
    assert all(check["holds"] for check in answer["checks"]), answer["checks"]
    return answer


def total(answer: dict[str, Any]) -> int:
    """The value over everything."""
    value: int = answer["total"]["value"]
    return value


def cells(answer: dict[str, Any], dimension: str) -> dict[str, int]:
    """The values by one dimension that are not zero."""
    return {cell["codes"][dimension]: cell["value"] for cell in answer["cells"] if cell["value"]}


def done(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send something that must be taken, and answer what came back."""
    response = caller.post(path, body)
    assert response.status_code == 201, response.text
    content: dict[str, Any] = response.json()
    return content


def in_calls(caller: Caller, kind: str, subjects: Sequence[str], on: str, **data: Any) -> None:
    """Record one event about any number of subjects, 500 in a call."""
    for first in range(0, len(subjects), 500):
        caller.record(kind, list(subjects[first : first + 500]), on, **data)
