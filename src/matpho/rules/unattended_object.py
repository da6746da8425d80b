"""Unattended object: something stands alone in a watched zone and nobody is with it."""

from dataclasses import dataclass

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.by_recording import by_recording
from matpho.rules.from_start import FromStartWatch
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.static_watch import StaticWatch, Verdict, dwell_s, in_or_on_zone, in_zone, is_speck, unattended_s
from matpho.rules.telling import Teller

KIND = "unattended_object"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnattendedSettings(RuleSettings):
    """``max_area_share``: what covers more of the frame than this is no object that somebody forgot."""

    min_duration_s: float = 30.0
    min_unattended_s: float = 3.0
    min_share: float = 0.5
    max_area_share: float = 0.08


class UnattendedObject:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, UnattendedSettings)
        teller, told = Teller(place, KIND), self._settings
        self._watch = StaticWatch(teller, self._judge)
        self._from_start = FromStartWatch(
            teller, self._counts, wait_s=told.min_duration_s, alone_s=told.min_unattended_s
        )

    def update(self, scene: Scene) -> list[RuleHit]:
        """Objects that became worth saying."""
        return [*self._watch.update(scene), *self._from_start.update(scene)]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return [*self._watch.finish(at), *self._from_start.finish(at)]

    def _counts(self, thing: StaticObject, _at: Instant) -> bool:
        zone, told = self._place.zone, self._settings
        return zone is not None and in_zone(thing, zone) >= told.min_share and thing.area <= told.max_area_share

    def _judge(self, thing: StaticObject, at: Instant) -> Verdict | None:
        zone, told = self._place.zone, self._settings
        if zone is None or is_speck(thing) or thing.group not in (None, Group.BAG):
            return None
        if in_or_on_zone(thing, zone) < told.min_share:
            return None
        alone, dwell = unattended_s(thing, at), dwell_s(thing, at)
        if dwell < told.min_duration_s or alone < told.min_unattended_s or thing.area > told.max_area_share:
            return None
        numbers = {"dwell_s": dwell, "unattended_s": alone, "area_share": thing.area}
        recorded = by_recording(thing, self._place.local)
        since, stood = figures.moment(thing.appeared, self._place.local), figures.length(dwell)
        if thing.owner_left is not None:
            numbers["owner_left_s"] = seconds(at - thing.owner_left)
            away = figures.length(numbers["owner_left_s"])
            rest = Said(f"chủ của nó đã rời đi được {away.vi}", f"its owner has been gone for {away.en}")
        elif thing.left_by is not None and recorded is not None:
            numbers["recorded_s"] = seconds(at - thing.left_by.at)
            rest = recorded
        else:
            away = figures.length(alone)
            rest = Said(f"không có ai trông trong {away.vi}", f"nobody has been with it for {away.en}")
        why = Said(
            f"Một vật nằm đó từ {since.vi}, đã {stood.vi}; {rest.vi}.",
            f"An object has stood there since {since.en}, for {stood.en}; {rest.en}.",
        )
        return Verdict(thing.appeared, why, numbers, thing.score)
