"""Sidewalk encroachment: things that were not in the empty scene take a share of the sidewalk, for long.

Area × time against the empty scene: the occupied share is the sum of the static objects' areas inside the zone over
the zone's own area, and it must have been above the threshold for the whole duration.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.domain.time import SECOND, Instant, after, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.static_watch import in_zone
from matpho.rules.telling import RETELL_S, Teller

KIND = "sidewalk_encroachment"
DIP_S = 10.0  # the share may fall below the threshold for this long, when customers stand before a stall
COUNTED = (None, Group.FURNITURE, Group.BAG)  # vehicles have rules of their own, people are no encroachment


@dataclass(frozen=True, slots=True, kw_only=True)
class EncroachmentSettings(RuleSettings):
    """``min_area_share``: how much of the zone must be occupied, 0..1."""

    min_duration_s: float = 120.0
    min_area_share: float = 0.03


@dataclass(frozen=True, slots=True)
class _Occupied:
    """What stands on the sidewalk now: the share of the zone, since when, the box around it, its largest object."""

    share: float
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
        self._teller = Teller(place, KIND)
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
        zone = self._place.zone
        if zone is None or zone.polygon is None:
            return None
        whole = zone.polygon.area
        shares = [(t, t.area * in_zone(t, zone) / whole) for t in scene.static if t.group in COUNTED and not t.gone]
        standing = sorted(((t, s) for t, s in shares if s > 0), key=lambda pair: pair[0].appeared)
        if sum(s for _, s in standing) < self._settings.min_area_share:
            return None
        return _Occupied(
            share=sum(s for _, s in standing),
            since=_enough(standing, self._settings.min_area_share),
            box=_around([t.box for t, _ in standing]),
            largest=max(standing, key=lambda pair: pair[1])[0].id,
            count=len(standing),
            score=max(t.score for t, _ in standing),
        )

    def _tell(self, occupied: _Occupied, since: Instant, at: Instant) -> RuleHit:
        lasted = seconds(at - since)
        shown, long = figures.percent(occupied.share), figures.length(lasted)
        begun = figures.moment(since, self._place.local)
        return self._teller.hit(
            self._hit.id if self._hit else self._teller.new_id(),
            thing=self._hit.thing if self._hit else f"static:{occupied.largest}",
            span=(since, at, None),
            box=occupied.box,
            score=occupied.score,
            why=Said(
                f"Đồ vật chiếm {shown} diện tích vỉa hè suốt {long.vi}, từ {begun.vi} ({occupied.count} vật).",
                f"Things have taken {shown} of the sidewalk for {long.en}, since {begun.en}, {occupied.count} in all.",
            ),
            figures={"area_share": occupied.share, "dwell_s": lasted, "objects": float(occupied.count)},
        )


def _enough(standing: Sequence[tuple[StaticObject, float]], threshold: float) -> Instant:
    total = 0.0
    for thing, share in standing:
        total += share
        if total >= threshold - 1e-9:
            return thing.appeared
    return standing[-1][0].appeared


def _around(boxes: Sequence[Box]) -> Box:
    box = boxes[0]
    for other in boxes[1:]:
        box = box.join(other)
    return box
