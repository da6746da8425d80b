"""A thing in the words that rules are given."""

from matpho.domain.geometry import Point
from matpho.domain.observation import Group, StaticObject
from matpho.domain.time import Instant, after
from matpho.vision.from_start import Lying
from matpho.vision.static_thing import Thing

_ATTENDED_S = 1.0  # shorter absences are the detector's


def told(
    thing: Thing, *, start: Instant, now_s: float, size: tuple[int, int], gone: bool, removed: bool
) -> StaticObject:
    """``start`` is the beginning of the model's clock, ``now_s`` its time, ``size`` the working picture's."""
    width, height = size
    word, owner = thing.looks.word, thing.owner
    attended = not removed and thing.attended_s is not None and now_s - thing.attended_s < _ATTENDED_S
    alone_since_s = max(thing.attended_s or 0.0, thing.appeared_s)
    points = thing.imprint.samples() / (width, height)
    return StaticObject(
        id=thing.id,
        appeared=after(start, thing.appeared_s),
        last_seen=after(start, thing.seen_s),
        box=thing.box,
        area=thing.imprint.area_px / (width * height),
        samples=tuple(Point(float(x), float(y)) for x, y in points),
        group=thing.word_before if removed else None if word is None else word[0],
        label=None if removed or word is None else word[1],
        score=0.5 - 0.5 * max(-1.0, thing.evidence.came) if removed else thing.score,
        owner=None if owner is None else owner.track,
        owner_left=after(start, owner.near_s) if owner is not None and owner.away else None,
        attended=attended,
        unattended_since=None if attended else after(start, alone_since_s),
        gone=gone,
        removed=removed,
    )


def lying(place: Lying, *, start: Instant, since_s: float, now_s: float, gone: bool) -> StaticObject:
    """What lay there at ``since_s`` already, before the first picture; its score is how often it was named."""
    attended = place.attended_s is not None and now_s - place.attended_s < _ATTENDED_S
    return StaticObject(
        id=place.number,
        appeared=after(start, since_s),
        last_seen=after(start, place.seen_s),
        box=place.box,
        area=place.box.area,
        samples=place.samples(),
        group=Group.BAG,
        label=place.label,
        score=place.share,
        owner=None,
        owner_left=None,
        attended=attended,
        unattended_since=None if attended else after(start, max(since_s, place.attended_s or since_s)),
        gone=gone,
    )
