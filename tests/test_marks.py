"""A high-water mark says what a register once held, and its file is whole or the one before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from service.marks import Mark, MarkError, keep_marks, lost_since, read_marks, surplus_since

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTED = Mark(AT, 100, AT - HOUR)
ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("entries", "last", "words"),
    [
        (100, AT - HOUR, None),
        (100, AT, None),
        (120, AT, None),
        (99, AT, "1 of 100 ledger entries"),
        (60, AT - 3 * HOUR, "40 of 100 ledger entries, what was recorded after 2026-11-30 09:00:00 UTC until"),
        (100, AT - 2 * HOUR, "the end of its audit log"),
        (0, None, "100 of 100 ledger entries, everything until 2026-11-30 11:00:00 UTC"),
    ],
)
def test_what_is_missing_is_named(entries: int, last: datetime | None, words: str | None) -> None:
    lost = lost_since(NOTED, Mark(AT, entries, last))
    assert (lost is None) is (words is None)
    assert words is None or words in str(lost)


def test_what_was_dated_into_the_past_is_named() -> None:
    assert (
        surplus_since(NOTED, Mark(AT, 103, AT))
        == "3 ledger entries were dated before 2026-11-30 12:00:00 UTC afterwards"
    )
    assert surplus_since(NOTED, Mark(AT, 100, AT)) is surplus_since(NOTED, Mark(AT, 1, AT)) is None


def test_a_mark_is_read_as_it_was_kept_and_nothing_else_stays_behind(tmp_path: Path) -> None:
    path = tmp_path / "key.mark"
    assert read_marks(path) == {}
    marks = {ONE: NOTED, OTHER: Mark(AT, 0, None)}
    for _ in range(2):
        keep_marks(path, marks)
        assert read_marks(path) == marks
    assert [found.name for found in tmp_path.iterdir()] == ["key.mark"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "1",
        '{"no id": {}}',
        f'{{"{ONE}": {{}}}}',
        f'{{"{ONE}": {{"at": "2026-11-30", "entries": 1, "last": null}}}}',
    ],
)
def test_what_is_no_mark_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.mark"
    path.write_text(content)
    with pytest.raises(MarkError, match="malformed"):
        read_marks(path)
