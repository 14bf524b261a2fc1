"""Which members exist at a place of a body: every one of them, and no other name."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from service.http.members import members_at


class Leaf(BaseModel):
    colour: str
    weight: int | None = None


class Tree(BaseModel):
    kind: Literal["tree"]
    leaves: tuple[Leaf, ...] = ()
    best: Leaf | None = None


class Stone(BaseModel):
    kind: Literal["stone"]
    hard: bool = True


@pytest.mark.parametrize(
    ("location", "known"),
    [
        ((), ["best", "kind", "leaves"]),
        (("leaves", 3), ["colour", "weight"]),
        (("best",), ["colour", "weight"]),
        (("best", "colour"), []),
        (("roots", 0), []),
    ],
)
def test_members_are_found_where_they_are(location: tuple[str | int, ...], known: list[str]) -> None:
    assert members_at(Tree.model_json_schema(), location) == known


def test_of_a_body_of_several_kinds_those_of_the_kind_it_is() -> None:
    adapter: TypeAdapter[Tree | Stone] = TypeAdapter(Tree | Stone)
    assert members_at(adapter.json_schema(), ("best",)) == ["colour", "weight"]
    tagged: TypeAdapter[object] = TypeAdapter(Annotated[Tree | Stone, Field(discriminator="kind")])
    assert members_at(tagged.json_schema(), ("stone",)) == ["hard", "kind"]
    assert members_at(tagged.json_schema(), ("tree", "leaves", 0)) == ["colour", "weight"]


def test_without_a_schema_nothing_is_known() -> None:
    assert members_at({}, ("leaves", 0)) == []
