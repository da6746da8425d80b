"""Clips told again as another camera would have them: hung otherwise, sharper or coarser, zones drawn by another hand.

A rule that has learned one junction by heart shows it here, for nothing that matters has changed: who crosses the line
on red still does. Unlike a degradation (:mod:`matpho.pipeline.degrade`) a variation changes the zones and the annotated
boxes with the picture, or the drawings alone. They are one camera's footage all the same: other streets, other riders
and other lamps are not in them.
"""

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import numpy as np

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.errors import BadInput
from matpho.pipeline.degrade import Alter, with_luma
from matpho.pipeline.score import Event
from matpho.pipeline.take import Clip, Take, as_it_is, aspect_of
from matpho.pipeline.viewpoint import Viewpoint
from matpho.vision.frame import BLACK, WHITE, Frame

TRAFFIC = frozenset({Purpose.STOP_LINE, Purpose.ROADWAY, Purpose.NO_PARKING, Purpose.CROSSWALK, Purpose.SIDEWALK})
"""Zones by which a clip is one of traffic."""
SPARSE_FPS = 3.0
TURN_DEG = 2.0
CROPPED = 0.05  # of the frame, on each side
OFF = 0.012  # of the frame, about 8 pixels of 640: how far from the paint somebody draws

Vary = Callable[[Take, float], Take]


def varied(clip: Clip, events: tuple[Event, ...], name: str) -> Take:
    """The clip under a variation. Raises BadInput for a name that is none, BadCameraFile, BadVideo."""
    if name not in VARIATIONS:
        known = ", ".join(VARIATIONS)
        raise BadInput(f"There is no variation {name}; there are {known}.", f"Không có {name}; chỉ có {known}.")
    return VARIATIONS[name](as_it_is(clip, events), aspect_of(clip))


def is_traffic(camera: Camera) -> bool:
    """Whether a camera watches traffic: variations are tried on those."""
    return any(zone.purpose in TRAFFIC for zone in camera.zones)


def _seen_from(of: Callable[[float], Viewpoint], take: Take, aspect: float) -> Take:
    view = of(aspect)
    events = tuple(view.event(e, aspect) for e in take.events)
    return replace(take, view=view, camera=view.camera(take.camera, aspect), events=events)


def _mirrored(aspect: float) -> Viewpoint:
    del aspect
    return Viewpoint(xx=-1.0, x0=1.0)


def _turned(degrees: float, aspect: float) -> Viewpoint:
    """Turned about its middle, and so much nearer that no corner is empty."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    near = cos + abs(sin) * max(aspect, 1 / aspect)
    xx, xy, yx, yy = near * cos, -near * sin / aspect, near * sin * aspect, near * cos
    return Viewpoint(xx, xy, 0.5 - 0.5 * (xx + xy), yx, yy, 0.5 - 0.5 * (yx + yy))


def _scaled(scale: float, aspect: float) -> Viewpoint:
    del aspect
    return Viewpoint(grown=(scale, scale))


def _cropped(aspect: float) -> Viewpoint:
    del aspect
    left = 1 - 2 * CROPPED
    return Viewpoint(xx=1 / left, x0=-CROPPED / left, yy=1 / left, y0=-CROPPED / left, grown=(left, left))


def _barred(aspect: float) -> Viewpoint:
    """Between black bars, as a camera shows a picture of the other shape: at both sides, or above and below."""
    wide, narrow = 16 / 9, 4 / 3
    if aspect < math.sqrt(wide * narrow):
        share = aspect / wide
        return Viewpoint(xx=share, x0=(1 - share) / 2, grown=(1 / share, 1.0), bars=True)
    share = narrow / aspect
    return Viewpoint(yy=share, y0=(1 - share) / 2, grown=(1.0, 1 / share), bars=True)


def _lit(gain: float, gamma: float, take: Take, aspect: float) -> Take:
    """Otherwise exposed: ``gain`` on the light, then a ``gamma`` on the grey levels."""
    del aspect
    levels = np.clip((np.arange(256) - BLACK) / (WHITE - BLACK) * gain, 0.0, 1.0) ** gamma
    table = (BLACK + (WHITE - BLACK) * levels).astype(np.float32)

    def expose(frame: Frame) -> Frame:
        return with_luma(frame, table[frame.luma])

    def staged() -> Alter:
        return expose

    return replace(take, staged=staged)


def _sparse(take: Take, aspect: float) -> Take:
    del aspect
    return replace(take, analysed_fps=SPARSE_FPS)


def _drawn(redraw: Callable[[Zone, np.random.Generator], Zone], take: Take, aspect: float) -> Take:
    """The zones drawn by another hand, the same each time."""
    del aspect
    rng = np.random.default_rng(zlib.crc32(take.clip.name.encode()))
    return replace(take, camera=replace(take.camera, zones=tuple(redraw(z, rng) for z in take.camera.zones)))


def _line_moved(share: float, zone: Zone, rng: np.random.Generator) -> Zone:
    """The stop line by so much further on in the direction of travel, or before it."""
    del rng
    if zone.line is None or zone.direction is None:
        return zone
    x, y = (share * d for d in zone.direction)
    begin, end = (_inside(p.x + x, p.y + y) for p in zone.line)
    return replace(zone, line=(begin, end))


def _lamp_sized(scale: float, zone: Zone, rng: np.random.Generator) -> Zone:
    """The box of the lamps drawn loosely, or too tightly."""
    del rng
    if zone.lamp is None:
        return zone
    lamp, more = zone.lamp, scale - 1
    begin, end = (
        _inside(lamp.x - more / 2 * lamp.w, lamp.y - more / 2 * lamp.h),
        _inside(lamp.right + more / 2 * lamp.w, lamp.bottom + more / 2 * lamp.h),
    )
    return replace(zone, lamp=Box(begin.x, begin.y, end.x - begin.x, end.y - begin.y))


def _shaky(zone: Zone, rng: np.random.Generator) -> Zone:
    """Every corner off by a little, and the lamp's box too."""

    def off(point: Point) -> Point:
        x, y = rng.uniform(-OFF, OFF, 2).tolist()
        return _inside(point.x + x, point.y + y)

    polygon, line, lamp = zone.polygon, zone.line, zone.lamp
    if polygon is not None:
        try:
            polygon = Polygon(tuple(off(p) for p in polygon.points))
        except ValueError:  # no outline that somebody would draw: its sides cross
            polygon = zone.polygon
    if line is not None:
        begin, end = line
        line = (off(begin), off(end))
    if lamp is not None:
        x, y = rng.uniform(-0.1, 0.1, 2).tolist()
        begin = _inside(lamp.x + x * lamp.w, lamp.y + y * lamp.h)
        lamp = Box(begin.x, begin.y, min(lamp.w, 1 - begin.x), min(lamp.h, 1 - begin.y))
    return replace(zone, polygon=polygon, line=line, lamp=lamp)


def _inside(x: float, y: float) -> Point:
    return Point(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))


VARIATIONS: Mapping[str, Vary] = MappingProxyType(
    {
        "mirrored": partial(_seen_from, _mirrored),
        "turned_left": partial(_seen_from, partial(_turned, -TURN_DEG)),
        "turned_right": partial(_seen_from, partial(_turned, TURN_DEG)),
        "smaller": partial(_seen_from, partial(_scaled, 0.75)),
        "larger": partial(_seen_from, partial(_scaled, 1.33)),
        "cropped": partial(_seen_from, _cropped),
        "barred": partial(_seen_from, _barred),
        "sparse": _sparse,
        "darker": partial(_lit, 0.6, 1.0),
        "brighter": partial(_lit, 1.35, 1.0),
        "soft": partial(_lit, 1.0, 0.6),
        "hard": partial(_lit, 1.0, 1.6),
        "line_before": partial(_drawn, partial(_line_moved, -OFF)),
        "line_beyond": partial(_drawn, partial(_line_moved, OFF)),
        "lamp_loose": partial(_drawn, partial(_lamp_sized, 1.25)),
        "lamp_tight": partial(_drawn, partial(_lamp_sized, 0.8)),
        "shaky_hand": partial(_drawn, _shaky),
    }
)
"""All variations by name."""
