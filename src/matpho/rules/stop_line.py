"""Who crossed a stop line in its direction: from behind it with the front, to beyond it with the rear.

A side that changed is no crossing: boxes jitter, crowds creep and queues stand on the line. So it must have been
seen before the line and beyond it, its rear must be clear of the line by a body unit, and it must have gone over at
more than a crawl. The front decides the moment; it is what the law looks at, and the rear follows a second later.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from statistics import linear_regression

from matpho.domain.geometry import WHOLE, Box, Point
from matpho.domain.observation import Group, Scene, Track, TrackPoint
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.trace import box_at
from matpho.rules.road_user import WHEELS, Stance, stance, together, unit_vector

LENGTHENED = 0.12
"""Share of a stop line's length by which it is longer at both ends than it is drawn: the line ends where the lane does,
and who passes there rides past its end."""
BEFORE, BEYOND, SAMPLES = 2, 2, 5  # looks at its front before the line, at its rear beyond it, and in all
COURSE, STRAYS, ONWARD = 4, 0.7, 0.5  # looks after a single one before the line, units it may be off their line, cosine
CRAWL_S = 6.0  # who takes longer from the front on the line to the rear clear of it creeps: below 0.6 m/s
LEAVES_S = 2.0  # the same where the picture ends before its rear is clear: its front must be by a body unit
EDGE, ACROSS = 0.006, 0.5  # of the frame, and of the watched direction: which edge of the picture lies ahead
NEAR = 5.0  # times its height or width: who is farther from the line is none of its business yet
GAP_S = 0.8  # unseen for longer at the line: what came out beyond it may be another one
CAME_S, BACKED = 1.5, 0.5  # who went back by so many body units in the time before does not come from there
LOOKED_BACK_S = 12.0  # so much of a path is kept


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
    stances: deque[tuple[Stance, float, float]] = field(default_factory=lambda: deque(maxlen=128))
    crossed: bool = False


@dataclass(frozen=True, slots=True)
class _Geometry:
    """The line in frame heights: where it begins, along it (and how long, squared), and across it as it is watched."""

    aspect: float
    begin: Point
    along: Point
    across: Point
    squared: float

    @classmethod
    def of(cls, line: tuple[Point, Point], direction: tuple[float, float], aspect: float) -> "_Geometry":
        (ax, ay), (bx, by) = line
        dx, dy = (bx - ax) * aspect, by - ay
        squared = max(dx * dx + dy * dy, 1e-12)
        sign = 1.0 if dy * direction[0] - dx * direction[1] >= 0 else -1.0
        length = sign * squared**0.5
        return cls(aspect, Point(ax * aspect, ay), Point(dx, dy), Point(dy / length, -dx / length), squared)

    def beyond(self, place: Point) -> float:
        """How far a place is beyond the line in the watched direction; negative before it."""
        return (place.x - self.begin.x) * self.across.x + (place.y - self.begin.y) * self.across.y

    def between_ends(self, place: Point) -> bool:
        """Whether a place at the line is between its ends, lengthened."""
        off = (place.x - self.begin.x) * self.along.x + (place.y - self.begin.y) * self.along.y
        return -LENGTHENED <= off / self.squared <= 1 + LENGTHENED


class StopLine:
    """One line and the direction in which it is watched."""

    def __init__(self, line: tuple[Point, Point], direction: tuple[float, float]) -> None:
        self._line, self._direction, self._heading = line, direction, unit_vector(direction)
        self._geometry = _Geometry.of(line, direction, 1.0)
        self._approaches: dict[int, _Approach] = {}
        self._lit = WHOLE

    def update(self, scene: Scene) -> list[Crossing]:
        """Who has just got clear of the line."""
        if scene.aspect != self._geometry.aspect:
            self._geometry = _Geometry.of(self._line, self._direction, scene.aspect)
        self._lit, found = scene.lit, []
        for track in scene.tracks:
            if track.now.at != scene.at or not track.now.seen or not self._is_near(track.now.box):
                continue
            approach = self._approaches.get(track.id)
            if approach is None:
                approach = self._approaches[track.id] = _Approach(scene.at)
                for point in track.path[:-1]:  # a track counts from its second look on; the first one counts as well
                    if point.seen and self._is_near(point.box):
                        self._follow(approach, point, track.group)
            self._follow(approach, track.now, track.group)
            if approach.crossed or track.group not in WHEELS:
                continue
            crossing = self._crossing(approach, track)
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

    def _follow(self, approach: _Approach, point: TrackPoint, group: Group) -> None:
        here = stance(point, group, self._heading, self._geometry.aspect)
        approach.last = here.at
        approach.stances.append((here, self._geometry.beyond(here.front), self._geometry.beyond(here.rear)))
        while approach.stances and here.at - approach.stances[0][0].at > LOOKED_BACK_S * SECOND:
            approach.stances.popleft()

    def _is_near(self, box: Box) -> bool:
        place = Point((box.x + box.w / 2) * self._geometry.aspect, box.bottom)
        return abs(self._geometry.beyond(place)) <= NEAR * max(box.h, box.w * self._geometry.aspect)

    def _crossing(self, approach: _Approach, track: Track) -> Crossing | None:
        stances = approach.stances
        now, front, rear = stances[-1]
        unit = min(now.unit, _usual_unit(stances))
        leaves = rear < unit and front >= unit and self._leaves(now.box)
        if (rear < unit and not leaves) or len(stances) < SAMPLES:
            return None
        ends = [(s.at, front if leaves else rear) for s, front, rear in stances]
        before = sum(front < 0 for _, front, _ in stances)
        if (before < BEFORE and not self._leads_back(stances)) or sum(end > 0 for _, end in ends) < BEYOND:
            return None
        over, passed = _when([(s.at, f) for s, f, _ in stances]), _when(ends)
        slowest_s = LEAVES_S if leaves else CRAWL_S
        if over is None or passed is None or seconds(now.at - over) > slowest_s or not _followed(stances, passed):
            return None
        box = box_at([(s.at, s.box) for s, _, _ in stances], passed)
        if not self._geometry.between_ends(Point((box.x + box.w / 2) * self._geometry.aspect, box.bottom)):
            return None
        return Crossing(track_id=track.id, group=track.group, at=over, cleared=now.at, box=box, score=track.score)

    def _leads_back(self, stances: Sequence[tuple[Stance, float, float]]) -> bool:
        """Whether one look before the line is enough: the straight course of those after it leads back behind the line.

        Who comes fast, or is made out late in rain, is seen there once; so is a box that was too large, or jumped.
        """
        (first, front, _), *after = list(stances)[: COURSE + 1]
        if front >= 0 or len(after) < COURSE:
            return False
        times = [seconds(s.at - first.at) for s, _, _ in after]
        fronts = [f for _, f, _ in after]
        if any(b <= a for a, b in pairwise(fronts)):
            return False
        slope, expected = linear_regression(times, fronts)
        last = after[-1][0]
        x, y = last.middle.x - first.middle.x, last.middle.y - first.middle.y
        onward = x * self._geometry.across.x + y * self._geometry.across.y
        straight = onward >= ONWARD * (x * x + y * y) ** 0.5
        return slope > 0 and expected < 0 and abs(front - expected) <= STRAYS * first.unit and straight

    def _leaves(self, box: Box) -> bool:
        """Whether it goes out of the picture the way it is watched: its rear will not be seen clear of the line."""
        x, y, lit = self._heading.x, self._heading.y, self._lit
        sideways = (x > ACROSS and box.right >= lit.right - EDGE) or (x < -ACROSS and box.x <= lit.x + EDGE)
        upright = (y > ACROSS and box.bottom >= lit.bottom - EDGE) or (y < -ACROSS and box.y <= lit.y + EDGE)
        return sideways or upright

    def _is_known(self, track_id: int, approach: _Approach) -> bool:
        """Whether another track of the same road user has crossed: rider and machine, or one track after another."""
        mine = [(s.at, s.box) for s, _, _ in approach.stances]
        return any(
            other.crossed and number != track_id and together(mine, [(s.at, s.box) for s, _, _ in other.stances])
            for number, other in self._approaches.items()
        )


def _usual_unit(stances: Sequence[tuple[Stance, float, float]]) -> float:
    """The body unit since the front has been over the line, its lower quartile: boxes grow when they take in others.

    Infinite where the front is not over it.
    """
    over = sorted(s.unit for s, front, _ in stances if front >= 0)
    return over[len(over) // 4] if over else inf


def _followed(stances: Sequence[tuple[Stance, float, float]], passed: Instant) -> bool:
    """Whether it was seen right before and after its rear passed the line, and had not been going the other way."""
    before = [(s, rear) for s, _, rear in stances if s.at <= passed]
    after = next(s for s, _, _ in stances if s.at > passed)
    last, rear = before[-1]
    if seconds(after.at - last.at) > GAP_S:
        return False
    earlier = next(r for s, r in before if seconds(last.at - s.at) <= CAME_S)
    return earlier - rear < BACKED * last.unit


def _when(course: Sequence[tuple[Instant, float]]) -> Instant | None:
    """When a course last went from below zero to above it, between two looks."""
    found = None
    for (start, a), (end, b) in pairwise(course):
        if a < 0 <= b:
            found = Instant(start + round((end - start) * -a / (b - a)))
    return found
