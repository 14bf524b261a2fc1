"""Ways into the contract, for the checks of it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from openapi_schema_validator import OAS31Validator, oas31_format_checker

from tests.architecture.tree import PROJECT

COMMITTED: Final = PROJECT / "openapi" / "openapi.json"
RELEASED: Final = PROJECT / "openapi" / "released.json"
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Document = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of a contract."""

    path: str
    method: str
    words: Document

    @property
    def id(self) -> str:
        """Its id."""
        name: str = self.words["operationId"]
        return name

    @property
    def bodies(self) -> dict[str, Document]:
        """What it takes, by media type."""
        content: dict[str, Document] = self.words.get("requestBody", {}).get("content", {})
        return content


def operations(document: Document) -> Iterator[Operation]:
    """Every operation of a contract."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(path, method, item[method])


def as_text(document: Document) -> str:
    """The contract as it is committed."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def errors_of(document: Document, schema: Document, value: Any) -> list[str]:
    """What is wrong with a value by one schema of a contract, which may refer to the contract's components."""
    whole = {**schema, "components": document["components"]}
    found = OAS31Validator(whole, format_checker=oas31_format_checker).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


def closed(document: Document) -> Document:
    """The contract with every described object closed, so that an answer can show nothing that is not described."""
    made = deepcopy(document)
    for name, schema in made["components"]["schemas"].items():
        if "properties" in schema and name != "Problem":
            schema.setdefault("additionalProperties", False)
    return made


def nested(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from nested(child)
