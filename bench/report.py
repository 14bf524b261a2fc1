"""The results, as tables for people and as JSON for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench import targets
from bench.attacks import ATTACKS, CONNECTIONS, Withstood
from bench.measuring import Measured
from bench.rounds import Compared, Endured, Grown
from bench.targets import WORDS, Verdict


@dataclass(frozen=True)
class Findings:
    """The results of one run.

    Attributes:
        machine: where.
        load: of the machine before the run, processes that wanted to run.
        first_start_s: from an empty folder to the first answer.
        compared_at: persons in the register of the comparison.
    """

    machine: str
    load: float
    first_start_s: float
    compared_at: int
    compared: Mapping[str, Compared]
    grown: Mapping[str, Grown]
    endured: Endured
    withstood: Mapping[str, Withstood]

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts on all targets."""
        judged: list[Verdict] = []
        for name, found in self.compared.items():
            judged += targets.of_ratio(name, found.ratio) if found.ratio is not None else []
            judged += [targets.of_recorded(name, found.recorded_ratio)] if found.recorded_ratio is not None else []
            judged.append(targets.of_tail(name, found.tail))
        for name, grown in self.grown.items():
            sizes = list(grown.by_size)
            judged += targets.of_growth(name, grown.times, sizes) if len(sizes) > 1 else []
        endured = self.endured
        further = endured.later.shared_out / endured.after.shared_out
        judged += targets.of_memory(endured.later.peak, further, endured.requests)
        judged += [targets.of_attack(ATTACKS[name], found.times) for name, found in self.withstood.items()]
        return [*judged, targets.of_start(self.first_start_s)]

    def as_json(self) -> dict[str, Any]:
        """Return the results as an object for programs."""
        return {**asdict(self), "verdicts": [{**asdict(one), "met": one.met} for one in self.verdicts()]}

    def lines(self) -> Iterator[str]:
        """Yield the results as lines for people."""
        yield f"\n{self.machine}; load before the run {self.load:.1f}"
        yield f"\nThe service beside the same rows as plain statements ({self.compared_at:,} persons)"
        yield from table(("", "a second", "p50 ms", "p99 ms", "API ms", "PostgreSQL ms", "client ms"), self._compared())
        for heading, value in (("p50 ms", _p50), ("p99 ms", _p99), ("a second", _rate)):
            yield f"\nGrowth with the number of persons: {heading}"
            yield from table(("", *self._sizes(), "times"), self._grown(value))
        after, later = self.endured.after, self.endured.later
        yield f"\nMemory of the largest worker after {self.endured.requests:,} requests, and after a quarter more, MiB"
        yield f"  at most so far (VmHWM)  {after.peak:.0f}, {later.peak:.0f}"
        yield f"  now (Pss)               {after.shared_out:.0f}, {later.shared_out:.0f}"
        yield from attack_lines(self.withstood)
        yield f"\nFirst start in an empty folder to first answer: {self.first_start_s:.1f} s"
        yield "\nTargets"
        yield from table(("", "measured", "target", ""), [_judged(one) for one in self.verdicts()])

    def _compared(self) -> Iterator[Sequence[str]]:
        for name, found in self.compared.items():
            yield (WORDS[name], *_measured(found.service))
            if found.plain is not None and found.ratio is not None:
                yield ("  pgbench", *_measured(found.plain))
                yield ("  share", f"{found.ratio:.2f}")
            if found.recorded is not None and found.recorded_ratio is not None:
                yield ("  pgbench, on record", *_measured(found.recorded))
                yield ("  share", f"{found.recorded_ratio:.2f}")

    def _sizes(self) -> list[str]:
        return [f"{persons:,}" for persons in next(iter(self.grown.values())).by_size]

    def _grown(self, value: Any) -> Iterator[Sequence[str]]:
        for name, grown in self.grown.items():
            values = [value(measured) for measured in grown.by_size.values()]
            yield (WORDS[name], *(f"{one:,.1f}" for one in values), f"{values[-1] / values[0]:.2f}")


def attack_lines(withstood: Mapping[str, Withstood]) -> Iterator[str]:
    """Yield what attacks by one account do to another's reading."""
    yield f"\nAnother operator's reading while one account attacks over {CONNECTIONS} connections"
    rows = (
        (
            ATTACKS[name],
            f"{found.quiet_p99_ms:.1f}",
            f"{found.p99_ms:.1f}",
            f"{found.times:.2f}",
            ", ".join(f"{number:,} of {status}" for status, number in sorted(found.answers.items())),
        )
        for name, found in withstood.items()
    )
    yield from table(("", "quiet p99 ms", "p99 ms", "times", "the attack's answers"), rows)


def table(heads: Sequence[str], rows: Any) -> Iterator[str]:
    """Yield aligned lines, the first column to the left, the others to the right."""
    found = [[*row, *[""] * (len(heads) - len(row))] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in found) for place in range(len(heads))]
    for row in found:
        rest = "  ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield f"  {row[0].ljust(widths[0])}  {rest}".rstrip()


def _measured(measured: Measured) -> list[str]:
    own = "" if measured.api_ms is None else f"{measured.api_ms:.2f}"
    times = (f"{measured.per_second:,.0f}", f"{measured.p50_ms:.1f}", f"{measured.p99_ms:.1f}")
    return [*times, own, f"{measured.postgres_ms:.2f}", f"{measured.client_ms:.2f}"]


def _judged(one: Verdict) -> tuple[str, str, str, str]:
    sign = ">=" if one.at_least else "<="
    return one.words, f"{one.found:.2f}", f"{sign} {one.bound:g}", "met" if one.met else "NOT MET"


def _p50(measured: Measured) -> float:
    return measured.p50_ms


def _p99(measured: Measured) -> float:
    return measured.p99_ms


def _rate(measured: Measured) -> float:
    return measured.per_second
