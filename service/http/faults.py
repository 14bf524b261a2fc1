"""Validation faults in fixed words, which repeat nothing that was sent."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.errors import Fault
from service.http.members import members_at

_QUOTED: Final = re.compile(r"'\w+'")
"""A value in Pydantic's words for the members of an enumeration, which name the class too."""

_BOUNDS: Final = {
    "greater_than_equal": ("ge", "Must be at least {}"),
    "greater_than": ("gt", "Must be more than {}"),
    "less_than_equal": ("le", "Must be at most {}"),
    "less_than": ("lt", "Must be less than {}"),
    "string_too_short": ("min_length", "Must have at least {} characters"),
    "string_too_long": ("max_length", "Must have at most {} characters"),
    "too_short": ("min_length", "Must have at least {} entries"),
    "too_long": ("max_length", "Must have at most {} entries"),
    "enum": ("expected", "Must be one of {}"),
    "literal_error": ("expected", "Must be one of {}"),
}

_WORDS: Final = {
    "missing": "Required, but absent",
    "extra_forbidden": "Unknown field",
    "unexpected_keyword_argument": "Unknown field",
    "string_type": "Must be a string",
    "string_pattern_mismatch": "Does not match the pattern in the contract",
    "string_unicode": "Must be valid Unicode text",
    "int_type": "Must be an integer",
    "int_from_float": "Must be an integer",
    "int_parsing_size": "The number is too large",
    "bool_type": "Must be true or false",
    "date_from_datetime_parsing": "Must be a calendar day such as 2022-09-20",
    "date_parsing": "Must be a calendar day such as 2022-09-20",
    "date_type": "Must be a calendar day such as 2022-09-20",
    "uuid_parsing": "Must be an id of this register (a UUID)",
    "list_type": "Must be an array",
    "tuple_type": "Must be an array",
    "frozen_set_type": "Must be an array",
    "dict_type": "Must be an object",
    "model_type": "Must be an object",
    "dataclass_type": "Must be an object",
    "model_attributes_type": "Must be an object",
    "union_tag_not_found": "Required, but absent: it says which kind of object this is",
    "union_tag_invalid": "Unknown kind",
    "json_invalid": "Must be well-formed JSON",
}

_PLACES: Final = {"query": "parameter", "path": "parameter", "header": "header"}

_UNKNOWN_MEMBERS: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})

_UNKNOWN_KINDS: Final = frozenset({"union_tag_invalid", "union_tag_not_found"})


def faults_of(
    errors: Iterable[Mapping[str, Any]], *, tagged: bool = False, schema: Mapping[str, Any] | None = None
) -> tuple[Fault, ...]:
    """Return Pydantic's errors as faults. The type of an error and our own limits are read, never the input.

    Args:
        errors: as Pydantic lists them.
        tagged: whether the body is a union, so that the first step of each location is a tag and not a member.
        schema: of the body; where it is given, the fault of an unknown member lists those that exist.
    """
    return tuple(_fault(error, tagged=tagged, schema=schema or {}) for error in errors)


def _fault(error: Mapping[str, Any], *, tagged: bool, schema: Mapping[str, Any]) -> Fault:
    code = str(error["type"])
    location = tuple(str(step) for step in error["loc"])[int(tagged) :]
    if code in _UNKNOWN_MEMBERS:
        # The last step is a name the caller made up, perhaps somebody's: point at the object that holds it.
        location = location[:-1]
        known = members_at(schema, error["loc"][:-1])
        words = f"{_words(code, error)}. Known here: {', '.join(known)}" if known else _words(code, error)
        return Fault("pointer", _pointer(location), code, words)
    if code in _UNKNOWN_KINDS:
        location = (*location, "kind")
    if location and location[0] in _PLACES:
        return Fault(_PLACES[location[0]], ".".join(location[1:]), code, _words(code, error))
    return Fault("pointer", _pointer(location), code, _words(code, error))


def _words(code: str, error: Mapping[str, Any]) -> str:
    if code in _BOUNDS:
        name, words = _BOUNDS[code]
        return words.format(error.get("ctx", {}).get(name, ""))
    if code == "value_error":
        # Raised by validators of ours, whose messages are fixed sentences.
        return str(error["msg"]).removeprefix("Value error, ")
    if code == "union_tag_invalid":
        return f"Must be one of {', '.join(_QUOTED.findall(error.get('ctx', {}).get('expected_tags', '')))}"
    return _WORDS.get(code, "Not accepted here. See the contract at /openapi.json")


def _pointer(location: tuple[str, ...]) -> str:
    if not location:
        return "#"
    steps = (step.replace("~", "~0").replace("/", "~1") for step in location if not step.startswith("function-"))
    return "#/" + "/".join(steps)
