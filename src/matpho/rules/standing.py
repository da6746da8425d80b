"""What stands: two-wheelers and vehicles that have come to rest, followed through what hides them.

Two sources, because each misses what the other sees. A track whose boxes stay where they were holds what stood there
from the start, and lives as long as the detector sees it. The static-object model holds what came after the empty scene
was learnt, also while the detector loses it. Both feed one *stand*, which outlives either: a lorry that passes before a
parked car takes the car's track away, and a track that is born at the same place carries the stand on. A track that
came from elsewhere does not: that is the next vehicle.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from matpho.domain.geometry import Box, Point
from matpho.domain.observation import Group, Scene, StaticObject, Track
from matpho.domain.time import SECOND, Instant, seconds
from matpho.rules.road_user import WHEELS

SETTLED_S = 2.0  # what has stood for less has not come to rest
SAME_PLACE = 0.5  # IoU with where it came to rest
PART, PART_AREA = 0.75, 0.2  # a box mostly inside the place, of at least this share of it, is what stands, half hidden
AWAY = 2  # looks in a row that see it elsewhere: one alone is a box of something that passes
SWAP_S = 1.5  # nobody stops exactly where another stood this soon after: two tracks have changed places
PATIENT_S, MOST_PATIENT_S = 15.0, 90.0  # how long a stand outlives its track: as long as it stood, between these
COVERED, COVERED_MOST_S = 0.5, 180.0  # of the place: what stands or passes before it says nothing about it
FOLLOWS = 0.3  # how much of a new box the stand's own takes in: detected edges jitter by some per cent
CAME = 1.2  # of its size: less is a box that jumps to the next car in the row
DOUBTFUL = 0.5  # score below which what was never seen to move is taken for a bench or a kiosk
LOW, DEPTH = 0.02, {Group.TWO_WHEELER: 0.2, Group.VEHICLE: 0.35}  # the standing part of a box, in its heights


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One thing on wheels that stands.

    ``id`` stays the same for as long as it stands; ``thing`` names it to other rules (``static:17``, ``track:5``).
    ``seen_at`` is when it was last known to be there. ``arrived`` is false where it stood already when it was first
    seen: then ``since`` means *at least since*. ``gone`` is told once.
    """

    id: int
    thing: str
    group: Group
    label: str
    box: Box
    score: float
    since: Instant
    seen_at: Instant
    arrived: bool
    track: int | None
    hidden: bool = False
    gone: bool = False

    @property
    def stood_s(self) -> float:
        """How long it is known to have stood, in seconds."""
        return seconds(self.seen_at - self.since)

    @property
    def base(self) -> tuple[Point, ...]:
        """Nine points of its standing part: what touches the ground, in perspective."""
        low, high = self.box.bottom - LOW * self.box.h, self.box.bottom - DEPTH[self.group] * self.box.h
        xs = tuple(self.box.x + share * self.box.w for share in (0.25, 0.5, 0.75))
        return tuple(Point(x, y) for y in (low, (low + high) / 2, high) for x in xs)


@dataclass(slots=True)
class _Stand:
    """A stand as it grows. ``track`` is None while it has lost its track, ``lost_at`` says since when.

    ``place`` is where it came to rest, ``box`` what it looks like now: whatever creeps on leaves its place in the end.
    """

    id: int
    thing: str
    group: Group
    label: str
    box: Box
    score: float
    since: Instant
    seen_at: Instant
    arrived: bool
    place: Box
    track: int | None = None
    static: int | None = None
    lost_at: Instant | None = None
    covered_s: float = 0.0  # since it was last seen, something stood before it
    left: bool = False  # its track was seen to go
    told: bool = False

    def at_rest(self) -> bool:
        return self.seen_at - self.since >= SETTLED_S * SECOND

    def take_in(self, track: Track) -> None:
        """Its track was seen where it stands; while it still rolls out, its place follows."""
        now = track.now
        if self.box.iou(now.box) >= SAME_PLACE:
            self.box = _between(self.box, now.box, FOLLOWS)
        if not self.at_rest():
            self.place = self.box
        self.seen_at, self.score, self.label = now.at, track.score, track.label
        self.covered_s = 0.0

    def outlived(self, at: Instant) -> bool:
        """Whether it has been without evidence for longer than one waits."""
        if self.track is not None or self.static is not None or self.lost_at is None:
            return False
        if self.left:
            return seconds(at - self.lost_at) > SWAP_S + 2 * SETTLED_S
        patient_s = min(MOST_PATIENT_S, max(PATIENT_S, seconds(self.seen_at - self.since)))
        return seconds(at - max(self.lost_at, self.seen_at)) > patient_s + self.covered_s

    def plain(self, *, gone: bool = False) -> Stand:
        return Stand(
            id=self.id,
            thing=self.thing,
            group=self.group,
            label=self.label,
            box=self.box,
            score=self.score,
            since=self.since,
            seen_at=self.seen_at,
            arrived=self.arrived,
            track=self.track,
            hidden=self.track is None and self.static is None,
            gone=gone,
        )


@dataclass(slots=True)
class _Followed:
    """A track and the stand it feeds. ``born_here``: it has not been seen anywhere else."""

    stand: _Stand
    born_here: bool = True
    away: list[tuple[Instant, Box]] = field(default_factory=list)


class StandingVehicles:
    """The stands of one camera, as far as ``around`` reaches (None: the whole picture)."""

    def __init__(self, around: Box | None = None) -> None:
        self._around = around
        self._followed: dict[int, _Followed] = {}
        self._stands: list[_Stand] = []
        self._at: Instant | None = None
        self._numbers = count(1)

    def update(self, scene: Scene) -> tuple[Stand, ...]:
        """What stands now, the longest first; what has gone is told once more, with ``gone``."""
        alive = {t.id for t in scene.tracks}
        for number in [n for n in self._followed if n not in alive]:
            self._lose(self._followed.pop(number).stand, scene.at)
        for track in scene.tracks:
            if track.group in WHEELS and self._concerns(track.now.box):
                self._follow(track)
        self._adopt()
        self._hear(scene)
        self._wait_for_covered(scene)
        over = [s for s in self._stands if s.outlived(scene.at)]
        self._stands = [s for s in self._stands if s not in over]
        gone = [s.plain(gone=True) for s in over if s.told]
        return (*(s.plain() for s in self._worth_telling()), *gone)

    def _wait_for_covered(self, scene: Scene) -> None:
        """While a bus stands before a parked car, that nobody sees the car is no sign that it has gone."""
        since_s = 0.0 if self._at is None else seconds(scene.at - self._at)
        self._at = scene.at
        for stand in self._stands:
            if stand.track is not None or stand.static is not None or stand.left:
                continue
            if any(_covers(t, stand.place) for t in scene.tracks):
                stand.covered_s = min(COVERED_MOST_S, stand.covered_s + since_s)

    def _concerns(self, box: Box) -> bool:
        return self._around is None or self._around.overlap(box) > 0

    def _follow(self, track: Track) -> None:
        """Take in where a track is now."""
        followed = self._followed.get(track.id)
        if followed is None:
            first = next((p for p in track.path if p.seen), track.now)
            followed = self._followed[track.id] = _Followed(self._begin(track, first.at, first.box, arrived=False))
        now, stand = track.now, followed.stand
        if not now.seen:
            return
        if is_same_place(stand.place, now.box):
            followed.away.clear()
            stand.take_in(track)
            return
        followed.away.append((now.at, now.box))
        if len(followed.away) < AWAY:
            return
        since, box = followed.away[0]
        self._lose(stand, now.at, left=True)
        followed.born_here = False
        begun = since if is_same_place(now.box, box) else now.at
        followed.stand = self._begin(track, begun, now.box, arrived=_came_from_elsewhere(track))
        followed.stand.seen_at = now.at
        followed.away.clear()

    def _begin(self, track: Track, since: Instant, box: Box, *, arrived: bool) -> _Stand:
        stand = _Stand(
            next(self._numbers), f"track:{track.id}", track.group, track.label, box, track.score, since, since, arrived,
            box, track.id,
        )  # fmt: skip
        self._stands.append(stand)
        return stand

    def _lose(self, stand: _Stand, at: Instant, *, left: bool = False) -> None:
        """Its track has ended, or was seen to go; what had not come to rest is forgotten."""
        stand.track, stand.lost_at, stand.left = None, at, left
        if not stand.at_rest():
            self._stands.remove(stand)

    def _adopt(self) -> None:
        """Stands without a track are carried on by tracks that were born there, or have just changed places."""
        for orphan in [s for s in self._stands if s.track is None]:
            heirs = [f for f in self._followed.values() if _inherits(f, orphan)]
            if not heirs:
                continue
            heir = max(heirs, key=lambda f: f.stand.box.iou(orphan.box))
            young = heir.stand
            self._stands.remove(young)
            orphan.track, orphan.lost_at, orphan.left = young.track, None, False
            orphan.seen_at = max(orphan.seen_at, young.seen_at)
            heir.stand = orphan

    def _hear(self, scene: Scene) -> None:
        """What the static-object model says: it holds stands, and begins those that no track has."""
        held: set[int] = set()
        for thing in scene.static:
            if thing.group not in (None, *WHEELS) or not self._concerns(thing.box):
                continue
            stand = self._stand_of(thing)
            if thing.gone:
                if stand is not None and stand.static == thing.id:
                    stand.static = None
                    if stand.track is None:
                        stand.seen_at, stand.lost_at, stand.left = thing.last_seen, thing.last_seen, True
                continue
            if stand is None and thing.group is not None:
                stand = self._begin_from(thing, thing.group)
            if stand is not None and not (stand.left and thing.group is None):
                stand.static, stand.seen_at = thing.id, scene.at
                held.add(stand.id)
        for stand in self._stands:
            if stand.static is not None and stand.id not in held:
                stand.static = None
                stand.lost_at = scene.at if stand.lost_at is None else stand.lost_at

    def _stand_of(self, thing: StaticObject) -> _Stand | None:
        known = next((s for s in self._stands if s.static == thing.id), None)
        here = [s for s in self._stands if s.at_rest() and is_one_thing(s.box, thing.box)]
        return known or max(here, key=lambda s: s.box.iou(thing.box), default=None)

    def _begin_from(self, thing: StaticObject, group: Group) -> _Stand:
        stand = _Stand(
            next(self._numbers), f"static:{thing.id}", group, thing.label or group.value, thing.box, thing.score,
            thing.appeared, thing.last_seen, arrived=True, place=thing.box,
        )  # fmt: skip
        self._stands.append(stand)
        return stand

    def _worth_telling(self) -> Iterable[_Stand]:
        """What has come to rest, once each: two tracks of one vehicle are one stand."""
        chosen: list[_Stand] = []
        for stand in sorted(self._stands, key=lambda s: (not s.told, s.since)):
            sure = stand.arrived or stand.static is not None or stand.told or stand.score >= DOUBTFUL
            if stand.at_rest() and sure and not any(is_one_thing(o.place, stand.place) for o in chosen):
                stand.told = True
                chosen.append(stand)
        return chosen


def is_same_place(stood: Box, now: Box) -> bool:
    """Whether a box is what stood there, whole or partly hidden."""
    if stood.iou(now) >= SAME_PLACE:
        return True
    small, large = sorted((stood.area, now.area))
    return PART_AREA * large <= small and stood.overlap(now) >= PART * small > 0


def _covers(track: Track, place: Box) -> bool:
    """Whether a vehicle is seen before a place: it hides most of it and its wheels stand nearer."""
    box = track.now.box
    near = track.now.seen and track.group is Group.VEHICLE and box.bottom > place.bottom
    return near and place.overlap(box) >= COVERED * place.area and not is_same_place(place, box)


def is_one_thing(a: Box, b: Box) -> bool:
    """Whether two boxes are of one thing that stands: a motorbike before a car is not the car."""
    both = a.overlap(b)
    if both <= 0:
        return False
    small, large = sorted((a.area, b.area))
    return both > 0.3 * (small + large - both) or (both >= 0.7 * small and small >= 0.3 * large)


def _between(a: Box, b: Box, share: float) -> Box:
    def mix(p: float, q: float) -> float:
        return p + share * (q - p)

    return Box(mix(a.x, b.x), mix(a.y, b.y), mix(a.w, b.w), mix(a.h, b.h))


def _came_from_elsewhere(track: Track) -> bool:
    """Whether it has been seen well away from where it is now."""
    now = track.now.box
    here, w, h = now.centre, max(now.w, 1e-6), max(now.h, 1e-6)
    return any(
        max(abs(p.box.centre.x - here.x) / w, abs(p.box.centre.y - here.y) / h) > CAME for p in track.path if p.seen
    )


def _inherits(followed: _Followed, orphan: _Stand) -> bool:
    """Whether this track carries the orphan on."""
    young = followed.stand
    if not young.at_rest() or young.since < orphan.since or (young.told and not orphan.told):
        return False  # whoever rides through the place does not stand there
    if not is_same_place(orphan.place, young.place):
        return False
    soon = orphan.lost_at is not None and young.since <= orphan.lost_at + round(SWAP_S * SECOND)
    return soon or (followed.born_here and not orphan.left)
