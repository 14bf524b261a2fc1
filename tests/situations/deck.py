"""Moves as cards of a deck: each run deals all of them before it deals one again, in an order of its own.

Rules of a state machine would be left out of each run by design, and what is drawn for the others comes in lumps: some
moves were then tried once in seven hundred steps.
"""

from collections.abc import Callable
from random import Random
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

Move = TypeVar("Move", bound=Callable[..., None])

Card = tuple[str, dict[str, Any]]
"""The name of a move, and what is already said of it."""

_DRAWN: Final[dict[str, st.SearchStrategy[dict[str, Any]]]] = {}
_CARDS: Final[list[Card]] = []


def move(*cards: dict[str, Any], **given: st.SearchStrategy[Any]) -> Callable[[Move], Move]:
    """Let a method be a move.

    Args:
        cards: arguments for each time it is in the deck; once without any where left out.
        given: what is drawn for its other arguments.
    """

    def known(made: Move) -> Move:
        _DRAWN[made.__name__] = st.fixed_dictionaries(given)
        _CARDS.extend((made.__name__, said) for said in cards or ({},))
        return made

    return known


class Deck:
    """All moves, shuffled anew whenever the last was dealt."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._left: list[Card] = []

    def deal(self, data: st.DataObject) -> Card:
        """Return the next move with all its arguments."""
        if not self._left:
            self._left = self._random.sample(_CARDS, len(_CARDS))
        name, said = self._left.pop()
        return name, {**data.draw(_DRAWN[name], label=f"{name} {said}"), **said}
