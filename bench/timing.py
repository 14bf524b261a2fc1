"""Whether time tells a hidden record from an absent one (EX-24): interleaved pairs over a real server.

    python -m bench.timing [pairs]

Asks for a person hidden from a liaison and for one that never was, in random order, over one kept connection, and
prints the Mann-Whitney statistic as an AUC (0.5: nothing to tell) and the difference of the medians.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

from service.ids import new_id
from tests.doors.scene import FOREIGN, set_scene
from tests.engine import running_databases
from tests.register import NOW, open_register
from tests.scenarios.serving import serving

PAIRS: Final = 3_000
WARM: Final = 200
AUC: Final = (0.47, 0.53)
LARGEST_DIFFERENCE_MS: Final = 0.3
"""Source of both bounds: background/reliability-tests.md section 3.2, EX-24."""


def auc(ones: Sequence[float], others: Sequence[float]) -> float:
    """Return the share of pairs in which the first is larger; equal ones count half."""
    ranked = sorted([(value, True) for value in ones] + [(value, False) for value in others])
    ranks, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ranks += (place + end + 1) / 2 * sum(of_ones for _, of_ones in ranked[place:end])
        place = end
    return (ranks - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def ask(client: httpx.Client, name: str) -> float:
    """Return the time of a 404, in milliseconds."""
    began = time.perf_counter()
    answer = client.get(f"/v1/persons/{name}")
    taken = (time.perf_counter() - began) * 1000
    if answer.status_code != 404:
        raise AssertionError(f"expected 404, got {answer.status_code}")
    return taken


def measure(address: str, token: str, hidden: str, absent: str, pairs: int) -> tuple[list[float], list[float]]:
    """Return the times of the hidden and of the absent record."""
    taken: dict[str, list[float]] = {hidden: [], absent: []}
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        for _ in range(WARM):
            ask(client, hidden)
            ask(client, absent)
        for _ in range(pairs):
            for name in random.sample((hidden, absent), 2):
                taken[name].append(ask(client, name))
    return taken[hidden], taken[absent]


def main() -> int:
    """Measure and print; return 0 if the records cannot be told apart."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    with running_databases() as databases, tempfile.TemporaryDirectory() as folder:
        database = databases.make()
        with open_register(database) as register:
            scene = set_scene(register)
            hidden, token = scene.persons[FOREIGN].id, scene.liaison.token
            moment = datetime.now(UTC)
            register.rows("UPDATE sessions SET seen_at = $1", moment)
        with serving(database, Path(folder) / "log") as address:
            of_hidden, of_absent = measure(address, token, hidden, str(new_id(NOW)), pairs)
    told = auc(of_hidden, of_absent)
    medians = statistics.median(of_hidden), statistics.median(of_absent)
    difference = abs(medians[0] - medians[1])
    found = f"AUC {told:.3f}, medians {medians[0]:.3f} and {medians[1]:.3f} ms, {difference:.3f} ms apart"
    print(f"{pairs} pairs: {found}")  # noqa: T201 - its result
    return 0 if AUC[0] <= told <= AUC[1] and difference < LARGEST_DIFFERENCE_MS else 1


if __name__ == "__main__":
    sys.exit(main())
