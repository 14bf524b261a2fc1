"""The pages for people: Swagger UI and Redoc, all of it served from here, and a policy that lets nothing else load."""

import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import Final

import httpx
import pytest

from tests.http.problem_documents import assert_problem
from tests.register import Register

PAGES: Final = ("/docs", "/redoc")
REDOC_SHA256: Final = "707f25083c1f9356f52df5de3dc0161b78f9ddae613b3a2ca25dd6288f4940bd"
"""Of the Redoc in whose browser run the styles it inserts were seen. With another one, open /redoc in a browser: where
the console says that a style was refused, its hash there belongs into `service/http/pages.py`, and the new one here."""


class References(HTMLParser):
    """What a page refers to, and the scripts and styles that stand in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self._inside: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if name in {"src", "href"} and value is not None]
        self.inline += [name for name, _ in attrs if name == "style" or name.startswith("on")]
        self._inside = tag if tag in {"script", "style"} else None

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.inline.append(data)


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: sources for name, *sources in parts}


@pytest.fixture
def client(register: Register) -> httpx.Client:
    return register.client()


@pytest.mark.parametrize("page", PAGES)
def test_everything_a_page_refers_to_is_served_from_here(client: httpx.Client, page: str) -> None:
    addresses = [found for found in References(client.get(page).text).addresses if found != "data:,"]
    assert any(found.endswith(".js") for found in addresses)
    for address in addresses:
        assert not address.startswith("/"), address  # a proxy may serve the page under a prefix
        assert ":" not in address, address
        assert client.get(f"/{address}").status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_no_script_or_style_of_its_own(client: httpx.Client, page: str) -> None:
    assert References(client.get(page).text).inline == []


def test_what_is_inline_is_noticed() -> None:
    assert References("<script>run()</script>").inline == ["run()"]
    assert References('<p style="color: red" onclick="run()">x</p>').inline == ["style", "onclick"]


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_lets_nothing_load_from_elsewhere(client: httpx.Client, page: str) -> None:
    policy = policy_of(client.get(page))
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == ["'none'"]
    assert [found for found in policy["style-src"] if found != "'self'" and not found.startswith("'sha256-")] == []
    assert policy.keys() == {
        "default-src", "script-src", "connect-src", "img-src", "style-src", "base-uri", "form-action", "frame-ancestors"
    }  # fmt: skip


def test_only_redoc_may_insert_styles_and_only_those_of_this_version(client: httpx.Client) -> None:
    assert policy_of(client.get("/docs"))["style-src"] == ["'self'"]
    assert len(policy_of(client.get("/redoc"))["style-src"]) == 3
    assert hashlib.sha256(client.get("/redoc/redoc.standalone.js").content).hexdigest() == REDOC_SHA256


def test_the_picture_that_redoc_would_fetch_elsewhere_is_served_from_here(client: httpx.Client) -> None:
    program = client.get("/redoc/redoc.standalone.js").text
    assert "cdn.redoc.ly/redoc/logo" not in program
    assert client.get("/redoc/logo-mini.svg").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_starts_over_the_contract_of_this_service(client: httpx.Client, page: str) -> None:
    scripts = [found for found in References(client.get(page).text).addresses if "bundle" not in found]
    [start] = [found for found in scripts if re.fullmatch(rf"{page[1:]}/\w+\.js", found)]
    assert '"openapi.json"' in client.get(f"/{start}").text


def test_signing_in_on_the_page_is_the_bearer_token_of_the_contract(client: httpx.Client) -> None:
    contract = client.get("/openapi.json").json()
    assert contract["components"]["securitySchemes"].keys() == {"bearer"}
    assert contract["paths"]["/v1/cases"]["get"]["security"] == [{"bearer": []}]
    assert "persistAuthorization: false" in client.get("/docs/swagger.js").text


def test_the_contract_is_sent_again_only_where_it_changed(client: httpx.Client) -> None:
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/openapi.json", headers={"If-None-Match": '"another"'}).content == first.content


def test_the_contract_is_written_once(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/openapi.json").content

    def again(*_: object, **__: object) -> str:
        raise AssertionError("it is written again")

    monkeypatch.setattr("service.http.pages.json.dumps", again)
    monkeypatch.setattr("service.http.pages.contract_of", again)
    assert [client.get("/openapi.json").content for _ in range(3)] == [first] * 3


@pytest.mark.parametrize("path", ["/docs/", "/docs/nothing.js", "/redoc/..%2f..%2f__init__.py", "/docs/../pages.py"])
def test_nothing_but_the_files_of_the_pages_is_served(client: httpx.Client, path: str) -> None:
    assert_problem(client.get(path), 404, "not-found")


def test_the_licences_of_the_programs_come_with_them(client: httpx.Client) -> None:
    assert "Apache License" in client.get("/docs/LICENSE").text
    assert files("service.http").joinpath("documentation", "swagger.html").is_file()
