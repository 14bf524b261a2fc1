"""What one principal may take of a worker, so that there is always something left for the others (ADR 52).

Each worker counts for itself, in memory: a look into a dictionary a request. Nothing grows with time: who has nothing
in hand is forgotten, and of refusals the principals seen last are kept.
"""

import logging
from asyncio import Lock
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from service.errors import TooManyAttemptsError

LOG: Final = logging.getLogger("service.shares")

WINDOW_S: Final = 3600.0
"""What is refused and what is kept is counted by the hour."""

REMEMBERED: Final = 10_000
"""Principals of whom something is remembered at most; whoever was not seen for longest is forgotten first."""

WAIT_S: Final = 1
"""Seconds after which to try again when all places of a principal are taken."""


class Remembered:
    """References of what took long in this worker, those met last; whoever asks for them again waits (ADR 63)."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Remember nothing yet.

        Args:
            most: references; whichever was not met for longest is forgotten first.
        """
        self._most = most
        self._references: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._references)

    def __contains__(self, reference: str) -> bool:
        """Whether this one is."""
        return reference in self._references

    def add(self, reference: str) -> None:
        """Remember one."""
        self._references[reference] = None
        self._references.move_to_end(reference)
        if len(self._references) > self._most:
            self._references.popitem(last=False)


@dataclass
class _Hour:
    began: float
    refused: int = 0
    kept: int = 0
    last: str = ""


@dataclass
class _InHand:
    requests: int = 0
    turn: Lock = field(default_factory=Lock)


class Shares:
    """Counts what each principal has in hand, and had refused and kept within the hour."""

    def __init__(self, *, places: int, refusals: int, kept_bytes: int, clock: Callable[[], float] = monotonic) -> None:
        """Begin with nothing counted.

        Args:
            places: requests of one principal at once.
            refusals: calls of one principal that are refused within an hour, before the next is refused unseen.
            kept_bytes: of answers kept for retries of one principal within an hour.
            clock: seconds.
        """
        self._places, self._refusals, self._kept_bytes, self._clock = places, refusals, kept_bytes, clock
        self._in_hand: dict[Hashable, _InHand] = {}
        self._hours: OrderedDict[Hashable, _Hour] = OrderedDict()

    def __len__(self) -> int:
        """Return of how many principals something is remembered."""
        return len(self._in_hand) + len(self._hours)

    def enter(self, principal: Hashable) -> None:
        """Give a principal a place.

        Raises:
            TooManyAttemptsError: it has as many as it may, or too many of its calls were refused within the hour.
        """
        if self._hours:
            self._check_refusals(principal)
        held = self._in_hand.setdefault(principal, _InHand())
        if held.requests >= self._places:
            raise TooManyAttemptsError(
                f"You have {self._places} requests in progress, which is your share. Nothing was done. Wait for an "
                "answer before you send the next.",
                retry_after=WAIT_S,
            )
        held.requests += 1

    def leave(self, principal: Hashable) -> None:
        """Take a place back."""
        held = self._in_hand[principal]
        held.requests -= 1
        if not held.requests:
            del self._in_hand[principal]

    def turn(self, principal: Hashable) -> Lock:
        """Return what one principal's long calls wait for, who has a place: they run one after the other."""
        return self._in_hand[principal].turn

    def refused(self, principal: Hashable, code: str) -> None:
        """Count a call that was refused."""
        hour = self._hour_of(principal)
        hour.refused, hour.last = hour.refused + 1, code
        if hour.refused == self._refusals:
            LOG.warning(
                "principal=%s had %d calls refused within the hour, the last: %s", principal, hour.refused, code
            )

    def keep(self, principal: Hashable, size: int) -> None:
        """Count an answer that is kept for a retry.

        Raises:
            TooManyAttemptsError: more is kept within the hour than may be.
        """
        hour = self._hour_of(principal)
        if hour.kept + size > self._kept_bytes:
            words = "Too much was kept for your retries this hour. Nothing was done. Wait, or send no Idempotency-Key."
            raise TooManyAttemptsError(words, retry_after=self._seconds_left(hour))
        hour.kept += size

    def _check_refusals(self, principal: Hashable) -> None:
        hour = self._hours.get(principal)
        if hour is None or hour.refused < self._refusals or self._seconds_left(hour) <= 0:
            return
        raise TooManyAttemptsError(
            f"{self._refusals} of your calls were refused within the hour, the last with `last_refusal`. Something is "
            "wrong with the program that sends them: correct it. Until `retry_after` is over nothing is answered.",
            retry_after=self._seconds_left(hour),
            last_refusal=hour.last,
        )

    def _hour_of(self, principal: Hashable) -> _Hour:
        hour = self._hours.pop(principal, None)
        if hour is None or self._seconds_left(hour) <= 0:
            hour = _Hour(self._clock())
        self._hours[principal] = hour
        if len(self._hours) > REMEMBERED:
            self._hours.popitem(last=False)
        return hour

    def _seconds_left(self, hour: _Hour) -> int:
        left = hour.began + WINDOW_S - self._clock()
        return max(0, int(left) + 1 if left > 0 else 0)
