"""Every place in the contract where a caller can write something, and what must never be accepted there.

Made from the contract alone, so that a new operation, field or parameter is covered as soon as it is described.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tests.architecture.conventions import Document, Operation

CANARY: Final = "Serinus"
_HERE: Final = "@@here@@"

REFUSED_EVERYWHERE: Final[Mapping[str, bytes]] = {
    "a NUL": b'"Serinus\\u0000"',
    "a raw NUL": b'"Serinus\x00"',
    "a raw control": b'"Serinus\x07"',
    "an escape": b'"Serinus\\u001b[31m"',
    "a lone surrogate": b'"Serinus\\ud800"',
    "no UTF-8": b'"Serinus\xff\xfe"',
    "private use": b'"Serinus\\ue000"',
    "a hundred accents": b'"Serinus' + b"\\u0301" * 100 + b'"',
    "too long": b'"' + b"Serinus" * 4000 + b'"',
    "NaN": b"NaN",
    "beyond all numbers": b"1e400",
    "2 to the 63": b"9223372036854775808",
    "five thousand digits": b"9" * 5000,
    "an object": b'{"Serinus": "Serinus"}',
    "lists in a list": b'[["Serinus"]]',
    "deep": b"[" * 60 + b'"Serinus"' + b"]" * 60,
    "half": b'"Serinus',
}
REFUSED_UNLESS_TEXT: Final[Mapping[str, bytes]] = {
    "right-to-left override": b'"Serinus\\u202egnp.exe"',
    "a tag": b'"Serinus\\udb40\\udc41"',
    "words": b'"Serinus\'; DROP TABLE cases; --"',
    "a formula": b'"=CMD(Serinus)"',
    "HTML": b'"<script>Serinus</script>"',
    "empty": b'""',
}

IN_ADDRESSES: Final = (
    "Serinus%00", "Serinus%ff%fe", "Serinus%ed%a0%80", "Serinus%e2%80%ae", "Serinus%0d%0aSet-Cookie:%20a=1",
    "Serinus%1b%5b31m",
    "9223372036854775808", "1e400", "NaN", "-1", "1_0", "%201", "%d9%a1", "0x10", "Serinus" * 900,
    "Serinus'%20OR%201=1--", "Serinus%25%5f%5c", "%7b%7bSerinus%7d%7d", "Serinus%F3%A0%81%81",
)  # fmt: skip
IN_HEADERS: Final = (
    b"Serinus\x01", b"Serinus\xff\xfe", b"Serinus" * 900, b'"Serinus\x7f"', b'W/"Serinus"', b'"Serinus', b'""', b"",
    b"\t", b"=CMD(Serinus)", b"Serinus, Serinus", b"Serinus\x00", "Serinus\u202e".encode(),
)  # fmt: skip
IN_TAGS: Final = (b'"9223372036854775808"', b'"-1"', b'"1e1"', b'"\xd9\xa1"')
"""Versions that there are not; as a key for retries they would do."""


@dataclass(frozen=True)
class Place:
    """One place in a body.

    Attributes:
        pointer: to it, as problem documents name it.
        schema: what is described there.
        body: a body that reaches it, with a mark at the place.
    """

    pointer: str
    schema: Document
    body: Any

    def with_value(self, raw: bytes) -> bytes:
        """Return the body's bytes with a value at the place."""
        return json.dumps(self.body).encode().replace(f'"{_HERE}"'.encode(), raw)

    def refused(self) -> dict[str, bytes]:
        """Return the values that must be refused at the place."""
        found = dict(REFUSED_EVERYWHERE)
        if not self._takes_any_text:
            found |= REFUSED_UNLESS_TEXT
        return found

    @cached_property
    def _takes_any_text(self) -> bool:
        return self.schema.get("type") == "string" and not self.schema.keys() & {"enum", "const", "format", "pattern"}


class Bodies:
    """Bodies made from the schemas of a contract."""

    def __init__(self, contract: Document, *known: str) -> None:
        """Make bodies of this contract, with these references and codes wherever they are of the right form."""
        self._contract = contract
        self._known = known

    def places(self, operation: Operation) -> Iterator[Place]:
        """Return every place in the body of an operation, for each of its shapes."""
        for content in list(operation.bodies.values())[:1]:
            seen = set()
            for shape in self._shapes(content["schema"]):
                whole = self._sample(shape)
                for path, schema in self._walk(shape):
                    if (path, str(schema)) not in seen:
                        seen.add((path, str(schema)))
                        yield Place("#" + "".join(f"/{step}" for step in path), schema, marked(whole, path))

    def _walk(
        self, schema: Document, path: tuple[str | int, ...] = ()
    ) -> Iterator[tuple[tuple[str | int, ...], Document]]:
        if path:
            yield path, schema
        for name, below in schema.get("properties", {}).items():
            yield from self._walk(next(self._shapes(below)), (*path, name))
        if "items" in schema:
            yield from self._walk(next(self._shapes(schema["items"])), (*path, 0))

    def _shapes(self, schema: Document) -> Iterator[Document]:
        """Return the schemas of a place, without references and null."""
        if "$ref" in schema:
            yield from self._shapes(self._contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        elif "anyOf" in schema or "oneOf" in schema:
            for below in schema.get("anyOf") or schema["oneOf"]:
                yield from self._shapes(below)
        elif schema.get("type") != "null":
            yield schema

    def _sample(self, schema: Document) -> Any:
        """Return a value that fits a schema, with every possible member."""
        shape = next(self._shapes(schema))
        if "const" in shape or "enum" in shape:
            return shape.get("const", shape.get("enum", [None])[0])
        if shape.get("type") == "object":
            return {name: self._sample(below) for name, below in shape.get("properties", {}).items()}
        if shape.get("type") == "array":
            return [self._sample(shape["items"])]
        if "pattern" in shape:
            return next((found for found in self._known if re.search(shape["pattern"], found)), "plain")
        return _PLAIN.get(shape.get("format", ""), _PLAIN.get(shape.get("type", ""), "plain"))


_PLAIN: Final[Mapping[str, Any]] = {
    "date": "2022-09-01",
    "date-time": "2022-09-01T00:00:00Z",
    "uuid": "019a9f60-0000-7000-8000-000000000000",
    "integer": 7,
    "number": 7,
    "boolean": True,
    "string": "plain",
}


def marked(whole: Any, path: tuple[str | int, ...]) -> Any:
    """Return a copy of a body with a mark at one place."""
    copy = json.loads(json.dumps(whole))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = _HERE
    return copy
