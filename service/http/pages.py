"""Pages for people who read the API: the contract, an offline page made from it, and one page a problem type.

Plain HTML made here: the usual pages load scripts from elsewhere, which a closed network and our own policy refuse.
"""

import html
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from service.errors import NotFoundError, ServiceError
from service.http import openapi

_PUBLIC: Final = {"cache-control": "public, max-age=300"}


def install(app: FastAPI) -> None:
    """Give the application `/openapi.json`, `/docs`, `/docs.css` and `/problems/{code}`."""
    pages = Pages(app)
    app.add_route("/openapi.json", pages.contract, include_in_schema=False)
    app.add_route("/docs", pages.documentation, include_in_schema=False)
    app.add_route("/docs.css", pages.style, include_in_schema=False)
    app.add_route("/problems/{code}", pages.problem, include_in_schema=False)


def contract_of(app: FastAPI) -> dict[str, Any]:
    """Write the contract, with its examples."""
    examples = json.loads((files("service.http") / "examples.json").read_text(encoding="utf-8"))
    return openapi.document(app, example_bodies=examples)


class Pages:
    """The pages, each made when first asked for."""

    def __init__(self, app: FastAPI) -> None:
        """Serve the pages of an application."""
        self._app = app
        self._contract: dict[str, Any] | None = None

    async def contract(self, _: Request) -> Response:
        """Answer the contract."""
        content = json.dumps(self._document(), ensure_ascii=False)
        return Response(content, media_type="application/vnd.oai.openapi+json;version=3.1", headers=_PUBLIC)

    async def documentation(self, _: Request) -> Response:
        """Answer the contract as a page."""
        return HTMLResponse("".join(_documentation(self._document())), headers=_PUBLIC)

    async def style(self, _: Request) -> Response:
        """Answer the pages' style."""
        content = (files("service.http") / "docs.css").read_text(encoding="utf-8")
        return Response(content, media_type="text/css", headers=_PUBLIC)

    async def problem(self, request: Request) -> Response:
        """Explain a problem type."""
        found = problem_types().get(request.path_params["code"])
        if found is None:
            raise NotFoundError
        words = html.escape(found.__doc__ or "").strip().replace("\n\n", "</p><p>")
        body = f"<h1>{html.escape(found.title)}</h1><p><code>{found.code}</code></p><p>{words}</p>"
        return HTMLResponse(_page(found.title, body), headers=_PUBLIC)

    def _document(self) -> dict[str, Any]:
        if self._contract is None:
            self._contract = contract_of(self._app)
        return self._contract


def problem_types() -> dict[str, type[ServiceError]]:
    """Answer every problem type there is, by code."""
    return {found.code: found for found in _below(ServiceError)}


def _below(kind: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for child in kind.__subclasses__():
        yield from _below(child)
    yield kind


def _documentation(contract: dict[str, Any]) -> Iterator[str]:
    info = contract["info"]
    parts = [f"<h1>{html.escape(info['title'])} {html.escape(info['version'])}</h1>"]
    parts.append(f"<p>{html.escape(info['description'])}</p>")
    parts.append('<p><a href="/openapi.json">The contract as OpenAPI 3.1</a></p>')
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(contract, method, path, operation))
    yield _page(info["title"], "".join(parts))


def _operation(contract: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    lines = [f"<section><h2><b>{method.upper()}</b> {html.escape(path)}</h2>"]
    lines.append(f"<p>{html.escape(operation.get('description', ''))}</p>")
    if "x-permission" in operation:
        lines.append(f"<p>Needs <code>{html.escape(operation['x-permission'])}</code>.</p>")
    parameters = operation.get("parameters", ())
    if parameters:
        rows = "".join(
            f"<tr><td><code>{html.escape(found['name'])}</code></td><td>{html.escape(found['in'])}</td>"
            f"<td>{html.escape(found.get('description', ''))}</td></tr>"
            for found in parameters
        )
        lines.append(f"<table><tr><th>Parameter</th><th>In</th><th>What</th></tr>{rows}</table>")
    for content in operation.get("requestBody", {}).get("content", {}).values():
        lines.extend(_bodies(contract, content["schema"]))
        if "example" in content:
            example = json.dumps(content["example"], indent=2, ensure_ascii=False)
            lines.append(f"<pre>{html.escape(example)}</pre>")
            break
    answers = ", ".join(sorted(operation["responses"]))
    lines.append(f"<p>Answers: {answers}</p></section>")
    return "".join(lines)


def _bodies(contract: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    """Answer a table of the fields of a body; of a body of many kinds, one for each kind."""
    if "$ref" in schema:
        schema = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for kind in schema.get("oneOf", ()):
        yield from _bodies(contract, kind)
    fields, needed = schema.get("properties", {}), schema.get("required", ())
    if fields:
        rows = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td><td>{'yes' if name in needed else ''}</td>"
            f"<td>{html.escape(field.get('description') or field.get('const') or '')}</td></tr>"
            for name, field in fields.items()
        )
        yield f"<p>{html.escape(schema.get('description', ''))}</p>"
        yield f"<table><tr><th>Field</th><th>Needed</th><th>What</th></tr>{rows}</table>"


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs.css"></head>'
        f"<body>{body}</body></html>"
    )
