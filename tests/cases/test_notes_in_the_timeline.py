"""Notes stand in the timeline where they were written, with their author, for whoever may read them (ADR 48)."""

from typing import Any

from tests.register import Caller, Register
from tests.situations.telling import Telling


def timeline(caller: Caller, case: str, limit: int = 200, **asked: Any) -> list[dict[str, Any]]:
    """All of it, page by page."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = caller.get(f"/v1/cases/{case}/events", limit=limit, **asked, **cursor).json()
        items += page["items"]
        if "next_cursor" not in page:
            return items
        assert len(page["items"]) == limit
        cursor = {"cursor": page["next_cursor"]}


def note(caller: Caller, case: str, text: str) -> None:
    assert caller.post(f"/v1/cases/{case}/notes", {"text": text}).status_code == 201


def told_with_notes(register: Register) -> Telling:
    """Filed; a note; a finding; two notes by two people; found at an operation."""
    told = Telling(register)
    for happens in (
        lambda: note(told.by("operator"), told.case, "She called again"),
        told.verified,
        lambda: note(told.by("verifier"), told.case, "Seen at the gate"),
        lambda: note(told.by("liaison"), told.case, "Her brother wrote"),
        lambda: told.rescued("2022-09-05"),
    ):
        register.clock.move(minutes=1)
        happens()
    return told


WHOLE = ["received", "added", "nationality_asserted", "note", "finding_made", "note", "note", "rescued"]


def test_notes_stand_in_order_with_the_events_and_name_their_author(register: Register) -> None:
    told = told_with_notes(register)
    seen = timeline(told.by("supervisor"), told.case, purpose="verification")
    assert [one["kind"] for one in seen] == WHOLE
    assert [one["recorded_at"] for one in seen] == sorted(one["recorded_at"] for one in seen)
    notes = [one for one in seen if one["kind"] == "note"]
    assert [one["data"]["text"] for one in notes] == ["She called again", "Seen at the gate", "Her brother wrote"]
    assert [one["author"] for one in notes] == ["operator--", "verifier--", "liaison---MYS"]
    assert {(one["subject"], one["subject_kind"], one["occurred_on"]) for one in notes} == {
        (told.case, "case", "2022-10-01")
    }
    listed = told.by("supervisor").get(f"/v1/cases/{told.case}", purpose="verification").json()["sealed"]["notes"]
    assert [one["text"] for one in listed] == [one["data"]["text"] for one in notes]


def test_pages_of_any_size_show_the_same(register: Register) -> None:
    told = told_with_notes(register)
    note(told.by("operator"), told.case, "At the very same instant as the rescue")
    whole = timeline(told.by("supervisor"), told.case)
    assert [one["kind"] for one in whole] == [*WHOLE, "note"]
    for limit in range(1, len(whole) + 1):
        assert timeline(told.by("supervisor"), told.case, limit=limit) == whole


def test_an_embassy_reads_its_own_notes_only(register: Register) -> None:
    told = told_with_notes(register)
    mine = timeline(told.by("liaison"), told.case, limit=1, purpose="consular")
    assert [one["data"].get("text") for one in mine if one["kind"] == "note"] == ["Her brother wrote"]
    assert "gate" not in str(mine)
    other = register.caller("liaison", "TWN")
    assert other.get(f"/v1/cases/{told.case}/events", purpose="consular").status_code == 404


def test_no_note_is_opened_without_a_purpose_and_an_opened_one_is_on_record(register: Register) -> None:
    told = told_with_notes(register)
    supervisor = told.by("supervisor")
    assert all(one["data"] == {} for one in timeline(supervisor, told.case) if one["kind"] == "note")
    opened = "SELECT count(*) FROM audit_log WHERE action = 'timeline:read' AND 'note' = ANY (fields)"
    assert register.rows(opened)[0]["count"] == 0
    timeline(supervisor, told.case, purpose="verification")
    assert register.rows(opened)[0]["count"] == 1
