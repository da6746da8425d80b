"""Lane directions suggested from observed traffic: which ways vehicles went through an area, and how many each.

A suggestion only: if most who pass go the wrong way, the wrong way is what is seen. A person looks and decides.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matpho.domain.geometry import Point, Polygon
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group

FEWEST = 12
"""Fewer passages than this say nothing of a lane."""
LEAST_SHARE, LEAST_OWN = 0.1, 4
"""A way that fewer than a tenth of all took, or fewer than four, is somebody who turned round, no lane."""
FAR = 0.06
"""A passage must go this far on the picture (share of its height), so that what trembles in a queue is none."""
_WIDTH = math.radians(20)
_BINS = 72


@dataclass(frozen=True, slots=True)
class Way:
    """One way through an area: ``direction`` on the picture (length one), ``middle`` of those who took it, ``n``.

    ``share`` is of all passages, ``spread_deg`` how far single ones turn from it (mean).
    """

    direction: tuple[float, float]
    middle: Point
    n: int
    share: float
    spread_deg: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """The ways through an area, the busiest first; none where fewer than :data:`FEWEST` passages were seen."""

    passages: int
    ways: tuple[Way, ...]


def ways_through(area: Polygon, tracks: Iterable[TrackEnded], aspect: float) -> Traffic:
    """Ways of vehicles and two-wheelers through an area. ``aspect`` is the picture's width over its height.

    Angles are measured on the picture as it is seen; directions are given as the camera file has them, in shares of
    width and height.
    """
    passages = [p for t in tracks if (p := _passage(area, t, aspect)) is not None]
    if len(passages) < FEWEST:
        return Traffic(len(passages), ())
    ways = [_way(group, len(passages), aspect) for group in _grouped([angle for angle, _ in passages], passages)]
    kept = [w for w in ways if w.n >= max(LEAST_OWN, LEAST_SHARE * len(passages))]
    return Traffic(len(passages), tuple(sorted(kept, key=lambda w: (-w.n, w.direction))))


Passage = tuple[float, Point]
"""The angle of one passage (radians) and its middle."""


def _passage(area: Polygon, track: TrackEnded, aspect: float) -> Passage | None:
    if track.group not in (Group.VEHICLE, Group.TWO_WHEELER):
        return None
    feet = [box.ground for _, box in track.boxes if area.contains(Point(box.ground.x, min(box.ground.y, 0.999)))]
    if len(feet) < 2:
        return None
    dx, dy = (feet[-1].x - feet[0].x) * aspect, feet[-1].y - feet[0].y
    if math.hypot(dx, dy) < FAR:
        return None
    middle = Point(sum(f.x for f in feet) / len(feet), sum(f.y for f in feet) / len(feet))
    return math.atan2(dy, dx), middle


def _apart(a: float, b: float) -> float:
    return abs((a - b + math.pi) % (2 * math.pi) - math.pi)


def _grouped(angles: Sequence[float], passages: Sequence[Passage]) -> list[list[Passage]]:
    """Passages by the peak of their density that they are nearest to (a kernel of 20° on the circle)."""
    grid = [2 * math.pi * k / _BINS for k in range(_BINS)]
    density = [sum(math.exp(-((_apart(a, g) / _WIDTH) ** 2) / 2) for a in angles) for g in grid]
    peaks = [
        g
        for k, g in enumerate(grid)
        if density[k] >= density[k - 1] and density[k] > density[(k + 1) % _BINS] and density[k] > 0
    ]
    groups: dict[float, list[Passage]] = {}
    for passage in passages:
        nearest = min(peaks, key=lambda g: _apart(passage[0], g))
        if _apart(passage[0], nearest) <= 3 * _WIDTH:
            groups.setdefault(nearest, []).append(passage)
    return list(groups.values())


def _way(group: Sequence[Passage], total: int, aspect: float) -> Way:
    x, y = sum(math.cos(a) for a, _ in group), sum(math.sin(a) for a, _ in group)
    mean = math.atan2(y, x)
    dx, dy = math.cos(mean) / aspect, math.sin(mean)
    length = math.hypot(dx, dy)
    spread = sum(_apart(a, mean) for a, _ in group) / len(group)
    middle = Point(sum(m.x for _, m in group) / len(group), sum(m.y for _, m in group) / len(group))
    return Way((dx / length, dy / length), middle, len(group), len(group) / total, math.degrees(spread))
