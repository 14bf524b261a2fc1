"""What breaks a client between two contracts, found by comparing the documents.

Breaking is: a removed operation, answer, media type or answer property; an answer property that may now be absent, or
takes values it did not; a new required parameter or property; and whatever was accepted and is not any more. Adding
is not breaking: operations, optional parameters and properties, answer properties, and words of a list that is marked
as growing (`x-extensible-enum`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.architecture.conventions import Document, Operation, operations

LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
EXACT: Final = ("pattern", "format", "const", "multipleOf", "uniqueItems")


def breaks(old: Document, new: Document) -> list[str]:
    """Return all changes of the new contract that break a client of the old one."""
    present = {(operation.path, operation.method): operation for operation in operations(new)}
    found: list[str] = []
    for before in operations(old):
        after = present.get((before.path, before.method))
        if after is None:
            found.append(f"{before.method.upper()} {before.path}: removed")
        else:
            place = f"{before.method.upper()} {before.path}"
            found += [f"{place}: {what}" for what in _of_operation(old, new, before, after)]
    return list(dict.fromkeys(found))


def _of_operation(old: Document, new: Document, before: Operation, after: Operation) -> Iterator[str]:
    if before.id != after.id:
        yield f"operation id {before.id} became {after.id}"
    if not before.words["security"] and after.words["security"]:
        yield "now needs a sign-in"
    yield from _of_parameters(old, new, before, after)
    if after.words.get("requestBody", {}).get("required") and not before.words.get("requestBody", {}).get("required"):
        yield "a body is now required"
    for media, content in before.bodies.items():
        if media not in after.bodies:
            yield f"body {media}: no longer accepted"
        else:
            yield from Comparison(old, new, sent=True).of(content["schema"], after.bodies[media]["schema"], "body")
    for status, answer in before.words["responses"].items():
        if status not in after.words["responses"]:
            yield f"answer {status}: removed"
        else:
            yield from _of_answer(old, new, status, answer, after.words["responses"][status])


def _of_parameters(old: Document, new: Document, before: Operation, after: Operation) -> Iterator[str]:
    known = {(found["in"], found["name"]): found for found in before.words.get("parameters", ())}
    wanted = {(found["in"], found["name"]): found for found in after.words.get("parameters", ())}
    for (place, name), found in known.items():
        if (place, name) not in wanted:
            yield f"{place} parameter {name}: removed"
        else:
            compared = Comparison(old, new, sent=True)
            yield from compared.of(found["schema"], wanted[place, name]["schema"], f"{place} parameter {name}")
    for (place, name), found in wanted.items():
        if found.get("required") and not known.get((place, name), {}).get("required"):
            yield f"{place} parameter {name}: now required"


def _of_answer(old: Document, new: Document, status: str, before: Document, after: Document) -> Iterator[str]:
    for name in before.get("headers", {}):
        if name not in after.get("headers", {}):
            yield f"answer {status} header {name}: removed"
    for media, content in before.get("content", {}).items():
        if media not in after.get("content", {}):
            yield f"answer {status} {media}: removed"
        else:
            compared = Comparison(old, new, sent=False)
            yield from compared.of(content["schema"], after["content"][media]["schema"], f"answer {status}")


@dataclass
class Comparison:
    """Of two schemas: of what clients send, where less may not be accepted, or of what they are shown."""

    old: Document
    new: Document
    sent: bool
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def of(self, before: Document, after: Document, place: str) -> Iterator[str]:
        """Return the breaking changes."""
        names = (before.get("$ref", ""), after.get("$ref", ""))
        if all(names):
            if names in self._seen:
                return
            self._seen.add(names)
        before, after = _resolved(self.old, before), _resolved(self.new, after)
        if _is_union(before) or _is_union(after):
            yield from self._of_alternatives(before, after, place)
            return
        for compare in (self._of_types, self._of_words, self._of_limits, self._of_members, self._of_entries):
            yield from compare(before, after, place)

    def _of_types(self, before: Document, after: Document, place: str) -> Iterator[str]:
        old, new = _types(before), _types(after)
        lost = old - new if self.sent else new - old
        if old and new and lost:
            yield f"{place}: type {'/'.join(sorted(old))} became {'/'.join(sorted(new))}"
        elif self.sent and new and not old:
            yield f"{place}: now of type {'/'.join(sorted(new))} only"

    def _of_words(self, before: Document, after: Document, place: str) -> Iterator[str]:
        old, new = before.get("enum"), after.get("enum")
        if self.sent and new is not None and (old is None or set(old) - set(new)):
            yield f"{place}: not accepted any more: {_listed(set(old or ()) - set(new))}"
        growing = "x-extensible-enum" in before
        if not self.sent and old is not None and not growing and (new is None or set(new) - set(old)):
            yield f"{place}: shows words it did not: {_listed(set(new or ()) - set(old))}"

    def _of_limits(self, before: Document, after: Document, place: str) -> Iterator[str]:
        if not self.sent:
            return
        for name in LOWER:
            if name in after and after[name] > before.get(name, float("-inf")) and (name in before or after[name] > 0):
                yield f"{place}: {name} is now {after[name]}"
        for name in UPPER:
            if name in after and after[name] < before.get(name, float("inf")):
                yield f"{place}: {name} is now {after[name]}"
        for name in EXACT:
            if name in after and after[name] != before.get(name):
                yield f"{place}: {name} is now {after[name]}"

    def _of_members(self, before: Document, after: Document, place: str) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        for name in sorted(old.keys() - new.keys()):
            if not self.sent or after.get("additionalProperties") is False:
                yield f"{place}.{name}: removed"
        for name in sorted(old.keys() & new.keys()):
            yield from self.of(old[name], new[name], f"{place}.{name}")
        required_before, required_after = set(before.get("required", ())), set(after.get("required", ()))
        if self.sent:
            yield from (f"{place}.{name}: now required" for name in sorted(required_after - required_before))
        else:
            lost = (required_before - required_after) & new.keys()
            yield from (f"{place}.{name}: may now be absent" for name in sorted(lost))

    def _of_entries(self, before: Document, after: Document, place: str) -> Iterator[str]:
        for name, suffix in (("items", "[]"), ("additionalProperties", "{}")):
            old, new = before.get(name), after.get(name)
            if isinstance(old, dict) and isinstance(new, dict):
                yield from self.of(old, new, f"{place}{suffix}")
        was_open = "properties" in before and before.get("additionalProperties") is not False
        if self.sent and was_open and after.get("additionalProperties") is False:
            yield f"{place}: unknown members are now refused"

    def _of_alternatives(self, before: Document, after: Document, place: str) -> Iterator[str]:
        """What was accepted must still be; what is shown must have been possible before."""
        old, new = _alternatives(self.old, before), _alternatives(self.new, after)
        lost = old.keys() - new.keys() if self.sent else new.keys() - old.keys()
        words = "not accepted any more" if self.sent else "not shown before"
        yield from (f"{place}: {name} {words}" for name in sorted(lost))
        for name in sorted(old.keys() & new.keys()):
            yield from self.of(old[name], new[name], place if len(old) < 3 else f"{place}|{name}")


def _listed(words: set[Any]) -> str:
    return ", ".join(sorted(map(str, words))) or "any other"


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _alternatives(document: Document, schema: Document) -> dict[str, Document]:
    """Return a schema's alternatives by what identifies each; for a plain schema, itself."""
    found: dict[str, Document] = {}
    for alternative in schema.get("anyOf") or schema.get("oneOf") or [schema]:
        name = _known_by(_resolved(document, alternative))
        found[name if name not in found else f"{name} {len(found)}"] = alternative
    return found


def _known_by(schema: Document) -> str:
    """Return the discriminating value of an alternative, else its type."""
    for name, member in sorted(schema.get("properties", {}).items()):
        if "const" in member:
            return f"{name}={member['const']}"
    return "/".join(sorted(_types(schema))) or "anything"


def _is_union(schema: Document) -> bool:
    return "anyOf" in schema or "oneOf" in schema


def _types(schema: Document) -> set[str]:
    kind: Any = schema.get("type", ())
    found = {kind} if isinstance(kind, str) else set(kind)
    return found | {"integer"} if "number" in found else found
