"""Words of the contract that no signature says: what a status means, what a header says, what a parameter narrows."""

from collections.abc import Mapping
from typing import Any, Final

ANSWERS: Final[Mapping[int, str]] = {
    200: "Here it is.",
    201: "It is done and kept.",
    204: "It is done; there is nothing to show.",
    304: "You have it already.",
    400: "The request cannot be read.",
    401: "Nobody is signed in, or not any more.",
    403: "The role may never do this, or not with these values.",
    404: "There is nothing here that you can see.",
    406: "None of the accepted formats can be given.",
    408: "The body did not arrive in time; send it again.",
    409: "This contradicts what is recorded; the document says what would be possible.",
    412: "The record was changed meanwhile.",
    413: "The body is too large.",
    415: "The body's media type is not accepted here.",
    422: "Something must be corrected; the document says what.",
    428: "Say with If-Match which version you change.",
    429: "Wait, then try again.",
    500: "The service made a mistake. Nothing was saved.",
    503: "Not available right now; try again.",
}

HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "X-Request-Id": {
        "description": "The request's id: name it when you ask for help.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "ETag": {
        "description": "The version of what is shown; send it back in If-None-Match or If-Match.",
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where to read what was made.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {"description": "The next page, `rel=next` (RFC 8288).", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true`: this is the answer that was given before to the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "Accept-Post": {"description": "Media types a POST takes here.", "schema": {"type": "string"}},
    "Accept-Patch": {"description": "Media types a PATCH takes here (RFC 5789).", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to sign in (RFC 6750).", "schema": {"type": "string"}},
}
"""Of answers; any of them may be absent but X-Request-Id."""

CARRIED: Final[Mapping[int, tuple[str, ...]]] = {
    200: ("ETag", "Link"),
    201: ("ETag", "Location", "Idempotent-Replayed"),
    304: ("ETag",),
    401: ("WWW-Authenticate",),
    412: ("ETag",),
    415: ("Accept-Post", "Accept-Patch"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
"""Which header an answer of a status may carry, besides X-Request-Id."""

PARAMETERS: Final[Mapping[str, str]] = {
    "name": "As the list of them gives it.",
    "assigned": "Assigned to this user.",
    "received_from": "Received on this day in Asia/Phnom_Penh, or later.",
    "received_to": "Received on this day in Asia/Phnom_Penh, or earlier.",
}

IF_NONE_MATCH: Final[Mapping[str, Any]] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what you have; where nothing changed the answer is 304.",
    "schema": {"type": "string", "maxLength": 1000},
}


def parameter_words(parameter: Mapping[str, Any]) -> str:
    """Answer what a parameter is for, where its declaration does not say."""
    named: str | None = PARAMETERS.get(parameter["name"])
    if named is not None:
        return named
    return "Its id." if parameter["in"] == "path" else "Only with one of these codes; repeat for alternatives."


def headers_of(status: int) -> dict[str, Any]:
    """Answer the headers an answer may carry, as references to the contract's components."""
    names = ("X-Request-Id", *CARRIED.get(status, ()))
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
