"""Faults: what a caller should correct, in fixed words that repeat nothing the caller sent."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.errors import Fault
from service.http.members import members_at

_BOUNDS: Final = {
    "greater_than_equal": ("ge", "At least {}"),
    "greater_than": ("gt", "More than {}"),
    "less_than_equal": ("le", "At most {}"),
    "less_than": ("lt", "Less than {}"),
    "string_too_short": ("min_length", "At least {} characters"),
    "string_too_long": ("max_length", "At most {} characters"),
    "too_short": ("min_length", "At least {} entries"),
    "too_long": ("max_length", "At most {} entries"),
    "enum": ("expected", "One of {}"),
    "literal_error": ("expected", "One of {}"),
}

_WORDS: Final = {
    "missing": "This is required",
    "extra_forbidden": "A field here does not exist",
    "unexpected_keyword_argument": "A field here does not exist",
    "string_type": "Send text",
    "string_pattern_mismatch": "This is not of the right form",
    "string_unicode": "The text is not valid Unicode",
    "int_type": "Send a whole number",
    "int_from_float": "Send a whole number",
    "int_parsing_size": "The number is too large",
    "bool_type": "Send true or false",
    "date_from_datetime_parsing": "Send a calendar day such as 2022-09-20",
    "date_parsing": "Send a calendar day such as 2022-09-20",
    "date_type": "Send a calendar day such as 2022-09-20",
    "uuid_parsing": "Send an id of this register",
    "list_type": "Send a list",
    "tuple_type": "Send a list",
    "frozen_set_type": "Send a list",
    "dict_type": "Send an object",
    "model_type": "Send an object",
    "dataclass_type": "Send an object",
    "model_attributes_type": "Send an object",
    "union_tag_not_found": "Say which kind this is",
    "union_tag_invalid": "This kind is not known",
    "json_invalid": "Send well-formed JSON",
}

_PLACES: Final = {"query": "parameter", "path": "parameter", "header": "header"}


_UNKNOWN_MEMBERS: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


_UNKNOWN_KINDS: Final = frozenset({"union_tag_invalid", "union_tag_not_found"})


def faults_of(
    errors: Iterable[Mapping[str, Any]], *, tagged: bool = False, schema: Mapping[str, Any] | None = None
) -> tuple[Fault, ...]:
    """Answer Pydantic's errors as faults. Only the kind of error and limits of ours are read, never the input.

    Args:
        errors: as Pydantic lists them.
        tagged: the body is a union, and the first step of each location is the tag, which is no member.
        schema: of the body; where it is given, whoever sends a member that does not exist is told those that do.
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
        return f"One of {error.get('ctx', {}).get('expected_tags', 'the known kinds')}"
    return _WORDS.get(code, "This is not accepted here")


def _pointer(location: tuple[str, ...]) -> str:
    if not location:
        return "#"
    steps = (step.replace("~", "~0").replace("/", "~1") for step in location if not step.startswith("function-"))
    return "#/" + "/".join(steps)
