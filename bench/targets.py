"""The targets, beside the measured values. Sources: the issue of the first release; docs/design/figures.md section 3.

What Directus 12.4.0 and Django REST framework 3.18.3 reached is published with the measurements the design rests on:
69.5 and 128 cases created, 173 and 221 read a second, one process each, on a machine where pgbench, driving their rows
as plain statements, reached at least 1,500 and 6,200. Those lowest rates are taken, which is in the peers' favour.
"""

from dataclasses import dataclass
from typing import Final

MEMORY_MIB: Final = 120.0
START_S: Final = 8.0
TAIL: Final = 4.0
PEERS: Final = {
    "Directus": {"file": 69.5 / 1500, "read": 173 / 6200},
    "Django REST framework": {"file": 128 / 1500, "read": 221 / 6200},
}
RATIOS: Final = {"file": 0.4, "event": 0.4, "read": 0.2}
TIMES_A_PEER: Final = {"file": 8.0, "read": 5.0}
GROWTH: Final = {"figure_now": 3.0, "figure_past": 3.0, "list_first": 1.5, "list_deep": 1.5, "read": 1.5}
STEADY: Final = 1.05
"""Memory is steady if it grows by less than a twentieth over a quarter more requests."""

ATTACKED: Final = 5.0
"""One account does not stop the others: their slowest readings take at most so many times as long."""

WORDS: Final = {
    "file": "File a case",
    "event": "Record a status event",
    "read": "Read a case",
    "empty": "An empty request",
    "list_first": "List, page 1",
    "list_deep": "List, page 1,000",
    "figure_now": "Figure by nationality, now",
    "figure_past": "Figure by nationality, as known at a past date",
}


@dataclass(frozen=True)
class Verdict:
    """The verdict on one target.

    Attributes:
        words: what was promised.
        found: the value.
        bound: the promise.
        at_least: whether the value must reach the bound, rather than not exceed it.
    """

    words: str
    found: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the target was met."""
        return self.found >= self.bound if self.at_least else self.found <= self.bound


def of_ratio(name: str, ratio: float) -> list[Verdict]:
    """Judge the rate of a kind of work as a share of pgbench's, and beside the peers', if there is a target."""
    if name not in RATIOS:
        return []
    verdicts = [Verdict(f"{WORDS[name]}: share of pgbench's rate", ratio, RATIOS[name], at_least=True)]
    for peer, shares in PEERS.items():
        if name in shares:
            times = ratio / shares[name]
            verdicts.append(Verdict(f"{WORDS[name]}: times {peer}", times, TIMES_A_PEER[name], at_least=True))
    return verdicts


def of_recorded(name: str, ratio: float) -> Verdict:
    """Judge the rate of a reading as a share of pgbench's when that writes the audit row too."""
    words = f"{WORDS[name]}: share of pgbench's rate, on record"
    return Verdict(words, ratio, RATIOS[name], at_least=True)


def of_tail(name: str, tail: float) -> Verdict:
    """Judge p99 as a multiple of p50 at 16 connections."""
    return Verdict(f"{WORDS[name]}: p99 / p50 at 16 connections", tail, TAIL, at_least=False)


def of_growth(name: str, times: float, sizes: list[int]) -> list[Verdict]:
    """Judge how much longer something takes in the largest register than in the smallest, if there is a target."""
    words = f"{WORDS[name]}: time at {sizes[-1]:,} to time at {sizes[0]:,} persons"
    return [Verdict(words, times, GROWTH[name], at_least=False)] if name in GROWTH else []


def of_memory(largest_mib: float, further: float, requests: int) -> list[Verdict]:
    """Judge the memory of a worker after many requests, and how it grew over a quarter more."""
    return [
        Verdict(f"A worker after {requests:,} requests, MiB", largest_mib, MEMORY_MIB, at_least=False),
        Verdict("The same after a quarter more, to before", further, STEADY, at_least=False),
    ]


def of_attack(words: str, times: float) -> Verdict:
    """Judge the p99 of another's reading while an attack runs, as a multiple of the quiet one."""
    return Verdict(f"{words}: another's p99 to quiet", times, ATTACKED, at_least=False)


def of_start(first_s: float) -> Verdict:
    """Judge the time from the first start, in an empty folder, to the first response."""
    return Verdict("First start to first answer, s", first_s, START_S, at_least=False)
