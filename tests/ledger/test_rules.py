"""The difference of two bags: what turns one into the other, and nothing else."""

from collections import Counter
from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from service.ledger.rules import Bag, Cell, Contribution, Measure, difference

CONTRIBUTIONS = st.builds(
    Contribution,
    subject_id=st.integers(1, 3).map(lambda number: UUID(int=number)),
    cell=st.builds(
        Cell,
        measure=st.sampled_from(Measure),
        occurred_on=st.just(date(2022, 9, 1)),
        detail=st.sampled_from(["-", "rescued"]),
    ),
)
BAGS = st.dictionaries(CONTRIBUTIONS, st.integers(-2, 3), max_size=8).map(Counter)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(BAGS, BAGS)
def test_a_difference_turns_one_bag_into_the_other(before: Bag, after: Bag) -> None:
    turned = Counter(before)
    for entry in difference(before, after):
        turned[Contribution(entry.subject_id, entry.cell)] += entry.delta
    assert turned == after


@settings(max_examples=100, deadline=None, derandomize=True)
@given(BAGS, BAGS)
def test_debits_come_first_each_cell_once_and_never_nothing(before: Bag, after: Bag) -> None:
    entries = list(difference(before, after))
    signs = [entry.delta > 0 for entry in entries]
    assert signs == sorted(signs)
    assert len({(entry.subject_id, entry.cell) for entry in entries}) == len(entries)
    assert all(entry.delta for entry in entries)
    assert list(difference(before, after)) == entries
    assert list(difference(after, after)) == []
