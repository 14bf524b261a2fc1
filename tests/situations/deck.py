"""Moves as cards of a deck: each run deals all of them before it deals one again, in an order of its own.

What is drawn hangs on the run's number alone. Hypothesis draws from what the process has loaded as well, and in lumps:
some moves were then tried once in seven hundred steps, and others on one machine only.
"""

from collections.abc import Callable
from random import Random
from typing import Any, Final, TypeVar

Move = TypeVar("Move", bound=Callable[..., None])

Draw = Callable[[Random], Any]
"""What draws a value."""

Card = tuple[str, dict[str, Any]]
"""The name of a move, and what is already said of it."""

_DRAWN: Final[dict[str, dict[str, Draw]]] = {}
_CARDS: Final[list[Card]] = []


def move(*cards: dict[str, Any], **given: Draw) -> Callable[[Move], Move]:
    """Let a method be a move.

    Args:
        cards: arguments for each time it is in the deck; once without any where left out.
        given: what is drawn for its other arguments.
    """

    def known(made: Move) -> Move:
        _DRAWN[made.__name__] = given
        _CARDS.extend((made.__name__, said) for said in cards or ({},))
        return made

    return known


def whether(random: Random) -> bool:
    """Return one or the other."""
    return random.random() < 0.5


def one_of(*values: Any) -> Draw:
    """Return what draws one of these values."""
    return lambda random: random.choice(values)


class Deck:
    """All moves, shuffled anew whenever the last was dealt.

    Args:
        run: its number.
    """

    def __init__(self, run: int) -> None:
        self.random: Final = Random(run)
        self._left: list[Card] = []

    def deal(self) -> Card:
        """Return the next move with all its arguments."""
        if not self._left:
            self._left = self.random.sample(_CARDS, len(_CARDS))
        name, said = self._left.pop()
        return name, {argument: draw(self.random) for argument, draw in _DRAWN[name].items()} | said
