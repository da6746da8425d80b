"""Riding on the sidewalk: a two-wheeler is ridden, or a vehicle drives, along the pavement.

A bicycle or motorbike that is *pushed* is on foot. Who rides is told from who pushes by pace where the pace leaves no
doubt, and else by posture: a rider sits above the wheels, who pushes walks beside them with feet as low as the tyres.
Crossing the pavement into a gate is no riding along it, and who walks past a parked machine takes none along. Lengths
are counted in bodies of about 1.7 m (:mod:`~matpho.rules.walkers`), or in metres where the camera is calibrated.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ground import GroundPlane
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, Track
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.parking import is_permitted
from matpho.rules.road_user import WHEELS
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.telling import RETELL_S, Teller
from matpho.rules.walkers import Walkers

KIND = "riding_on_sidewalk"
WHO = {
    Group.TWO_WHEELER: Said("Xe hai bánh chạy", "A two-wheeler was ridden"),
    Group.VEHICLE: Said("Ô tô chạy", "A vehicle drove"),
}
BODY_M = 1.7
FAST = 1.3  # bodies a second, 8 km/h: nobody pushes at that pace
SLOW = 0.3  # slower than strolling: whoever sits on it and rolls like this is parking
SAMPLES = 3  # looks inside the zone
SITS, SITS_SHARE = 2, 0.35  # looks at which somebody sat on it, and more than at which somebody walked beside it
ONWARD = 0.7  # share of the steps that lead on: a box that jumps along a row of parked bikes goes to and fro
MACHINE, STEP = 0.4, 0.1  # share of the steps, each of so many bodies, that a machine was seen to make
STIRRED = 0.5  # share of the looks at which the pixels inside the box had changed
RECENT_S = 6.0  # so much of a ride is looked at
OUT_S = 1.0  # outside, or unseen, for this long: the ride is over
SAME_S = 3.0  # a track that begins where a ride was lost within this carries it on
LENGTHWISE, ALONG = 2.2, 0.5  # a zone this much longer than wide has a direction; cosine with it: within 60°
FEET, ABOVE, ASIDE = 0.08, 0.2, 0.35  # in box heights and widths, for who sits where
VEHICLE_SCORE = 0.5
EDGE = 0.02  # of the frame, above where the picture ends: a box that reaches there says nothing about its feet
INSIDE = 0.001  # zones end where the picture does, boxes a little later


@dataclass(frozen=True, slots=True, kw_only=True)
class RidingSettings(RuleSettings):
    """``min_duration_s``: how long along the pavement; ``min_advance``: how far, in bodies of about 1.7 m."""

    min_duration_s: float = 1.5
    min_advance: float = 2.0


@dataclass(frozen=True, slots=True)
class _Look:
    """Where a track was: the way so far in bodies (x and y on the picture), and what was seen at it."""

    at: Instant
    way: Point
    sits: int  # 1: somebody sits on it, -1: somebody walks beside it, 0: nobody is told apart from it
    machine: bool  # whether a machine was seen, not a person alone
    stirred: bool


@dataclass(slots=True)
class _Ride:
    """One track inside the zone, since ``since``; it began at ``first`` and is at ``box``."""

    since: Instant
    first: Box
    last: Instant
    box: Box
    looks: deque[_Look] = field(default_factory=lambda: deque(maxlen=64))
    hit: RuleHit | None = None
    tracks: list[int] = field(default_factory=list)


class RidingOnSidewalk:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, RidingSettings)
        self._teller = Teller(place, KIND)
        self._plane = GroundPlane.of(place.camera)
        self._walkers = Walkers()
        self._rides: dict[int, _Ride] = {}
        self._over: list[_Ride] = []  # told rides whose track is lost, for a moment

    def update(self, scene: Scene) -> list[RuleHit]:
        """Rides that became worth saying, last, or ended."""
        zone = self._place.zone
        if zone is None or zone.polygon is None:
            return []
        self._walkers.note(scene)
        if is_permitted(self._place, scene.at):
            return self.finish(scene.at)
        people = [t.now.box for t in scene.tracks if t.group is Group.PERSON and t.now.seen]
        told: list[RuleHit] = []
        for track in scene.tracks:
            if track.group in WHEELS and track.now.seen and track.now.at == scene.at:
                ride = self._look(track, people, zone.polygon, scene)
                told += self._tell(ride, track, scene) if ride else []
        for number, ride in list(self._rides.items()):
            if seconds(scene.at - ride.last) > OUT_S:
                del self._rides[number]
                self._over += [ride] if ride.hit else []
        for ride in [r for r in self._over if seconds(scene.at - r.last) > SAME_S]:
            self._over.remove(ride)
            told += _ended(ride)
        return told

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        del at  # a ride ends where it was seen last
        told = [hit for ride in (*self._rides.values(), *self._over) for hit in _ended(ride)]
        self._rides, self._over = {}, []
        return told

    def _look(self, track: Track, people: Sequence[Box], polygon: Polygon, scene: Scene) -> _Ride | None:
        """Take in where a track is now; None where it is not on the pavement or no road user."""
        box = track.now.box
        foot = Point(box.ground.x, min(box.ground.y, scene.lit.bottom - INSIDE))
        if not polygon.contains(foot) or not _is_road_user(track, people):
            return None
        ride = self._rides.get(track.id)
        if ride is None:
            ride = self._rides[track.id] = _Ride(scene.at, box, scene.at, box, tracks=[track.id])
        way = Point(0.0, 0.0)
        if ride.looks:
            step = self._step(ride.box, box, track.group, scene.aspect)
            way = Point(ride.looks[-1].way.x + step.x, ride.looks[-1].way.y + step.y)
        sits = 0
        if track.group is Group.TWO_WHEELER:
            sits = 1 if track.now.seated else _posture(box, people, scene.lit.bottom)
        ride.looks.append(_Look(scene.at, way, sits, not track.now.alone, track.id in scene.stirred))
        while seconds(scene.at - ride.looks[0].at) > RECENT_S:
            ride.looks.popleft()
        ride.last, ride.box = scene.at, box
        return ride

    def _step(self, before: Box, now: Box, group: Group, aspect: float) -> Point:
        """The way between two looks in bodies, in the picture's directions."""
        a, b = before.ground, now.ground
        dx, dy = (b.x - a.x) * aspect, b.y - a.y
        metres = self._plane.distance_m(a, b) if self._plane else None
        if metres is not None:
            length = math.hypot(dx, dy)
            return Point(dx, dy) if not length else Point(*(metres / BODY_M / length * d for d in (dx, dy)))
        body = self._walkers.height_at(b.y)
        if body is None:
            body = (before.h + now.h) / 2 if group is Group.TWO_WHEELER else min(now.h, 1.2 * now.w * aspect)
        return Point(dx / max(body, 1e-3), dy * self._walkers.stretch_at(b.y) / max(body, 1e-3))

    def _tell(self, ride: _Ride, track: Track, scene: Scene) -> list[RuleHit]:
        if ride.hit is None:
            if not self._rides_along(ride, track.group, scene.aspect):
                return []
            if self._is_another_box_of_one(ride):
                return []
            self._resume(ride)
        elif scene.at - ride.hit.at < RETELL_S * SECOND:
            return []
        lasted, way = seconds(scene.at - ride.since), _net(ride.looks)
        long, far = figures.length(lasted), way * BODY_M
        since, who = figures.moment(ride.since, self._place.local), WHO[track.group]
        pace = way / max(seconds(ride.looks[-1].at - ride.looks[0].at), 1e-3)
        ride.hit = self._teller.hit(
            ride.hit.id if ride.hit else self._teller.new_id(),
            thing=ride.hit.thing if ride.hit else f"track:{track.id}",
            span=(ride.since, scene.at, None),
            box=ride.box,
            score=track.score,
            why=Said(
                f"{who.vi} trên vỉa hè từ {since.vi}, đã {long.vi}, chừng {far:.0f} m.",
                f"{who.en} along the sidewalk since {since.en}, for {long.en}, about {far:.0f} m.",
            ),
            figures={"riding_s": lasted, "way_m": far, "pace_m_s": pace * BODY_M},
            tracks=tuple(ride.tracks),
        )
        return [ride.hit]

    def _rides_along(self, ride: _Ride, group: Group, aspect: float) -> bool:
        """Whether the looks so far are a ride along the pavement."""
        looks, told = ride.looks, self._settings
        lasted, way = seconds(looks[-1].at - looks[0].at), _net(looks)
        if len(looks) < SAMPLES or lasted < told.min_duration_s or way < told.min_advance:
            return False
        if sum(look.stirred for look in looks) < STIRRED * len(looks) or not _leads_on(looks):
            return False
        if not self._is_lengthwise(looks, aspect) or (group is Group.TWO_WHEELER and not _moves_a_machine(looks)):
            return False
        sat, walked = sum(look.sits > 0 for look in looks), sum(look.sits < 0 for look in looks)
        pace = way / lasted
        if group is Group.VEHICLE:
            return pace >= SLOW
        if pace >= FAST:
            return walked <= sat + len(looks) // 2
        return pace >= SLOW and sat > walked and sat >= max(SITS, SITS_SHARE * len(looks))

    def _is_lengthwise(self, looks: Sequence[_Look], aspect: float) -> bool:
        """Whether the way leads along the zone, where the zone says which way that is."""
        zone = self._place.zone
        assert zone is not None
        assert zone.polygon is not None
        along = zone.direction or _length_of(zone.polygon, aspect)
        if along is None:
            return True
        ax, ay = along[0] * aspect, along[1]
        dx, dy = looks[-1].way.x - looks[0].way.x, looks[-1].way.y - looks[0].way.y
        return abs(ax * dx + ay * dy) >= ALONG * math.hypot(ax, ay) * math.hypot(dx, dy)

    def _is_another_box_of_one(self, ride: _Ride) -> bool:
        return any(
            other is not ride and other.hit is not None and other.last == ride.last
            and other.box.overlap(ride.box) > 0.5 * min(other.box.area, ride.box.area)
            for other in self._rides.values()
        )  # fmt: skip

    def _resume(self, ride: _Ride) -> None:
        """Carry on a ride whose track was lost where this one began."""
        for lost in self._over:
            gap_s = seconds(ride.since - lost.last)
            reach = lost.box.grown((1 + gap_s) * lost.box.w, 0.5 * (1 + gap_s) * lost.box.h)
            if lost.hit is not None and gap_s >= 0 and reach.overlap(ride.first) > 0:
                self._over.remove(lost)
                ride.hit, ride.since = lost.hit, lost.since
                ride.tracks = [*lost.tracks, *ride.tracks]
                return


def _is_road_user(track: Track, people: Sequence[Box]) -> bool:
    """A small detector takes people for vehicles now and then."""
    if track.group is not Group.VEHICLE:
        return True
    box = track.now.box
    return track.score >= VEHICLE_SCORE and not any(box.overlap(p) > 0.5 * box.area for p in people)


def _posture(bike: Box, people: Sequence[Box], lowest: float) -> int:
    """Whether somebody sits on it (1), walks beside it (-1), or cannot be told apart from it (0)."""
    if bike.bottom > lowest - EDGE:
        return 0
    near = [p for p in people if p.overlap(bike) > 0.3 * min(p.area, bike.area)]
    if any(p.bottom >= bike.bottom - FEET * bike.h for p in near):
        return -1
    aside = [abs(p.centre.x - bike.centre.x) < ASIDE * max(p.w, bike.w) and p.y < bike.y + ABOVE * bike.h for p in near]
    return 1 if any(aside) else 0


def _net(looks: Sequence[_Look]) -> float:
    """How far it has come, in bodies."""
    return math.dist(looks[0].way, looks[-1].way)


def _leads_on(looks: Sequence[_Look]) -> bool:
    """Whether most of the steps lead the way the whole does."""
    dx, dy = looks[-1].way.x - looks[0].way.x, looks[-1].way.y - looks[0].way.y
    onward = [dx * (b.way.x - a.way.x) + dy * (b.way.y - a.way.y) > 0 for a, b in pairwise(looks)]
    return sum(onward) >= ONWARD * len(onward)


def _moves_a_machine(looks: Sequence[_Look]) -> bool:
    """Whether the machine itself was seen to go: somebody who walks past a parked one takes its track along."""
    steps = [b.machine for a, b in pairwise(looks) if math.dist(a.way, b.way) >= STEP]
    return sum(steps) >= MACHINE * len(steps)


def _length_of(polygon: Polygon, aspect: float) -> tuple[float, float] | None:
    """The direction along a zone that is much longer than wide, from the moments of its outline; else None."""
    corners = [(p.x * aspect, p.y) for p in polygon.points]
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
    weight = [math.dist(a, b) for a, b in edges]
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in edges]
    whole = sum(weight)
    cx = sum(w * m[0] for w, m in zip(weight, middles, strict=True)) / whole
    cy = sum(w * m[1] for w, m in zip(weight, middles, strict=True)) / whole
    xx = yy = xy = 0.0
    for (a, b), w in zip(edges, weight, strict=True):
        for (px, py), share in ((a, 1 / 6), (b, 1 / 6), (((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), 2 / 3)):
            xx += w * share * (px - cx) ** 2
            yy += w * share * (py - cy) ** 2
            xy += w * share * (px - cx) * (py - cy)
    half, root = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    if half - root <= 0 or math.sqrt((half + root) / (half - root)) < LENGTHWISE:
        return None
    angle = math.atan2(2 * xy, xx - yy) / 2
    return math.cos(angle) / aspect, math.sin(angle)


def _ended(ride: _Ride) -> list[RuleHit]:
    if ride.hit is None:
        return []
    end = max(ride.last, ride.hit.start)
    return [replace(ride.hit, at=max(ride.hit.at, end), end=end)]
