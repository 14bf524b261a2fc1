"""The gate against breaking changes finds every planted break and lets additions pass."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import pytest

from tests.architecture.contract_diff import breaks
from tests.architecture.conventions import COMMITTED, RELEASED, Document

CASES: Final = "/v1/cases"
Change = Callable[[Document], Any]


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def operation(document: Document, method: str = "post", path: str = CASES) -> Document:
    found: Document = document["paths"][path][method]
    return found


def parameter(document: Document, name: str) -> Document:
    return next(found for found in operation(document, "get")["parameters"] if found["name"] == name)


def add_parameter(document: Document, *, required: bool) -> None:
    made = {"in": "query", "name": "extra", "required": required, "schema": {"type": "string"}}
    operation(document, "get")["parameters"].append(made)


def without_parameter(document: Document, name: str) -> None:
    operation(document, "get")["parameters"].remove(parameter(document, name))


def without_kind(document: Document, kind: str) -> None:
    body = operation(document, "post", "/v1/events")["requestBody"]["content"]["application/json"]["schema"]
    body["oneOf"] = [found for found in body["oneOf"] if kind not in found["$ref"]]


BREAKS: Final[dict[str, tuple[Change, str]]] = {
    "an operation is gone": (lambda new: new["paths"][CASES].pop("post"), "POST /v1/cases: removed"),
    "a path is gone": (lambda new: new["paths"].pop("/v1/me"), "GET /v1/me: removed"),
    "an operation has another id": (lambda new: operation(new).update(operationId="create"), "became create"),
    "an open operation is closed": (
        lambda new: operation(new, "post", "/v1/sessions").update(security=[{"bearer": []}]),
        "now needs a sign-in",
    ),
    "an answer is gone": (lambda new: operation(new)["responses"].pop("201"), "answer 201: removed"),
    "a header is gone": (
        lambda new: operation(new)["responses"]["201"]["headers"].pop("ETag"),
        "answer 201 header ETag: removed",
    ),
    "an answer's media type is gone": (
        lambda new: operation(new, "get", "/v1/figures/{name}")["responses"]["200"]["content"].pop("text/csv"),
        "answer 200 text/csv: removed",
    ),
    "a body's media type is gone": (
        lambda new: operation(new, "patch", "/v1/cases/{ref}")["requestBody"]["content"].pop("application/json"),
        "body application/json: no longer accepted",
    ),
    "an answer shows less": (
        lambda new: schema(new, "CaseFiled")["properties"].pop("reference"),
        "answer 201.reference: removed",
    ),
    "an answer shows less, deeper": (
        lambda new: schema(new, "PartFiled")["properties"].pop("id"),
        "answer 201.offenders[].id: removed",
    ),
    "an answer's member may be absent": (
        lambda new: schema(new, "CaseFiled")["required"].remove("status"),
        "answer 201.status: may now be absent",
    ),
    "an answer's member has another type": (
        lambda new: schema(new, "CaseFiled")["properties"]["completeness"].update(type="string"),
        "answer 201.completeness: type integer became string",
    ),
    "an answer's member may be null": (
        lambda new: schema(new, "CaseFiled")["properties"].update(
            status={"anyOf": [{"type": "string"}, {"type": "null"}]}
        ),
        "answer 201.status: null not shown before",
    ),
    "a closed list of an answer grows": (lambda new: schema(new, "Unmarked")["enum"].append("c"), "shows words it did"),
    "a new required parameter": (
        lambda new: add_parameter(new, required=True),
        "query parameter extra: now required",
    ),
    "a parameter becomes required": (
        lambda new: parameter(new, "urgency").update(required=True),
        "query parameter urgency: now required",
    ),
    "a parameter is gone": (lambda new: without_parameter(new, "province"), "query parameter province: removed"),
    "a parameter takes less": (
        lambda new: parameter(new, "limit")["schema"].update(maximum=100),
        "query parameter limit: maximum is now 100",
    ),
    "a new required property": (
        lambda new: schema(new, "CaseCreate")["required"].append("kind"),
        "body.kind: now required",
    ),
    "a property is refused": (
        lambda new: schema(new, "CaseCreate")["properties"].pop("urgency"),
        "body.urgency: removed",
    ),
    "a word is refused": (
        lambda new: schema(new, "IntakeChannel")["enum"].remove("fb_police"),
        "not accepted any more: fb_police",
    ),
    "a free text becomes a list": (
        lambda new: schema(new, "NoteCreate")["properties"]["text"].update(enum=["a"]),
        "body.text: not accepted any more: any other",
    ),
    "a text is cut": (
        lambda new: schema(new, "NoteCreate")["properties"]["text"].update(maxLength=100),
        "body.text: maxLength is now 100",
    ),
    "a text must be longer": (
        lambda new: schema(new, "NoteCreate")["properties"]["text"].update(minLength=10),
        "body.text: minLength is now 10",
    ),
    "a text has a pattern": (
        lambda new: schema(new, "NoteCreate")["properties"]["text"].update(pattern="^[a-z]+$"),
        "body.text: pattern is now",
    ),
    "a number has a smaller range": (
        lambda new: schema(new, "KeyCreate")["properties"]["days"].update(minimum=7),
        "body.days: minimum is now 7",
    ),
    "a list is cut": (
        lambda new: schema(new, "CaseCreate")["properties"]["persons"].update(maxItems=50),
        "body.persons: maxItems is now 50",
    ),
    "a property has another type": (
        lambda new: schema(new, "NoteCreate")["properties"]["text"].update(type="object"),
        "body.text: type string became object",
    ),
    "null is refused": (
        lambda new: schema(new, "CasePatch")["properties"]["urgency"]["anyOf"].pop(),
        "body.urgency: null not accepted any more",
    ),
    "a kind of event is refused": (
        lambda new: without_kind(new, "Located"),
        "body: kind=located not accepted any more",
    ),
}

ADDITIONS: Final[dict[str, Change]] = {
    "nothing": lambda new: None,
    "an operation": lambda new: new["paths"].update({"/v1/extra": new["paths"]["/v1/me"]}),
    "an optional parameter": lambda new: add_parameter(new, required=False),
    "an optional property": lambda new: schema(new, "CaseCreate")["properties"].update(extra={"type": "string"}),
    "an answer's property": lambda new: schema(new, "CaseFiled")["properties"].update(extra={"type": "string"}),
    "an answer's required property": lambda new: (
        schema(new, "CaseFiled")["properties"].update(extra={"type": "string"}),
        schema(new, "CaseFiled")["required"].append("extra"),
    ),
    "an answer": lambda new: operation(new)["responses"].update({"451": operation(new)["responses"]["400"]}),
    "a word of a list that grows": lambda new: schema(new, "Permission")["enum"].append("extra:read"),
    "a word that is accepted": lambda new: schema(new, "IntakeChannel")["enum"].append("pigeon"),
    "a wider range": lambda new: schema(new, "NoteCreate")["properties"]["text"].update(maxLength=50_000),
    "a property no longer required": lambda new: schema(new, "CaseCreate")["required"].clear(),
    "better words": lambda new: operation(new).update(description="Better said."),
    "another name inside": lambda new: rename(new, "CaseFiled", "FiledCase"),
}


def rename(document: Document, old: str, new: str) -> None:
    text = json.dumps(document).replace(f'#/components/schemas/{old}"', f'#/components/schemas/{new}"')
    document.update(json.loads(text))
    document["components"]["schemas"][new] = document["components"]["schemas"].pop(old)


@pytest.fixture
def released(contract: Document) -> Document:
    """The contract, with one closed list that is not marked as growing."""
    made = deepcopy(contract)
    schema(made, "CaseFiled")["properties"]["mark"] = {"$ref": "#/components/schemas/Unmarked"}
    made["components"]["schemas"]["Unmarked"] = {"type": "string", "enum": ["a", "b"]}
    return made


@pytest.mark.parametrize("name", BREAKS)
def test_a_planted_break_is_found(name: str, released: Document) -> None:
    change, words = BREAKS[name]
    new = deepcopy(released)
    change(new)
    assert any(words in found for found in breaks(released, new)), breaks(released, new)


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_is_no_break(name: str, released: Document) -> None:
    new = deepcopy(released)
    ADDITIONS[name](new)
    assert breaks(released, new) == []


def test_the_committed_contract_breaks_nothing_released() -> None:
    """Before the first release there is nothing to break."""
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    released = json.loads(RELEASED.read_text(encoding="utf-8")) if RELEASED.exists() else committed
    assert breaks(released, committed) == []
