"""An episode: a state of a place that begins, lasts, and is over, told as one hit with hysteresis."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules.telling import RETELL_S, Teller


@dataclass(frozen=True, slots=True)
class Showing:
    """What one scene shows of it. ``why`` is made from ``figures`` by the rule."""

    box: Box | None
    score: float
    why: Said
    figures: Mapping[str, float]
    tracks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: how long it must show, how long it may be gone meanwhile, and gone for how long it is over."""

    raise_s: float
    gap_s: float
    calm_s: float


class Episode:
    """One kind at one place; :meth:`shows` or :meth:`rests` is called at every scene, in order of time."""

    def __init__(self, teller: Teller, thing: str, patience: Patience) -> None:
        self._teller, self._thing, self._patience = teller, thing, patience
        self.since: Instant | None = None
        self._last: Instant | None = None
        self._hit: RuleHit | None = None
        self._box: Box | None = None

    @property
    def is_told(self) -> bool:
        """Whether a hit is open."""
        return self._hit is not None

    def shows(self, at: Instant, showing: Showing) -> list[RuleHit]:
        """It shows now: the hit when it has shown for long enough, and again now and then while it lasts."""
        self.since = at if self.since is None else self.since
        self._last = at
        if showing.box is not None:
            self._box = showing.box if self._box is None else self._box.join(showing.box)
        if seconds(at - self.since) < self._patience.raise_s:
            return []
        strongest, before = self._strongest(showing), self._hit
        if before is not None and at - before.at < RETELL_S * SECOND:
            self._hit = replace(before, score=strongest.score, why=strongest.why, figures=strongest.figures)
            return []
        hit = self._teller.hit(
            before.id if before else self._teller.new_id(),
            thing=self._thing,
            span=(self.since, at, None),
            box=self._box,
            score=strongest.score,
            why=strongest.why,
            figures=strongest.figures,
            tracks=showing.tracks,
        )
        self._hit = hit
        return [hit]

    def _strongest(self, now: Showing) -> Showing:
        """What is said of it: of its worst moment so far."""
        worst = self._hit
        if worst is None or now.score > worst.score:
            return replace(now, score=min(1.0, now.score))
        return replace(now, score=worst.score, why=worst.why, figures=worst.figures)

    def rests(self, at: Instant) -> list[RuleHit]:
        """It does not show now: over, when it has not for long enough."""
        if self._last is None:
            return []
        wait_s = self._patience.calm_s if self._hit else self._patience.gap_s
        if seconds(at - self._last) < wait_s:
            return []
        return self._over(at)

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return self._over(at)

    def _over(self, at: Instant) -> list[RuleHit]:
        hit, last, box = self._hit, self._last, self._box
        self.since = self._last = self._hit = self._box = None
        if hit is None or last is None:
            return []
        return [replace(hit, at=max(at, hit.at), end=max(last, hit.start), box=box)]
