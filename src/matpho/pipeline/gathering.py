"""What is measured of people in motion, only where and while a rule may use it: turmoil and stirring."""

from collections.abc import Sequence
from functools import reduce

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Stirring, Track, Turmoil
from matpho.domain.time import Instant
from matpho.rules import crowd, fight
from matpho.rules.decided import Decided
from matpho.rules.rule import Rule
from matpho.vision.frame import Frame
from matpho.vision.stature import Stature
from matpho.vision.throng import Throng
from matpho.vision.turmoil import TurmoilWatch


class Gathering:
    """The measures of one camera: turmoil for fights, over the box around their zones, and stirring for crowds."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [r for r in rules if isinstance(r, Decided) and r.zone and r.zone.polygon]
        boxes = [r.zone.polygon.bounds for r in self._rules if r.kind == fight.KIND and r.zone and r.zone.polygon]
        self.turmoil = TurmoilWatch(reduce(Box.join, boxes)) if boxes else None
        self.throng = Throng()
        self.stature: Stature | None = None

    def take_over(self, before: "Gathering") -> None:
        """Go on with how large people are where, and what was measured of them over the same part of the picture."""
        self.stature, self.throng = before.stature, before.throng
        if self.turmoil and before.turmoil and self.turmoil.area == before.turmoil.area:
            self.turmoil = before.turmoil

    def _awake(self, kind: str, at: Instant) -> bool:
        """Whether a rule of the kind may watch now."""
        return any(rule.kind == kind and rule.awake(at) for rule in self._rules)

    def update(
        self, frame: Frame, tracks: Sequence[Track], observations: Sequence[Observation] = ()
    ) -> tuple[tuple[Turmoil, ...], tuple[Stirring, ...]]:
        """The measures of this picture; nothing where no rule may use them."""
        fights = self.turmoil if self._awake(fight.KIND, frame.at) else None
        crowds = self.throng if self._awake(crowd.KIND, frame.at) else None
        if fights is None and crowds is None:
            return (), ()
        stature = self.stature = self.stature or Stature(frame.size[0] / frame.size[1])
        stature.note([t.now.box for t in tracks if t.group is Group.PERSON and t.now.seen])
        return (
            fights.update(frame, tracks, stature, observations) if fights else (),
            crowds.update(frame, tracks, stature) if crowds else (),
        )
