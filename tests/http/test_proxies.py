"""Behind a proxy: who calls, under which prefix, and which words of it are believed."""

import asyncio
import json
import logging
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from service.http.proxies import Proxies
from service.settings import Settings
from tests.http.problem_documents import assert_problem
from tests.register import Register

PREFIX = "/safe-return"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
EDGE = "0b2f1c64-8c1b-4a55-9d1e-6f0c2f7d3a10"
STRANGER = "198.51.100.7"


def scope_after(peer: str, trusted: str, **said: str) -> dict[str, Any]:
    """Return the scope that the application sees; headers are given with underscores for hyphens."""
    seen: dict[str, Any] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(scope)

    async def nothing(*_: Message) -> Any:
        raise AssertionError

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in said.items()]
    settings = Settings(trusted_proxies=trusted)  # as it stands in the environment
    proxies = Proxies(app, trusted=settings.trusted_proxies, prefix=settings.path_prefix)
    scope = {"type": "http", "path": "/", "headers": headers, "client": (peer, 4711), "scheme": "http"}
    asyncio.run(proxies(scope, nothing, nothing))
    return seen


@pytest.mark.parametrize(
    ("peer", "trusted", "forwarded", "caller"),
    [
        ("127.0.0.1", "127.0.0.1", STRANGER, STRANGER),
        ("127.0.0.1", "127.0.0.1", f"{STRANGER}, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "127.0.0.1, 203.0.113.0/24", f"192.0.2.1, {STRANGER}, 203.0.113.9", STRANGER),
        ("10.1.2.3", "10.0.0.0/8", f"{STRANGER}:50512", STRANGER),
        ("10.1.2.3", "10.0.0.0/8", "[2001:db8::7]:50512", "2001:db8::7"),
        ("::ffff:10.1.2.3", "10.0.0.0/8", f"::ffff:{STRANGER}", STRANGER),
        ("10.1.2.3", "10.0.0.0/8", "10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "10.0.0.0/8", "unknown", "10.1.2.3"),
        ("10.1.2.3", "10.0.0.0/8", "", "10.1.2.3"),
        ("127.0.0.1", "10.0.0.0/8", STRANGER, "127.0.0.1"),
        ("127.0.0.1", "", STRANGER, "127.0.0.1"),
        ("::ffff:192.0.2.1", "10.0.0.0/8", STRANGER, "192.0.2.1"),
        ("::1", "::1", STRANGER, STRANGER),
    ],
)
def test_the_caller_is_the_last_address_that_is_no_proxy(peer: str, trusted: str, forwarded: str, caller: str) -> None:
    assert scope_after(peer, trusted, x_forwarded_for=forwarded)["client"][0] == caller


@pytest.mark.parametrize("setting", ["*", "10.0.0.5/8", "proxy.example", "10.0.0.0/33"])
def test_what_is_no_network_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=setting)  # as it stands in the environment


@pytest.mark.parametrize("setting", ["register", "/a/", "/a b", "//a", "/../a", '/a"', "/" + "a" * 61])
def test_what_is_no_prefix_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(ValidationError):
        Settings(path_prefix=setting)


def test_words_of_anybody_else_are_not_believed() -> None:
    said = {"x_forwarded_proto": "https", "x_forwarded_prefix": PREFIX, "traceparent": TRACE, "x_request_id": EDGE}
    believed, refused = scope_after("127.0.0.1", "127.0.0.1", **said), scope_after(STRANGER, "127.0.0.1", **said)
    assert believed["scheme"] == "https"
    assert believed["state"] == {"prefix": PREFIX, "trace": TRACE, "proxy_request": EDGE}
    assert refused["scheme"] == "http"
    assert refused["state"] == {}


@pytest.mark.parametrize(
    "trace",
    [TRACE.upper(), TRACE[:-1], f"ff{TRACE[2:]}", TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32), '"'],
)
def test_what_is_no_trace_is_left_out(trace: str) -> None:
    assert "trace" not in scope_after("127.0.0.1", "127.0.0.1", traceparent=trace)["state"]


@pytest.mark.parametrize("named", [EDGE, EDGE.upper(), EDGE.replace("-", ""), "7F000001:8296_0A00001E:1F90", "a" * 128])
def test_the_id_that_a_proxy_gives_a_request_is_kept(named: str) -> None:
    assert scope_after("127.0.0.1", "127.0.0.1", x_request_id=named)["state"]["proxy_request"] == named


@pytest.mark.parametrize(
    "named", ["Serinus", "+85512345678", "012345678", "1" * 15, "a" * 129, f"{EDGE}--", f'{EDGE}"']
)
def test_what_may_be_a_name_or_a_number_is_no_id(named: str) -> None:
    """A proxy may pass on what a client sent, and the log names nobody."""
    assert "proxy_request" not in scope_after("127.0.0.1", "127.0.0.1", x_request_id=named)["state"]


@pytest.mark.parametrize("stripped", [True, False], ids=["the proxy strips it", "the proxy passes it on"])
def test_every_address_given_out_has_the_prefix(register: Register, stripped: bool) -> None:
    operator = register.caller("operator")
    before = "" if stripped else PREFIX
    said = {"X-Forwarded-Prefix": PREFIX}
    made = [operator.http.post(f"{before}/v1/cases", json={"channel": "hotline_117"}, headers=said) for _ in range(2)]
    assert [answer.headers["location"].startswith(f"{PREFIX}/v1/cases/") for answer in made] == [True, True]
    listed = operator.http.get(f"{before}/v1/cases?limit=1", headers=said)
    assert listed.headers["link"].startswith(f"<{PREFIX}/v1/cases?")
    refused = operator.http.get(f"{before}/v1/cases/nothing", headers=said)
    assert refused.json()["type"].startswith(f"{PREFIX}/problems/")
    problem = register.client().get(refused.json()["type"] if not stripped else refused.json()["type"][len(PREFIX) :])
    assert problem.status_code == (404 if not stripped else 200)
    door = register.client().get(f"{before}/", headers=said)
    links = [door.json()[name] for name in ("documentation", "contract", "ready")]
    assert links == [f"{PREFIX}/docs", f"{PREFIX}/openapi.json", f"{PREFIX}/health/ready"]
    assert door.headers["link"].count(f"<{PREFIX}/") == 3
    contract = register.client().get(f"{before}/openapi.json", headers=said).json()
    assert contract["servers"] == [{"url": PREFIX}]
    assert [one["url"] for one in register.client().get("/openapi.json").json()["servers"]] == ["/"]


def test_a_page_of_one_prefix_leads_to_the_next_under_another(register: Register) -> None:
    """A cursor is bound to the list, not to the address under which a proxy serves it."""
    operator = register.caller("operator")
    for _ in range(2):
        operator.file()
    cursor = operator.get("/v1/cases", limit=1).json()["next_cursor"]
    answer = operator.http.get(f"{PREFIX}/v1/cases?limit=1&cursor={cursor}", headers={"X-Forwarded-Prefix": PREFIX})
    assert answer.status_code == 200


def test_a_prefix_that_a_stranger_names_is_nothing(register: Register) -> None:
    http = register.client(address=STRANGER)
    assert_problem(http.get(f"{PREFIX}/health/live", headers={"X-Forwarded-Prefix": PREFIX}), 404)
    assert http.get("/", headers={"X-Forwarded-Prefix": PREFIX}).json()["contract"] == "/openapi.json"


def test_what_a_proxy_calls_a_request_is_in_its_log_line(register: Register, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "service.requests")
    for http in (register.client(), register.client(address=STRANGER)):
        http.get("/health/live", headers={"traceparent": TRACE, "X-Request-Id": EDGE})
    lines = [json.loads(found.message) for found in caplog.records if found.name == "service.requests"]
    assert [(line.get("trace"), line.get("proxy_request")) for line in lines] == [(TRACE, EDGE), (None, None)]
