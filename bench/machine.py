"""Processor time and memory of processes, from the kernel. Linux only."""

import os
import platform
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PROC: Final = Path("/proc")


def family_of(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    parents = {child: found[1] for child in _pids() if (found := _stat(child)) is not None}
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def cpu_s(pid: int) -> float:
    """Return the processor time of a process, its descendants, and its children that ended, in seconds."""
    used = 0.0
    for member in family_of(pid):
        found = _stat(member)
        if found is not None:
            used += found[0] + (found[2] if member == pid else 0.0)
    return used


@dataclass(frozen=True)
class Memory:
    """Memory of processes, MiB; each value is that of the largest process.

    Attributes:
        peak: resident at most so far (VmHWM).
        shared_out: resident now, shared pages divided among those who share them (Pss).
    """

    peak: float
    shared_out: float


def memory_of(pids: Iterable[int]) -> Memory:
    """Return the memory of processes."""
    known = list(pids)
    peaks = [_kib(_PROC / str(pid) / "status", "VmHWM") for pid in known]
    now = [_kib(_PROC / str(pid) / "smaps_rollup", "Pss") for pid in known]
    return Memory(max(peaks) / 1024, max(now) / 1024)


def load_average() -> float:
    """Return the load average of the last minute: other processes disturb the measurements."""
    return os.getloadavg()[0]


def describe() -> str:
    """Return a description of the machine and of Python, whose build is worth a quarter of the service's time."""
    text = (_PROC / "cpuinfo").read_text(encoding="utf-8")
    named = re.search(r"model name\s*:\s*(.+)", text)
    memory = _kib(_PROC / "meminfo", "MemTotal") / 1024 / 1024
    processor = f"{os.cpu_count()} x {named[1] if named else 'unknown processor'}, {memory:.0f} GiB"
    return f"{processor}; Python {platform.python_version()} of {sys.base_prefix}, {platform.python_compiler()}"


def _pids() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> tuple[float, int, float] | None:
    """Return own seconds, parent, and seconds of children that ended; None if the process has ended."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return own / _TICKS, int(fields[1]), ended / _TICKS


def _kib(path: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(encoding="utf-8"), re.MULTILINE)
    return int(found[1]) if found else 0
