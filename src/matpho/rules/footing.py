"""What things cover of a zone: in square metres on a calibrated camera, else as a share of the picture's area.

A picture shows a thing's front and top as one patch, so its height looks like depth on the ground. Without knowing
which is which, a thing is taken to be no deeper than it is wide, and so each area is *about* right for what stands,
and too small for what lies in a long heap away from the camera: the error is on the side of saying less.
"""

from collections.abc import Sequence

from matpho.domain.geometry import Box, Point
from matpho.domain.ground import GroundPlane
from matpho.domain.observation import StaticObject
from matpho.domain.time import Instant
from matpho.rules.passage import Passage, Place2, passage
from matpho.rules.permitted import counted_share
from matpho.rules.rule import Place

_FOOT = 1 / 3  # of a thing's height on the picture: where it stands, as far as the picture alone can tell
_STEPS = 12  # halvings: to a four-thousandth of the height


class Footing:
    """Measures at one zone. ``zone_m2`` is None where the camera is not calibrated, or the zone reaches the horizon.

    ``aspect`` is the picture's width over its height: without calibration it makes both of its directions alike.
    """

    aspect = 1.0

    def __init__(self, place: Place) -> None:
        self._place = place
        self._plane = GroundPlane.of(place.camera)
        outline = place.zone.polygon if place.zone else None
        self._outline = outline
        self.zone_m2 = self._plane.area_m2(outline) if self._plane and outline else None
        if self.zone_m2 is None:
            self._plane = None

    def counted(self, thing: StaticObject, at: Instant) -> float:
        """Which share of the thing lies in the zone and is not permitted there, 0..1."""
        return counted_share(thing, self._place, at)

    def m2(self, thing: StaticObject) -> float | None:
        """About how much ground it covers, all of it; None where the camera is not calibrated."""
        foot = self._foot(thing.box)
        return self._plane.area_m2(foot) if self._plane and foot else None

    def width_m(self, thing: StaticObject) -> float | None:
        """How wide it is on the picture, in metres; None where the camera is not calibrated."""
        return self._plane.width_m(thing.box) if self._plane else None

    def share(self, thing: StaticObject) -> float:
        """About which share of the zone it covers, were all of it inside: of the ground, else of the picture."""
        whole = self._outline.area if self._outline else 1.0
        covered = self.m2(thing)
        if covered is None or not self.zone_m2:
            return thing.area / whole
        return covered / self.zone_m2

    def passage(self, things: Sequence[StaticObject]) -> Passage | None:
        """The narrowest place that they leave; in metres where the camera is calibrated."""
        if self._outline is None or not things:
            return None
        feet = [foot for t in things if (foot := self._places(self._foot(t.box)))]
        outline = self._places(self._outline.points)
        return passage(outline, feet) if outline and feet else None

    @property
    def in_metres(self) -> bool:
        """Whether lengths and areas are in metres."""
        return self._plane is not None

    def _places(self, points: Sequence[Point] | None) -> list[Place2] | None:
        if points is None:
            return None
        if self._plane is None:
            return [(p.x * self.aspect, p.y) for p in points]
        places = [self._plane.metres(p) for p in points]
        known = [p for p in places if p is not None]
        return known if len(known) == len(places) else None

    def _foot(self, box: Box) -> tuple[Point, ...] | None:
        """The patch of the picture where it stands; None where its lower edge is above the horizon."""
        height = _FOOT * box.h
        if self._plane is not None:
            wide = self._plane.width_m(box)
            if wide is None:
                return None
            height = _deep(self._plane, box, wide)
        top = box.bottom - height
        return Point(box.x, box.bottom), Point(box.right, box.bottom), Point(box.right, top), Point(box.x, top)


def _deep(plane: GroundPlane, box: Box, wide_m: float) -> float:
    """How far up the picture the ground under it reaches, when it is no deeper than ``wide_m``."""
    front, low, high = box.ground, 0.0, box.h
    for step in range(_STEPS):
        middle = high if step == 0 else (low + high) / 2
        deep = plane.distance_m(front, Point(front.x, front.y - middle))
        if deep is not None and deep <= wide_m:
            low = middle
        else:
            high = middle
    return low
