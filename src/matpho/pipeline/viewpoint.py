"""The same scene as a camera hung, turned or cropped otherwise would show it: pictures, drawings and events together.

A viewpoint is one affine map from the picture that was taken to the one that is shown, in shares of the frame; the
pictures go through it while they are read, and so do the zones that somebody drew and the boxes that were annotated.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from matpho.domain.camera import Camera, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.pipeline.score import REFERENCE_PX, Event
from matpho.vision.frame import Frame, Plane

_BLACK, _GREY = 16, 128  # luma of video range, chroma
_SEEN = 0.5  # of an annotated box: with less of it in the picture nobody could be sure
_SIDES = ((0, 0.0, 1), (0, 1.0, -1), (1, 0.0, 1), (1, 1.0, -1))
"""The four edges of the picture: on which axis, where, and the sign of what is inside."""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """``x' = xx x + xy y + x0`` and so on, all in shares of the frame.

    ``grown`` says by how much the new picture is wider and higher in pixels, ``bars`` whether black lies where nothing
    was taken (else the edge goes on).
    """

    xx: float = 1.0
    xy: float = 0.0
    x0: float = 0.0
    yx: float = 0.0
    yy: float = 1.0
    y0: float = 0.0
    grown: tuple[float, float] = (1.0, 1.0)
    bars: bool = False

    def __call__(self, frame: Frame) -> Frame:
        """The picture from there."""
        width, height = frame.size
        size = (_even(width * self.grown[0]), _even(height * self.grown[1]))
        half = (size[0] // 2, size[1] // 2)
        u, v = (None if p is None else self._shown(p, half, _GREY) for p in (frame.u, frame.v))
        return Frame(frame.at, self._shown(frame.luma, size, _BLACK), u, v)

    def point(self, place: Point) -> Point:
        """Where a place of the picture that was taken lies in the one shown; it may be outside."""
        x, y = place
        return Point(self.xx * x + self.xy * y + self.x0, self.yx * x + self.yy * y + self.y0)

    def box(self, box: Box) -> Box:
        """The upright box around it, kept inside the picture; it may be empty."""
        corners = [self.point(Point(x, y)) for x in (box.x, box.right) for y in (box.y, box.bottom)]
        xs, ys = ([min(max(c[i], 0.0), 1.0) for c in corners] for i in (0, 1))
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def camera(self, camera: Camera, aspect: float) -> Camera:
        """The camera with its zones drawn there; ``aspect`` is that of the picture that was taken.

        What has left the picture is cut off, and a zone that has left it wholly is gone.
        """
        shown = [self._zone(z, aspect) for z in camera.zones]
        ground = camera.ground
        if ground is not None:
            near_left, near_right, far_right, far_left = (self.point(p) for p in ground)
            ground = (near_left, near_right, far_right, far_left)
        return replace(camera, zones=tuple(z for z in shown if z is not None), ground=ground)

    def event(self, event: Event, aspect: float) -> Event:
        """The event as it is to be seen there; one that the picture now cuts in half is no sure one any more."""
        if event.box is None:
            return event
        box = self.box(event.box)
        # the share of the box that is left: its area in the new picture against the old, less what the map does to it
        whole = event.box.area * abs(self.xx * self.yy - self.xy * self.yx)
        in_sight = box.area >= _SEEN * whole
        wide = aspect * self.grown[0] / self.grown[1]
        size_px = math.sqrt(box.area / wide) * REFERENCE_PX
        return replace(event, box=box if box.area > 0 else None, sure=event.sure and in_sight, size_px=size_px)

    def _zone(self, zone: Zone, aspect: float) -> Zone | None:
        polygon = self._polygon(zone.polygon) if zone.polygon else None
        line = self._line(*zone.line) if zone.line else None
        if polygon is None and line is None:
            return None
        permitted = [replace(p, outline=o) for p in zone.permitted if (o := self._polygon(p.outline)) is not None]
        return replace(
            zone,
            polygon=polygon,
            line=line,
            direction=self._direction(zone.direction, aspect) if zone.direction else None,
            lamp=self.box(zone.lamp) if zone.lamp else None,
            permitted=tuple(permitted),
        )

    def _direction(self, direction: tuple[float, float], aspect: float) -> tuple[float, float]:
        """A direction is one of equal steps on both axes, unlike a place."""
        wide = aspect * self.grown[0] / self.grown[1]
        x, y = direction[0] / aspect, direction[1]
        shown = ((self.xx * x + self.xy * y) * wide, self.yx * x + self.yy * y)
        length = math.hypot(*shown)
        return (shown[0] / length, shown[1] / length) if length > 0 else direction

    def _polygon(self, polygon: Polygon) -> Polygon | None:
        points: Sequence[Point] = [self.point(p) for p in polygon.points]
        for axis, limit, sign in _SIDES:
            points = _cut_off(points, axis, limit, sign)
        try:
            return Polygon(tuple(Point(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in points))
        except ValueError:  # nothing of it is left, or a sliver
            return None

    def _line(self, begin: Point, end: Point) -> tuple[Point, Point] | None:
        begin, end = self.point(begin), self.point(end)
        for axis, limit, sign in _SIDES:
            a, b = sign * (begin[axis] - limit), sign * (end[axis] - limit)
            if a < 0 and b < 0:
                return None
            if (a < 0) != (b < 0):
                border = _between(begin, end, a / (a - b))
                begin, end = (border, end) if a < 0 else (begin, border)
        return begin, end

    def _shown(self, plane: Plane, size: tuple[int, int], empty: int) -> Plane:
        height, width = plane.shape
        if (self.xx, self.xy, self.x0, self.yx, self.yy, self.y0) == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0):
            way = cv2.INTER_AREA if size[0] < width else cv2.INTER_LINEAR
            return np.asarray(cv2.resize(plane, size, interpolation=way), np.uint8)
        turn = np.array(
            [
                [self.xx * size[0] / width, self.xy * size[0] / height],
                [self.yx * size[1] / width, self.yy * size[1] / height],
            ]
        )
        shift = np.array([self.x0 * size[0], self.y0 * size[1]])
        shift = shift + turn @ [0.5, 0.5] - 0.5  # pixels are counted from their middles
        move = np.column_stack([turn, shift]).astype(np.float32)
        border = cv2.BORDER_CONSTANT if self.bars else cv2.BORDER_REPLICATE
        shown = cv2.warpAffine(plane, move, size, flags=cv2.INTER_LINEAR, borderMode=border, borderValue=(empty,))
        return np.asarray(shown, np.uint8)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def _between(a: Point, b: Point, share: float) -> Point:
    return Point(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y))


def _cut_off(points: Sequence[Point], axis: int, limit: float, sign: int) -> list[Point]:
    """The part of an outline on one side of a limit (Sutherland and Hodgman 1974)."""
    kept: list[Point] = []
    for before, here in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
        a, b = sign * (before[axis] - limit), sign * (here[axis] - limit)
        if (a < 0) != (b < 0):
            kept.append(_between(before, here, a / (a - b)))
        if b >= 0:
            kept.append(here)
    return kept
