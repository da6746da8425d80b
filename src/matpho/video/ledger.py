"""What a journal says was recorded, put together: the last word on each segment and each gap."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from matpho.domain.gaps import is_import, without
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapSeen, LineGivenUp, SegmentClosed, SegmentOpened, SegmentRemoved, SegmentUndone
from matpho.domain.time import Instant, Span
from matpho.errors import Corrupt
from matpho.video import journal


@dataclass(slots=True)
class Ledger:
    """One camera's segments and removals by path, gaps by start. ``undone`` are files of imports that were taken back.

    ``damaged`` are unreadable lines: their SHA-256, and the byte offset after each; ``given_up`` those on record.
    """

    opened: dict[str, SegmentOpened] = field(default_factory=dict)
    closed: dict[str, SegmentClosed] = field(default_factory=dict)
    gaps: dict[Instant, GapSeen] = field(default_factory=dict)
    removed: dict[str, SegmentRemoved] = field(default_factory=dict)
    undone: dict[str, SegmentUndone] = field(default_factory=dict)
    damaged: dict[str, int] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)

    @property
    def newest(self) -> str:
        """The path of the recorder's file that was named last: the only one that may still be growing."""
        return next((path for path in reversed(self.opened) if not is_import(path)), "")

    @property
    def written(self) -> list[SegmentOpened]:
        """Segments of the recorder that hold pictures, or may by now."""
        whole = self.closed
        return [o for p, o in self.opened.items() if not is_import(p) and (p not in whole or whole[p].frames)]

    @property
    def imported(self) -> list[Span]:
        """What footage brought in later covers, unless it was taken back."""
        return [c.span for c in self._brought()]

    @property
    def imported_and_kept(self) -> list[Span]:
        """What of it is still there."""
        return [c.span for c in self._brought() if c.path not in self.removed]

    def _brought(self) -> list[SegmentClosed]:
        return [c for p, c in self.closed.items() if is_import(p) and c.frames and p not in self.undone]

    def gone(self, path: str) -> bool:
        """Whether a file was told as removed, or as taken back."""
        return path in self.removed or path in self.undone

    @property
    def missing(self) -> list[GapSeen]:
        """The gaps without what was brought in for them, oldest first."""
        told = sorted(self.gaps.values(), key=lambda g: g.start)
        return [part for gap in told for part in without(gap, self.imported)]


def camera_ledger(
    journals: Path,
    camera_id: CameraId,
    until: int | None = None,
    imports: int | None = None,
    removals: int | None = None,
) -> Ledger:
    """What recorder, imports and removals told of a camera, each journal whole or up to a byte offset.

    The recorder's is read last: what a check mended is written there, of imported files too.
    """
    folder = journals / camera_id
    ledger = read_ledger(folder / "import.jsonl", imports)
    ledger = read_ledger(folder / "retention.jsonl", removals, ledger)
    return read_ledger(folder / "recorder.jsonl", until, ledger)


def read_ledger(path: Path, until: int | None = None, known: Ledger | None = None) -> Ledger:
    """Read a journal, whole or up to a byte offset; its other facts are left out. ``known`` is what is added to."""
    ledger = known or Ledger()
    for line, at in journal.lines(path):
        if until is not None and at > until:
            break
        if not line:
            continue
        try:
            fact = journal.decode(line)
        except Corrupt:
            ledger.damaged[hashlib.sha256(line).hexdigest()] = at
            continue
        if isinstance(fact, SegmentOpened):
            ledger.opened[fact.path] = fact
        elif isinstance(fact, SegmentClosed):
            ledger.closed[fact.path] = fact
        elif isinstance(fact, GapSeen):
            ledger.gaps[fact.start] = fact
        elif isinstance(fact, SegmentRemoved):
            ledger.removed[fact.path] = fact
        elif isinstance(fact, SegmentUndone):
            ledger.undone[fact.path] = fact
        elif isinstance(fact, LineGivenUp):
            ledger.given_up.add(fact.line)
    return ledger


def uncovered(spans: list[Span], tolerance_ns: int = 1_000_000) -> Iterator[Span]:
    """Stretches between the first start and the last end that no span covers (shorter ones than the tolerance pass)."""
    reached: Instant | None = None
    for span in sorted(spans, key=lambda s: s.start):
        if reached is not None and span.start - reached > tolerance_ns:
            yield Span(reached, span.start)
        reached = span.end if reached is None else max(reached, span.end)
