"""Identifiers: sorted for programs, hard to mishear for people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.ids import (
    ALPHABET,
    new_case_reference,
    new_id,
    new_inner_id,
    new_part_reference,
    read_case_reference,
    read_part_reference,
    read_uuid,
)

NOW: Final = datetime(2022, 10, 1, 3, 0, tzinfo=UTC)
CASES: Final = [new_case_reference(2022) for _ in range(6)]
PARTS: Final = [new_part_reference(case) for case in CASES]
LOOKS_LIKE: Final = {"0": "Oo", "1": "IiLl"}


def mistakes(reference: str) -> list[str]:
    """Every reference with one symbol after the letters KH wrong."""
    return [
        reference[:place] + wrong + reference[place + 1 :]
        for place, right in enumerate(reference)
        if place > 1 and right != "-"
        for wrong in ALPHABET
        if wrong != right
    ]


def swaps(reference: str) -> list[str]:
    """Every reference with two different neighbours swapped."""
    plain = reference.replace("-", "")
    pairs = [place for place in range(2, len(plain) - 1) if plain[place] != plain[place + 1]]
    return [plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :] for place in pairs]


@pytest.mark.parametrize("year", [2000, 2005, 2022, 2099])
def test_a_reference_is_read_as_it_was_made(year: int) -> None:
    case = new_case_reference(year)
    part = new_part_reference(case)
    assert case.startswith(f"KH{year % 100:02d}-")
    assert part.startswith(f"{case}-")
    assert (read_case_reference(case), read_part_reference(part)) == (case, part)
    assert (read_case_reference(part), read_part_reference(case)) == (None, None)


@pytest.mark.parametrize("reference", CASES, ids=range(len(CASES)))
def test_a_reference_is_read_however_it_is_written(reference: str) -> None:
    for written in (reference.lower(), reference.replace("-", ""), f"  {reference} ", reference.replace("-", " ")):
        assert read_case_reference(written) == reference
    for right, others in LOOKS_LIKE.items():
        for other in others:
            assert read_case_reference(reference[:2] + reference[2:].replace(right, other)) == reference


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_every_single_mistake_and_every_swap_in_a_case_s_reference_is_noticed(case: str) -> None:
    wrong = mistakes(case) + swaps(case)
    assert len(wrong) > 300
    assert [text for text in wrong if read_case_reference(text)] == []


@pytest.mark.parametrize("part", PARTS, ids=range(len(PARTS)))
def test_every_single_mistake_and_every_swap_in_a_person_s_reference_is_noticed(part: str) -> None:
    wrong = mistakes(part) + swaps(part)
    assert len(wrong) > 400
    assert [text for text in wrong if read_part_reference(text)] == []


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_a_symbol_left_out_or_said_twice_is_noticed(case: str) -> None:
    plain = case.replace("-", "")
    for place in range(len(plain)):
        assert read_case_reference(plain[:place] + plain[place + 1 :]) is None
        assert read_case_reference(plain[:place] + plain[place] + plain[place:]) is None


def test_the_letter_u_and_other_prefixes_are_no_references() -> None:
    assert "U" not in ALPHABET
    for text in ("", "KH", "TH" + CASES[0][2:], CASES[0][:-1] + "U", CASES[0] + "\n0", "KH22-" + "0" * 400):
        assert read_case_reference(text) is None
        assert read_part_reference(text) is None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=30) | st.from_regex(r"KH[0-9A-Z]{2}-?[0-9A-Z]{4}-?[0-9A-Z]{4}", fullmatch=True))
def test_any_text_is_read_as_a_reference_or_as_none(text: str) -> None:
    for read in (read_case_reference, read_part_reference):
        found = read(text)
        assert found is None or read(found) == found


def test_digits_of_other_scripts_are_no_reference() -> None:
    assert read_case_reference(CASES[0].replace("KH22", "KH២២")) is None


def test_references_are_random_and_never_serial() -> None:
    drawn = [new_case_reference(2022) for _ in range(2000)]
    assert len(set(drawn)) == len(drawn)
    assert drawn != sorted(drawn)
    for place in range(5, 13):
        assert place == 9 or {text[place] for text in drawn} == set(ALPHABET)
    parts = [new_part_reference(CASES[0])[-4:-1] for _ in range(500)]
    assert parts != sorted(parts)
    assert len(set(parts)) > 450


def test_ids_are_of_version_seven_and_carry_their_moment() -> None:
    made = new_id(NOW)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_later_ids_sort_later_within_a_millisecond_and_after_it() -> None:
    made = [new_inner_id(NOW + timedelta(milliseconds=step // 400)) for step in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_made_by_many_at_once_are_unique_and_each_one_s_own_are_sorted() -> None:
    def make(_: int) -> list[UUID]:
        return [new_inner_id(NOW) for _ in range(500)]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))
    assert len({id_ for own in made for id_ in own}) == 4000
    assert all(own == sorted(own) for own in made)


ID: Final = "01839bc9-3b90-7020-9d38-af3e4ecd3cc0"


def test_the_distance_of_two_shown_ids_tells_nothing_of_how_many_were_made_between() -> None:
    """Drawn whole: the second lies below the first as often as above it, however many come between."""
    below = 0
    for _ in range(400):
        first = new_id(NOW)
        for _ in range(5):
            new_id(NOW)
        below += new_id(NOW) < first
    assert 120 < below < 280


@pytest.mark.parametrize("text", ["", ID[:8], f"{{{ID}}}", ID.replace("-", ""), f"urn:uuid:{ID}", f"{ID}\n"])
def test_only_the_canonical_form_of_an_id_is_read(text: str) -> None:
    assert read_uuid(text) is None


def test_an_id_is_read_in_either_case() -> None:
    made = new_id(NOW)
    assert read_uuid(str(made)) == read_uuid(str(made).upper()) == made
