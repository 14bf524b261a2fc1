"""Everybody looks for everybody: whom a search shows, what of them, and who stands on record as shown."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.access.role_model import MAY
from tests.doors import model
from tests.doors.field_world import open_world
from tests.doors.knocking import Answered, assert_nothing_wrong, knock, misanswered, misrecorded, misshapen, tellable
from tests.doors.search_matrix import SEARCHES, SearchCell, cells_of
from tests.doors.world import SEERS, World
from tests.engine import Databases

NOTHING: Final = b'{"more":false,"items":[]}'
ONE: Final = {"persons": "person", "cases": "case", "offenders": "offender"}


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    with open_world(databases) as made:
        yield made


@pytest.mark.parametrize("name", SEERS)
def test_each_search_finds_whom_the_model_says_and_nobody_else(world: World, name: str) -> None:
    client, cells = world.clients[name], list(cells_of(world.seers[name], world.records.values()))
    answered = [knock(client, cell) for cell in cells]
    wrong = [
        f"{cell.words()}: {found}"
        for cell, one in zip(cells, answered, strict=True)
        if one.answer.status_code == cell.status == 200
        for found in _misshown(cell, one.answer.json())
    ]
    wrong += [*misanswered(answered), *misrecorded(world.register, answered), *tellable(answered)]
    wrong += _unlike_nothing(cells, answered)
    assert_nothing_wrong(wrong)


def _misshown(cell: SearchCell, content: dict[str, Any]) -> Iterator[str]:
    """What an answer shows that it must not, or does not show that it must."""
    items, what = content["items"], ONE[cell.search.for_]
    if {item["id"] for item in items} != cell.found or len(items) != len(cell.found):
        yield f"{len(items)} found, not {len(cell.found)}, or others"
    if content["more"] or content.keys() != {"items", "more"}:
        yield "there is said to be more"
    for item in items:
        yield from misshapen(item.pop("sealed"), *model.sealed_members_of(cell.seer, what), f"sealed {what}")
        for finding in item.get("findings", ()):
            yield from misshapen(finding, *model.members_of(cell.seer, "finding"), "finding")
        yield from misshapen(item, *model.members_of(cell.seer, what), what)


def _unlike_nothing(cells: list[SearchCell], answered: list[Answered]) -> Iterator[str]:
    """What is hidden is answered like what nobody ever told, byte for byte and header for header."""
    seen: set[str] = set()
    for cell, one in zip(cells, answered, strict=True):
        if one.answer.status_code == 200 and not cell.found:
            headers = {name: text for name, text in one.answer.headers.items() if name not in {"x-request-id", "date"}}
            seen.add(str(headers))
            if one.answer.content != NOTHING or len(seen) > 1:
                yield f"{cell.words()}: unlike a search that finds nothing"


def test_the_model_finds_somebody_by_every_search_and_hides_them_from_somebody_else(world: World) -> None:
    """A model that finds everybody, or nobody, would prove nothing."""
    case_workers = [seer for seer in world.seers.values() if seer.kind in MAY["read_case"]]
    supervisor = world.seers["supervisor"]
    finding = {cell.search for cell in cells_of(supervisor, world.records.values()) if cell.found}
    assert len(finding) > len(SEARCHES) // 3
    for seer in case_workers:
        missed = {cell.search for cell in cells_of(seer, world.records.values()) if not cell.found}
        if seer.kind in {"operator", "liaison"}:
            assert missed & finding, seer.name
