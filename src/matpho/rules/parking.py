"""What the rules about vehicles that stand where they should not have in common.

One hit per stand (:mod:`~matpho.rules.standing`), told once it has stood for long enough in the zone, and again while
it lasts. Permitted hours do not count; where the place is a roadway, waiting in a queue does not count either
(:mod:`~matpho.rules.queueing`).
"""

from dataclasses import dataclass, replace

from matpho.domain.camera import Zone
from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.queueing import Queueing
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings
from matpho.rules.standing import Stand, StandingVehicles
from matpho.rules.static_watch import StaticWatch, Verdict
from matpho.rules.telling import Teller

NAMES = {
    Group.TWO_WHEELER: Said("Xe hai bánh", "A two-wheeler"),
    Group.VEHICLE: Said("Ô tô", "A vehicle"),
}
WITHIN = 0.8
"""Share of a "car" inside the box of a two-wheeler from which on it is one of its wheels, or hidden by it."""
SIDEWAYS, UPRIGHT = 0.1, 0.15  # of the frame: so much around the zone is followed too


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingSettings(RuleSettings):
    """``min_share``: how much of the standing part must be in the zone."""

    min_share: float = 0.5


class ParkedVehicles:
    """One such rule at one zone. ``where`` says what stands there does, as the middle of a sentence."""

    def __init__(
        self, place: Place, kind: str, settings: ParkingSettings, where: Said, queueing: Queueing | None = None
    ) -> None:
        self._place, self._settings, self._where, self._queueing = place, settings, where, queueing
        self._standing = StandingVehicles(around(place.zone))
        self._stands: dict[int, Stand] = {}
        self._permitted: Instant | None = None  # the last instant at which standing here was permitted
        self._watch = StaticWatch(Teller(place, kind), self._judge, name=self._name, people_hide=False)

    def update(self, scene: Scene) -> list[RuleHit]:
        """Vehicles whose standing became worth saying, lasts, or ended."""
        stands = self._standing.update(scene)
        self._stands = {s.id: s for s in stands}
        if self._queueing is not None:
            self._queueing.update(stands, scene)
        if is_permitted(self._place, scene.at):
            self._permitted = scene.at
            return self._watch.finish(scene.at)
        things = tuple(as_object(s) for s in stands)
        return self._watch.update(replace(scene, static=things))

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return self._watch.finish(at)

    def _name(self, thing: StaticObject) -> str:
        return self._stands[thing.id].thing

    def _judge(self, thing: StaticObject, _at: Instant) -> Verdict | None:
        zone, told, stand = self._place.zone, self._settings, self._stands[thing.id]
        if zone is None or stand.hidden or share_in(zone, stand) < told.min_share or self._is_part(stand):
            return None
        counts = stand.stood_s if self._queueing is None else self._queueing.stopped_s(stand)
        start = stand.since
        if self._permitted is not None and self._permitted > start:
            start = self._permitted
            counts = min(counts, seconds(stand.seen_at - start))
        if counts < told.min_duration_s:
            return None
        stood = seconds(stand.seen_at - start)
        numbers = {"dwell_s": stood, "area_share": thing.area}
        if counts < stood - 1:
            numbers["stopped_s"] = counts
        return Verdict(start, self._why(stand, start, stood, counts), numbers, stand.score)

    def _is_part(self, stand: Stand) -> bool:
        """Whether a "car" lies within a two-wheeler that stands there: no car does."""
        bikes = (s.box for s in self._stands.values() if s.group is Group.TWO_WHEELER)
        least = WITHIN * stand.box.area
        return stand.group is Group.VEHICLE and any(stand.box.overlap(bike) >= least for bike in bikes)

    def _why(self, stand: Stand, start: Instant, stood: float, counts: float) -> Said:
        name, since = NAMES[stand.group], figures.moment(start, self._place.local)
        long, clear = figures.length(stood), figures.length(counts)
        from_vi, from_en = ("từ", "since") if stand.arrived or start > stand.since else ("ít nhất từ", "since at least")
        without = Said("", "")
        if counts < stood - 1:
            without = Said(f", không kể lúc chờ là {clear.vi}", f", {clear.en} of it not in a queue")
        return Said(
            f"{name.vi} {self._where.vi} {from_vi} {since.vi}, đã {long.vi}{without.vi}.",
            f"{name.en} {self._where.en} {from_en} {since.en}, for {long.en}{without.en}.",
        )


def around(zone: Zone | None) -> Box | None:
    """The part of the picture that concerns a zone."""
    return None if zone is None or zone.polygon is None else zone.polygon.bounds.grown(SIDEWAYS, UPRIGHT)


def share_in(zone: Zone, stand: Stand) -> float:
    """How much of its standing part is in the zone, 0..1."""
    return 0.0 if zone.polygon is None else zone.polygon.share(stand.base)


def is_permitted(place: Place, at: Instant) -> bool:
    """Whether the zone's permitted hours hold now."""
    hours = () if place.zone is None else place.zone.permitted_hours
    return bool(hours) and any(h.holds(figures.time_of_day(at, place.local)) for h in hours)


def as_object(stand: Stand) -> StaticObject:
    """A stand as a static object, for the watch that keeps one hit per thing."""
    return StaticObject(
        id=stand.id,
        appeared=stand.since,
        last_seen=stand.seen_at,
        box=stand.box,
        area=stand.box.area,
        samples=stand.base,
        group=stand.group,
        label=stand.label,
        score=stand.score,
        owner=None,
        owner_left=None,
        attended=False,
        unattended_since=None,
        gone=stand.gone,
    )
