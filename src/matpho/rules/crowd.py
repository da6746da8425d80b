"""Crowd: far more people at one place than is usual there, for a while. Advisory; behind a ward's decision.

People are counted twice: by the detector, which sees one in two or three of a dense crowd, and by how much of people
stirs (``vision/throng.py``), which may at most triple the count. The usual is learned by the hour of the day; until an
hour is known the absolute minimum alone decides. An assembly, a funeral, a wedding, worship or a market is no incident:
the hit says how many, and nothing about why they came.
"""

from collections import deque
from dataclasses import dataclass, field

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, Track
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.episode import Episode, Patience, Showing
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.telling import Teller

KIND = "crowd"
SMOOTHED_S = 6.0  # the count is the mean of so long
GAP_S, CALM_S = 4.0, 20.0
ENOUGH = 0.7  # of the number that began it: fewer are no crowd any more
FOUND_TWICE = 3.0  # the stirring may multiply the detector's count by at most so much
STIRS = 0.45  # of a body that stands in a crowd, on the mean
KNOWN_S = 1800.0  # watched in an hour of the day before its usual counts
LEARNED_S = 3600.0
NEIGHBOUR = 1.3  # body heights from one to the next of one gathering


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdSettings(RuleSettings):
    """``min_people``: fewer are never a crowd. ``times_usual``: of what is usual here at this hour of the day."""

    min_duration_s: float = 20.0
    min_people: float = 12.0
    times_usual: float = 2.5


@dataclass(slots=True)
class _Usual:
    """What is usual in one hour of the day."""

    people: float = 0.0
    watched_s: float = 0.0


@dataclass(slots=True)
class _Count:
    """One scene's count: of the detector and with the stirring, and who was counted."""

    at: Instant
    people: float
    tracks: tuple[Track, ...] = field(default=())


class Crowd:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, CrowdSettings)
        patience = Patience(raise_s=self._settings.min_duration_s, gap_s=GAP_S, calm_s=CALM_S)
        self._episode = Episode(Teller(place, KIND), "crowd", patience)
        self._counts: deque[_Count] = deque()
        self._hours = [_Usual() for _ in range(24)]

    def update(self, scene: Scene) -> list[RuleHit]:
        """A crowd that gathered, stays, or has gone."""
        before = self._counts[-1].at if self._counts else scene.at
        self._counts.append(self._count(scene))
        while seconds(scene.at - self._counts[0].at) > SMOOTHED_S:
            self._counts.popleft()
        people = sum(c.people for c in self._counts) / len(self._counts)
        usual = self._usual(scene.at)
        least = self._settings.min_people
        if usual is not None:
            least = max(least, self._settings.times_usual * usual)
        if people < least * (ENOUGH if self._episode.is_told else 1.0):
            self._learn(scene.at, people, seconds(scene.at - before))
            return self._episode.rests(scene.at)
        return self._episode.shows(scene.at, self._showing(scene, people, usual, least))

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return self._episode.finish(at)

    def _count(self, scene: Scene) -> _Count:
        zone = self._place.zone
        if zone is None or zone.polygon is None:
            return _Count(scene.at, 0.0)
        inside = [t for t in scene.tracks if t.group is Group.PERSON and zone.polygon.contains(t.now.box.ground)]
        together = tuple(_largest_gathering(inside, scene.aspect))
        stirring = sum(s.bodies for s in scene.stirring if zone.polygon.contains(s.place)) / STIRS
        seen = len(together)
        return _Count(scene.at, max(float(seen), min(stirring, FOUND_TWICE * seen)), together)

    def _usual(self, at: Instant) -> float | None:
        if self._place.local is None:
            return None
        hour = self._hours[figures.time_of_day(at, self._place.local).hour]
        return hour.people if hour.watched_s >= KNOWN_S else None

    def _learn(self, at: Instant, people: float, dt: float) -> None:
        """What is told as a crowd is not learned as usual."""
        if self._place.local is None or not 0 < dt < 60:
            return
        hour = self._hours[figures.time_of_day(at, self._place.local).hour]
        hour.watched_s += dt
        hour.people += min(1.0, dt / min(hour.watched_s, LEARNED_S)) * (people - hour.people)

    def _showing(self, scene: Scene, people: float, usual: float | None, least: float) -> Showing:
        tracks = self._counts[-1].tracks
        box = None
        for track in tracks:
            box = track.now.box if box is None else box.join(track.now.box)
        since, about = figures.moment(self._episode.since or scene.at, self._place.local), round(people)
        than = Said("", "")
        told = {"persons": people, "least_persons": least}
        if usual is not None:
            than = Said(f", thường ngày giờ này khoảng {round(usual)}", f"; usually about {round(usual)} at this hour")
            told["usual_persons"] = usual
        return Showing(
            box=box,
            score=min(1.0, 0.5 * people / max(least, 1.0)),
            why=Said(
                f"Khoảng {about} người ở một chỗ từ {since.vi}{than.vi}. Số đếm chỉ là ước lượng.",
                f"About {about} people at one place since {since.en}{than.en}. The count is an estimate.",
            ),
            figures=told,
            tracks=tuple(t.id for t in tracks[:32]),
        )


def _largest_gathering(people: list[Track], aspect: float) -> list[Track]:
    """The largest set in which each stands within reach of another: those who pass by far off do not belong."""
    left, largest = list(people), list[Track]()
    while left:
        group, edge = [], [left.pop()]
        while edge:
            one = edge.pop()
            group.append(one)
            near = [other for other in left if _near(one, other, aspect)]
            left = [other for other in left if other not in near]
            edge += near
        largest = max(largest, group, key=len)
    return largest


def _near(a: Track, b: Track, aspect: float) -> bool:
    reach = NEIGHBOUR * max(a.now.box.h, b.now.box.h)
    here, there = a.now.box.ground, b.now.box.ground
    return abs(here.x - there.x) * aspect < reach and abs(here.y - there.y) < 0.6 * reach
