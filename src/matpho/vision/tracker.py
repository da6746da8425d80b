"""Observations to tracks: two-stage association over constant-velocity prediction.

Learns from ByteTrack (Zhang et al. 2022: weak detections may continue a track but not start one) and SORT (Bewley
et al. 2016). Differs where 5 frames a second ask for it: a cost with distance and size beside IoU, and frames that the
detector did not look at (the motion gate and the budget skip many) age nothing.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Track, TrackPoint
from matpho.domain.time import Instant, seconds
from matpho.vision.association import FAR, Floats, assign, cleaned, costs
from matpho.vision.kalman import BoxFilters

HIGH, NEW, LOW = 0.45, 0.5, 0.15  # measured on a junction of motorbikes: fewer fragments than 0.35, 0.4, 0.12
CONFIRM = 2  # detections before a track counts
MEMORY = 256  # points kept of a path
COAST_S = 0.6  # how long a track that a look has missed moves on; then it waits where it is
UNLOOKED_S = 1.3  # and how long one moves on while nobody has looked
MISS_S = 0.5  # what one missed look counts for at most, however long ago the look before was


@dataclass(slots=True)
class _Tracked:
    """What a track is beside its filter."""

    id: int
    group: Group
    label: str
    score: float
    started: Instant
    seen_at: Instant
    hits: int = 1
    missed_s: float = 0.0
    misses: int = 0
    path: deque[TrackPoint] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def as_track(self) -> Track:
        return Track(self.id, self.group, self.label, self.score, self.started, tuple(self.path))


class Tracker:
    """Tracks of one camera. ``aspect`` is width over height of the frame; ``lost_s`` how long a track may be missed."""

    def __init__(self, *, aspect: float = 16 / 9, lost_s: float = 1.5) -> None:
        self._scale = np.array([aspect, 1.0, aspect, 1.0])
        self._lost_s = lost_s
        self._filters = BoxFilters()
        self._tracked: list[_Tracked] = []
        self._at: Instant | None = None
        self._looked: Instant | None = None
        self._next = 1
        self.ended: list[Track] = []
        """Tracks that are over; the caller drains it."""

    def update(self, at: Instant, observations: Sequence[Observation]) -> tuple[Track, ...]:
        """Take in what the detector saw at ``at``; the tracks alive now.

        Raises ValueError when time does not increase.
        """
        self._advance(at)
        since_s = 0.0 if self._looked is None else seconds(at - self._looked)
        self._looked = at
        found = cleaned(observations)
        boxes = self._to_units([o.box for o in found])
        scores = np.array([o.score for o in found])
        matched_tracks, matched_boxes = self._match(found, boxes, scores)
        self._correct(at, found, boxes, matched_tracks, matched_boxes)
        self._miss(set(matched_tracks.tolist()), min(since_s, MISS_S))
        fresh = [i for i in range(len(found)) if scores[i] >= NEW and i not in set(matched_boxes.tolist())]
        self._drop_lost()
        self._start(at, [found[i] for i in fresh], boxes[fresh])
        self._record(at)
        return self._alive()

    def predict(self, at: Instant) -> tuple[Track, ...]:
        """The tracks at a frame that the detector did not look at; nothing is missed by that.

        Raises ValueError when time does not increase.
        """
        self._advance(at)
        self._record(at)
        return self._alive()

    @property
    def busy(self) -> bool:
        """Whether anything is being tracked, confirmed or not."""
        return bool(self._tracked)

    @property
    def unsure(self) -> bool:
        """Whether anything has been seen only once: a second look soon says whether it is there, and where it goes."""
        return any(t.hits < CONFIRM for t in self._tracked)

    def finish(self) -> None:
        """The stream is over: end every track."""
        self.ended += [t.as_track() for t in self._tracked if t.hits >= CONFIRM]
        self._tracked = []
        self._filters = BoxFilters()

    def _advance(self, at: Instant) -> None:
        """Move everything on to ``at``."""
        before, self._at = self._at, at
        if before is None:
            return
        if at <= before:
            raise ValueError(f"time does not increase: {before} → {at}")
        dt = seconds(at - before)
        waits = np.array(
            [seconds(at - t.seen_at) > (COAST_S if t.misses else UNLOOKED_S) for t in self._tracked], dtype=bool
        )
        if waits.any():
            self._filters.stop(waits)
        self._filters.predict(min(dt, 1.0))

    def _to_units(self, boxes: Sequence[Box]) -> Floats:
        """Boxes as (M, 4) cx, cy, w, h in frame heights."""
        if not boxes:
            return np.zeros((0, 4))
        units: Floats = np.array([(b.x + b.w / 2, b.y + b.h / 2, b.w, b.h) for b in boxes]) * self._scale
        return units

    def _match(
        self, found: Sequence[Observation], boxes: Floats, scores: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Strong detections first, then weak ones for what is left over."""
        if not self._tracked or not found:
            return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
        cost = costs(self._filters.mean[:, :, 0], boxes, self._slack())
        groups = np.array([[t.group is o.group for o in found] for t in self._tracked])
        cost = np.where(groups, cost, FAR)
        rows, columns = assign(np.where(scores[None, :] >= HIGH, cost, FAR))
        left = np.where((scores[None, :] >= LOW) & (scores[None, :] < HIGH), cost, FAR)
        left[rows, :] = FAR
        more_rows, more_columns = assign(left)
        return np.concatenate([rows, more_rows]), np.concatenate([columns, more_columns])

    def _slack(self) -> Floats:
        young = np.array([1.5 if t.hits < 3 else 1.0 for t in self._tracked])
        missed = np.array([0.25 * t.misses for t in self._tracked])
        slack: Floats = np.minimum(young + missed, 2.0)
        return slack

    def _correct(
        self,
        at: Instant,
        found: Sequence[Observation],
        boxes: Floats,
        rows: npt.NDArray[np.intp],
        columns: npt.NDArray[np.intp],
    ) -> None:
        self._filters.correct(rows, boxes[columns])
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            tracked, seen = self._tracked[row], found[column]
            tracked.hits += 1
            tracked.misses, tracked.missed_s, tracked.seen_at = 0, 0.0, at
            tracked.score += 0.2 * (seen.score - tracked.score)
            tracked.label = seen.label if seen.score > tracked.score else tracked.label

    def _miss(self, matched: set[int], missed_s: float) -> None:
        for row, tracked in enumerate(self._tracked):
            if row not in matched:
                tracked.misses += 1
                tracked.missed_s += missed_s

    def _drop_lost(self) -> None:
        """End what was missed for too long, and forget at once what was seen only once."""
        keep = np.array(
            [t.missed_s <= self._lost_s and (t.hits >= CONFIRM or t.misses <= 1) for t in self._tracked], dtype=bool
        )
        self.ended += [
            t.as_track() for t, stays in zip(self._tracked, keep, strict=True) if not stays and t.hits >= CONFIRM
        ]
        self._tracked = [t for t, stays in zip(self._tracked, keep, strict=True) if stays]
        self._filters.keep(keep)

    def _start(self, at: Instant, fresh: Sequence[Observation], boxes: Floats) -> None:
        if not fresh:
            return
        self._filters.add(boxes)
        for seen in fresh:
            self._tracked.append(_Tracked(self._next, seen.group, seen.label, seen.score, at, at))
            self._next += 1

    def _record(self, at: Instant) -> None:
        for tracked, centre in zip(self._tracked, self._filters.mean[:, :, 0] / self._scale, strict=True):
            cx, cy, w, h = centre.tolist()
            left, top = min(max(cx - w / 2, 0.0), 1.0), min(max(cy - h / 2, 0.0), 1.0)
            right, bottom = min(max(cx + w / 2, left), 1.0), min(max(cy + h / 2, top), 1.0)
            tracked.path.append(TrackPoint(at, Box(left, top, right - left, bottom - top), tracked.seen_at == at))

    def _alive(self) -> tuple[Track, ...]:
        return tuple(t.as_track() for t in self._tracked if t.hits >= CONFIRM)
