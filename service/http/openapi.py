"""The contract: FastAPI's OpenAPI 3.1 document, repaired and completed.

What is repaired, and why, is listed in docs/contract.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from service.http.bodies import BodyReader
from service.http.conditional import MATCHING
from service.http.signatures import signatures_of
from service.http.wording import ANSWERS, HEADERS, IF_NONE_MATCH, TAGS, headers_of, parameter_words
from service.settings import LARGEST_BODY

VERSION: Final = "3.1.1"
_SCHEMAS: Final = "#/components/schemas/{model}"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}

PROBLEM_SCHEMA: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "description": "An error and how to correct it (RFC 9457). Nothing that was sent is repeated.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The problem type; its page is at this address.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The id of the request, as in X-Request-Id and in the log."},
        "code": {"type": "string", "description": "Stable code: the last segment of `type`."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer into the body."},
                    "parameter": {"type": "string"},
                    "header": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "What is possible instead."},
    },
}

_SERVER: Final = {"url": "/", "description": "The register that serves this document."}

_IDEMPOTENCY: Final[Mapping[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A new key for each new request, and the same key in every retry of it. The request takes effect "
    "once; the first response is sent again with `Idempotent-Replayed: true`. Kept for 72 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
}


def methods_of(route: APIRoute) -> set[str]:
    """Return the HTTP methods of an operation."""
    return route.methods or set()


def routes_of(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Yield the path and route of every operation, those of included routers too (`app.routes` does not list them)."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            yield context.path or route.path, route


def document(app: FastAPI, *, example_bodies: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contract.

    Args:
        app: with all its routes.
        example_bodies: a request body by operation id, of invented people.
    """
    made = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=VERSION,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
        servers=[dict(_SERVER)],
        contact=app.contact,
        license_info=app.license_info,
    )
    routes = dict(_by_operation(app))
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = dict(PROBLEM_SCHEMA)
    schemas.update(_body_schemas(routes.values()))
    for words in (found for found in schemas.values() if "enum" in found):
        words["x-extensible-enum"] = words["enum"]
    made["components"]["headers"] = {name: dict(header) for name, header in HEADERS.items()}
    made["components"]["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a session (`POST /v1/sessions`) or of a service key.",
        }
    }
    for operations in made["paths"].values():
        for operation in operations.values():
            _complete(operation, routes[operation["operationId"]], example_bodies)
    repaired: dict[str, Any] = _sorted(made)
    return repaired


def _by_operation(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    for _, route in routes_of(app):
        yield route.name, route


def _complete(operation: dict[str, Any], route: APIRoute, example_bodies: Mapping[str, Any]) -> None:
    permission = _permission_of(route)
    reader = _body_of(route)
    operation["summary"] = route.name.replace("_", " ").capitalize()
    operation["tags"] = operation["tags"][-1:]  # that of the operation goes before that of its router
    operation["security"] = [{"bearer": []}] if permission else []
    if permission:
        operation["x-permission"] = permission
    if reader is not None:
        operation["requestBody"] = _request_body(reader, example_bodies.get(route.name))
    parameters = operation.setdefault("parameters", [])
    if "POST" in methods_of(route) and route.name not in _NOTHING_MADE:
        parameters.append(dict(_IDEMPOTENCY))
    if _is_conditional(route, permission):
        parameters.append(dict(IF_NONE_MATCH))
        operation["responses"]["304"] = {}
    for parameter in parameters:
        _complete_parameter(parameter)
    _complete_answers(operation["responses"], _problems_of(route, reader, permission))


def _complete_parameter(parameter: dict[str, Any]) -> None:
    if parameter["in"] == "header":
        parameter["name"] = "-".join(part.capitalize() for part in parameter["name"].split("-"))
    if parameter["name"] == "If-Match":
        parameter["required"] = True
        parameter["schema"] = {"type": "string", "pattern": f"^{MATCHING}$"}
    parameter.setdefault("description", parameter_words(parameter))


def _complete_answers(answers: dict[str, Any], problems: Iterable[int]) -> None:
    answers.pop("422", None)
    for status in problems:
        answers[str(status)] = {"content": {"application/problem+json": {"schema": _PROBLEM}}}
    for code, given in answers.items():
        given |= {"description": ANSWERS[int(code)], "headers": headers_of(int(code))}


def _is_conditional(route: APIRoute, permission: str | None) -> bool:
    """Whether an operation may respond 304: every GET with a permission, except those on sessions and health."""
    return permission is not None and "GET" in methods_of(route) and not {"sessions", "health"} & {*route.tags}


_NOTHING_MADE: Final = frozenset({"sign_in", "search"})
"""POST operations that change no record: they keep no response for a retry."""

_SPECIAL: Final[Mapping[str, frozenset[int]]] = {
    "sign_in": frozenset({401, 429}),
    "change_password": frozenset({401, 429}),
    "sign_out": frozenset({404}),
    "read_figure": frozenset({406}),
}


def _problems_of(route: APIRoute, reader: BodyReader | None, permission: str | None) -> set[int]:
    """Return the error statuses of an operation."""
    signatures = list(signatures_of(route))
    has_path = "{" in route.path
    has_query = any(found.query_params for found in signatures)
    changes = bool(methods_of(route) & {"POST", "PATCH", "PUT", "DELETE"})
    versioned = any(field.alias == "if-match" for found in signatures for field in found.header_params)
    named = {
        frozenset({401, 403, 429}): permission is not None,
        frozenset({408, 413, 415, 422}): reader is not None,
        frozenset({422}): has_path or has_query or changes,
        frozenset({404}): has_path or reader is not None,
        frozenset({409}): changes,
        frozenset({412, 428}): versioned,
    }
    problems = {400, 500, 503} | _SPECIAL.get(route.name, frozenset())
    return problems.union(*(statuses for statuses, applies in named.items() if applies))


def _request_body(reader: BodyReader, example: Any) -> dict[str, Any]:
    schema = TypeAdapter(reader.model).json_schema(ref_template=_SCHEMAS)
    schema.pop("$defs", None)
    name = getattr(reader.model, "__name__", None)
    content: dict[str, Any] = {"schema": {"$ref": _SCHEMAS.format(model=name)} if _is_class(reader) else schema}
    if example is not None:
        content["example"] = example
    words = f"At most {max(reader.limit_bytes, LARGEST_BODY)} bytes, unless the service is set up otherwise."
    return {"description": words, "required": True, "content": dict.fromkeys(reader.media_types, content)}


def _body_schemas(routes: Iterable[APIRoute]) -> dict[str, Any]:
    readers = [reader for route in routes if (reader := _body_of(route)) is not None]
    classes = [(reader.model, "validation") for reader in readers if _is_class(reader)]
    _, found = models_json_schema(classes, ref_template=_SCHEMAS)  # type: ignore[arg-type]  # Literal in a list
    schemas: dict[str, Any] = dict(found.get("$defs", {}))
    for reader in readers:
        if not _is_class(reader):
            schemas |= TypeAdapter(reader.model).json_schema(ref_template=_SCHEMAS).get("$defs", {})
    return schemas


def _is_class(reader: BodyReader) -> bool:
    return isinstance(reader.model, type)


def _body_of(route: APIRoute) -> BodyReader | None:
    return next((found.call for found in signatures_of(route) if isinstance(found.call, BodyReader)), None)


def _permission_of(route: APIRoute) -> str | None:
    permissions = (getattr(found.call, "permission", None) for found in signatures_of(route))
    return next((permission.value for permission in permissions if permission is not None), None)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"\s*\n\s*", " ", value) if "\n\n" not in value else value
    return value
