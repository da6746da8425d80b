"""Obstruction: something stands or lies in the way that is neither a person nor a vehicle, or a cover has gone.

On the roadway whatever stays is in the way. On a pavement it must take a considerable part of the width where it
stands: a pot along the wall is none. A thing that belonged to the empty scene and is gone (a manhole cover, a grating)
is told as a place to look at, never as what it is, and always advisory: a mat that somebody took in looks the same.

A small detector calls a heap a car. A car has driven to where it stands; a heap was brought by somebody on foot, and
what is called a vehicle there has never moved. By that, and not by the name alone, the two are told apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matpho.domain.camera import Purpose
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject, Track
from matpho.domain.time import SECOND, Instant
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.footing import Footing
from matpho.rules.passage import Passage
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.static_watch import SPECK, StaticWatch, Verdict, dwell_s, in_zone, is_speck, unattended_s
from matpho.rules.telling import Teller

KIND = "obstruction"
CONSIDERABLE = 0.25  # of a pavement's width: less is not in the way, however narrow the pavement
LARGEST = 0.25  # of the frame: more than this at once is a change of the picture
HIDDEN_S = 10.0  # a vehicle stood here until this long ago: the thing may be part of it
HIDES = 0.3  # of the thing's box under a vehicle's
IS_IT = 0.4  # IoU of a vehicle's box and the thing's: what is called a vehicle is the thing itself …
DROVE = 0.5  # … unless its track has got on by so much of its own size
WHEELS = (Group.VEHICLE, Group.TWO_WHEELER)
NAMES = {
    Group.BAG: Said("Một túi hoặc bọc", "A bag"),
    Group.FURNITURE: Said("Đồ đạc", "A piece of furniture"),
    None: Said("Một vật", "Something"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstructionSettings(RuleSettings):
    """When something is in the way.

    ``min_share``: how much of it must stand in the zone. On a pavement: ``min_width_share`` of the width taken, or, on
    a calibrated camera, less than ``min_free_m`` left to walk.
    """

    min_duration_s: float = 60.0
    min_unattended_s: float = 5.0
    min_share: float = 0.5
    min_width_share: float = 0.5
    min_free_m: float = 1.5


class Obstruction:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, ObstructionSettings)
        self._footing = Footing(place)
        teller = Teller(place, KIND)
        self._watch, self._bare = StaticWatch(teller, self._judge), StaticWatch(teller, self._judge_removed)
        self._wheels: dict[int, Instant] = {}  # when a vehicle was last seen where the thing is
        self._driven: set[int] = set()  # things to whose place something has driven

    def update(self, scene: Scene) -> list[RuleHit]:
        """Things in the way, and places that have become bare, that became worth saying."""
        self._footing.aspect = scene.aspect
        self._note_wheels(scene)
        bare = self._bare.update(replace(scene, static=scene.removed, removed=()))
        return [*self._watch.update(scene), *map(_advisory, bare)]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return [*self._watch.finish(at), *map(_advisory, self._bare.finish(at))]

    def _note_wheels(self, scene: Scene) -> None:
        here = {thing.id for thing in scene.static}
        self._wheels = {number: at for number, at in self._wheels.items() if number in here}
        self._driven &= here
        tracks = [t for t in scene.tracks if t.group in WHEELS]
        standing = [t for t in scene.static if t.group in WHEELS]
        for thing in scene.static if tracks or standing else ():
            near = [t for t in tracks if thing.box.overlap(t.now.box) > HIDES * thing.box.area]
            if any(_drove(t) or t.id == thing.owner for t in near):
                self._driven.add(thing.id)
            hidden = any(self._is_driven(thing) or thing.box.iou(t.now.box) < IS_IT for t in near)
            others = (s.box for s in standing if s.id != thing.id)
            if hidden or any(thing.box.overlap(box) > HIDES * thing.box.area for box in others):
                self._wheels[thing.id] = scene.at

    def _is_driven(self, thing: StaticObject) -> bool:
        return thing.id in self._driven

    def _is_misnamed(self, thing: StaticObject) -> bool:
        """Whether what is called a vehicle was brought here by somebody on foot, and never drove."""
        return thing.group in WHEELS and thing.owner is not None and not self._is_driven(thing)

    def _judge(self, thing: StaticObject, at: Instant) -> Verdict | None:
        zone, told, dwell = self._place.zone, self._settings, dwell_s(thing, at)
        if zone is None or is_speck(thing) or thing.area > LARGEST:
            return None
        if thing.group not in NAMES and not self._is_misnamed(thing):
            return None
        if dwell < told.min_duration_s or unattended_s(thing, at) < told.min_unattended_s:
            return None
        if self._is_by_vehicle(thing, at) or in_zone(thing, zone, by_ground=True) < told.min_share:
            return None
        left = self._footing.passage([thing])
        if zone.purpose is Purpose.SIDEWALK and not self._narrows(left):
            return None
        return Verdict(thing.appeared, self._why(thing, left, dwell), self._numbers(thing, left, dwell), thing.score)

    def _judge_removed(self, thing: StaticObject, at: Instant) -> Verdict | None:
        zone, told, dwell = self._place.zone, self._settings, dwell_s(thing, at)
        if zone is None or thing.group not in NAMES or thing.area < SPECK or thing.area > LARGEST:
            return None
        if dwell < told.min_duration_s or in_zone(thing, zone) < told.min_share:
            return None
        since, bare = figures.moment(thing.appeared, self._place.local), figures.length(dwell)
        why = Said(
            f"Một vật vốn có ở đây không còn từ {since.vi}, đã {bare.vi}; cần xem lại chỗ này (nắp hố ga, song chắn?).",
            f"Something that belonged here has been gone since {since.en}, for {bare.en}; "
            "look at this place (a manhole cover, a grating?).",
        )
        return Verdict(thing.appeared, why, self._numbers(thing, None, dwell), thing.score)

    def _is_by_vehicle(self, thing: StaticObject, at: Instant) -> bool:
        last = self._wheels.get(thing.id)
        return last is not None and at - last < HIDDEN_S * SECOND

    def _narrows(self, left: Passage | None) -> bool:
        if left is None or left.taken < min(CONSIDERABLE, self._settings.min_width_share):
            return False
        narrow = self._footing.in_metres and left.free < self._settings.min_free_m
        return narrow or left.taken >= self._settings.min_width_share

    def _numbers(self, thing: StaticObject, left: Passage | None, dwell: float) -> Mapping[str, float]:
        numbers = {"dwell_s": dwell}
        wide, covered = self._footing.width_m(thing), self._footing.m2(thing)
        if wide is not None and covered is not None:
            numbers |= {"width_m": wide, "area_m2": covered}
        if left is not None:
            numbers["blocked_share"] = left.taken
            if self._footing.in_metres:
                numbers["free_width_m"] = left.free
        return numbers

    def _why(self, thing: StaticObject, left: Passage | None, dwell: float) -> Said:
        name, zone = NAMES.get(thing.group, NAMES[None]), self._place.zone
        since, stood = figures.moment(thing.appeared, self._place.local), figures.length(dwell)
        if zone is None or zone.purpose is not Purpose.SIDEWALK or left is None:
            return Said(
                f"{name.vi} nằm trên lòng đường từ {since.vi}, đã {stood.vi}.",
                f"{name.en} has been on the roadway since {since.en}, for {stood.en}.",
            )
        taken, rest = figures.percent(left.taken), Said("", "")
        if self._footing.in_metres:
            free = figures.metres(left.free)
            rest = Said(f"; lối đi còn {free.vi}", f"; {free.en} are left to walk")
        return Said(
            f"{name.vi} chắn {taken} bề ngang vỉa hè từ {since.vi}, đã {stood.vi}{rest.vi}.",
            f"{name.en} has blocked {taken} of the sidewalk's width since {since.en}, for {stood.en}{rest.en}.",
        )


def _drove(track: Track) -> bool:
    """Whether it has got on by a good part of its size since it was first seen."""
    first, now = track.path[0].box, track.now.box
    a, b = first.centre, now.centre
    return abs(a.x - b.x) > DROVE * now.w or abs(a.y - b.y) > DROVE * now.h


def _advisory(hit: RuleHit) -> RuleHit:
    return replace(hit, advisory=True)
