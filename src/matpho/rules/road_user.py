"""A road user's place on the ground, over time, in lengths that the street itself gives.

Rules of traffic count in *body units*, so that they hold near and far: 0.55 of the height of rider and machine (about
a metre), or of a car its height, or 1.2 of its width where that is less. All lengths are in frame heights on both axes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matpho.domain.geometry import Box, Point
from matpho.domain.observation import Group, TrackPoint
from matpho.domain.time import SECOND, Instant
from matpho.domain.trace import box_at

WHEELS = (Group.TWO_WHEELER, Group.VEHICLE)
"""Who drives: people on foot and who push their machine never break a rule of the road here."""

SAME_OVERLAP = 0.5  # of the smaller box, at one moment: two tracks of one road user
SAME_S = 2.0

_RIDER_UNIT, _CAR_WIDTHS = 0.55, 1.2
_DEPTH = {Group.TWO_WHEELER: 0.3, Group.VEHICLE: 0.5}  # of its height: how far up the picture its far end stands


@dataclass(frozen=True, slots=True)
class Stance:
    """How one stood on the ground at an instant: the middle of its tyres' length, half of that length, its body unit.

    ``half`` is the vector from the middle to the end that leads when it goes in the direction it was asked for.
    """

    at: Instant
    box: Box
    middle: Point
    half: Point
    unit: float

    @property
    def front(self) -> Point:
        """Where its front stands."""
        return Point(self.middle.x + self.half.x, self.middle.y + self.half.y)

    @property
    def rear(self) -> Point:
        """Where its rear stands."""
        return Point(self.middle.x - self.half.x, self.middle.y - self.half.y)


def stance(point: TrackPoint, group: Group, heading: Point, aspect: float) -> Stance:
    """Where a track stands at a point of its path, if it goes towards ``heading`` (a unit vector).

    The lower edge of a box is its near end: the front of what comes, the rear of what goes away. Its far end stands
    higher up by a share of its height, and from the side its length is its width.
    """
    box = point.box
    width, height = box.w * aspect, box.h
    depth = _DEPTH.get(group, 0.3) * height
    unit = min(height, _CAR_WIDTHS * width) if group is Group.VEHICLE else _RIDER_UNIT * height
    middle = Point((box.x + box.w / 2) * aspect, box.bottom - depth / 2 * abs(heading.y))
    return Stance(point.at, box, middle, Point(heading.x * width / 2, heading.y * depth / 2), max(unit, 1e-4))


def unit_vector(direction: tuple[float, float]) -> Point:
    """The direction with length 1; (0, 0) stays."""
    length = (direction[0] ** 2 + direction[1] ** 2) ** 0.5
    return Point(direction[0] / length, direction[1] / length) if length > 0 else Point(0.0, 0.0)


def together(mine: Sequence[tuple[Instant, Box]], others: Sequence[tuple[Instant, Box]]) -> bool:
    """Whether two courses, each in order of time, cover one another where both were seen, or nearly.

    Each look of either counts: where one track takes over from another, the last looks of that one do as well.
    """
    begin = max(mine[0][0], others[0][0]) - SAME_S * SECOND / 4
    end = min(mine[-1][0], others[-1][0]) + SAME_S * SECOND / 4
    shares = []
    for looks, course in ((mine, others), (others, mine)):
        for at, box in looks:
            if begin <= at <= end:
                there = box_at(course, at)
                shares.append(box.overlap(there) / max(min(box.area, there.area), 1e-9))
    return bool(shares) and sum(s >= SAME_OVERLAP for s in shares) >= 0.6 * len(shares)
