"""What every refusal must look like, whatever was refused."""

from typing import Any, Final

import httpx

MEMBERS: Final = {"type", "title", "status", "detail", "instance", "code"}


def assert_problem(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """Check a problem document by RFC 9457 and the house rules, and answer it."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = answer.json()
    assert content.keys() >= MEMBERS
    assert content["status"] == status
    assert content["type"] == f"/problems/{content['code']}"
    assert content["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert content["detail"]
    assert content["title"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    if code is not None:
        assert content["code"] == code, content
    return content


def without_request_id(answer: httpx.Response) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Return all parts of a refusal that could distinguish one cause from another."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    content = {name: value for name, value in answer.json().items() if name != "instance"}
    return answer.status_code, headers, content
