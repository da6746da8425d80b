"""Person down: somebody who stood lies on the ground from one moment to the next and stays.

Advisory, and only by a decision of the ward. Resting is never an incident: whoever sits or lies down slowly, on a bench
or a bed, or was lying there from the start is not told. A *fall* is asked for, upright to low within two seconds with
the feet's place kept, and then stillness. The lying body is known by the detector's own box, or, where a detector knows
only standing people, by a thing without a name that came to rest where the track ended.
"""

from dataclasses import dataclass, field

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, Track
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.episode import Episode, Patience, Showing
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.telling import Teller

KIND = "person_down"
UPRIGHT = 1.5  # height over width of somebody who stands
STOOD_S = 1.0  # upright for so long before
FALL_S = 2.0  # from upright to low: who takes longer sits or lies down
LOW = 0.6  # of the height before
WIDE = 0.9  # width over height of a body on the ground, at least
FEET = 0.3  # of the height: how far the lower edge may have moved; a bench is higher than the ground
SPAN = (0.4, 1.5)  # width of a lying body, of the height before
NEAR = 0.7  # of the height: the same place
GONE_S = 8.0  # without any sign of the body for so long it is not there
NAMED = (Group.BAG, Group.FURNITURE, Group.VEHICLE, Group.TWO_WHEELER, Group.ANIMAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDownSettings(RuleSettings):
    """``min_duration_s``: how long the person stays down after the fall."""

    min_duration_s: float = 25.0


@dataclass(slots=True)
class _Standing:
    """What is known of a track while it stands."""

    since: Instant
    last: Instant
    box: Box


@dataclass(slots=True)
class _Fallen:
    """Somebody who fell: where, how tall they were, and when they were last seen lying."""

    at: Instant
    box: Box
    height: float
    last: Instant
    episode: Episode = field(repr=False)


class PersonDown:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, PersonDownSettings)
        self._teller = Teller(place, KIND)
        self._standing: dict[int, _Standing] = {}
        self._fallen: list[_Fallen] = []
        self._falls = 0

    def update(self, scene: Scene) -> list[RuleHit]:
        """Who fell and has not got up."""
        people = [t for t in scene.tracks if t.group is Group.PERSON and t.now.seen]
        for track in people:
            self._look(track, scene)
        self._look_where_tracks_ended(scene)
        told: list[RuleHit] = []
        for fallen in list(self._fallen):
            lying = self._lies(fallen, people, scene)
            if lying is not None:
                fallen.last = scene.at
                told += fallen.episode.shows(scene.at, self._showing(fallen, lying, scene))
                continue
            told += fallen.episode.rests(scene.at)
            if scene.at - fallen.last > GONE_S * SECOND:
                told += fallen.episode.finish(scene.at)
                self._fallen.remove(fallen)
        return told

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        fallen, self._fallen, self._standing = self._fallen, [], {}
        return [hit for one in fallen for hit in one.episode.finish(at)]

    def _look(self, track: Track, scene: Scene) -> None:
        """Note who stands, and who has just fallen."""
        box, stood = track.now.box, self._standing.get(track.id)
        if box.h >= UPRIGHT * box.w * scene.aspect:
            if stood is None or scene.at - stood.last > FALL_S * SECOND:
                self._standing[track.id] = _Standing(scene.at, scene.at, box)
            else:
                stood.last, stood.box = scene.at, box
            return
        if stood is not None and self._is_fall(stood, box, scene):
            self._fell(stood, box, scene.at)
            del self._standing[track.id]

    def _look_where_tracks_ended(self, scene: Scene) -> None:
        """A track that ended standing, and a thing like a body that came to rest there at once."""
        alive = {t.id for t in scene.tracks}
        for number in [n for n in self._standing if n not in alive]:
            stood = self._standing[number]
            for thing in scene.static:
                just_then = abs(seconds(thing.appeared - stood.last)) <= FALL_S and not thing.gone
                if just_then and thing.group not in NAMED and self._is_fall(stood, thing.box, scene, late=True):
                    self._fell(stood, thing.box, thing.appeared)
                    break
            else:
                if scene.at - stood.last < 2 * GONE_S * SECOND:
                    continue
            del self._standing[number]

    def _is_fall(self, stood: _Standing, box: Box, scene: Scene, *, late: bool = False) -> bool:
        """Whether this box is that person on the ground, a moment after they stood."""
        before = stood.box
        width = box.w * scene.aspect
        quick = late or seconds(scene.at - stood.last) <= FALL_S
        on_ground = abs(box.bottom - before.bottom) <= FEET * before.h and before.bottom < 0.98
        low = box.h <= LOW * before.h and width >= WIDE * box.h
        as_long = SPAN[0] * before.h <= width <= SPAN[1] * before.h
        here = abs(box.centre.x - before.centre.x) * scene.aspect <= NEAR * before.h
        stood_s = seconds(stood.last - stood.since)
        return quick and on_ground and low and as_long and here and stood_s >= STOOD_S and self._inside(before)

    def _inside(self, box: Box) -> bool:
        zone = self._place.zone
        return zone is not None and zone.polygon is not None and zone.polygon.contains(box.ground)

    def _fell(self, stood: _Standing, box: Box, at: Instant) -> None:
        if any(one.box.overlap(box) > 0.3 * box.area for one in self._fallen):
            return
        self._falls += 1
        patience = Patience(raise_s=self._settings.min_duration_s, gap_s=GONE_S, calm_s=GONE_S)
        episode = Episode(self._teller, f"fall:{self._falls}", patience)
        self._fallen.append(_Fallen(at, box, stood.box.h, at, episode))

    def _lies(self, fallen: _Fallen, people: list[Track], scene: Scene) -> Box | None:
        """The body as it shows now: a low box of a person, or a thing without a name, where they fell."""
        low = [t.now.box for t in people if t.now.box.h < UPRIGHT * t.now.box.w * scene.aspect]
        low += [s.box for s in scene.static if not s.gone and s.group not in NAMED]
        for box in low:
            apart = abs(box.centre.x - fallen.box.centre.x) * scene.aspect
            if apart <= 0.4 * fallen.height and box.overlap(fallen.box) > 0.3 * min(box.area, fallen.box.area):
                return box
        return None

    def _showing(self, fallen: _Fallen, box: Box, scene: Scene) -> Showing:
        since = figures.moment(fallen.at, self._place.local)
        lasted = figures.length(seconds(scene.at - fallen.at))
        return Showing(
            box=box,
            score=0.6,
            why=Said(
                f"Một người ngã lúc {since.vi} và nằm yên đã {lasted.vi}: có thể cần trợ giúp.",
                f"Somebody fell at {since.en} and has lain still for {lasted.en}: they may need help.",
            ),
            figures={"lasted_s": seconds(scene.at - fallen.at)},
        )
