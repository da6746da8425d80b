"""The list of things at rest on one camera: found among resting pixels, recognised again, given up."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.observation import Group
from matpho.vision.background import Levels, Look, Mask
from matpho.vision.imprint import Imprint
from matpho.vision.opencv import cv
from matpho.vision.static_settings import StaticSettings
from matpho.vision.static_thing import Looks, Thing
from matpho.vision.stillness import Stillness

_MOST_THINGS = 64
_ALL_OF_IT = 0.8  # a thing was set down when so much of it stood still; its middle pixel rests while it is lowered
_GONE_S, _GIVEN_UP_S = 1.5, 0.8  # the ground must show this long before a told, an untold thing is off the list
_REPLACED_S = 30.0  # out of sight for so long, with something else at rest there: that may be found as well
_REMEMBERED_S = 3600.0  # given up because something stood before it: recognised again for so long
_MOST_REMEMBERED = 16
_PLAIN = 0.3  # what the outline must say: an edge of a shadow that comes again minutes later is no thing that stayed
_STOOD_S = 2.0  # in sight before it was hidden: long enough to be remembered
_COVERS = 3.0  # so much larger than a thing that is hidden: what covers it, not its new outline
_NAMED_COVERS = 1.5  # the same where the detector has named a bag of its outline: whoever stops beside it is no part
_CROWDED_S = 1.0  # unrest compares with the picture before the last
_PASSING_S = 1.0  # what has not been at rest for so long
_CROWDED_AT_MOST_S = 6.0  # then it is watched all the same: a seller stays at the stall all day
_SHOWS = 0.5  # of a remembered thing's pixels that differ from the empty scene: it is there again
_SAME_OUTLINE = 0.75  # common part over union: below it the outline has changed
_KERNEL = cv.getStructuringElement(cv.MORPH_ELLIPSE, (5, 5))

ToBox = Callable[[tuple[float, float, float, float]], Box]


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Connected pixels: left, top, width and height, how many, and the mask (height, width) uint8 255 within them."""

    bounds: tuple[int, int, int, int]
    area_px: int
    mask: Mask

    def placed(self, shape: tuple[int, ...], left: int = 0, top: int = 0) -> Mask:
        """The region as a mask (H, W) of that shape; ``left`` and ``top`` are where its own coordinates begin."""
        x, y, w, h = self.bounds
        whole: Mask = np.zeros(shape, np.uint8)
        whole[top + y : top + y + h, left + x : left + x + w] = self.mask
        return whole


class Census:
    """All things at rest that are known now, told or not."""

    def __init__(self, settings: StaticSettings, next_id: int = 1) -> None:
        """``next_id`` is the number of the next thing: those of one camera are never given twice."""
        self._s = settings
        self.next_id = next_id
        self.things: list[Thing] = []
        self._remembered: list[Thing] = []

    @property
    def told(self) -> list[Thing]:
        """Those that have been reported."""
        return [thing for thing in self.things if thing.reported]

    def forget(self, place: Imprint) -> None:
        """Take off the list what lies on the place and was never told: the place has been learned."""
        here = [t for t in self.things if not t.reported and t.imprint.shares(place) > 0.5]
        self.things = [thing for thing in self.things if thing not in here]

    def review(self, look: Look, stillness: Stillness, at_s: float, step_s: float) -> list[Thing]:
        """Do the known things still stand? Takes those off the list that do not, and returns them."""
        off: list[Thing] = []
        for thing in self.things:
            thing.looks.fade(step_s)
            self._recognise(thing, look, stillness, at_s, step_s)
            patience = _GONE_S if thing.reported else _GIVEN_UP_S
            longest = self._s.hidden_at_most_s if thing.reported else max(6.0, thing.seen_s - thing.appeared_s)
            hidden_s = 0.0 if thing.hidden_since_s is None else at_s - thing.hidden_since_s
            thing.covered = hidden_s > _REPLACED_S and (thing.covered or self._is_replaced(thing, stillness))
            cleared = thing.cleared_since_s is not None and at_s - thing.cleared_since_s >= patience
            if cleared or (thing.covered and thing.evidence.came < _PLAIN):
                off.append(thing)
            elif hidden_s > longest:
                off.append(thing)
                self._remember(thing)
        self.things = [thing for thing in self.things if thing not in off]
        self._recall(look, at_s)
        return off

    def _remember(self, thing: Thing) -> None:
        """A thing that something else has stood before for too long: it may still be there."""
        if thing.evidence.came >= _PLAIN and (thing.reported or self._stood(thing)):
            self._remembered = [*self._remembered[1 - _MOST_REMEMBERED :], thing]

    def _stood(self, thing: Thing) -> bool:
        """Whether it had been seen standing, as a thing, before it was hidden."""
        known = thing.imprint.clear >= self._s.clear_at_least and not thing.looks.is_person
        return known and thing.seen_s - thing.appeared_s >= _STOOD_S and thing.evidence.came >= self._s.came_at_least

    def _recall(self, look: Look, at_s: float) -> None:
        """What is in sight again is the same thing as before, since the same moment; what is bare is forgotten."""
        for thing in list(self._remembered):
            likeness = thing.imprint.likeness(look.level)
            back = likeness.stands and thing.imprint.covers(look.foreground) > _SHOWS
            if back and len(self.things) < _MOST_THINGS:
                self.forget(thing.imprint)
                thing.seen_s, thing.hidden_since_s, thing.covered, thing.recalled = at_s, None, False, True
                self.things.append(thing)
            if back or likeness.cleared or at_s - thing.seen_s > _REMEMBERED_S:
                self._remembered.remove(thing)

    @staticmethod
    def _is_replaced(thing: Thing, stillness: Stillness) -> bool:
        """Something else has come to rest in its place."""
        resting = stillness.resting(_REPLACED_S / 2, thing.imprint.window)[thing.imprint.mask]
        return bool(np.count_nonzero(resting) > 0.6 * resting.size)

    def _recognise(self, thing: Thing, look: Look, stillness: Stillness, at_s: float, step_s: float) -> None:
        """In sight, hidden by something else, or is the bare ground to be seen?"""
        window, mask = thing.imprint.window, thing.imprint.mask
        likeness = thing.imprint.likeness(look.level)
        solid, area_px = mask.view(np.uint8), max(thing.imprint.area_px, 1)
        shown = cv.countNonZero(cv.bitwise_and(look.foreground[window], solid)) / area_px
        resting = cv.countNonZero(cv.bitwise_and(stillness.in_sight(0.31, window), solid)) / area_px
        stands = likeness.stands and (shown > 0.2 or likeness.thing > likeness.ground + 0.25)
        other = thing.hidden_since_s is not None and self._stood(thing)  # what has come to rest there covers it
        if stands or (resting > 0.5 and not likeness.cleared and not thing.reported and not other):
            thing.seen_s, thing.hidden_since_s, thing.cleared_since_s = at_s, None, None
            if thing.imprint.is_passed(look.foreground, stillness.resting(_PASSING_S, window)):
                thing.crowded_s = at_s
            crowded = at_s - thing.crowded_s <= _CROWDED_S  # whoever passes before it stirs, not the thing
            thing.crowded_for_s = thing.crowded_for_s + step_s if crowded else 0.0
            if not crowded or thing.crowded_for_s > _CROWDED_AT_MOST_S:
                thing.watch(stillness.unrest(window, mask), step_s)
        elif likeness.cleared or shown < 0.15:
            thing.hidden_since_s = None
            thing.cleared_since_s = at_s if thing.cleared_since_s is None else thing.cleared_since_s
        else:
            thing.cleared_since_s = None
            thing.hidden_since_s = at_s if thing.hidden_since_s is None else thing.hidden_since_s

    def find(self, look: Look, empty: Levels, stillness: Stillness, at_s: float, to_box: ToBox) -> list[Thing]:
        """New things, and better outlines of those not yet told; returns the new ones."""
        resting = stillness.resting(self._s.settle_s)
        for thing in (t for t in self.told if not t.covered):
            resting[thing.imprint.window][thing.imprint.near] = 0
        if cv.countNonZero(resting) < self._s.smallest * resting.size:
            return []
        resting = cv.morphologyEx(resting, cv.MORPH_CLOSE, _KERNEL)
        new: list[Thing] = []
        for part in regions(resting, self._s.smallest * resting.size, self._s.largest * resting.size):
            whole, area_px = part.placed(resting.shape), part.area_px
            rivals = [
                t
                for t in self.things
                if not t.reported and t.imprint.meets(part.bounds) and t.imprint.covers(whole) > 0.2
                if t.hidden_since_s is None or area_px < _COVERS * t.imprint.area_px
            ]
            apart = [t for t in rivals if area_px >= _covering_px(t) and self._stands_apart(t, look)]
            for thing in apart:  # a lamp lit the place around it, or somebody stopped beside it
                whole[thing.imprint.window][thing.imprint.near] = 0
                rivals.remove(thing)
            if apart:
                area_px = cv.countNonZero(whole)
            if (rivals and not self._outgrown(rivals, whole, area_px)) or area_px < self._s.smallest * resting.size:
                continue
            imprint = Imprint.take(whole, look.level, empty, look.foreground, None if apart else part.bounds)
            if rivals:
                self._renew(rivals, imprint, to_box(imprint.bounds), _set_down_s(imprint, stillness), look)
            elif len(self.things) < _MOST_THINGS:
                new.append(self.add(imprint, to_box(imprint.bounds), stillness, at_s))
        return new

    def add(self, imprint: Imprint, box: Box, stillness: Stillness, at_s: float) -> Thing:
        """A new thing on the list."""
        thing = Thing(self.take_number(), imprint, box, _set_down_s(imprint, stillness), at_s)
        self.things.append(thing)
        return thing

    def take_number(self) -> int:
        """A number that no other thing of this camera gets."""
        self.next_id += 1
        return self.next_id - 1

    def _stands_apart(self, thing: Thing, look: Look) -> bool:
        """Whether it was known for a thing before and still looks the same: no part of what is at rest around it."""
        return self._stood(thing) and thing.imprint.likeness(look.level).stands

    def _outgrown(self, rivals: list[Thing], now: Mask, area_px: int) -> bool:
        """The outline has changed, or cleared, so much that the imprint must be taken anew."""
        if len(rivals) > 1 or rivals[0].imprint.clear < self._s.clear_at_least:
            return True
        known = rivals[0].imprint
        both = known.covers(now) * known.area_px
        return both < _SAME_OUTLINE * (area_px + known.area_px - both)

    def _renew(self, rivals: list[Thing], imprint: Imprint, box: Box, appeared_s: float, look: Look) -> None:
        """One outline in place of the rivals': they have grown together, or the owner has stepped aside."""
        thing = max(rivals, key=lambda t: t.box.iou(box))
        before_px = sum(t.imprint.area_px for t in rivals)
        as_large = 0.6 * before_px <= imprint.area_px <= before_px / 0.6
        if as_large and (thing.recalled or thing.imprint.likeness(look.level).stands):  # in rain pixels forget sooner
            appeared_s = min(appeared_s, thing.appeared_s)
        if imprint.area_px < 0.6 * before_px:
            thing.looks = Looks()  # those were the owner's
            thing.owner, thing.owner_asked, thing.attended_s = None, False, None
        thing.renew(imprint, box, appeared_s)
        thing.unrest = thing.watched_s = 0.0
        self.things = [t for t in self.things if t is thing or t not in rivals]


def _covering_px(thing: Thing) -> float:
    """From how many pixels on a region around the thing has more in it than the thing."""
    word = thing.looks.word
    times = _NAMED_COVERS if word is not None and word[0] is Group.BAG else _COVERS
    return times * thing.imprint.area_px


def _set_down_s(imprint: Imprint, stillness: Stillness) -> float:
    """When :data:`_ALL_OF_IT` of its pixels stood still (a quantile; NumPy's own costs ten times as much)."""
    since_s = np.sort(stillness.since_s(imprint.window, imprint.mask))
    place = _ALL_OF_IT * (since_s.size - 1)
    below = int(place)
    low, high = float(since_s[below]), float(since_s[min(below + 1, since_s.size - 1)])
    return low + (place - below) * (high - low)


def regions(mask: Mask, least_px: float = 0.0, most_px: float = 1e9) -> list[Region]:
    """Each connected region of so many pixels."""
    left, top, w, h = cv.boundingRect(mask)
    if not w:
        return []
    part = mask[top : top + h, left : left + w]
    _, labels, stats, _ = cv.connectedComponentsWithStats(part, connectivity=8, ltype=cv.CV_16U)
    found = []
    for label, (x, y, wide, high, area) in enumerate(stats.tolist()):
        if label and least_px <= area <= most_px:
            here = (labels[y : y + high, x : x + wide] == label).view(np.uint8) * np.uint8(255)
            found.append(Region((left + x, top + y, wide, high), area, here))
    return found
