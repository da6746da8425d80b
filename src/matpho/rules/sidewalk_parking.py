"""Sidewalk parking: a motorbike, bicycle or vehicle stands on the sidewalk.

Two sources, because each misses what the other sees: the static-object model holds what came after the empty scene was
learnt, also when the detector loses it; a track that does not move holds what stood there from the start.
"""

from dataclasses import dataclass

from matpho.domain.geometry import Box, Point
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject, Track
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.static_watch import StaticWatch, Verdict, dwell_s, in_zone
from matpho.rules.telling import Teller

KIND = "sidewalk_parking"
WHEELS = {
    Group.TWO_WHEELER: Said("Xe hai bánh", "A two-wheeler"),
    Group.VEHICLE: Said("Ô tô", "A vehicle"),
}
SAME_PLACE = 0.5  # IoU with where it was first seen standing
TRACK_THINGS = 1 << 32  # numbers of standing tracks begin here, apart from those of static objects


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingSettings(RuleSettings):
    """``min_share``: how much of the standing part must be on the sidewalk."""

    min_duration_s: float = 120.0
    min_share: float = 0.5


@dataclass(slots=True)
class _Standing:
    box: Box
    since: Instant
    last: Instant


class SidewalkParking:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, ParkingSettings)
        self._watch = StaticWatch(Teller(place, KIND), self._judge)
        self._standing: dict[int, _Standing] = {}

    def update(self, scene: Scene) -> list[RuleHit]:
        """Parked two-wheelers and vehicles that became worth saying."""
        wheels = tuple(t for t in scene.static if t.group in WHEELS)
        tracks = tuple(
            _as_object(t, self._stand(t))
            for t in scene.tracks
            if t.group in WHEELS and not any(t.now.box.iou(s.box) > 0.3 for s in wheels)
        )
        alive = {t.id for t in scene.tracks}
        self._standing = {i: s for i, s in self._standing.items() if i in alive}
        return self._watch.update(Scene(scene.camera_id, scene.at, scene.tracks, wheels + tracks, scene.picture))

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return self._watch.finish(at)

    def _stand(self, track: Track) -> _Standing:
        now = track.now
        standing = self._standing.get(track.id)
        if standing is None or (now.seen and standing.box.iou(now.box) < SAME_PLACE):
            standing = self._standing[track.id] = _Standing(now.box, now.at, now.at)
        standing.last = now.at
        return standing

    def _judge(self, thing: StaticObject, at: Instant) -> Verdict | None:
        zone, told, dwell = self._place.zone, self._settings, dwell_s(thing, at)
        if zone is None or thing.group not in WHEELS or dwell < told.min_duration_s:
            return None
        if in_zone(thing, zone, by_ground=True) < told.min_share:
            return None
        name, since, stood = (
            WHEELS[thing.group],
            figures.moment(thing.appeared, self._place.local),
            figures.length(dwell),
        )
        why = Said(
            f"{name.vi} đỗ trên vỉa hè từ {since.vi}, đã {stood.vi}.",
            f"{name.en} has stood on the sidewalk since {since.en}, for {stood.en}.",
        )
        return Verdict(thing.appeared, why, {"dwell_s": dwell, "area_share": thing.area}, thing.score)


def _as_object(track: Track, standing: _Standing) -> StaticObject:
    """A track that stands, as a static object: its samples are three points of the lower edge."""
    box = standing.box
    low = box.bottom - 0.05 * box.h
    return StaticObject(
        id=TRACK_THINGS + track.id,
        appeared=standing.since,
        last_seen=standing.last,
        box=box,
        area=box.area,
        samples=tuple(Point(box.x + share * box.w, low) for share in (0.25, 0.5, 0.75)),
        group=track.group,
        label=track.label,
        score=track.score,
        owner=None,
        owner_left=None,
        attended=False,
        unattended_since=None,
        gone=False,
    )
