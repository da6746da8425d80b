"""The ground before a camera in metres: one drawn rectangle of known size says where every point of that plane lies.

Four points of a plane and their places on the picture fix the whole mapping between both (a homography; here in the
closed form of Heckbert, *Fundamentals of Texture Mapping and Image Warping*, 1989, §2.2.3). It holds for flat ground:
a kerb of 15 cm moves what stands on it by a few per cent, a slope by more. Metres are counted from the rectangle's
near left corner: x along its near edge, y away from the camera.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from matpho.domain.camera import Camera
from matpho.domain.geometry import Box, Point, Polygon

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
Size = tuple[int, int]
"""Width and height of a picture in pixels."""
Metres = tuple[float, float]
"""A place on the ground: metres to the right of the near left corner, and away from the near edge."""

_NEARLY_HORIZON = 1e-3  # of the middle of the rectangle: a thousand times as far away, where a pixel is a street
_NEARLY_FLAT = 1e-6  # of the frame: three corners on one line are no rectangle


@dataclass(frozen=True)
class GroundPlane:
    """The plane through a rectangle on the ground.

    ``corners`` are its image points (0..1) in turn: near left, near right, far right, far left. ``size_m`` is its width
    (near left to near right) and its depth in metres. Raises ValueError with a short English reason where the corners
    are not those of a rectangle seen from above (not convex, or three on one line) or a length is not above zero.
    """

    corners: tuple[Point, Point, Point, Point]
    size_m: tuple[float, float]

    def __post_init__(self) -> None:
        if not all(math.isfinite(s) and s > 0 for s in self.size_m):
            raise ValueError("a length is not above zero")
        turns = [_turn(*(self.corners[(i + k) % 4] for k in range(3))) for i in range(4)]
        if not (all(t > _NEARLY_FLAT for t in turns) or all(t < -_NEARLY_FLAT for t in turns)):
            raise ValueError("the four corners are not those of a rectangle on the ground")

    @classmethod
    def of(cls, camera: Camera) -> "GroundPlane | None":
        """The plane that a camera's description gives; None where it is not calibrated (or its corners are no use)."""
        if camera.ground is None or camera.ground_size_m is None:
            return None
        try:
            return cls(camera.ground, camera.ground_size_m)
        except ValueError:
            return None

    @cached_property
    def _to_picture(self) -> Matrix:
        """From metres to 0..1 of the frame, in homogeneous coordinates."""
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.corners
        width, depth = self.size_m
        dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
        dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
        whole = dx1 * dy2 - dx2 * dy1  # not zero: the corners are convex
        g, h = (sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole
        return (
            ((x1 - x0 + g * x1) / width, (x3 - x0 + h * x3) / depth, x0),
            ((y1 - y0 + g * y1) / width, (y3 - y0 + h * y3) / depth, y0),
            (g / width, h / depth, 1.0),
        )

    @cached_property
    def _to_metres(self) -> Matrix:
        """From 0..1 of the frame to metres, scaled so that the weight of the rectangle's middle is one."""
        (a, b, c), (d, e, f), (g, h, i) = self._to_picture
        rows = (
            (e * i - f * h, c * h - b * i, b * f - c * e),
            (f * g - d * i, a * i - c * g, c * d - a * f),
            (d * h - e * g, b * g - a * h, a * e - b * d),
        )
        middle = _weighed(self._to_picture, (self.size_m[0] / 2, self.size_m[1] / 2))
        weight = _row(rows[2], middle[0] / middle[2], middle[1] / middle[2])
        return (_divided(rows[0], weight), _divided(rows[1], weight), _divided(rows[2], weight))

    def metres(self, point: Point) -> Metres | None:
        """Where on the ground a place on the picture lies, in metres; None at and above the horizon."""
        x, y, weight = _weighed(self._to_metres, point)
        return (x / weight, y / weight) if weight > _NEARLY_HORIZON else None

    def picture(self, place: Metres) -> Point | None:
        """Where a place on the ground (metres) is seen, 0..1 of the frame and beyond it; None behind the camera."""
        x, y, weight = _weighed(self._to_picture, place)
        return Point(x / weight, y / weight) if weight > 0 else None

    def distance_m(self, a: Point, b: Point) -> float | None:
        """How far apart two places on the picture lie on the ground, in metres; None if one is above the horizon."""
        first, second = self.metres(a), self.metres(b)
        return None if first is None or second is None else math.dist(first, second)

    def area_m2(self, shape: Polygon | Sequence[Point]) -> float | None:
        """The ground inside a simple outline on the picture, in square metres; None where it touches the horizon.

        Exact: straight lines stay straight, so the outline on the ground is the outline of its corners there.
        """
        corners = shape.points if isinstance(shape, Polygon) else shape
        places = [self.metres(p) for p in corners]
        known = [p for p in places if p is not None]
        if len(known) != len(places):
            return None
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(known, known[1:] + known[:1], strict=True))) / 2

    def cell_m2(self, point: Point, frame: Size) -> float | None:
        """The ground that one pixel of a picture of size ``frame`` covers around a place, in square metres."""
        steps = self._steps(point)
        if steps is None:
            return None
        (ax, ay), (bx, by) = steps
        return abs(ax * by - ay * bx) / (frame[0] * frame[1])

    def pixels_per_metre(self, point: Point, frame: Size) -> float | None:
        """How many pixels of a picture of size ``frame`` one metre across the view has at a place on the ground.

        Across is where the picture's horizontal runs on the ground, so this is also the scale of what stands there
        upright and faces the camera: the figure that EN 62676-4 speaks of. None at and above the horizon.
        """
        steps = self._steps(point)
        return None if steps is None else frame[0] / math.hypot(*steps[0])

    def width_m(self, box: Box) -> float | None:
        """How wide a thing is whose box stands on the ground, in metres; None above the horizon."""
        return self.distance_m(Point(box.x, box.bottom), Point(box.right, box.bottom))

    def height_m(self, box: Box, frame: Size) -> float | None:
        """About how tall an upright thing is whose box stands on the ground, in metres; None above the horizon.

        Takes a metre upright as long as one across; a camera that looks down by 30° makes it seem about 13 % shorter.
        """
        scale = self.pixels_per_metre(box.ground, frame)
        return None if scale is None else box.h * frame[1] / scale

    def _steps(self, point: Point) -> tuple[Metres, Metres] | None:
        """Metres on the ground per frame width and per frame height at a place: the mapping's derivative there."""
        place = self.metres(point)
        if place is None:
            return None
        xs, ys, ws = self._to_metres
        weight = _row(ws, *point)
        across = ((xs[0] - place[0] * ws[0]) / weight, (ys[0] - place[1] * ws[0]) / weight)
        upright = ((xs[1] - place[0] * ws[1]) / weight, (ys[1] - place[1] * ws[1]) / weight)
        return across, upright


def _turn(a: Point, b: Point, c: Point) -> float:
    """Twice the area of a triangle, with the sign of the turn at ``b``."""
    return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)


def _row(row: tuple[float, float, float], x: float, y: float) -> float:
    return row[0] * x + row[1] * y + row[2]


def _weighed(matrix: Matrix, at: Sequence[float]) -> tuple[float, float, float]:
    x, y, weight = (_row(row, at[0], at[1]) for row in matrix)
    return x, y, weight


def _divided(row: tuple[float, float, float], by: float) -> tuple[float, float, float]:
    return row[0] / by, row[1] / by, row[2] / by
