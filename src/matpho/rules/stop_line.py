"""Who crossed a stop line in its direction: from behind it with the front, to beyond it with the rear.

A side that changed is no crossing: boxes jitter, crowds creep and queues stand on the line. So it must have been
seen before the line and beyond it, its rear must be clear of the line by a body unit, and it must have gone over at
more than a crawl. The front decides the moment; it is what the law looks at, and the rear follows a second later.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from matpho.domain.geometry import Box, Point
from matpho.domain.observation import Group, Scene, Track
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.trace import box_at
from matpho.rules.road_user import WHEELS, Stand, stand, unit_vector

LENGTHENED = 0.12
"""Share of a stop line's length by which it is longer at both ends than it is drawn: the line ends where the lane does,
and who passes there rides past its end."""
BEFORE, BEYOND, SAMPLES = 2, 2, 5  # looks at its front before the line, at its rear beyond it, and in all
CRAWL_S = 6.0  # who takes longer from the front on the line to the rear clear of it creeps: below 0.6 m/s
LOOKED_BACK_S = 12.0  # so much of a path is kept
SAME_OVERLAP = 0.5  # of the smaller box, at one moment: two tracks of one road user
SAME_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """One road user went over the line. ``at`` is when its front did, ``box`` where it was when its rear did."""

    track_id: int
    group: Group
    at: Instant
    cleared: Instant
    box: Box
    score: float


@dataclass(slots=True)
class _Approach:
    """What one track has done at the line: the looks at it, each with how far its front and its rear were beyond."""

    last: Instant
    stands: deque[tuple[Stand, float, float]] = field(default_factory=lambda: deque(maxlen=128))
    crossed: bool = False


class StopLine:
    """One line and the direction in which it is watched."""

    def __init__(self, line: tuple[Point, Point], direction: tuple[float, float]) -> None:
        self._line, self._direction = line, direction
        self._approaches: dict[int, _Approach] = {}

    def update(self, scene: Scene) -> list[Crossing]:
        """Who has just got clear of the line."""
        found = []
        for track in scene.tracks:
            if track.now.at != scene.at or not track.now.seen:
                continue
            approach = self._approaches.setdefault(track.id, _Approach(scene.at))
            self._follow(approach, track, scene.aspect)
            if approach.crossed or track.group not in WHEELS:
                continue
            crossing = self._crossing(approach, track, scene.aspect)
            if crossing is None:
                continue
            approach.crossed = True
            if not self._is_known(track.id, approach):
                found.append(crossing)
        self._forget(scene)
        return found

    def _forget(self, scene: Scene) -> None:
        old = scene.at - round(LOOKED_BACK_S * SECOND)
        self._approaches = {i: a for i, a in self._approaches.items() if a.last >= old}

    def _follow(self, approach: _Approach, track: Track, aspect: float) -> None:
        here = stand(track.now, track.group, unit_vector(self._direction), aspect)
        approach.last = here.at
        approach.stands.append((here, self._beyond(here.front, aspect), self._beyond(here.rear, aspect)))
        while approach.stands and here.at - approach.stands[0][0].at > LOOKED_BACK_S * SECOND:
            approach.stands.popleft()

    def _beyond(self, place: Point, aspect: float) -> float:
        """How far a place is beyond the line in the watched direction, frame heights; negative before it."""
        (ax, ay), (bx, by) = self._line
        along = Point((bx - ax) * aspect, by - ay)
        length = max((along.x**2 + along.y**2) ** 0.5, 1e-6)
        normal = Point(along.y / length, -along.x / length)
        side = normal.x * self._direction[0] + normal.y * self._direction[1]
        off = (place.x - ax * aspect) * normal.x + (place.y - ay) * normal.y
        return off if side >= 0 else -off

    def _crossing(self, approach: _Approach, track: Track, aspect: float) -> Crossing | None:
        stands = approach.stands
        now, _, rear = stands[-1]
        if rear < now.unit or len(stands) < SAMPLES:
            return None
        if sum(front < 0 for _, front, _ in stands) < BEFORE or sum(rear > 0 for _, _, rear in stands) < BEYOND:
            return None
        over, passed = _when([(s.at, f) for s, f, _ in stands]), _when([(s.at, r) for s, _, r in stands])
        if over is None or passed is None or seconds(now.at - over) > CRAWL_S:
            return None
        box = box_at([(s.at, s.box) for s, _, _ in stands], passed)
        if not self._between_ends(Point((box.x + box.w / 2) * aspect, box.bottom), aspect):
            return None
        return Crossing(track_id=track.id, group=track.group, at=over, cleared=now.at, box=box, score=track.score)

    def _between_ends(self, place: Point, aspect: float) -> bool:
        """Whether a place at the line is between its ends, lengthened."""
        (ax, ay), (bx, by) = self._line
        dx, dy = (bx - ax) * aspect, by - ay
        share = ((place.x - ax * aspect) * dx + (place.y - ay) * dy) / max(dx * dx + dy * dy, 1e-12)
        return -LENGTHENED <= share <= 1 + LENGTHENED

    def _is_known(self, track_id: int, approach: _Approach) -> bool:
        """Whether another track of the same road user has crossed: rider and machine, or one track after another."""
        mine = [(s.at, s.box) for s, _, _ in approach.stands]
        return any(
            other.crossed and number != track_id and _together(mine, [(s.at, s.box) for s, _, _ in other.stands])
            for number, other in self._approaches.items()
        )


def _when(course: Sequence[tuple[Instant, float]]) -> Instant | None:
    """When a course last went from below zero to above it, between two looks."""
    found = None
    for (start, a), (end, b) in pairwise(course):
        if a < 0 <= b:
            found = Instant(start + round((end - start) * -a / (b - a)))
    return found


def _together(mine: Sequence[tuple[Instant, Box]], others: Sequence[tuple[Instant, Box]]) -> bool:
    """Whether two courses cover one another where both were seen, or nearly."""
    begin = max(mine[0][0], others[0][0]) - SAME_S * SECOND / 4
    end = min(mine[-1][0], others[-1][0]) + SAME_S * SECOND / 4
    shares = []
    for at, box in mine:
        if begin <= at <= end:
            there = box_at(others, at)
            shares.append(box.overlap(there) / max(min(box.area, there.area), 1e-9))
    return bool(shares) and sum(s >= SAME_OVERLAP for s in shares) >= 0.6 * len(shares)
