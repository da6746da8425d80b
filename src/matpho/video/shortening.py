"""Makes journals shorter: what the desk has taken and what concerns footage that is removed goes; its time stays told.

The desk leaves word in ``journal/<camera>/taken.json`` how far it has stored each journal; only what lies before that
is ever taken away, and an index made anew from the journals still finds all footage that exists.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from matpho.domain.ids import CameraId
from matpho.domain.messages import GapSeen, HitSeen, SegmentClosed, SegmentOpened, SegmentRemoved, TrackEnded
from matpho.domain.time import Instant, Span
from matpho.errors import MatphoError
from matpho.video import journal
from matpho.video.journal import Journal
from matpho.video.ledger import camera_ledger, read_ledger

log = logging.getLogger(__name__)

TAKEN = "taken.json"
DUE_BYTES = 1_000_000
"""A journal is looked at each time it has grown by this much: three days of a camera."""


def leave_word(folder: Path, offsets: Mapping[str, int]) -> None:
    """Write how far the desk has stored the journals of a camera (by writer). Raises OSError."""
    fresh = folder / f"{TAKEN}.new"
    fresh.write_text(json.dumps(dict(offsets)), "ascii")
    fresh.replace(folder / TAKEN)


def taken(folder: Path) -> dict[str, int]:
    """How far that is; nothing where the desk has left no word."""
    try:
        found = json.loads((folder / TAKEN).read_text("ascii"))
        return {str(name): int(offset) for name, offset in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


class Shortener:
    """Asked now and then by the writer of a journal; trouble is logged, and the journal stays as it is."""

    def __init__(self, mine: Journal, due_bytes: int = DUE_BYTES) -> None:
        self._journal, self._due_bytes = mine, due_bytes
        self._looked_bytes = 0

    @property
    def due(self) -> bool:
        """Whether it has grown enough for a look."""
        return self._journal.size - self._looked_bytes >= self._due_bytes

    def recorder(self, recordings: Path) -> int:
        """A recorder's: facts of footage that is removed. How many went."""
        return self._guarded(lambda: shorten_recorder(self._journal, recordings))

    def vision(self, before: Instant) -> int:
        """A vision worker's: hits and tracks that the desk has stored, and older than ``before``."""
        return self._guarded(lambda: shorten_vision(self._journal, before))

    def _guarded(self, work: Any) -> int:
        try:
            gone: int = work()
        except (MatphoError, OSError) as e:
            log.warning("%s stays as long as it is: %s", self._journal.path, e)
            gone = 0
        self._looked_bytes = self._journal.size
        return gone


def shorten_recorder(mine: Journal, recordings: Path) -> int:
    """Take away what was told of files that are removed, and gaps before the newest of them. Raises StorageProblem.

    A gap that was filled by an import stays while that may be taken back.
    """
    folder = mine.path.parent
    marks = taken(folder)
    upto = marks.get("recorder", 0)
    removed = read_ledger(folder / "retention.jsonl", marks.get("retention", 0)).removed
    told = read_ledger(mine.path, upto)
    gone = {
        path: closed
        for path, closed in told.closed.items()
        if not closed.frames or (path in removed and not (recordings / path).exists())
    }
    horizon = max((c.end for c in gone.values() if c.frames), default=None)
    if horizon is None:
        return 0
    brought = camera_ledger(folder.parent, CameraId(folder.name)).imported_and_kept
    over = {
        start: g
        for start, g in told.gaps.items()
        if g.end is not None and g.end <= horizon and not any(b.touches(Span(start, g.end)) for b in brought)
    }

    def keep(fact: Any) -> bool:
        if isinstance(fact, (SegmentOpened, SegmentClosed)):
            return fact.path not in gone
        return not (isinstance(fact, GapSeen) and fact.start in over)

    spans = [Span(c.start, c.end) for c in gone.values() if c.end > c.start]
    spans += [Span(start, g.end) for start, g in over.items() if g.end is not None and g.end > start]
    return mine.shorten(upto, keep, joined([*journal.accounted(mine.path), *spans]))


def shorten_retention(mine: Journal, recordings: Path) -> int:
    """Take away removals of files that no other journal names any more. Raises StorageProblem."""
    folder = mine.path.parent
    named = camera_ledger(folder.parent, CameraId(folder.name)).opened

    def keep(fact: Any) -> bool:
        return not isinstance(fact, SegmentRemoved) or fact.path in named or (recordings / fact.path).exists()

    return mine.shorten(taken(folder).get("retention", 0), keep, [])


def shorten_vision(mine: Journal, before: Instant) -> int:
    """Take away hits and tracks that ended before an instant. Raises StorageProblem."""

    def keep(fact: Any) -> bool:
        if isinstance(fact, TrackEnded):
            return fact.end >= before
        return not isinstance(fact, HitSeen) or (fact.hit.end or fact.hit.at) >= before

    return mine.shorten(taken(mine.path.parent).get("vision", 0), keep, [])


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        if found and span.start <= found[-1].end:
            found[-1] = found[-1].join(span)
        else:
            found.append(span)
    return found
