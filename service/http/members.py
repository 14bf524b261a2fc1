"""The members a body may have at a place in it, read from its schema: only names of the contract."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]


def members_at(schema: Schema, location: Sequence[str | int]) -> list[str]:
    """Return the members that exist in the object at a place, sorted; none where the schema does not say.

    Args:
        schema: of the whole body, as Pydantic writes it.
        location: as Pydantic gives it with an error, tags of unions included.
    """
    present: list[Schema] = [schema]
    for step in location:
        present = [below for found in present for below in _below(schema, found, step)]
    named = {name for found in present for form in _forms(schema, found) for name in form.get("properties", ())}
    return sorted(named)


def _below(whole: Schema, found: Schema, step: str | int) -> Iterator[Schema]:
    for form in _forms(whole, found):
        tags = form.get("discriminator", {}).get("mapping", {})
        if step in tags:
            yield {"$ref": tags[step]}
        elif isinstance(step, int):
            yield form.get("items", {})
        elif step in form.get("properties", {}):
            yield form["properties"][step]


def _forms(whole: Schema, found: Schema) -> Iterator[Schema]:
    """Yield a schema, or what it refers to, and its alternatives."""
    if "$ref" in found:
        yield from _forms(whole, whole["$defs"][found["$ref"].rpartition("/")[2]])
        return
    yield found
    for one in found.get("anyOf", ()):
        yield from _forms(whole, one)
