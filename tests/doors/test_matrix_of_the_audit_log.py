"""Everybody asks who saw each record: an auditor is told, of hidden and absent ones alike, and nobody else is."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.doors.audit_matrix import MOST, AuditCell, cells_of
from tests.doors.field_world import open_world
from tests.doors.knocking import Answered, assert_nothing_wrong, knock, misanswered, misrecorded, tellable
from tests.doors.world import SEERS, World
from tests.engine import Databases


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    with open_world(databases) as made:
        yield made


@pytest.mark.parametrize("name", SEERS)
def test_each_question_to_the_log_is_answered_as_the_model_says(world: World, name: str) -> None:
    answered: list[Answered] = []
    wrong: list[str] = []
    for cell in cells_of(world.seers[name], world):
        stored = _stored(world, cell) if cell.status == cell.done else []
        one = knock(world.clients[name], cell)
        answered.append(one)
        if one.answer.status_code == cell.done:
            shown = [item["id"] for item in one.answer.json()["items"]]
            wrong += [] if shown == stored else [f"{cell.words()}: {len(shown)} rows, not {len(stored)}, or others"]
    wrong += [*misanswered(answered), *misrecorded(world.register, answered), *tellable(answered)]
    assert_nothing_wrong(wrong)


def _stored(world: World, cell: AuditCell) -> list[str]:
    """Return the newest rows that a request asks for, before it is sent."""
    query = f"SELECT id FROM audit_log WHERE {cell.where} ORDER BY recorded_at DESC, id DESC LIMIT {MOST}"  # noqa: S608 - conditions of ours
    rows = world.register.rows(query, *([] if cell.value is None else [cell.value]))
    return [str(row["id"]) for row in rows]


def test_whoever_was_shown_a_record_is_named_to_the_auditor_and_whoever_was_not_is_not(world: World) -> None:
    """Readings that were made here and now: those that were answered stand in the log, those refused do not."""
    auditor, kept = world.clients["auditor"], ("verifier shut out", "officer shut out", "liaison TWN elsewhere")
    for record in (world.records[name] for name in ("withheld", "mixed", "freed quietly")):
        readings: list[dict[str, Any]] = []
        for name in ("verifier", "officer", "supervisor", *kept):
            answer = world.clients[name].get(f"/v1/cases/{record.reference}")
            if answer.status_code == 200:
                readings.append({"who": str(world.callers[name].id), "request": answer.headers["x-request-id"]})
        shown = auditor.get(f"/v1/audit/subjects/{record.id}", params={"limit": len(readings)}).json()["items"]
        assert [{"who": row["principal_id"], "request": row["request_id"]} for row in shown] == readings[::-1]
        assert {row["action"] for row in shown} == {"case:read"}
        assert len(readings) == (3 if record.name == "withheld" else 6), record.name
