"""How many pixels a metre has in a zone, on each stream: from the drawn ground rectangle, else from who walked there.

EN 62676-4 asks for 25 pixels per metre to detect a person, 62.5 to observe, 125 to recognise one whom one knows, 250
to identify. Here it only says what a picture can show; nobody is recognised by this program.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.camera import StreamRole, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ground import GroundPlane
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group

PERSON_M = 1.6
"""How tall a walking person's box is taken to be: adults of all sizes, bent and with children among them."""
FEWEST_PEOPLE = 8
"""Fewer people than this say nothing of a scale."""
_GRID = 9


class Dori(StrEnum):
    """What a picture of so many pixels per metre can show of a person (EN 62676-4)."""

    IDENTIFY = "identify"
    RECOGNISE = "recognise"
    OBSERVE = "observe"
    DETECT = "detect"
    BELOW = "below"


LEVELS = ((250.0, Dori.IDENTIFY), (125.0, Dori.RECOGNISE), (62.5, Dori.OBSERVE), (25.0, Dori.DETECT))


def dori(pixels_per_metre: float) -> Dori:
    """The level that a density reaches."""
    return next((level for least, level in LEVELS if pixels_per_metre >= least), Dori.BELOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A stream as it was last seen: size in pixels, pictures a second, longest distance of key pictures (or None)."""

    role: StreamRole
    width: int
    height: int
    fps: float
    gop_s: float | None = None


@dataclass(frozen=True, slots=True)
class People:
    """What people who walked through a zone measure: ``height`` is the median of their boxes, 0..1 of the frame."""

    n: int
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """Pixels per metre of one zone on one stream, where it is least and most.

    ``basis`` is ``ground`` (the drawn rectangle) or ``people`` (their height; then both are the same and ``n`` is how
    many were measured).
    """

    zone_id: str
    role: StreamRole
    least: float
    most: float
    basis: str
    n: int = 0


def spots(shape: Zone) -> tuple[Point, ...]:
    """Places inside a zone, evenly spread: a grid in a polygon, points along a line. Never empty."""
    if shape.line is not None:
        (ax, ay), (bx, by) = shape.line
        return tuple(Point(ax + (bx - ax) * k / 8, ay + (by - ay) * k / 8) for k in range(9))
    if shape.polygon is None:
        return ()
    box = shape.polygon.bounds
    steps = [(k + 0.5) / _GRID for k in range(_GRID)]
    inside = [
        p for u in steps for v in steps if shape.polygon.contains(p := Point(box.x + u * box.w, box.y + v * box.h))
    ]
    return tuple(inside) or shape.polygon.points


def heights_in(area: Polygon | None, tracks: Iterable[TrackEnded]) -> People | None:
    """What people measure who stood in an area; None where too few did. One figure for each track."""
    found = []
    for track in tracks:
        if track.group is not Group.PERSON:
            continue
        own = [b.h for _, b in track.boxes if _whole(b) and (area is None or area.contains(b.ground))]
        if own:
            found.append(statistics.median(own))
    return People(len(found), statistics.median(found)) if len(found) >= FEWEST_PEOPLE else None


def _whole(box: Box) -> bool:
    """Whether a box is not cut by the frame."""
    return box.y > 0.01 and box.bottom < 0.99 and box.x > 0.005 and box.right < 0.995


def density(zone: Zone, stream: Stream, ground: GroundPlane | None, people: People | None) -> Density | None:
    """Pixels per metre of a zone on a stream; None where nothing tells."""
    size = (stream.width, stream.height)
    if not stream.width or not stream.height:
        return None
    if ground is not None:
        known = [d for p in spots(zone) if (d := ground.pixels_per_metre(p, size)) is not None]
        if known:
            return Density(zone_id=zone.id, role=stream.role, least=min(known), most=max(known), basis="ground")
    if people is None:
        return None
    scale = people.height * stream.height / PERSON_M
    return Density(zone_id=zone.id, role=stream.role, least=scale, most=scale, basis="people", n=people.n)


def share_below(zone: Zone, stream: Stream, ground: GroundPlane, pixels_per_metre: float) -> float:
    """Which share of a zone has fewer pixels per metre than that, 0..1; above the horizon counts."""
    size = (stream.width, stream.height)
    places: Sequence[Point] = spots(zone)
    low = sum((d := ground.pixels_per_metre(p, size)) is None or d < pixels_per_metre for p in places)
    return low / len(places) if places else 0.0
