"""What has lain there since the camera began to look: a detector's word, weighed over many looks.

The background model learns such a thing as ground, so only the detector can tell it, and a small one is unsteady: it
names a bag in half of its looks, a sign on its pole in one of three, a stone in one of four. So a place that was named
is looked at again, each time differently (whole, mirrored, a part of the picture): the same still picture gets the same
answer again and again, right or wrong, another view of it does not. A sequential test (Wald, *Sequential tests of
statistical hypotheses*, 1945) says when that is enough. A bin that looks like a suitcase from every side passes it
too: people allow it once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import WHOLE, Box, Point, Polygon
from matpho.domain.observation import Group, Observation
from matpho.vision.background import Mask
from matpho.vision.bystanders import Bystander
from matpho.vision.owners import near

ASK_S = 300.0  # from the beginning on: what is not told by then is part of the place
ASK_EVERY_S = 1.0
MOST_ASKED = 48  # looks beyond those that are had anyway
MOST_PLACES = 12

_THING, _CHANCE = 0.6, 0.3  # share of the looks in which a thing, and what only looks like one from some side, is named
_NAMED, _NOT_NAMED = log(_THING / _CHANCE), log((1 - _THING) / (1 - _CHANCE))
_TOLD, _HOPELESS = 4.0, -1.7  # logarithm of the odds: fifty to one; three looks in vain
_SAME = 0.4  # common part over union: it is the same place that is named
_COVERED, _HIDDEN = 0.2, 0.5  # share of the place that is foreground: a look says nothing; it is out of sight
_IN_VAIN = 6  # more looks at what stands before it than at the place itself
_CARRIED = 0.3  # share of the looks in which it lies on somebody, or in the basket of a motorbike
_PORTABLE = 0.9  # of a person's height there: what is taller is a sign, a cabinet or a stall
_SMALLEST, _LARGEST = 0.0005, 0.04  # of the frame
_WITHIN = 0.3  # of the box, where it matters; the rules ask for more
_TILE = 0.6  # of each side: a part of the picture
_INSIDE = 0.02  # how far from its edge a place must lie: cut things look different
_CARRIERS = (Group.PERSON, Group.VEHICLE, Group.TWO_WHEELER)
_ROWS = 6  # of the places evenly drawn from a box


@dataclass(frozen=True, slots=True)
class View:
    """A part of the picture, and whether the detector is shown it mirrored."""

    part: Box = WHOLE
    mirrored: bool = False


@dataclass(slots=True, eq=False)
class Lying:
    """A place that was named, and what the looks at it have said. Times are seconds of the model's clock.

    ``odds`` is the logarithm of how much likelier the looks are for a thing than for a chance; ``hidden`` counts those
    at something before it, ``carried`` those in which it lay on somebody; ``number`` is 0 until it is told.
    """

    box: Box
    odds: float = 0.0
    looks: int = 0
    hidden: int = 0
    carried: int = 0
    named: dict[str, list[float]] = field(default_factory=dict)
    number: int = 0
    seen_s: float = 0.0
    attended_s: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether further looks may decide."""
        return not self.number and _HOPELESS < self.odds < _TOLD and self.hidden <= self.looks + _IN_VAIN

    @property
    def is_thing(self) -> bool:
        """Whether the looks are enough to say that a thing lies there, by itself."""
        return self.odds >= _TOLD and self.carried <= _CARRIED * self.looks

    @property
    def share(self) -> float:
        """In which share of the looks it was named, 0..1."""
        return sum(map(len, self.named.values())) / max(self.looks, 1)

    @property
    def label(self) -> str | None:
        """The detector's word for it."""
        return max(self.named, key=lambda word: sum(self.named[word]), default=None)

    def weigh(self, seen: Sequence[Observation]) -> None:
        """One look that had the place in plain sight."""
        self.looks += 1
        self.carried += any(o.group in _CARRIERS and _carries(o.box, self.box) for o in seen)
        here = [o for o in seen if o.group is Group.BAG and o.box.iou(self.box) >= _SAME]
        if not here:
            self.odds += _NOT_NAMED
            return
        best = max(here, key=lambda o: o.score)
        self.odds += _NAMED
        self.named.setdefault(best.label, []).append(best.score)

    def samples(self) -> tuple[Point, ...]:
        """Places evenly drawn from the box."""
        steps = [(i + 0.5) / _ROWS for i in range(_ROWS)]
        return tuple(Point(self.box.x + x * self.box.w, self.box.y + y * self.box.h) for y in steps for x in steps)


class FromStart:
    """The named places of one camera; ``within`` is where it matters, nothing is asked elsewhere."""

    def __init__(self, within: Sequence[Polygon] = ()) -> None:
        self.within = tuple(within)
        self.over: list[Lying] = []
        """Told ones that were taken away and not yet said to be gone."""
        self._places: list[Lying] = []
        self._until_s: float | None = None
        self._turn, self._asked, self._asked_s = 0, 0, -1e9
        self._offered: View | None = None

    @property
    def told(self) -> list[Lying]:
        """Those that have a number."""
        return [place for place in self._places if place.number]

    def begin(self, at_s: float) -> None:
        """The empty scene was learned from nothing: whatever lies there is part of it."""
        self._until_s = at_s + ASK_S

    def close(self) -> None:
        """The scene is known from an earlier run: what is in it is not new."""
        self._until_s, self._places = -1.0, self.told

    def wants(self, at_s: float) -> View | None:
        """The next view worth a look, when one is due; it counts as asked for when it is heard of."""
        undecided = [place for place in self._places if place.is_open]
        if not undecided or self._until_s is None or at_s > self._until_s or self._asked >= MOST_ASKED:
            return None
        if at_s - self._asked_s < 0.9 * ASK_EVERY_S:
            return None
        part = _part(min(undecided, key=lambda p: p.looks).box, self._turn) if self._turn % 4 >= 2 else WHOLE
        self._offered = View(part, mirrored=self._turn % 2 == 1)
        return self._offered

    def hear(
        self,
        view: View,
        seen: Sequence[Observation],
        at_s: float,
        foreground: Mask | None,
        person_at: Callable[[Box], float | None],
    ) -> list[Lying]:
        """What the detector says of a view, in coordinates of the whole picture; returns what it makes sure.

        ``foreground`` (H, W) uint8 is that of the newest picture, None while nothing is known; ``person_at`` tells how
        tall somebody is who stands where a box does.
        """
        if view is self._offered:
            self._asked, self._asked_s, self._offered = self._asked + 1, at_s, None
        if not self.within or (self._until_s is not None and at_s > self._until_s):
            return []
        if foreground is not None and self._counts(view):
            for place in (p for p in self._places if not p.number and _holds(view.part, p.box)):
                if _share(foreground, place.box) <= _COVERED:
                    place.weigh(seen)
                else:
                    place.hidden += 1
        on_somebody = [o.box for o in seen if o.group in _CARRIERS]
        for o in seen:
            lies = foreground is None or _share(foreground, o.box) <= _COVERED
            if o.group is Group.BAG and lies and not any(_carries(who, o.box) for who in on_somebody):
                self._take_up(o.box, person_at(o.box))
        return [p for p in self._places if not p.number and p.is_thing and _is_portable(p.box, person_at(p.box))]

    def _counts(self, view: View) -> bool:
        """Views take turns, so that one of them does not decide alone; a look that is had anyway takes its own."""
        mine = view.part != WHOLE or view.mirrored or self._turn % 4 == 0
        if mine:
            self._turn += 1
        return mine or not any(place.is_open for place in self._places)

    def _take_up(self, box: Box, person: float | None) -> None:
        """Begin a place that was named for the first time."""
        if len(self._places) >= MOST_PLACES or not _SMALLEST <= box.area <= _LARGEST or not _is_portable(box, person):
            return
        known = any(box.iou(place.box) >= _SAME for place in self._places)
        place = Lying(box)
        if not known and any(polygon.share(place.samples()) >= _WITHIN for polygon in self.within):
            self._places.append(place)

    def review(
        self, foreground: Mask, at_s: float, stays: Callable[[Bystander], bool], present: Sequence[Bystander]
    ) -> None:
        """One picture: is it in sight, and is somebody at it? ``stays`` says of a person that they do not walk past."""
        for place in self.told:
            if _share(foreground, place.box) < _HIDDEN:
                place.seen_s = at_s
            people = (who for who in present if who.group is Group.PERSON and who.is_there and near(who, place.box))
            if any(stays(who) for who in people):
                place.attended_s = at_s

    def changed(self, where: npt.NDArray[np.bool_]) -> None:
        """The scene is another at ``where`` (H, W): what lay there has been taken away."""
        gone = [place for place in self._places if _share(where, place.box) > _HIDDEN]
        self._places = [place for place in self._places if place not in gone]
        self.over += [place for place in gone if place.number]


def _carries(carrier: Box, place: Box) -> bool:
    return carrier.area >= 2 * place.area and carrier.overlap(place) > 0.6 * place.area


def _is_portable(box: Box, person: float | None) -> bool:
    return person is None or box.h <= _PORTABLE * person


def _share(mask: Mask | npt.NDArray[np.bool_], box: Box) -> float:
    """Share of the box, 0..1, where ``mask`` (H, W) is not zero."""
    h, w = mask.shape
    top, left = min(int(box.y * h), h - 1), min(int(box.x * w), w - 1)
    part = mask[top : max(top + 1, round(box.bottom * h)), left : max(left + 1, round(box.right * w))]
    return float(np.count_nonzero(part)) / part.size


def _part(place: Box, turn: int) -> Box:
    """A part of the picture with the place in it, left or right of its middle."""
    across = 0.35 if turn % 8 < 4 else 0.65
    left = min(max(0.0, place.centre.x - across * _TILE), 1 - _TILE)
    top = min(max(0.0, place.centre.y - 0.5 * _TILE), 1 - _TILE)
    return Box(left, top, _TILE, _TILE)


def _holds(part: Box, box: Box) -> bool:
    """Whether the box lies inside the part, away from its edge where that is not the picture's."""
    left, top = part.x + _INSIDE * (part.x > 0), part.y + _INSIDE * (part.y > 0)
    right, bottom = part.right - _INSIDE * (part.right < 0.999), part.bottom - _INSIDE * (part.bottom < 0.999)
    return left <= box.x and top <= box.y and box.right <= right and box.bottom <= bottom
