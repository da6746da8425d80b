"""Intrusion: a person or a vehicle stands or moves inside a closed zone; one hit per stay.

The ground point decides, and it must be *well* inside a few times: the lower edge of a box jitters by some per cent
of its height, so somebody who walks along the outside of the border puts single points inside without being there.
"""

from dataclasses import dataclass, field, replace

from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, Track
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.telling import RETELL_S, Teller

KIND = "intrusion"
_STILL = Point(0.0, 0.0)
WHO = {
    Group.PERSON: Said("Có người", "A person"),
    Group.TWO_WHEELER: Said("Có xe hai bánh", "A two-wheeler"),
    Group.VEHICLE: Said("Có ô tô", "A vehicle"),
}
DEEP_SAMPLES = 2  # how often the ground point must have been well inside
SAMPLES = 3  # how often it must have been inside at all
FRAME_MARGIN = 0.01  # zones end a little before the frame does, boxes do not
OUT_S = 1.0  # outside for this long: the approach, or the stay, is over
DOUBTFUL = 0.5  # a person's score below which they must have moved: small detectors see people in posts
MOVED = 0.5  # of its size: what has not moved so far stood there before, like the cars parked in a closed yard
BROKEN_S = 2.0  # the same for somebody not yet told, who must have walked: a post that flickers does not add up
LOST_S = 10.0  # a stay whose track was lost is resumed by a track that appears there within this


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrusionSettings(RuleSettings):
    """``min_duration_s``: how long it must be inside; who cuts a corner of the zone in passing is no intruder."""

    min_duration_s: float = 3.0


@dataclass(slots=True)
class _Stay:
    """One thing inside the zone. ``hit`` is None until it has been inside for long enough."""

    track_id: int
    since: Instant
    last: Instant
    box: Box
    first: Box
    pace: Point = _STILL  # of its ground point, per second
    samples: int = 0
    deep: int = 0
    score: float = 0.0
    hit: RuleHit | None = None
    tracks: list[int] = field(default_factory=list)


class Intrusion:
    """The rule at one zone. Without ``closed_hours`` the zone is always closed."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, IntrusionSettings)
        self._teller = Teller(place, KIND)
        self._stays: dict[int, _Stay] = {}
        self._lost: list[_Stay] = []

    def update(self, scene: Scene) -> list[RuleHit]:
        """Stays that began, last, or ended."""
        zone = self._place.zone
        if zone is None or zone.polygon is None:
            return []
        if zone.closed_hours and not any(
            h.holds(figures.time_of_day(scene.at, self._place.local)) for h in zone.closed_hours
        ):
            return self.finish(scene.at)
        told: list[RuleHit] = []
        for track in scene.tracks:
            if track.group in WHO and track.now.seen and track.now.at == scene.at and _may_intrude(track):
                told += self._look(track, zone.polygon, scene)
        alive = {t.id for t in scene.tracks}
        for stay in [s for s in self._stays.values() if s.track_id not in alive]:
            del self._stays[stay.track_id]
            if stay.hit or _has_walked(stay):
                self._lost.append(stay)
        for stay in [s for s in self._lost if scene.at - s.last > (LOST_S if s.hit else BROKEN_S) * SECOND]:
            self._lost.remove(stay)
            told += _ended(stay)
        return told

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open; somebody who is still inside was there until now."""
        for stay in self._stays.values():
            stay.last = max(stay.last, at) if at - stay.last < OUT_S * SECOND else stay.last
        told = [hit for stay in (*self._stays.values(), *self._lost) for hit in _ended(stay)]
        self._stays, self._lost = {}, []
        return told

    def _look(self, track: Track, polygon: Polygon, scene: Scene) -> list[RuleHit]:
        at, box, stay = scene.at, track.now.box, self._stays.get(track.id)
        if not polygon.contains(_inside_frame(box.ground)):
            if stay and at - stay.last > OUT_S * SECOND:
                del self._stays[track.id]
                return _ended(stay)
            return []
        if stay is None:
            stay = self._stays[track.id] = self._resumed(track, scene) or _Stay(
                track.id, at, at, box, box, tracks=[track.id]
            )
        stay.last, stay.box, stay.pace = at, box, _pace(track)
        stay.samples += 1
        stay.deep += all(polygon.contains(p) for p in _around_ground(box))
        stay.score += (track.score - stay.score) / stay.samples
        return self._tell(stay, track, at)

    def _tell(self, stay: _Stay, track: Track, at: Instant) -> list[RuleHit]:
        inside = seconds(at - stay.since)
        if inside < self._settings.min_duration_s or stay.samples < SAMPLES or stay.deep < DEEP_SAMPLES:
            return []
        if stay.hit and at - stay.hit.at < RETELL_S * SECOND:
            return []
        if stay.hit is None and self._rides_with_another(stay):
            return []
        since, lasted = figures.moment(stay.since, self._place.local), figures.length(inside)
        who = WHO[track.group]
        stay.hit = self._teller.hit(
            stay.hit.id if stay.hit else self._teller.new_id(),
            thing=stay.hit.thing if stay.hit else f"track:{track.id}",
            span=(stay.since, at, None),
            box=stay.box,
            score=stay.score,
            why=Said(
                f"{who.vi} trong khu vực cấm lúc đóng cửa từ {since.vi}, đã {lasted.vi}.",
                f"{who.en} has been inside the closed area since {since.en}, for {lasted.en}.",
            ),
            figures={"inside_s": inside},
            tracks=tuple(stay.tracks),
        )
        return [stay.hit]

    def _resumed(self, track: Track, scene: Scene) -> _Stay | None:
        """The stay that this track carries on: lost, or no longer seen, where the track then began.

        A tracker follows for a while what it does not see any more, when the new track has begun already.
        """
        began = next((p.at for p in track.path if p.seen), scene.at)
        seen = {t.id for t in scene.tracks if t.now.seen}
        unseen = [s for s in self._stays.values() if s.track_id not in seen and (s.hit or _has_walked(s))]
        for stay in (*self._lost, *unseen):
            gap_s = seconds(scene.at - stay.last)
            if began < stay.last or not _near(stay, track.now.box, gap_s) or not (stay.hit or gap_s <= BROKEN_S):
                continue
            if stay in self._lost:
                self._lost.remove(stay)
            else:
                del self._stays[stay.track_id]
            stay.track_id = track.id
            stay.tracks.append(track.id)
            return stay
        return None

    def _rides_with_another(self, stay: _Stay) -> bool:
        """Whether an open hit already stands for it: rider and motorbike are two boxes of one intruder."""
        return any(
            other is not stay and other.hit and stay.box.overlap(other.box) > 0.7 * min(stay.box.area, other.box.area)
            and seconds(abs(stay.last - other.last)) < OUT_S
            and _kin(stay, other)
            for other in self._stays.values()
        )  # fmt: skip


def _may_intrude(track: Track) -> bool:
    """People do, standing or not; wheels, and what is hardly a person, only once they have moved."""
    if track.group is Group.PERSON and track.score >= DOUBTFUL:
        return True
    box = track.now.box
    here, w, h = box.centre, max(box.w, 1e-6), max(box.h, 1e-6)
    return any(
        max(abs(p.box.centre.x - here.x) / w, abs(p.box.centre.y - here.y) / h) > MOVED for p in track.path if p.seen
    )


def _kin(a: _Stay, b: _Stay) -> bool:
    """Two boxes of one thing begin together."""
    return abs(a.since - b.since) < 2 * SECOND


def _has_walked(stay: _Stay) -> bool:
    here, there = stay.first.ground, stay.box.ground
    reach = MOVED * max(stay.box.h, stay.first.h)
    return abs(here.x - there.x) > reach or abs(here.y - there.y) > reach


def _pace(track: Track) -> Point:
    """How fast its ground point has moved in the last second."""
    now = track.now
    recent = [p for p in track.path[-16:] if p.seen and now.at - p.at <= SECOND]
    lasted = seconds(now.at - recent[0].at) if recent else 0.0
    if lasted < 0.3:
        return _STILL
    here, there = now.box.ground, recent[0].box.ground
    return Point((here.x - there.x) / lasted, (here.y - there.y) / lasted)


def _near(stay: _Stay, now: Box, gap_s: float) -> bool:
    """Whether a box may be the same thing ``gap_s`` seconds later, going by place, pace and size."""
    before = stay.box
    if before.iou(now) > 0.3:
        return True
    tall = max(before.h, now.h)
    reach_x, reach_y = (0.5 * side * (1 + min(gap_s, 2.0)) for side in (max(tall, before.w, now.w), tall))
    here, there = before.ground, now.ground
    close = any(
        abs(here.x + share * gap_s * stay.pace.x - there.x) < reach_x
        and abs(here.y + share * gap_s * stay.pace.y - there.y) < reach_y
        for share in (0.0, 1.0)
    )
    return gap_s < 3.0 and close and 0.6 < now.h / max(before.h, 1e-6) < 1.7


def _ended(stay: _Stay) -> list[RuleHit]:
    if stay.hit is None:
        return []
    return [replace(stay.hit, at=max(stay.hit.at, stay.last), end=max(stay.last, stay.hit.start), box=stay.box)]


def _inside_frame(point: Point) -> Point:
    return Point(min(max(point.x, FRAME_MARGIN), 1 - FRAME_MARGIN), min(max(point.y, FRAME_MARGIN), 1 - FRAME_MARGIN))


def _around_ground(box: Box) -> tuple[Point, ...]:
    """The ground point and four around it: a quarter of the width sideways, a twelfth of the height up and down."""
    x, y = box.ground
    dx, dy = box.w / 4, box.h / 12
    around = (Point(x, y), Point(x - dx, y), Point(x + dx, y), Point(x, y - dy), Point(x, y + dy))
    return tuple(map(_inside_frame, around))
