"""Descriptions in the contract that no signature gives: of statuses, headers and parameters."""

from collections.abc import Mapping
from typing import Any, Final

ANSWERS: Final[Mapping[int, str]] = {
    200: "The representation.",
    201: "Created; the body describes it.",
    204: "Done; the response has no content.",
    304: "Not changed since the version in If-None-Match.",
    400: "The request is malformed, or has an unknown parameter.",
    401: "The token is missing, unknown or expired.",
    403: "The role does not allow this, or not with these values.",
    404: "It does not exist, or is not visible to the caller.",
    406: "None of the formats in Accept is available.",
    408: "The body was not complete in time. Send it again.",
    409: "The request contradicts what is recorded. The document says what is possible.",
    412: "The record was changed since the version in If-Match. Read it again.",
    413: "The body is too large.",
    415: "The media type of the body is not supported here.",
    422: "Fields or parameters are invalid. The document lists them.",
    428: "If-Match is required.",
    429: "Too many requests. Try again after Retry-After.",
    500: "Internal error. Nothing was saved.",
    503: "Temporarily unavailable. Try again after Retry-After.",
}

TAGS: Final[Mapping[str, str]] = {
    "agencies": "Whom people work for.",
    "audit": "Who did what, and who saw whom.",
    "cases": "Requests for help, from the first call to the close.",
    "events": "What happened. It is never changed, only voided.",
    "figures": "Counts with a definition, a period and the instant at which they were known.",
    "health": "Whether the service works, how it does, and its contract.",
    "keys": "Keys for programs.",
    "offenders": "Who held people, and what the law did.",
    "operations": "Raids, inspections, visits and hand-overs, and what they found.",
    "persons": "People to be brought home.",
    "reference": "Code lists and places.",
    "searches": "Finding somebody by name, number or text, on record.",
    "sessions": "Signing in and out, and one's own account.",
    "users": "Accounts of people.",
}
"""What the tags of operations stand for."""

HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "X-Request-Id": {
        "description": "The id of the request. Quote it when reporting a fault.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "ETag": {
        "description": "The version of the representation, for If-None-Match and If-Match.",
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "The address of what was created.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {"description": "The next page, `rel=next` (RFC 8288).", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true`: this response was sent before for the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "Accept-Post": {"description": "Media types accepted in a POST here.", "schema": {"type": "string"}},
    "Accept-Patch": {"description": "Media types accepted in a PATCH here (RFC 5789).", "schema": {"type": "string"}},
    "Key-Expires": {
        "description": "When the service key of the request ends; on every successful response to a key.",
        "schema": {"type": "string", "format": "date-time"},
    },
    "Key-Days-Left": {
        "description": "Whole days until then; from a fortnight before. Alert on it.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {"description": "How to sign in (RFC 6750).", "schema": {"type": "string"}},
}
"""Headers of responses. Only X-Request-Id is always present."""

CARRIED: Final[Mapping[int, tuple[str, ...]]] = {
    200: ("ETag", "Link", "Key-Expires", "Key-Days-Left"),
    201: ("ETag", "Location", "Idempotent-Replayed"),
    304: ("ETag", "Key-Expires", "Key-Days-Left"),
    401: ("WWW-Authenticate",),
    412: ("ETag",),
    415: ("Accept-Post", "Accept-Patch"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
"""The headers a response may have besides X-Request-Id, by status."""

PARAMETERS: Final[Mapping[str, str]] = {
    "name": "A name from the list.",
    "assigned": "Only cases assigned to the user with this id, to `me`, or to `nobody` who can sign in and see them.",
    "received_from": "Received on or after this day in Asia/Phnom_Penh.",
    "received_to": "Received on or before this day in Asia/Phnom_Penh.",
}

IF_NONE_MATCH: Final[Mapping[str, Any]] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an earlier response; where nothing changed since, the response is 304.",
    "schema": {"type": "string", "maxLength": 1000},
}


def parameter_words(parameter: Mapping[str, Any]) -> str:
    """Return the description of a parameter whose declaration has none."""
    named: str | None = PARAMETERS.get(parameter["name"])
    if named is not None:
        return named
    return "Its id." if parameter["in"] == "path" else "Only with this code; repeat the parameter for alternatives."


def headers_of(status: int) -> dict[str, Any]:
    """Return the headers a response may have, as references to components of the contract."""
    names = ("X-Request-Id", *CARRIED.get(status, ()))
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
