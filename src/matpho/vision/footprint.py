"""A thing's place as it looks with and without the thing: the question one asks of pictures that were missed live."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from matpho.domain.geometry import Box
from matpho.vision.background import Levels
from matpho.vision.frame import Frame
from matpho.vision.imprint import Imprint
from matpho.vision.opencv import cv

_LIKE = 0.35  # of the difference that the thing makes: what is nearer than this to one of the two looks is that one
_SOFT = 8.0  # grey levels added to both sides of a ratio: in black places it says nothing
_LEAST_AROUND = 20  # pixels around a thing that tell the light


class Shown(Enum):
    """What a picture shows at the place."""

    THING = "thing"
    GROUND = "ground"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Footprint:
    """How to recognise one thing in any picture of its camera, of whichever stream and size.

    ``size`` is the working picture's width and height, ``shift`` by how many of its pixels the camera had moved when
    the imprint was taken. ``unseen``: nobody looked when it was set down, it was there when looking began (again).
    """

    imprint: Imprint
    size: tuple[int, int]
    shift: tuple[float, float]
    box: Box
    unseen: bool

    def shows(self, frame: Frame) -> Shown:
        """What a picture of this camera shows there: the thing, the bare ground, or something before it."""
        level = self._moved_back(cv.blur(frame.shrunk(*self.size), (3, 3)))
        likeness = self.imprint.likeness(level)
        off_thing, off_ground, apart = self._distances(level)
        if likeness.stands or (off_thing < _LIKE * apart and not likeness.cleared):
            return Shown.THING
        if likeness.cleared or off_ground < _LIKE * apart:
            return Shown.GROUND
        return Shown.NEITHER

    def _distances(self, level: Levels) -> tuple[float, float, float]:
        """Mean distance inside the outline from the thing's look and from the ground's, and of these two.

        In the light of the place's surroundings: ground without texture has no structure to recognise it by.
        """
        known, now = self.imprint, level[self.imprint.window].astype(np.float32)
        around = known.calm & ~known.near
        if np.count_nonzero(around) >= _LEAST_AROUND:
            now *= (float(known.ground[around].mean()) + _SOFT) / (float(now[around].mean()) + _SOFT)
        inside = known.mask
        thing, ground = known.picture[inside], known.ground[inside]
        off_thing, off_ground = np.abs(now[inside] - thing).mean(), np.abs(now[inside] - ground).mean()
        return float(off_thing), float(off_ground), float(np.abs(thing - ground).mean())

    def _moved_back(self, level: Levels) -> Levels:
        if self.shift == (0.0, 0.0):
            return level
        move = np.array([[1, 0, -self.shift[0]], [0, 1, -self.shift[1]]], np.float32)
        out: Levels = cv.warpAffine(level, move, self.size, flags=cv.INTER_LINEAR, borderMode=cv.BORDER_REPLICATE)
        return out
