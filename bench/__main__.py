"""`./dev bench`, or `python -m bench`: measure everything on this machine, in one run."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import machine, rounds
from bench.attacks import withstand
from bench.flood import flood, flood_rows
from bench.measuring import Bench
from bench.pgbench import PgbenchMissingError, find_pgbench
from bench.report import Findings, attack_lines, table
from bench.service import serving
from bench.stage import free_port, open_stage
from service.db.embedded import EmbeddedError, find_binaries
from service.settings import Settings

SIZES = (10_000, 100_000, 1_000_000)
COMPARED_AT = 100_000
QUICK_SIZES = (1_000, 10_000)
FEWEST = 1_000
"""Fewest persons of a register: with fewer, a list has no further page."""

ONE_CROWD = {"SAFE_RETURN_REQUESTS_OF_ONE": "10000"}
"""For a flood by one operator: the bound of one principal would answer in place of the queue."""

LACKING = 3
"""The exit status for a problem of this machine, as everywhere in this project."""


def main() -> int:
    """Measure, and print the results."""
    wishes = _wishes()
    binaries = Settings().postgres_bin
    try:
        program = None if wishes.no_pgbench else find_pgbench(find_binaries(binaries).folder)
    except (PgbenchMissingError, EmbeddedError) as error:
        _say(str(error))
        return LACKING
    load = machine.load_average()
    began = time.monotonic()
    with _folder() as folder:
        first_start_s = _first_start(folder / "first")
        with (
            open_stage(folder, binaries, _say) as stage,
            stage.benches(wishes.sizes, scripts=program is not None, **(ONE_CROWD if wishes.flood else {})) as benches,
        ):
            if wishes.attack:
                withstood = withstand(benches[-1], rounds=wishes.plan.rounds, seconds=wishes.plan.seconds)
                sys.stdout.write("\n".join(attack_lines(withstood)) + "\n")
                return 0
            if wishes.flood:
                heads = ("connections", "2xx/s", "refused/s", "times the first")
                rows = flood_rows(flood(benches[-1], rounds=wishes.plan.rounds))
                sys.stdout.write("\n".join(table(heads, rows)) + "\n")
                return 0
            found = _measure(benches, program, wishes.plan, load, first_start_s)
    sys.stdout.write("\n".join(found.lines()) + f"\n\nTook {(time.monotonic() - began) / 60:.0f} minutes.\n")
    if wishes.json is not None:
        wishes.json.write_text(json.dumps(found.as_json(), indent=2) + "\n", encoding="utf-8")
    return 0


def _measure(
    benches: list[Bench], program: Path | None, plan: rounds.Plan, load: float, first_start_s: float
) -> Findings:
    compared_on = next((bench for bench in benches if bench.persons >= COMPARED_AT), benches[-1])
    _say("Measuring growth.")
    grown = rounds.grow(benches, plan)
    _say("Measuring beside pgbench." if program else "Measuring without pgbench.")
    compared = rounds.compare(compared_on, program, plan)
    _say("Measuring memory.")
    endured = rounds.endure(compared_on, plan)
    _say("Measuring attacks.")
    withstood = withstand(compared_on, rounds=plan.rounds, seconds=plan.seconds)
    return Findings(machine.describe(), load, first_start_s, compared_on.persons, compared, grown, endured, withstood)


def _first_start(folder: Path) -> float:
    """Start the service for the first time, which creates its database, schema and key; return the seconds it took."""
    folder.mkdir(mode=0o755)
    with serving(free_port(), folder, {}, workers=1) as service:
        return service.started_s


@contextmanager
def _folder() -> Iterator[Path]:
    """Create a folder that PostgreSQL's own user can enter, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="sr-bench-")).resolve()
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, help="number of persons in each register, such as 10000,100000")
    parser.add_argument(
        "--quick", action="store_true", help="small registers and short rounds, to check that everything works"
    )
    parser.add_argument("--attack", action="store_true", help="measure only what attacks do to others")
    parser.add_argument(
        "--flood", action="store_true", help="measure only what a flood of connections leaves of the work"
    )
    parser.add_argument("--no-pgbench", action="store_true", help="skip the comparison with pgbench")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all results to FILE")
    wishes = parser.parse_args()
    wishes.plan = rounds.QUICK if wishes.quick else rounds.FULL
    wishes.sizes = wishes.sizes or list(QUICK_SIZES if wishes.quick else SIZES)
    return wishes


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(word) for word in text.split(",")})
    if sizes[0] < FEWEST:
        raise argparse.ArgumentTypeError(f"at least {FEWEST} persons each")
    return sizes


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
