"""What processes have cost, from the kernel's own accounts (proc(5))."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` after the name; empty when the process has gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text("ascii", "replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def tree(tops: Iterable[int]) -> set[int]:
    """These processes and all below them, now."""
    below: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (fields := _fields(int(entry.name))):
            below.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(tops)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += below.get(pid, [])
    return found


@dataclass(frozen=True, slots=True)
class Spent:
    """User and system seconds, children that have ended included, and bytes sent to the disk."""

    cpu_s: float
    written_bytes: int

    def __sub__(self, earlier: "Spent") -> "Spent":
        return Spent(self.cpu_s - earlier.cpu_s, self.written_bytes - earlier.written_bytes)


def spent(pids: Iterable[int]) -> Spent:
    """What these processes have cost so far; one that has gone counts in the parent that waited for it."""
    cpu_s, written = 0.0, 0
    for pid in pids:
        if fields := _fields(pid):
            cpu_s += sum(map(int, fields[11:15])) / _TICKS
            written += _written(pid)
    return Spent(cpu_s, written)


def _written(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "io").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("write_bytes")), 0)


def pss_mb(pids: Iterable[int]) -> float:
    """Proportional set size in MB (10^6 bytes): shared pages are counted once over all processes that share them."""
    return _rolled_up(pids, ("Pss:",))


def private_mb(pids: Iterable[int]) -> float:
    """What only these processes have, in MB: unlike the PSS it does not move when somebody else's program ends."""
    return _rolled_up(pids, ("Private_Clean:", "Private_Dirty:"))


def _rolled_up(pids: Iterable[int], names: tuple[str, ...]) -> float:
    total = 0
    for pid in pids:
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(names))
    return total * 1024 / 1e6


def open_files(pids: Iterable[int]) -> int:
    """How many file descriptors these processes hold."""
    total = 0
    for pid in pids:
        try:
            total += sum(1 for _ in (_PROC / str(pid) / "fd").iterdir())
        except OSError:
            continue
    return total
