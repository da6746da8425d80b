"""Illegal dumping: something was left in the zone, it stays, and who left it is gone.

The link object ↔ who set it down follows Lin et al. 2015 (back-tracing to the owner); the link itself is made by the
static-object model, this rule only weighs it.
"""

from dataclasses import dataclass

from matpho.domain.camera import Purpose
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.by_recording import by_recording
from matpho.rules.footing import Footing
from matpho.rules.from_start import FromStartWatch
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.static_watch import StaticWatch, Verdict, dwell_s, in_or_on_zone, in_zone, is_speck, unattended_s
from matpho.rules.telling import Teller

KIND = "illegal_dumping"
LARGE, LARGE_STAYS_S = 0.09, 120.0  # of the frame; a bag is a hundredth of it, a heap some hundredths
KEPT_TRACKS = 512  # how many tracks' groups are remembered, to say whether a person or a vehicle left the thing

NAMES = {
    Group.BAG: Said("Một túi hoặc bọc", "A bag"),
    Group.FURNITURE: Said("Đồ đạc", "A piece of furniture"),
    None: Said("Một vật", "Something"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpingSettings(RuleSettings):
    """``min_unattended_s``: nobody at it for this long; ``min_share``: how much of it must lie in the zone.

    See :func:`matpho.rules.static_watch.in_or_on_zone`.
    """

    min_duration_s: float = 20.0
    min_unattended_s: float = 3.0
    min_share: float = 0.5


class IllegalDumping:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, DumpingSettings)
        teller, told = Teller(place, KIND), self._settings
        self._watch = StaticWatch(teller, self._judge)
        self._from_start = FromStartWatch(
            teller, self._counts, wait_s=told.min_duration_s, alone_s=told.min_unattended_s
        )
        self._footing = Footing(place)
        self._groups: dict[int, Group] = {}

    def update(self, scene: Scene) -> list[RuleHit]:
        """Dumped things that became worth saying."""
        for track in scene.tracks:
            self._groups.setdefault(track.id, track.group)
        while len(self._groups) > KEPT_TRACKS:
            del self._groups[next(iter(self._groups))]
        return [*self._watch.update(scene), *self._from_start.update(scene)]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return [*self._watch.finish(at), *self._from_start.finish(at)]

    def _counts(self, thing: StaticObject, at: Instant) -> bool:
        """Of what lay there from the start; only where nothing ever does: a pavement has its bins and boxes."""
        zone = self._place.zone
        if zone is None or zone.purpose is not Purpose.NO_DUMPING or in_zone(thing, zone) < self._settings.min_share:
            return False
        return not any(h.holds(figures.time_of_day(at, self._place.local)) for h in zone.permitted_hours)

    def _judge(self, thing: StaticObject, at: Instant) -> Verdict | None:
        zone, told = self._place.zone, self._settings
        if zone is None or is_speck(thing) or not self._may_be_dumped(thing):
            return None
        alone, dwell = unattended_s(thing, at), dwell_s(thing, at)
        if dwell < self._least_s(thing) or alone < told.min_unattended_s:
            return None
        if in_or_on_zone(thing, zone) < told.min_share:
            return None
        if any(h.holds(figures.time_of_day(thing.appeared, self._place.local)) for h in zone.permitted_hours):
            return None
        numbers = {"dwell_s": dwell, "unattended_s": alone, "area_share": thing.area}
        if thing.owner_left is not None:
            name = "vehicle_left_s" if self._on_wheels(thing) else "owner_left_s"
            numbers[name] = seconds(at - thing.owner_left)
        if thing.left_by is not None:
            numbers["recorded_s"] = seconds(at - thing.left_by.at)
        wide = self._footing.width_m(thing)
        if wide is not None:
            numbers["width_m"] = wide
        return Verdict(thing.appeared, self._why(thing, at, dwell, alone), numbers, thing.score)

    def _least_s(self, thing: StaticObject) -> float:
        """How long it must have stayed: what is large and has no name may be a lorry that unloads."""
        told = self._settings.min_duration_s
        return max(told, LARGE_STAYS_S) if thing.area > LARGE and thing.group is None else told

    def _on_wheels(self, thing: StaticObject) -> bool:
        """Whether a vehicle, not a person, left it."""
        return thing.owner is not None and self._groups.get(thing.owner) in (Group.VEHICLE, Group.TWO_WHEELER)

    def _may_be_dumped(self, thing: StaticObject) -> bool:
        if thing.group is Group.FURNITURE:  # on a sidewalk it is a shop's: encroachment, not rubbish
            return self._place.zone is not None and self._place.zone.purpose is not Purpose.SIDEWALK
        return thing.group in (None, Group.BAG)

    def _why(self, thing: StaticObject, at: Instant, dwell: float, alone: float) -> Said:
        name, lain = NAMES.get(thing.group, NAMES[None]), figures.length(dwell)
        since = figures.moment(thing.appeared, self._place.local)
        said = Said(
            f"{name.vi} bị bỏ lại từ {since.vi}, đã nằm yên {lain.vi}",
            f"{name.en} was left at {since.en} and has stayed for {lain.en}",
        )
        if thing.owner is not None and thing.owner_left is not None:
            on_wheels = self._on_wheels(thing)
            gone = figures.length(seconds(at - thing.owner_left))
            return Said(
                f"{said.vi}; {'xe' if on_wheels else 'người'} để lại đã rời đi được {gone.vi}.",
                f"{said.en}; the {'vehicle' if on_wheels else 'person'} that left it has been gone for {gone.en}.",
            )
        recorded = by_recording(thing, self._place.local)
        if recorded is not None:
            return Said(f"{said.vi}; {recorded.vi}.", f"{said.en}; {recorded.en}.")
        away = figures.length(alone)
        return Said(
            f"{said.vi}; không có ai bên cạnh trong {away.vi}.", f"{said.en}; nobody has been at it for {away.en}."
        )
