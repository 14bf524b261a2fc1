"""The contract: current, valid, complete, and strict."""

import json
import re
from typing import Any, Final

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.architecture.conventions import COMMITTED, Document, Operation, as_text, errors_of, nested, operations

HOW: Final = "openapi/openapi.json is not what the code gives. Run: ./dev openapi --output openapi/openapi.json"

FROZEN: Final = {
    "add_note", "add_offender", "add_operation_note", "add_person", "add_persons", "amend_case", "amend_offender",
    "amend_operation", "amend_person", "change_agency", "change_key", "change_password", "change_user",
    "disable_agency", "disable_user", "file_case", "front_door", "hand_over", "list_agencies", "list_cases",
    "list_code_lists", "list_figures", "list_keys", "list_operations", "list_persons", "list_users", "live",
    "make_agency", "make_key", "make_user", "metrics", "read_agency", "read_audit_log", "read_audit_of_subject",
    "read_case", "read_code_list", "read_figure", "read_key", "read_offender", "read_operation", "read_person",
    "read_results", "read_returns", "read_self", "read_timeline", "read_user", "ready", "record_events",
    "record_operation", "report_results", "revoke_key", "search", "sign_in", "sign_out", "void_event",
    "void_returns",
}  # fmt: skip
"""Generated clients name their methods for these: add to them, never rename one."""

OF_3_2: Final = {"itemSchema", "itemEncoding", "prefixEncoding", "$self", "query", "additionalOperations", "mediaTypes"}

ANYWHERE: Final = {"400", "500", "503"}


def each(contract: Document) -> list[Operation]:
    return list(operations(contract))


def test_the_committed_document_is_current(contract: Document) -> None:
    assert COMMITTED.exists(), HOW
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == contract, HOW


def test_the_committed_document_can_be_compared_line_by_line() -> None:
    text = COMMITTED.read_text(encoding="utf-8")
    assert text == as_text(json.loads(text)), HOW


def test_it_is_valid_openapi(contract: Document) -> None:
    assert contract["openapi"] == "3.1.1"
    assert list(OpenAPIV31SpecValidator(contract).iter_errors()) == []


def test_operation_ids_are_unique_and_frozen(contract: Document) -> None:
    ids = [operation.id for operation in each(contract)]
    assert len(set(ids)) == len(ids)
    assert set(ids) == FROZEN


def test_every_operation_is_explained(contract: Document) -> None:
    for operation in each(contract):
        words = operation.words
        assert len(words["description"]) > 15, operation.id
        assert words["description"].endswith((".", "?")), operation.id
        assert words["summary"], operation.id
        assert words["tags"], operation.id
        assert words["security"] in ([], [{"bearer": []}]), operation.id
        assert [parameter["name"] for parameter in words["parameters"] if not parameter["description"]] == []


def test_every_refusal_is_a_problem_document(contract: Document) -> None:
    for operation in each(contract):
        answers = operation.words["responses"]
        refusals = {status: found for status, found in answers.items() if status >= "400"}
        assert refusals.keys() >= ANYWHERE, operation.id
        assert answers.keys() >= ({"401", "403"} if operation.words["security"] else set()), operation.id
        assert answers.keys() >= ({"413", "415", "422"} if operation.bodies else set()), operation.id
        for found in refusals.values():
            assert found["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }, operation.id


def test_every_answer_says_what_it_is_and_which_headers_it_carries(contract: Document) -> None:
    for operation in each(contract):
        successes = [status for status in operation.words["responses"] if status < "300"]
        assert len(successes) == 1, operation.id
        for status, found in operation.words["responses"].items():
            assert len(found["description"]) > 10, (operation.id, status)
            assert found["description"] != "Successful Response"
            assert "X-Request-Id" in found["headers"], (operation.id, status)
            assert bool(found.get("content")) is (status not in {"204", "304"}), (operation.id, status)


def test_every_change_of_a_version_asks_for_it(contract: Document) -> None:
    for operation in each(contract):
        names = {parameter["name"] for parameter in operation.words["parameters"] if parameter["required"]}
        versioned = operation.method == "patch" or (operation.method == "delete" and "{" in operation.path)
        assert ("If-Match" in names) is versioned, operation.id


def test_headers_stand_in_canonical_case(contract: Document) -> None:
    names = {
        parameter["name"] for operation in each(contract) for parameter in operation.words["parameters"]
        if parameter["in"] == "header"
    }  # fmt: skip
    assert names == {"Idempotency-Key", "If-Match", "If-None-Match"}


def test_nothing_of_the_framework_shows(contract: Document) -> None:
    text = json.dumps(contract)
    for word in ("HTTPValidationError", "ValidationError", "Successful Response", "fastapi", "pydantic"):
        assert word not in text


def test_every_reference_leads_somewhere_and_every_component_is_used(contract: Document) -> None:
    references = {found["$ref"] for found in nested(contract) if isinstance(found, dict) and "$ref" in found}
    for reference in references:
        place: Any = contract
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]
    defined = {
        f"#/components/{kind}/{name}" for kind in ("schemas", "headers") for name in contract["components"][kind]
    }
    assert defined - references == set()


def test_nothing_needs_openapi_3_2(contract: Document) -> None:
    keywords = {name for found in nested(contract) if isinstance(found, dict) for name in found}
    assert keywords & OF_3_2 - properties_of(contract) == set()
    assert "nullable" not in keywords


def properties_of(contract: Document) -> set[str]:
    """Names that are data here, not keywords."""
    objects = (found["properties"] for found in nested(contract) if isinstance(found, dict) and "properties" in found)
    return {name for members in objects for name in members}


def test_names_are_written_one_way(contract: Document) -> None:
    names = properties_of(contract) | {
        parameter["name"]
        for operation in each(contract)
        for parameter in operation.words["parameters"]
        if parameter["in"] != "header"
    }
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []
    segments = {segment for path in contract["paths"] for segment in path.split("/") if segment and segment[0] != "{"}
    assert [segment for segment in segments if not re.fullmatch(r"[a-z]+[0-9]?", segment)] == []


def test_every_body_has_an_example_that_is_one(contract: Document) -> None:
    taking = [operation for operation in each(contract) if operation.method in {"post", "patch", "put"}]
    for operation in taking:
        assert operation.bodies, operation.id
        for content in operation.bodies.values():
            assert "example" in content, operation.id
            assert errors_of(contract, content["schema"], content["example"]) == [], operation.id


def test_no_example_is_left_over(contract: Document) -> None:
    text = (COMMITTED.parents[1] / "service" / "http" / "examples.json").read_text(encoding="utf-8")
    assert set(json.loads(text)) == {operation.id for operation in each(contract) if operation.bodies}


def test_the_validator_refuses_what_no_example_may_be(contract: Document) -> None:
    [body] = [found for found in each(contract) if found.id == "file_case"]
    schema = body.bodies["application/json"]["schema"]
    bad_day = {"channel": "field", "received_on": "2022-02-30"}
    wrong: list[Document] = [{}, {"channel": "pigeon"}, {"channel": "field", "surprise": 1}, bad_day]
    assert [bool(errors_of(contract, schema, found)) for found in wrong] == [True] * 4


BOUNDS: Final = {"maxLength", "pattern", "format", "enum", "const"}


def test_everything_that_is_sent_is_closed_and_bounded(contract: Document) -> None:
    assert [f"{place}: {what}" for place, what in unbounded(contract)] == []


def unbounded(contract: Document) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for operation in each(contract):
        for content in operation.bodies.values():
            walk(contract, content["schema"], operation.id, found, seen)
        for parameter in operation.words["parameters"]:
            walk(contract, parameter["schema"], f"{operation.id} {parameter['name']}", found, seen)
    return found


def walk(contract: Document, schema: Document, place: str, found: list[tuple[str, str]], seen: set[str]) -> None:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            seen.add(name)
            walk(contract, contract["components"]["schemas"][name], name, found, seen)
        return
    if (what := looseness(schema)) is not None:
        found.append((place, what))
    for below in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        walk(contract, below, place, found, seen)
    for name, below in schema.get("properties", {}).items():
        walk(contract, below, f"{place}.{name}", found, seen)
    if "items" in schema:
        walk(contract, schema["items"], f"{place}[]", found, seen)


def looseness(schema: Document) -> str | None:
    """What a schema forgets to say, if anything."""
    bounded = {
        "string": bool(BOUNDS & schema.keys()),
        "integer": {"minimum", "maximum"} <= schema.keys() or "enum" in schema,
        "number": {"minimum", "maximum"} <= schema.keys(),
        "array": "maxItems" in schema,
        "object": schema.get("additionalProperties") is False,
    }
    kind = schema.get("type")
    known = {"anyOf", "oneOf", "allOf", "enum", "const"} & schema.keys()
    if kind is None:
        return None if known else "says no type"
    return None if bounded.get(kind, True) else f"{kind} without bounds"


@pytest.mark.parametrize(
    "schema",
    [{"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "array"}, {"type": "object"}, {"title": "Any"}],
)
def test_what_is_loose_is_noticed(schema: Document) -> None:
    assert looseness(schema) is not None
