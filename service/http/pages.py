"""Pages for people who read the API: the contract, Swagger UI and Redoc over it, and one page a problem type.

The programs of Swagger UI and Redoc come with a package and are served from here (ADR 28): nothing is loaded from
elsewhere, and the policy of each page lets the browser load nothing else.
"""

import html
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from service.errors import NotFoundError, ServiceError
from service.http import openapi
from service.http.answers import Answer
from service.http.conditional import content_tag, unless_unchanged
from service.http.proxies import prefix_of

_PUBLIC: Final = {"cache-control": "public, max-age=300"}
_MEDIA_TYPE: Final = "application/vnd.oai.openapi+json;version=3.1"
_ASSETS: Final = "fastapi_standalone_docs"

_CONTRACTS: Final = 4
"""Prefixes under which the contract is kept."""

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Of the pages with programs. `data:` are the pictures inside the style sheets; nothing is fetched for them."""

SWAGGER_POLICY: Final = _POLICY.format(styles="")
_EMPTY_STYLE: Final = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
_SCROLL_BAR_STYLE: Final = "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
REDOC_POLICY: Final = _POLICY.format(styles=f" {_EMPTY_STYLE} {_SCROLL_BAR_STYLE}")
"""Redoc inserts style elements: empty ones that it fills by program, and that of its scroll bar. No others pass."""


def install(app: FastAPI) -> None:
    """Add `/openapi.json`, `/docs`, `/redoc` and `/problems/{code}` to the application."""
    pages = Pages(app)
    app.add_route("/openapi.json", pages.contract, include_in_schema=False)
    app.add_route("/docs", pages.swagger, include_in_schema=False)
    app.add_route("/redoc", pages.redoc, include_in_schema=False)
    app.add_route("/problems/{code}", pages.problem, include_in_schema=False)
    for name, folder in (("docs", "swagger"), ("redoc", "redoc")):
        app.mount(f"/{name}", _Files(packages=[(_ASSETS, f"static/{folder}"), ("service.http", "documentation")]))


def contract_of(app: FastAPI) -> dict[str, Any]:
    """Return the contract, with its examples."""
    examples = json.loads((files("service.http") / "examples.json").read_text(encoding="utf-8"))
    return openapi.document(app, example_bodies=examples)


class Pages:
    """The pages of an application; the contract is written when it is first asked for."""

    def __init__(self, app: FastAPI) -> None:
        """Serve the pages of an application."""
        self._app = app
        self._written = lru_cache(_CONTRACTS)(self._write)

    def _write(self, prefix: str) -> Answer:
        """Return the contract as it is served under a prefix, which is then the path of its server."""
        servers = {"servers": [{"url": prefix}]} if prefix else {}
        content = json.dumps({**contract_of(self._app), **servers}, ensure_ascii=False).encode()
        headers = {"content-type": _MEDIA_TYPE, "etag": content_tag(content), **_PUBLIC}
        return Answer(status=200, body=content, headers=headers)

    async def contract(self, request: Request) -> Response:
        """Return the contract, or 304 where the caller has it."""
        return unless_unchanged(request, self._written(prefix_of(request)))

    async def swagger(self, _: Request) -> Response:
        """Return the page on which calls can be tried."""
        return _documentation("swagger.html", SWAGGER_POLICY)

    async def redoc(self, _: Request) -> Response:
        """Return the page on which the contract can be read."""
        return _documentation("redoc.html", REDOC_POLICY)

    async def problem(self, request: Request) -> Response:
        """Return the page that explains a problem type.

        Raises:
            NotFoundError: there is no such type.
        """
        found = problem_types().get(request.path_params["code"])
        if found is None:
            raise NotFoundError
        words = html.escape(found.__doc__ or "").strip().replace("\n\n", "</p><p>")
        title = html.escape(found.title)
        return HTMLResponse(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
            f"<body><h1>{title}</h1><p><code>{found.code}</code></p><p>{words}</p></body></html>",
            headers=_PUBLIC,
        )


def problem_types() -> dict[str, type[ServiceError]]:
    """Return every problem type, by code."""
    return {found.code: found for found in _below(ServiceError)}


def _below(kind: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for child in kind.__subclasses__():
        yield from _below(child)
    yield kind


def _documentation(name: str, policy: str) -> Response:
    content = (files("service.http") / "documentation" / name).read_text(encoding="utf-8")
    return HTMLResponse(content, headers={**_PUBLIC, "content-security-policy": policy})


class _Files(StaticFiles):
    """Files that may be kept for a while, as the pages that name them."""

    def file_response(self, *given: Any, **named: Any) -> Response:
        response = super().file_response(*given, **named)
        response.headers.update(_PUBLIC)
        return response
