"""Places on the picture: 0..1 of the frame, origin top-left, x to the right, y down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    """A place on the picture, 0..1."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: left, top, width, height, all 0..1 of the frame."""

    x: float
    y: float
    w: float
    h: float

    def __post_init__(self) -> None:
        if not (self.w >= 0 and self.h >= 0):  # also refuses NaN
            raise ValueError(f"box with negative size: {self}")

    @property
    def right(self) -> float:
        """X of the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Y of the lower edge."""
        return self.y + self.h

    @property
    def centre(self) -> Point:
        """The middle."""
        return Point(self.x + self.w / 2, self.y + self.h / 2)

    @property
    def ground(self) -> Point:
        """Where the thing stands: the middle of the lower edge."""
        return Point(self.x + self.w / 2, self.y + self.h)

    @property
    def area(self) -> float:
        """Share of the frame."""
        return self.w * self.h

    def overlap(self, other: "Box") -> float:
        """Area that both cover, as a share of the frame."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return width * height if width > 0 and height > 0 else 0.0

    def iou(self, other: "Box") -> float:
        """Intersection over union, 0..1."""
        both = self.overlap(other)
        union = self.area + other.area - both
        return min(1.0, both / union) if union > 0 else 0.0  # rounding: a sliver may be a little over

    def grown(self, sideways: float, upright: float) -> "Box":
        """The box widened on each side by ``sideways`` and ``upright`` (shares of the frame), kept inside."""
        left, top = max(0.0, self.x - sideways), max(0.0, self.y - upright)
        right, bottom = min(1.0, self.right + sideways), min(1.0, self.bottom + upright)
        return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def join(self, other: "Box") -> "Box":
        """The smallest box around both."""
        left, top = min(self.x, other.x), min(self.y, other.y)
        return Box(left, top, max(self.right, other.right) - left, max(self.bottom, other.bottom) - top)


WHOLE = Box(0.0, 0.0, 1.0, 1.0)
"""All of the frame."""

_BESIDE = 0.5  # of the longer side of the smaller one


def beside(a: Box, b: Box) -> bool:
    """Whether two things touch, or lie as close together as two bags of one heap."""
    gap = _BESIDE * min(max(a.w, a.h), max(b.w, b.h))
    return a.grown(gap, gap).overlap(b) > 0


def _cross(a: Point, b: Point, c: Point) -> float:
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)


def segments_cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether segment ab properly crosses segment cd (touching ends do not count)."""
    return _cross(a, b, c) * _cross(a, b, d) < 0 and _cross(c, d, a) * _cross(c, d, b) < 0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A simple polygon of at least three points inside the frame, area above zero.

    Raises ValueError with a short English reason when it is not; the camera file turns that into
    a sentence in both languages.
    """

    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise ValueError("fewer than three points")
        for p in self.points:
            if not (0 <= p.x <= 1 and 0 <= p.y <= 1):
                raise ValueError(f"point outside the frame: ({p.x:g}, {p.y:g})")
        if self._crosses_itself():
            raise ValueError("the outline crosses itself")
        if self.area < 1e-6:
            raise ValueError("the area is zero")

    def _edges(self) -> Iterable[tuple[Point, Point]]:
        return zip(self.points, self.points[1:] + self.points[:1], strict=True)

    def _crosses_itself(self) -> bool:
        edges = list(self._edges())
        return any(
            segments_cross(*edges[i], *edges[j])
            for i in range(len(edges))
            for j in range(i + 2, len(edges))
            if not (i == 0 and j == len(edges) - 1)
        )

    @property
    def area(self) -> float:
        """Share of the frame (shoelace formula)."""
        return abs(sum(a.x * b.y - b.x * a.y for a, b in self._edges())) / 2

    @property
    def bounds(self) -> Box:
        """The box around it."""
        xs, ys = [p.x for p in self.points], [p.y for p in self.points]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def contains(self, point: Point) -> bool:
        """Whether the point is inside (even-odd rule; the border may go either way)."""
        inside = False
        for a, b in self._edges():
            if (a.y > point.y) != (b.y > point.y):
                at = a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
                inside ^= point.x < at
        return inside

    def share(self, points: Sequence[Point]) -> float:
        """Which share of the points is inside, 0..1 (0 for no points)."""
        return sum(map(self.contains, points)) / len(points) if points else 0.0


def polygon(points: Iterable[Sequence[float]]) -> Polygon:
    """A polygon from pairs of numbers; raises ValueError like :class:`Polygon`."""
    return Polygon(tuple(Point(float(x), float(y)) for x, y in points))
