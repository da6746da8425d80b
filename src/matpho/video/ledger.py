"""What a journal says was recorded, put together: the last word on each segment and each gap."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from matpho.domain.messages import GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.time import Instant, Span
from matpho.errors import Corrupt
from matpho.video import journal


@dataclass(slots=True)
class Ledger:
    """One camera's segments by path and gaps by start; ``damaged`` are byte offsets after unreadable lines."""

    opened: dict[str, SegmentOpened] = field(default_factory=dict)
    closed: dict[str, SegmentClosed] = field(default_factory=dict)
    gaps: dict[Instant, GapSeen] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)

    @property
    def growing(self) -> list[SegmentOpened]:
        """Segments not closed yet, oldest first."""
        return sorted((o for p, o in self.opened.items() if p not in self.closed), key=lambda o: o.start)

    @property
    def written(self) -> list[SegmentOpened]:
        """Segments that hold pictures, or may by now."""
        return [o for p, o in self.opened.items() if p not in self.closed or self.closed[p].frames]


def read_ledger(path: Path, until: int | None = None) -> Ledger:
    """Read a journal, whole or up to a byte offset; its other facts are left out."""
    ledger = Ledger()
    for line, at in journal.lines(path):
        if until is not None and at > until:
            break
        if not line:
            continue
        try:
            fact = journal.decode(line)
        except Corrupt:
            ledger.damaged.append(at)
            continue
        if isinstance(fact, SegmentOpened):
            ledger.opened[fact.path] = fact
        elif isinstance(fact, SegmentClosed):
            ledger.closed[fact.path] = fact
        elif isinstance(fact, GapSeen):
            ledger.gaps[fact.start] = fact
    return ledger


def uncovered(spans: list[Span], tolerance_ns: int = 1_000_000) -> Iterator[Span]:
    """Stretches between the first start and the last end that no span covers (shorter ones than the tolerance pass)."""
    reached: Instant | None = None
    for span in sorted(spans, key=lambda s: s.start):
        if reached is not None and span.start - reached > tolerance_ns:
            yield Span(reached, span.start)
        reached = span.end if reached is None else max(reached, span.end)
