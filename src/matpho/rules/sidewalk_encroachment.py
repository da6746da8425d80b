"""Sidewalk encroachment: things that were not in the empty scene take a share of the sidewalk, for long.

Area × time against the empty scene: the occupied share is the sum of the static objects' areas inside the zone over
the zone's own area, and it must have been above the threshold for the whole duration. On a calibrated camera both are
measured on the ground, in square metres, so that far metres weigh as much as near ones; what people have permitted at a
place is not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.domain.time import SECOND, Instant, after, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.footing import Footing
from matpho.rules.heaps import around
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.telling import RETELL_S, Teller

KIND = "sidewalk_encroachment"
DIP_S = 10.0  # the share may fall below the threshold for this long, when customers stand before a stall
COUNTED = (None, Group.FURNITURE, Group.BAG)  # vehicles have rules of their own, people are no encroachment


@dataclass(frozen=True, slots=True, kw_only=True)
class EncroachmentSettings(RuleSettings):
    """``min_area_share``: how much of the zone must be occupied, 0..1.

    ``min_area_m2``: and how many square metres, on a calibrated camera.
    """

    min_duration_s: float = 120.0
    min_area_share: float = 0.03
    min_area_m2: float = 0.5


@dataclass(frozen=True, slots=True)
class _Occupied:
    """What stands on the sidewalk now: the share of the zone, since when, the box around it, its largest object.

    ``m2`` and ``free_m`` (the width left at the narrowest place) are known on a calibrated camera only.
    """

    share: float
    m2: float | None
    free_m: float | None
    since: Instant
    box: Box
    largest: int
    count: int
    score: float


class SidewalkEncroachment:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, EncroachmentSettings)
        self._teller, self._footing = Teller(place, KIND), Footing(place)
        self._permitted: Instant | None = None  # the last instant at which occupying was permitted
        self._since: Instant | None = None
        self._above: Instant | None = None  # when the share was last above the threshold
        self._hit: RuleHit | None = None

    def update(self, scene: Scene) -> list[RuleHit]:
        """The zone's occupation, where it became worth saying."""
        zone = self._place.zone
        permitted = zone is not None and any(
            h.holds(figures.time_of_day(scene.at, self._place.local)) for h in zone.permitted_hours
        )
        if permitted:
            self._permitted = scene.at
        occupied = None if permitted else self._occupied(scene)
        if occupied is None:
            return self._cleared(scene.at, at_once=permitted)
        self._above = scene.at
        start = occupied.since if self._permitted is None else max(occupied.since, self._permitted)
        self._since = start if self._since is None else min(self._since, start)
        if seconds(scene.at - self._since) < self._settings.min_duration_s:
            return []
        if self._hit and scene.at - self._hit.at < RETELL_S * SECOND:
            return []
        self._hit = self._tell(occupied, self._since, scene.at)
        return [self._hit]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        hit, self._hit = self._hit, None
        return [replace(hit, at=max(at, hit.at), end=at)] if hit else []

    def _cleared(self, at: Instant, *, at_once: bool) -> list[RuleHit]:
        if self._above is None or (not at_once and at <= after(self._above, DIP_S)):
            return []
        end, self._above, self._since = self._above, None, None
        hit, self._hit = self._hit, None
        return [replace(hit, at=max(at, hit.at), end=max(end, hit.start))] if hit else []

    def _occupied(self, scene: Scene) -> _Occupied | None:
        """What occupies enough of the zone now, and since when (when enough of it had been set down)."""
        counted = [(t, self._footing.counted(t, scene.at)) for t in scene.static if t.group in COUNTED and not t.gone]
        standing = sorted(
            ((t, inside, inside * self._footing.share(t)) for t, inside in counted if inside > 0),
            key=lambda row: row[0].appeared,
        )
        share = sum(s for _, _, s in standing)
        if share < self._settings.min_area_share:
            return None
        m2 = share * self._footing.zone_m2 if self._footing.zone_m2 else None
        if m2 is not None and m2 < self._settings.min_area_m2:
            return None
        left = self._footing.passage([t for t, _, _ in standing]) if self._footing.in_metres else None
        return _Occupied(
            share=share,
            m2=m2,
            free_m=left.free if left else None,
            since=_enough([(t, s) for t, _, s in standing], self._least_share),
            box=around([t.box for t, _, _ in standing]),
            largest=max(standing, key=lambda row: row[2])[0].id,
            count=len(standing),
            score=max(t.score for t, _, _ in standing),
        )

    @property
    def _least_share(self) -> float:
        """The share of the zone from which it is told."""
        whole = self._footing.zone_m2
        return max(self._settings.min_area_share, self._settings.min_area_m2 / whole if whole else 0.0)

    def _tell(self, occupied: _Occupied, since: Instant, at: Instant) -> RuleHit:
        lasted = seconds(at - since)
        numbers = {"area_share": occupied.share, "dwell_s": lasted, "objects": float(occupied.count)}
        if occupied.m2 is not None and self._footing.zone_m2 is not None:
            numbers = {"area_m2": occupied.m2, "zone_m2": self._footing.zone_m2, **numbers}
        if occupied.free_m is not None:
            numbers["free_width_m"] = occupied.free_m
        return self._teller.hit(
            self._hit.id if self._hit else self._teller.new_id(),
            thing=self._hit.thing if self._hit else f"static:{occupied.largest}",
            span=(since, at, None),
            box=occupied.box,
            score=occupied.score,
            why=self._why(occupied, since, lasted),
            figures=numbers,
        )

    def _why(self, occupied: _Occupied, since: Instant, lasted: float) -> Said:
        long, begun = figures.length(lasted), figures.moment(since, self._place.local)
        taken = Said(f"{figures.percent(occupied.share)} diện tích", f"{figures.percent(occupied.share)}")
        if occupied.m2 is not None and self._footing.zone_m2 is not None:
            part, whole = figures.square_metres(occupied.m2), figures.square_metres(self._footing.zone_m2)
            taken = Said(f"khoảng {part.vi} trên {whole.vi}", f"about {part.en} of the {whole.en}")
        left = Said("", "")
        if occupied.free_m is not None:
            free = figures.metres(occupied.free_m)
            left = Said(f" Lối đi còn {free.vi}.", f" {free.en} of its width are left to walk.")
        return Said(
            f"Đồ vật chiếm {taken.vi} vỉa hè suốt {long.vi}, từ {begun.vi} ({occupied.count} vật).{left.vi}",
            f"Things have taken {taken.en} of the sidewalk for {long.en}, since {begun.en}, "
            f"{occupied.count} in all.{left.en}",
        )


def _enough(standing: Sequence[tuple[StaticObject, float]], threshold: float) -> Instant:
    total = 0.0
    for thing, share in standing:
        total += share
        if total >= threshold - 1e-9:
            return thing.appeared
    return standing[-1][0].appeared
