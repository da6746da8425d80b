"""Fight: people close together move violently and erratically for some seconds. Advisory; behind a ward's decision.

The pictures hold motion, never intent: boisterous play, sport and a hearty greeting can look the same. What travels
(walkers, runners, traffic) and what stands or sits is silent by how turmoil is measured (``vision/turmoil.py``).
"""

from dataclasses import dataclass

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene, Turmoil
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.episode import Episode, Patience, Showing
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.telling import Teller

KIND = "fight"
SMOOTHED_S = 0.62  # a level stands for at least three pictures already
GAP_S = 0.6
CALM_S = 5.0
STILL = 0.7  # of the level that begins one: below it there is no fight any more
OF_PEAK = 0.4  # nor below so much of the worst that was seen of it
USUAL_TIMES = 2.0
"""Of what is usual at this camera: a market square is never as calm as a yard."""
USUAL_KNOWN_S, USUAL_S = 5.0, 300.0
AFTERMATH_S, AS_VIOLENT = 60.0, 0.6
"""After a fight people run about; for so long only what is nearly as violent as it was begins another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FightSettings(RuleSettings):
    """``min_turmoil``: how violent and erratic; walking people reach some hundredths. ``min_people`` within reach."""

    min_duration_s: float = 0.8
    min_turmoil: float = 0.08
    min_people: float = 2.0


class Fight:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, FightSettings)
        raise_s = max(0.0, self._settings.min_duration_s - SMOOTHED_S)
        patience = Patience(raise_s=raise_s, gap_s=GAP_S, calm_s=CALM_S)
        self._episode = Episode(Teller(place, KIND), "turmoil", patience)
        self._usual, self._watched_s = 0.0, 0.0
        self._at: Instant | None = None
        self._peak = 0.0
        self._told: Instant | None = None

    def update(self, scene: Scene) -> list[RuleHit]:
        """A fight that began, lasts, or is over."""
        worst = self._worst(scene)
        level = worst.level if worst else 0.0
        if self._episode.is_told:
            self._peak, self._told = max(self._peak, level), scene.at
        if worst is None or level < self._least(scene.at):
            self._learn(scene.at, level)
            return self._episode.rests(scene.at)
        self._at = scene.at
        return self._episode.shows(scene.at, self._showing(worst, scene))

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return self._episode.finish(at)

    def _least(self, at: Instant) -> float:
        """The level that begins a fight, or that one must not fall below."""
        least = self._settings.min_turmoil
        if self._watched_s >= USUAL_KNOWN_S:
            least = max(least, USUAL_TIMES * self._usual)
        if self._episode.is_told:
            return max(STILL * least, OF_PEAK * self._peak)
        if self._told is not None and seconds(at - self._told) < AFTERMATH_S:
            return max(least, AS_VIOLENT * self._peak)
        self._peak = 0.0
        return least

    def _learn(self, at: Instant, level: float) -> None:
        """What is no fight is what is usual."""
        before, self._at = self._at, at
        dt = 0.0 if before is None else min(max(seconds(at - before), 0.0), 1.0)
        if self._episode.is_told or not dt:
            return
        self._watched_s += dt
        self._usual += min(1.0, dt / min(self._watched_s, USUAL_S)) * (level - self._usual)

    def _worst(self, scene: Scene) -> Turmoil | None:
        zone = self._place.zone
        if zone is None or zone.polygon is None:
            return None
        least = self._settings.min_people
        return next((t for t in scene.turmoil if t.people >= least and zone.polygon.contains(t.box.centre)), None)

    def _showing(self, worst: Turmoil, scene: Scene) -> Showing:
        since = figures.moment(self._episode.since or scene.at, self._place.local)
        return Showing(
            box=worst.box,
            score=min(1.0, 0.5 * worst.level / max(self._settings.min_turmoil, 1e-6)),
            why=Said(
                f"Nhiều người ở sát nhau cử động mạnh và hỗn loạn từ {since.vi}: cần người xem ngay.",
                f"People close together have moved violently and erratically since {since.en}: somebody should look.",
            ),
            figures={"turmoil": worst.level, "persons": float(worst.people)},
        )
