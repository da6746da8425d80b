"""Wrong way: somebody drives against the direction of a lane, the oncoming lane beside a queue among them.

A place on the picture that moved is no drive: boxes flicker on painted arrows, tracks change hosts in a crowd, cars
turn across a lane and back into a gap. So the whole stay in the lane must lead against it, step for step, by more than
a body length and at more than a crawl, and the pixels inside the box must change.
"""

import math
from collections import deque
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from matpho.domain.geometry import WHOLE, Box, Point, Polygon
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, Track, TrackPoint
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.road_user import WHEELS, Stance, stance, together, unit_vector
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.telling import RETELL_S, Teller

KIND = "wrong_way"
WHO = {
    Group.TWO_WHEELER: Said("Xe hai bánh", "A two-wheeler"),
    Group.VEHICLE: Said("Ô tô", "A vehicle"),
}
SAMPLES = 4  # looks inside the lane
COSINE = 0.7  # of the whole way against the lane: within 45° of it
BACKWARDS = 0.7  # share of the steps that lead against the lane
STIRRED = 0.5  # share of the looks at which the pixels inside the box had changed
SLOWEST = 0.25  # body units a second: who backs into a gap is slower
STAY_S = 6.0  # so much of a stay is looked at
OUT_S = 1.5  # outside, unseen, or no longer against the lane for so long: it is over
HIDDEN_S = 5.0  # but who was lost in the lane may come out again ahead: behind a pole, a bus, a crowd
FASTEST = 6.0  # body units a second that it may have gone meanwhile
LAWFUL = 0.5  # body units: who went so far with the lane before it was lost is another one
ALIKE = 0.5  # of the larger height: one vehicle before and after
CUT = 0.006  # of the frame: a box that ends so near to its lower edge goes on below
EDGE = 0.01  # lanes end where the frame does, boxes a little later


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongWaySettings(RuleSettings):
    """``min_duration_s``: how long against the lane; ``min_advance``: how far, in body units (about a metre)."""

    min_duration_s: float = 0.6
    min_advance: float = 1.0


@dataclass(slots=True)
class _Stay:
    """One track inside the lane: where it stood, and whether the pixels there had changed."""

    last: Instant
    against_at: Instant
    group: Group
    stances: deque[tuple[Stance, bool]] = field(default_factory=lambda: deque(maxlen=64))
    early: int = 0  # so many of them are of before the track counted: they tell when, and prove nothing
    hit: RuleHit | None = None
    since: Instant | None = None  # where it came out of hiding: when the ride began before that

    @property
    def start(self) -> Instant:
        """When the ride began, if it is one."""
        return self.hit.start if self.hit else self.since if self.since is not None else self.stances[0][0].at


class WrongWay:
    """The rule at one lane."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, WrongWaySettings)
        self._teller = Teller(place, KIND)
        self._stays: dict[int, _Stay] = {}
        self._hidden: list[_Stay] = []
        self._lit = WHOLE

    def update(self, scene: Scene) -> list[RuleHit]:
        """Drives against the lane that began, last, or ended."""
        zone = self._place.zone
        if zone is None or zone.polygon is None or zone.direction is None:
            return []
        against = unit_vector((-zone.direction[0], -zone.direction[1]))
        self._lit, told = scene.lit, self._over(scene.at)
        for track in scene.tracks:
            if track.now.seen and track.now.at == scene.at and _holds(zone.polygon, track.now.box, self._lit):
                told += self._look(track, against, scene)
        return told

    def _over(self, at: Instant) -> list[RuleHit]:
        """End the stays that were not seen any more: what a track shows after that may be another one."""
        for number, stay in list(self._stays.items()):
            if seconds(at - stay.last) > OUT_S:
                self._hidden.append(self._stays.pop(number))
        ended = [s for s in self._hidden if seconds(at - s.last) > HIDDEN_S]
        self._hidden = [s for s in self._hidden if seconds(at - s.last) <= HIDDEN_S]
        return [hit for stay in ended for hit in _ended(stay)]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        del at
        told = [hit for stay in [*self._hidden, *self._stays.values()] for hit in _ended(stay)]
        self._stays, self._hidden = {}, []
        return told

    def _look(self, track: Track, against: Point, scene: Scene) -> list[RuleHit]:
        here = stance(track.now, track.group, against, scene.aspect)
        stay = self._stays.get(track.id)
        if stay is None:
            stay = self._stays[track.id] = self._goes_on(track, here, against)
            stirred, earlier = track.id in scene.stirred, self._earlier(track)
            stay.stances += [(stance(p, track.group, against, scene.aspect), stirred) for p in earlier]
            stay.early = len(earlier)
        stay.last, stay.group = scene.at, track.group
        stay.stances.append((here, track.id in scene.stirred))
        while seconds(scene.at - stay.stances[0][0].at) > STAY_S:
            stay.stances.popleft()
        if track.group not in WHEELS:
            return []
        drive = self._against(stay, against)
        if drive is None or (stay.hit is None and self._is_told(track.id, stay)):
            return []
        if stay.hit is None:
            self._carry_on(stay)
        stay.against_at = scene.at
        if stay.hit and seconds(scene.at - stay.hit.at) < RETELL_S:
            return []
        stay.hit = self._hit(stay, track, scene.at, drive)
        return [stay.hit]

    def _earlier(self, track: Track) -> list[TrackPoint]:
        """The looks of a track in the lane before it counted as one: from the second on it does."""
        zone, now = self._place.zone, track.now.at
        if zone is None or zone.polygon is None:
            return []
        lane = zone.polygon
        lately = takewhile(
            lambda p: seconds(now - p.at) <= OUT_S and _holds(lane, p.box, self._lit), track.path[-2::-1]
        )
        return [p for p in lately if p.seen][::-1]

    def _goes_on(self, track: Track, here: Stance, against: Point) -> _Stay:
        """The stay of a track that is new in the lane: the same ride as that of one that was lost behind it, or none.

        Only who appears inside the lane can have come out of hiding there.
        """
        zone, stay = self._place.zone, _Stay(here.at, here.at, track.group)
        if zone is None or zone.polygon is None or not _holds(zone.polygon, track.path[0].box, self._lit):
            return stay
        lost = [*self._hidden, *(s for number, s in self._stays.items() if number != track.id)]
        one = [s for s in lost if s.last < track.started and _comes_out(s, track.group, here, against, self._lit)]
        if not one:
            return stay
        before = max(one, key=lambda s: s.last)
        stay.since, stay.hit, stay.against_at = before.start, before.hit, before.against_at
        self._hidden = [s for s in self._hidden if s is not before]
        self._stays = {number: s for number, s in self._stays.items() if s is not before}
        return stay

    def _is_told(self, number: int, stay: _Stay) -> bool:
        """Whether another track of the same road user is being told: rider and machine, or two of one car."""
        return any(other.hit is not None and i != number and _one(stay, other) for i, other in self._stays.items())

    def _carry_on(self, stay: _Stay) -> None:
        """Go on with the ride of a track of the same road user that was told and is over: another took it over."""
        before = next((s for s in self._hidden if s.hit is not None and _one(stay, s)), None)
        if before is not None:
            stay.since, stay.hit = before.start, before.hit
            self._hidden = [s for s in self._hidden if s is not before]

    def _against(self, stay: _Stay, against: Point) -> float | None:
        """By how many body units the stay leads against the lane; None where it is no drive against it."""
        stances = _uncut([s for s, _ in stay.stances], self._lit)
        if len(stances) < SAMPLES + stay.early:
            return None
        first, now = stances[0], stances[-1]
        lasted = seconds(now.at - first.at)
        if lasted < self._settings.min_duration_s:
            return None
        away = Point(now.middle.x - first.middle.x, now.middle.y - first.middle.y)
        along = _along(first, now, against)
        unit = sum(s.unit for s in stances) / len(stances)
        least = max(self._settings.min_advance, SLOWEST * lasted) * unit
        if along < max(least, COSINE * (away.x**2 + away.y**2) ** 0.5):
            return None
        steps = [_along(a, b, against) for a, b in pairwise(stances)]
        if sum(step > 0 for step in steps) < BACKWARDS * len(steps):
            return None
        stirred = [changed for _, changed in stay.stances]
        if sum(stirred) < STIRRED * len(stances) or not any(stirred[-2:]):
            return None
        return along / unit

    def _hit(self, stay: _Stay, track: Track, at: Instant, advance: float) -> RuleHit:
        start = stay.start
        who, since = WHO[track.group], figures.moment(start, self._place.local)
        lasted = figures.length(seconds(at - start))
        return self._teller.hit(
            stay.hit.id if stay.hit else self._teller.new_id(),
            thing=stay.hit.thing if stay.hit else f"track:{track.id}",
            span=(start, at, None),
            box=track.now.box,
            score=track.score,
            why=Said(
                f"{who.vi} đi ngược chiều từ {since.vi}, đã {lasted.vi}.",
                f"{who.en} has driven against the lane since {since.en}, for {lasted.en}.",
            ),
            figures={"against_s": seconds(at - start), "advance_units": advance},
            tracks=(track.id,),
        )


def _uncut(stances: list[Stance], lit: Box, *, least: int = SAMPLES) -> list[Stance]:
    """The stances with the ground where it is: under the picture's lower edge while that cuts the box.

    Who comes in over it seems to stand there and to drift sideways, until as much is seen as there is; who leaves over
    it seems to stop. Empty where fewer than ``least`` looks saw it whole.
    """
    edge = lit.bottom - CUT
    whole = [s.box.h for s in stances if s.box.bottom < edge]
    if not whole or len(whole) == len(stances):
        return stances
    if len(whole) < least:
        return []
    height = whole[0]
    hidden = [max(0.0, height - s.box.h) if s.box.bottom >= edge else 0.0 for s in stances]
    return [replace(s, middle=Point(s.middle.x, s.middle.y + h)) for s, h in zip(stances, hidden, strict=True)]


def _comes_out(lost: _Stay, group: Group, here: Stance, against: Point, lit: Box) -> bool:
    """Whether who was lost may be what appears ``here``: of its sort and size, ahead of it, as far as it can have come.

    It must have moved, and not with the lane.
    """
    stances = _uncut([s for s, _ in lost.stances], lit, least=1)
    gap_s = seconds(here.at - lost.last)
    if len(stances) < SAMPLES or gap_s > HIDDEN_S or lost.group is not group:
        return False
    first, last = stances[0], stances[-1]
    if sum(stirred for _, stirred in lost.stances) < STIRRED * len(stances):
        return False
    height, unit = max(s.box.h for s in stances), here.unit
    if min(height, here.box.h) < ALIKE * max(height, here.box.h) or _along(first, last, against) < -LAWFUL * unit:
        return False
    if sum(_along(a, b, against) < 0 for a, b in pairwise(stances)) >= BACKWARDS * (len(stances) - 1):
        return False  # step for step with the lane
    away = math.dist(here.middle, last.middle)
    return _along(last, here, against) >= COSINE * away and away <= FASTEST * unit * gap_s


def _one(a: _Stay, b: _Stay) -> bool:
    """Whether two stays are of one road user."""
    return together([(s.at, s.box) for s, _ in a.stances], [(s.at, s.box) for s, _ in b.stances])


def _along(begin: Stance, end: Stance, against: Point) -> float:
    """How far it is from one to the other against the lane."""
    return (end.middle.x - begin.middle.x) * against.x + (end.middle.y - begin.middle.y) * against.y


def _holds(lane: Polygon, box: Box, lit: Box) -> bool:
    x, y = box.ground
    x, y = min(max(x, lit.x + EDGE), lit.right - EDGE), min(max(y, lit.y + EDGE), lit.bottom - EDGE)
    return lane.contains(Point(x, y))


def _ended(stay: _Stay) -> list[RuleHit]:
    if stay.hit is None:
        return []
    last = max(stay.against_at, stay.hit.start)
    return [replace(stay.hit, at=max(stay.hit.at, last), end=last)]
