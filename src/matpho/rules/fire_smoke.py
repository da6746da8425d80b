"""Possible fire or smoke, anywhere on the picture that is watched: advisory, somebody should look at once."""

from dataclasses import dataclass, replace

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Burning, Burns, Scene
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.episode import Episode, Patience, Showing
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings
from matpho.rules.telling import Teller

KIND = "fire_smoke"
GAP_S, CALM_S = 2.5, 20.0
DENIED, AGREED = 0.2, 0.5
"""A fire model's opinion: below the first it sees no fire, from the second on it sees one, too."""
DENIED_S = 30.0
"""What a model sees no fire in is told all the same when it lasts: a model may be wrong, and nobody would look."""
SAYS = {
    True: Said(" Mô hình khói lửa cũng thấy giống ({share}).", " The fire model sees it, too ({share})."),
    False: Said(" Mô hình khói lửa không thấy giống ({share}).", " The fire model does not see it ({share})."),
}
WHY = {
    Burns.FLAME: Said(
        "Có chỗ sáng đỏ vàng bập bùng như ngọn lửa từ {since}: cần người xem ngay.",
        "Something bright flickers like a flame since {since}: somebody should look at once.",
    ),
    Burns.SMOKE: Said(
        "Có màn xám lan dần như khói từ {since}: cần người xem ngay.",
        "A grey veil spreads like smoke since {since}: somebody should look at once.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FireSettings(RuleSettings):
    """Beyond the five seconds of flames or ten of smoke that were seen before the first sign."""

    min_duration_s: float = 3.0


class FireSmoke:
    """The rule of one camera; flames and smoke of one fire are one incident."""

    def __init__(self, place: Place, settings: FireSettings | None = None) -> None:
        self._local = place.local
        patience = Patience(raise_s=(settings or FireSettings()).min_duration_s, gap_s=GAP_S, calm_s=CALM_S)
        self._episode = Episode(Teller(place, KIND), "fire", patience)
        self._began: Instant | None = None

    def update(self, scene: Scene) -> list[RuleHit]:
        """A fire that shows, lasts, or is over."""
        burning = tuple(b for b in scene.burning if self._is_believed(b, scene.at))
        if not burning:
            return self._dated(self._episode.rests(scene.at))
        if self._episode.since is None:
            self._began = min(b.since for b in burning)
        return self._dated(self._episode.shows(scene.at, self._showing(burning)))

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return self._dated(self._episode.finish(at))

    def _is_believed(self, suspicion: Burning, at: Instant) -> bool:
        """A model that sees no fire delays what is told, and never silences it."""
        denied = suspicion.opinion is not None and suspicion.opinion < DENIED
        return self._episode.is_told or not denied or seconds(at - suspicion.since) >= DENIED_S

    def _dated(self, hits: list[RuleHit]) -> list[RuleHit]:
        """Back to when the colour or the veil was seen first."""
        return [hit if self._began is None else replace(hit, start=min(hit.start, self._began)) for hit in hits]

    def _showing(self, burning: tuple[Burning, ...]) -> Showing:
        worst = burning[0]
        began = min(b.since for b in burning) if self._began is None else self._began
        since, why, also = figures.moment(began, self._local), WHY[worst.what], _opinion(worst)
        numbers = {"likeness": worst.level, "area_share": worst.box.area}
        if worst.opinion is not None:
            numbers["model_share"] = worst.opinion
        return Showing(
            box=worst.box,
            score=worst.level,
            why=Said(why.vi.format(since=since.vi) + also.vi, why.en.format(since=since.en) + also.en),
            figures=numbers,
        )


def _opinion(suspicion: Burning) -> Said:
    """What the model says, a sentence; empty where it was not asked or is undecided."""
    share = suspicion.opinion
    if share is None or DENIED <= share < AGREED:
        return Said("", "")
    says, percent = SAYS[share >= AGREED], figures.percent(share)
    return Said(says.vi.format(share=percent), says.en.format(share=percent))
