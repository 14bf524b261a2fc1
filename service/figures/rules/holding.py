"""What of an answer is held back, so that nobody alone is told apart who is under protection (ADR 59). Pure.

Somebody under a safety hold, or in a case that is withheld or in an operation under embargo, is protected. A cell that
counts one of them alone goes into one row with another cell; the total stays what it is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from service.figures.rules.answering import FigureAnswer, Key
from service.figures.rules.values import Bounds, Count, Share, Spread, Value, bounds_of

HELD_BACK: Final = "held_back"
"""The code, in every dimension, of the one row of cells that are not told apart."""

FEW: Final = 1
"""A filtered total up to this is held back where there is anybody protected: none and one are not told apart."""


def amount_of(value: Value) -> int:
    """Return how many subjects a value counts, of a sum of claims at least."""
    match value:
        case Count():
            return value.value
        case Share():
            return value.value
        case Spread():
            return value.count
        case Bounds():
            return value.low


def held_keys(amounts: Mapping[Key, int], alone: Mapping[Key, int]) -> frozenset[Key]:
    """Return the keys of cells that are held back: of one protected, and along each dimension one more cell of it.

    Args:
        amounts: how many each cell counts.
        alone: how many protected ones each cell counts, where there are any.
    """
    held = {key for key, amount in amounts.items() if amount == 1 and alone.get(key)}
    before = -1
    while len(held) > before:
        before = len(held)
        for place in range(len(next(iter(held), ()))):
            _hold_others(held, place, amounts)
    return frozenset(held)


def _hold_others(held: set[Key], place: int, amounts: Mapping[Key, int]) -> None:
    """Hold one more cell back of each line along a dimension in which only one is."""
    lines: defaultdict[Key, list[Key]] = defaultdict(list)
    for key in amounts:
        lines[key[:place] + key[place + 1 :]].append(key)
    for line in lines.values():
        if len(held.intersection(line)) == 1:
            others = sorted((amounts[key], key) for key in line if key not in held)
            held.update([key for amount, key in others if amount > 0][:1] or [key for _, key in others])


def hold_back(answered: FigureAnswer, *counted: tuple[Mapping[Key, int], Mapping[Key, int]]) -> FigureAnswer:
    """Return an answer in which no cell counts somebody protected alone.

    Args:
        answered: the whole answer.
        counted: how many cases or humans each cell counts, and how many of these are protected; once for each number
            that a cell tells.
    """
    question = answered.question
    if not question.by:
        return answered
    held = {key for amounts, alone in counted for key in held_keys(amounts, alone)}
    if not held:
        return answered
    told = {key: value for key, value in answered.cells.items() if key not in held}
    together = _together([answered.cells[key] for key in sorted(held)])
    if together is not None:
        told[(HELD_BACK,) * len(question.by)] = together
    return replace(answered, cells=told, held_back=True)


def hold_all_back(answered: FigureAnswer) -> FigureAnswer:
    """Return an answer that tells nothing but the question: what was asked for is nobody, or somebody alone."""
    return replace(answered, cells={}, total=None, checks=(), vague={}, held_back=True)


def _together(values: Sequence[Value]) -> Value | None:
    """Return values as one; None where they do not add up."""
    counts = [value for value in values if isinstance(value, Count)]
    if len(counts) == len(values):
        return Count(sum(value.value for value in counts))
    bounds = [value for value in values if isinstance(value, Bounds)]
    if len(bounds) == len(values):
        high = sum(value.high or 0 for value in bounds)
        return bounds_of(sum(value.low for value in bounds), high, sum(value.open_ended for value in bounds))
    return None
