"""Comparing the answer about what is hidden with the answer about what is not there: bytes, headers, and the work."""

from collections.abc import Callable
from typing import Any, Final

import httpx

from service.ids import new_case_reference, new_id, new_operation_reference, new_part_reference
from tests.register import NOW, Caller
from tests.statements import statements_sent

ASKING: Final = {"Accept-Encoding": "gzip, deflate, br"}

Send = Callable[[Caller, str], httpx.Response]


def told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], str]:
    """Everything of an answer, in order, but for the id and the date of the request."""
    id_ = answer.headers["x-request-id"]
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in {"x-request-id", "date"}]
    return answer.status_code, headers, answer.text.replace(id_, "")


def sending(method: str, target: str, body: Any = None, **headers: str) -> Send:
    """Return a call that replaces `{}` by a name, in the path and in the body."""

    def send(caller: Caller, name: str) -> httpx.Response:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        sent = _naming(body, name)
        return caller.http.request(method, target.format(name), json=sent, headers={**ASKING, **named})

    return send


def _naming(body: Any, name: str) -> Any:
    """Put a name among the subjects of an event, or in the lines of a report that stand for somebody."""
    if isinstance(body, dict) and "kind" in body:
        return {**body, "subjects": [name]}
    if isinstance(body, dict) and "persons" in body:
        return {**body, "persons": [{"person": name, **line} for line in body["persons"]]}
    return body


def absent_like(name: str) -> str:
    """Return a well-formed name of the same kind that does not exist."""
    if len(name) == 36:
        return str(new_id(NOW))
    if name.startswith("OP"):
        return new_operation_reference(2022)
    return new_part_reference(name[:14]) if len(name) > 14 else new_case_reference(2022)


def assert_alike(caller: Caller, send: Send, name: str, absent: str | None = None) -> httpx.Response:
    """Check that what is hidden and what is absent are answered alike, by the same statements (EX-21, 22, 24).

    Returns:
        The answer.
    """
    absent = absent or absent_like(name)
    send(caller, absent)
    with statements_sent() as of_hidden:
        hidden_answer = send(caller, name)
    with statements_sent() as of_absent:
        absent_answer = send(caller, absent)
    assert told(hidden_answer) == told(absent_answer)
    assert len(hidden_answer.content) == len(absent_answer.content)
    assert [statement for statement, _ in of_hidden] == [statement for statement, _ in of_absent], "EX-24"
    return hidden_answer
