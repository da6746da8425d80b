"""What is measured of people in motion, only where and while a rule may use it: turmoil and stirring."""

from collections.abc import Sequence
from functools import reduce

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Stirring, Track, Turmoil
from matpho.domain.time import Instant
from matpho.rules.decided import Decided
from matpho.rules.rule import Rule
from matpho.vision.frame import Frame
from matpho.vision.stature import Stature
from matpho.vision.throng import Throng
from matpho.vision.turmoil import TurmoilWatch


class Gathering:
    """The measures of one camera, over the box around its zones of that sort."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [r for r in rules if isinstance(r, Decided) and r.zone and r.zone.polygon]
        boxes = [r.zone.polygon.bounds for r in self._rules if r.zone and r.zone.polygon]
        self.turmoil = TurmoilWatch(reduce(Box.join, boxes)) if boxes else None
        self.throng = Throng()
        self.stature: Stature | None = None

    def take_over(self, before: "Gathering") -> None:
        """Go on with how large people are where, and what was measured of them over the same part of the picture."""
        self.stature, self.throng = before.stature, before.throng
        if self.turmoil and before.turmoil and self.turmoil.area == before.turmoil.area:
            self.turmoil = before.turmoil

    def awake(self, at: Instant) -> bool:
        """Whether any of the rules may watch now."""
        return any(rule.awake(at) for rule in self._rules)

    def update(self, frame: Frame, tracks: Sequence[Track]) -> tuple[tuple[Turmoil, ...], tuple[Stirring, ...]]:
        """The measures of this picture; nothing where no rule may use them."""
        if self.turmoil is None or not self.awake(frame.at):
            return (), ()
        stature = self.stature = self.stature or Stature(frame.size[0] / frame.size[1])
        stature.note([t.now.box for t in tracks if t.group is Group.PERSON and t.now.seen])
        return self.turmoil.update(frame, tracks, stature), self.throng.update(frame, tracks, stature)
