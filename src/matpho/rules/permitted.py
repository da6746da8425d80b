"""The permitted baseline: what people have allowed at a place is not counted by the rules about things that stay."""

from datetime import UTC, datetime

from matpho.domain.geometry import Point, Polygon
from matpho.domain.observation import StaticObject
from matpho.domain.permitted import Permitted
from matpho.domain.time import SECOND, Instant
from matpho.rules.rule import Place

MOSTLY = 0.5  # a thing with more than this share of itself inside permitted outlines is what was permitted


def holds(permitted: Permitted, place: Place, at: Instant) -> bool:
    """Whether it is allowed on the day of ``at``; a recording without a wall clock has no day, so it always is."""
    if permitted.until is None or place.local is None:
        return True
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(place.local).date() <= permitted.until


def counted_share(thing: StaticObject, place: Place, at: Instant) -> float:
    """Which share of the thing lies in the zone, and not where people have allowed something to stand, 0..1."""
    zone = place.zone
    if zone is None or zone.polygon is None:
        return 0.0
    outlines, samples = _outlines(place, at), _samples(thing)
    counted = sum(zone.polygon.contains(p) and not any(o.contains(p) for o in outlines) for p in samples)
    return counted / len(samples)


def is_permitted(thing: StaticObject, place: Place, at: Instant) -> bool:
    """Whether the thing is one that people have allowed there."""
    outlines, samples = _outlines(place, at), _samples(thing)
    return sum(any(o.contains(p) for o in outlines) for p in samples) > MOSTLY * len(samples)


def _outlines(place: Place, at: Instant) -> list[Polygon]:
    return [p.outline for p in place.zone.permitted if holds(p, place, at)] if place.zone else []


def _samples(thing: StaticObject) -> tuple[Point, ...]:
    return thing.samples or (thing.box.centre,)
