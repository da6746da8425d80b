"""Observations to tracks: two-stage association over constant-velocity prediction.

Learns from ByteTrack (Zhang et al. 2022: weak detections may continue a track but not start one) and SORT (Bewley
et al. 2016). Differs where 5 frames a second ask for it: a cost with distance and size beside IoU, and frames that the
detector did not look at (the motion gate and the budget skip many) age nothing.

Rider and machine are one road user whatever of them a picture shows: a track is a two-wheeler when enough of what was
seen of it was one, and a box that shows only the rider or only the machine is completed to the height that the track
has, so that its ground point does not jump.
"""

from collections.abc import Sequence

import numpy as np

from matpho.domain.geometry import WHOLE, Box
from matpho.domain.observation import Group, Observation, Track, TrackPoint
from matpho.domain.time import Instant, seconds
from matpho.vision.assignment import least_cost
from matpho.vision.association import OTHER_PRICE, PART, Flags, Floats, Numbers, Pairs, Part, candidates, completed
from matpho.vision.kalman import BoxFilters
from matpho.vision.sightings import GROUPS, PERSON, TWO_WHEELER, Sightings, cleaned, overlaps, sightings
from matpho.vision.tracked import Tracked

HIGH, NEW, LOW = 0.45, 0.5, 0.15  # measured on a junction of motorbikes: fewer fragments than 0.35, 0.4, 0.12
CONFIRM = 2  # detections before a track counts
COAST_S = 0.6  # how long a track that a look has missed moves on; then it waits where it is
UNLOOKED_S = 1.3  # and how long one moves on while nobody has looked
MISS_S = 0.5  # what one missed look counts for at most, however long ago the look before was
MOVES = 0.2  # heights a second: a machine that stands takes no person for its rider
PARTS_RUN = 4  # so many parts in a row are no parts: the track was taken for too high
NESTED = 0.75  # of a box inside one that continued a track: it is a part of that, and starts none
SAME_IOU = 0.45  # or so much of both in common
TWIN, TWIN_LOOKS = 0.75, 3  # of the smaller box, for so many looks: two tracks of one road user
TWIN_MISSES = 2  # who was lost where another one rides past now is no twin
UNCUT = (0, 0)
EDGE = 0.004  # of the frame: a box that ends so near to its edge is cut by it
FAR = 1e6


class Tracker:
    """Tracks of one camera. ``aspect`` is width over height of the frame; ``lost_s`` how long a track may be missed."""

    def __init__(self, *, aspect: float = 16 / 9, lost_s: float = 1.5) -> None:
        self._scale = np.array([aspect, 1.0, aspect, 1.0])
        self.lit = WHOLE  # where the picture ends: black bars are none of it
        self._lost_s = lost_s
        self._filters = BoxFilters()
        self._tracked: list[Tracked] = []
        self._at: Instant | None = None
        self._looked: Instant | None = None
        self._next = 1
        self.ended: list[Track] = []
        """Tracks that are over; the caller drains it."""

    def update(self, at: Instant, observations: Sequence[Observation], within: Box | None = None) -> tuple[Track, ...]:
        """Take in what the detector saw at ``at``; the tracks alive now.

        ``within`` is the part of the picture that was looked at, None for all of it: who is not wholly inside it was
        not missed.
        Raises ValueError when time does not increase.
        """
        self._advance(at)
        since_s = 0.0 if self._looked is None else seconds(at - self._looked)
        self._looked = at
        seen = cleaned(sightings(observations))
        boxes = self._to_units(seen)
        pairs = self._match(seen, boxes)
        self._correct(at, seen, boxes, pairs)
        self._miss(set(pairs.tracks.tolist()) | self._outside(within), min(since_s, MISS_S))
        fresh = self._fresh(seen, pairs)
        self._join_twins()
        self._drop_lost()
        self._start(at, seen, boxes, fresh)
        self._record(at)
        return self._alive()

    def predict(self, at: Instant) -> tuple[Track, ...]:
        """The tracks at a frame that the detector did not look at; nothing is missed by that.

        Raises ValueError when time does not increase.
        """
        self._advance(at)
        if self._filters.still:
            self._stay(at)
        else:
            self._record(at)
        return self._alive()

    @property
    def busy(self) -> bool:
        """Whether anything is being tracked, confirmed or not."""
        return bool(self._tracked)

    @property
    def boxes(self) -> list[Box]:
        """Where everything is that is being tracked, confirmed or not, at the newest frame."""
        return [t.path[-1].box for t in self._tracked]

    @property
    def doubted(self) -> list[Box]:
        """Where those of them should be that the newest look missed, or that only one has seen."""
        return [t.path[-1].box for t in self._tracked if t.misses or t.hits < CONFIRM]

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
        if not self._filters.still:
            waits = [seconds(at - t.seen_at) > (COAST_S if t.misses else UNLOOKED_S) for t in self._tracked]
            if any(waits):
                self._filters.stop(np.array(waits, np.bool_))
        self._filters.predict(min(dt, 1.0))

    def _to_units(self, seen: Sightings) -> Floats:
        """Boxes as (M, 4) cx, cy, w, h in frame heights."""
        boxes = seen.boxes.copy()
        boxes[:, :2] += boxes[:, 2:] / 2
        return np.asarray(boxes * self._scale)

    def _match(self, seen: Sightings, boxes: Floats) -> Pairs:
        """Strong detections first, then weak ones for what is left over."""
        if not self._tracked or not len(seen):
            none = np.zeros(0, np.intp)
            return Pairs(none, none, np.zeros(0), np.zeros(0, np.int8))
        same, rider = self._kinship(seen)
        pairs = candidates(self._filters.mean[:, :, 0], boxes, self._slack(), same | rider, self._partial(seen))
        pairs.costs[~same[pairs.tracks, pairs.boxes]] += OTHER_PRICE
        scores = seen.scores[pairs.boxes]
        strong = self._best(pairs.where(scores >= HIGH), len(seen))
        free = np.ones(len(self._tracked), np.bool_)
        free[strong.tracks] = False
        weak = self._best(pairs.where((scores >= LOW) & (scores < HIGH) & free[pairs.tracks]), len(seen))
        return strong.joined(weak)

    def _best(self, pairs: Pairs, boxes: int) -> Pairs:
        """Of the pairs those of the best assignment."""
        cost = np.full((len(self._tracked), boxes), FAR)
        number = np.zeros(cost.shape, np.intp)
        cost[pairs.tracks, pairs.boxes] = pairs.costs
        number[pairs.tracks, pairs.boxes] = np.arange(len(pairs.tracks))
        rows, columns = least_cost(cost, FAR)
        kept = np.zeros(len(pairs.tracks), np.bool_)
        kept[number[rows, columns]] = True
        return pairs.where(kept)

    def _kinship(self, seen: Sightings) -> tuple[Flags, Flags]:
        """(N, M) twice: which are of one group, and which may be a rider and the machine of one road user."""
        groups = np.array([GROUPS.index(t.group) for t in self._tracked], np.int8)
        same = groups[:, None] == seen.groups[None, :]
        speed = np.hypot(self._filters.mean[:, 0, 1], self._filters.mean[:, 1, 1])
        moves = speed > MOVES * self._filters.mean[:, 3, 0]
        has_rider = np.array([t.person > 0 for t in self._tracked]) | moves
        walks_or_rides = (groups == PERSON)[:, None] & (seen.groups == TWO_WHEELER)[None, :]
        machine = ((groups == TWO_WHEELER) & has_rider)[:, None] & (seen.groups == PERSON)[None, :]
        return same, walks_or_rides | machine

    def _partial(self, seen: Sightings) -> Flags:
        """(N, M) which detections may be the rider or the machine alone of which tracks.

        Only of what was seen whole and lately; and what the edge of the picture cuts shows no part.
        """
        ridden = [
            t.group is Group.TWO_WHEELER and t.hits > 2 and t.parts < PARTS_RUN and t.misses <= 1 and t.cut == UNCUT
            for t in self._tracked
        ]
        road = (seen.groups == PERSON) | (seen.groups == TWO_WHEELER)
        whole = np.ones(len(seen), np.bool_)
        whole[list(_cut_sides(seen, self.lit))] = False
        return np.asarray(np.array(ridden, np.bool_)[:, None] & (road & whole)[None, :])

    def _slack(self) -> Floats:
        young = np.array([1.5 if t.hits < 3 else 1.0 for t in self._tracked])
        missed = np.array([0.25 * t.misses for t in self._tracked])
        slack: Floats = np.minimum(young + missed, 2.0)
        return slack

    def _correct(self, at: Instant, seen: Sightings, boxes: Floats, pairs: Pairs) -> None:
        heights, heights_before = boxes[:, 3].tolist(), self._filters.mean[:, 3, 0].tolist()
        whole = completed(boxes[pairs.boxes], self._filters.mean[pairs.tracks, 3, 0], pairs.parts)
        cut = _cut_sides(seen, self.lit)
        for row, column in zip(pairs.tracks.tolist(), pairs.boxes.tolist(), strict=True):
            before, self._tracked[row].cut = self._tracked[row].cut, cut.get(column, UNCUT)
            if before != UNCUT and column not in cut:
                self._filters.come_in(row, boxes[column], before)
        self._filters.correct(pairs.tracks, whole)
        scores, codes = seen.scores.tolist(), seen.groups.tolist()
        ridden, seated = seen.ridden.tolist(), seen.seated.tolist()
        for row, column, part in zip(pairs.tracks.tolist(), pairs.boxes.tolist(), pairs.parts.tolist(), strict=True):
            tracked = self._tracked[row]
            tracked.hits += 1
            tracked.misses, tracked.missed_s, tracked.seen_at = 0, 0.0, at
            if part != Part.WHOLE:
                tracked.parts += 1
            elif heights[column] >= PART[1] * heights_before[row]:
                tracked.parts = 0  # it is as high as was thought
            told = {"ridden": ridden[column], "seated": seated[column]}
            tracked.see(codes[column], scores[column], seen.labels[column], **told)

    def _miss(self, matched: set[int], missed_s: float) -> None:
        for row, tracked in enumerate(self._tracked):
            if row not in matched:
                tracked.misses += 1
                tracked.missed_s += missed_s

    def _outside(self, part: Box | None) -> set[int]:
        """The tracks that are not wholly inside a part of the picture."""
        if part is None or not self._tracked:
            return set()
        boxes = self._shown(np.arange(len(self._tracked)))
        low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        inside = (low >= (part.x, part.y)).all(axis=1) & (high <= (part.right, part.bottom)).all(axis=1)
        return set(np.flatnonzero(~inside).tolist())

    def _fresh(self, seen: Sightings, pairs: Pairs) -> Numbers:
        """The detections that start tracks: strong, not taken, and no part of a rider or machine that was."""
        free = np.ones(len(seen), np.bool_)
        free[pairs.boxes] = False
        fresh = free & (seen.scores >= NEW)
        road = (seen.groups == PERSON) | (seen.groups == TWO_WHEELER)
        if (fresh & road).any() and len(pairs.tracks):
            shown = self._shown(pairs.tracks)
            both, areas = overlaps(shown, seen.boxes), seen.boxes[:, 2] * seen.boxes[:, 3]
            iou = both / np.maximum((shown[:, 2] * shown[:, 3])[:, None] + areas - both, 1e-12)
            part = (both > NESTED * areas) | (iou > SAME_IOU)
            taken = np.array([self._tracked[row].group is Group.TWO_WHEELER for row in pairs.tracks.tolist()])
            fresh &= ~(road & part[taken].any(axis=0))
        return np.flatnonzero(fresh)

    def _join_twins(self) -> None:
        """Two tracks that lie on each other for some looks are one road user: the older one goes on."""
        road = [n for n, t in enumerate(self._tracked) if t.group in (Group.PERSON, Group.TWO_WHEELER)]
        if len(road) < 2:
            return
        boxes = self._shown(np.array(road, np.intp))
        areas, middles = boxes[:, 2] * boxes[:, 3], boxes[:, 0] + boxes[:, 2] / 2
        both = overlaps(boxes, boxes) / np.maximum(np.minimum(areas[:, None], areas), 1e-12)
        beside = np.abs(middles[:, None] - middles) > 0.3 * np.maximum(boxes[:, None, 2], boxes[None, :, 2])
        both[beside] = 0.0
        partners = {road[j]: road[i] for i, j in np.argwhere(np.triu(both > TWIN, k=1)).tolist()[::-1]}
        dropped = set()
        for number in road:
            tracked, elder = self._tracked[number], partners.get(number)
            older = None if elder is None else self._tracked[elder]
            if older is None or older.misses > TWIN_MISSES or Group.TWO_WHEELER not in (tracked.group, older.group):
                tracked.twin_looks = 0
                continue
            tracked.twin_looks = tracked.twin_looks + 1 if tracked.twin == older.id else 1
            tracked.twin = older.id
            if elder is not None and tracked.twin_looks >= TWIN_LOOKS and elder not in dropped:
                self._absorb(elder, number)
                dropped.add(number)
        if dropped:
            keep = np.array([n not in dropped for n in range(len(self._tracked))])
            self._tracked = [t for n, t in enumerate(self._tracked) if n not in dropped]
            self._filters.keep(keep)

    def _absorb(self, elder: int, twin: int) -> None:
        """The older track takes what the younger one knows, and its place where it was seen more lately."""
        older, younger = self._tracked[elder], self._tracked[twin]
        older.person += younger.person
        older.machine += younger.machine
        if older.group is not younger.group:
            older.group, older.label = Group.TWO_WHEELER, "motorcycle"
        if younger.misses < older.misses:
            self._filters.mean[elder], self._filters.cov[elder] = self._filters.mean[twin], self._filters.cov[twin]
            older.seen_at, older.misses, older.missed_s = younger.seen_at, younger.misses, younger.missed_s

    def _shown(self, rows: Numbers) -> Floats:
        """Where tracks are now: left, top, width, height, 0..1."""
        boxes = self._filters.mean[rows, :, 0] / self._scale
        boxes[:, :2] -= boxes[:, 2:] / 2
        return np.asarray(boxes)

    def _drop_lost(self) -> None:
        """End what was missed for too long, and forget at once what was seen only once."""
        gone = self._left()
        keep = np.array(
            [
                t.missed_s <= self._lost_s and (t.hits >= CONFIRM or t.misses <= 1) and not (t.misses > 1 and out)
                for t, out in zip(self._tracked, gone, strict=True)
            ],
            dtype=bool,
        )
        self.ended += [
            t.as_track() for t, stays in zip(self._tracked, keep, strict=True) if not stays and t.hits >= CONFIRM
        ]
        self._tracked = [t for t, stays in zip(self._tracked, keep, strict=True) if stays]
        self._filters.keep(keep)

    def _left(self) -> list[bool]:
        """Which tracks were on their way out where the picture ends."""
        place, speed = self._filters.mean[:, :2, 0], self._filters.mean[:, :2, 1]
        half = self._filters.mean[:, 2:, 0] / 2
        begin, end = self._ends()
        out = ((place - half < begin * self._scale[:2]) & (speed < 0)) | (
            (place + half > end * self._scale[:2]) & (speed > 0)
        )
        gone: list[bool] = np.any(out, axis=1).tolist()
        return gone

    def _ends(self) -> tuple[Floats, Floats]:
        """Left and top, right and bottom of the picture."""
        lit = self.lit
        return np.array([lit.x, lit.y]), np.array([lit.right, lit.bottom])

    def _start(self, at: Instant, seen: Sightings, boxes: Floats, fresh: Numbers) -> None:
        if not len(fresh):
            return
        self._filters.add(boxes[fresh])
        cut = _cut_sides(seen, self.lit)
        for number in fresh.tolist():
            code, score = int(seen.groups[number]), float(seen.scores[number])
            tracked = Tracked(self._next, GROUPS[code], seen.labels[number], score, at, at)
            told = {"ridden": bool(seen.ridden[number]), "seated": bool(seen.seated[number])}
            tracked.see(code, score, seen.labels[number], **told)
            tracked.cut = cut.get(number, UNCUT)
            self._tracked.append(tracked)
            self._next += 1

    def _record(self, at: Instant) -> None:
        centres = self._filters.mean[:, :, 0] / self._scale
        begin, end = self._ends()
        low = np.clip(centres[:, :2] - centres[:, 2:] / 2, begin, end)
        size = np.maximum(np.clip(centres[:, :2] + centres[:, 2:] / 2, begin, end) - low, 0.0)
        for tracked, (x, y), (w, h) in zip(self._tracked, low.tolist(), size.tolist(), strict=True):
            seen = tracked.seen_at == at
            tracked.path.append(
                TrackPoint(at, Box(x, y, w, h), seen, seated=seen and tracked.seated, alone=seen and tracked.alone)
            )

    def _stay(self, at: Instant) -> None:
        """Nothing has moved since the frame before: all are where they were."""
        for tracked in self._tracked:
            tracked.path.append(TrackPoint(at, tracked.path[-1].box, seen=False))

    def _alive(self) -> tuple[Track, ...]:
        return tuple(t.as_track() for t in self._tracked if t.hits >= CONFIRM)


def _cut_sides(seen: Sightings, lit: Box) -> dict[int, tuple[int, int]]:
    """The boxes that the edge of the picture cuts: which end on both axes, −1 the lower, 1 the upper, 0 neither."""
    low = seen.boxes[:, :2] <= np.array([lit.x, lit.y]) + EDGE
    high = seen.boxes[:, :2] + seen.boxes[:, 2:] >= np.array([lit.right, lit.bottom]) - EDGE
    sides = high.astype(np.int8) - low
    return {n: (int(sides[n, 0]), int(sides[n, 1])) for n in np.flatnonzero((low | high).any(axis=1)).tolist()}
