"""Which of the detector's people and vehicles are really there: those that are foreground.

A small detector sees people in bags, bollards and painted walls, look after look at the same place. A real person fills
a good part of their box with foreground; a black bag inside a "person" box three times its height does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Track
from matpho.vision.background import Mask
from matpho.vision.imprint import Imprint
from matpho.vision.opencv import cv

_LEAST_FILL = 0.15  # of the box, outside the thing in question; standing people fill 0.4 to 0.7
_SURE = 0.65  # a person's score at which the detector is believed without foreground: who sat there from the start
_CARRIERS = (Group.PERSON, Group.VEHICLE, Group.TWO_WHEELER)
_UNTRACKED = -1
_LISTEN = 0.3  # the least score of a mere observation of a person
_REACH_SIDE, _REACH_UP = 0.6, 0.3  # of the person's height: an arm's length and a bag in it


@dataclass(frozen=True, slots=True)
class Bystander:
    """Somebody who may set things down: ``fill_px`` foreground pixels inside the box of ``box_px`` working pixels.

    ``window`` is the box's top, bottom, left and right in working pixels; ``sure`` when the detector is; ``track``
    is -1 for a mere observation; ``reach`` is the box widened to what they can touch.
    """

    group: Group
    box: Box
    fill_px: float
    box_px: float
    window: tuple[int, int, int, int]
    sure: bool
    track: int
    reach: Box

    @property
    def is_there(self) -> bool:
        """Whether the detector is sure, or a good part of the box is foreground."""
        return self.sure or self.fill_px >= _LEAST_FILL * self.box_px

    def is_besides(self, imprint: Imprint) -> bool:
        """Whether they are there apart from the thing: their foreground is not just the thing's own."""
        return self.sure or self.shows_beyond(imprint)

    def shows_beyond(self, imprint: Imprint) -> bool:
        """Whether a good part of the box is foreground that is not the thing's own."""
        least = _LEAST_FILL * self.box_px
        if self.fill_px < least:
            return False
        top, bottom, left, right = self.window
        rows = slice(max(0, top - imprint.top), max(0, bottom - imprint.top))
        columns = slice(max(0, left - imprint.left), max(0, right - imprint.left))
        own = int(np.count_nonzero(imprint.near[rows, columns]))
        return self.fill_px - own >= least


class Crowd:
    """The people and vehicles of one picture against its foreground."""

    def __init__(self, foreground: Mask) -> None:
        """``foreground`` (H, W) uint8, non-zero where the picture differs from the empty scene."""
        self.shape = (foreground.shape[0], foreground.shape[1])
        self._sums: npt.NDArray[np.int32] = cv.integral(cv.min(foreground, 1))

    def of_tracks(self, tracks: Sequence[Track]) -> list[Bystander]:
        """People and vehicles among the tracks that are seen now."""
        return [self._measure(t.group, t.now.box, t.score, t.id) for t in tracks if t.group in _CARRIERS and t.now.seen]

    def people(self, observations: Sequence[Observation]) -> list[Bystander]:
        """People among the observations."""
        seen = (o for o in observations if o.group is Group.PERSON and o.score >= _LISTEN)
        return [self._measure(o.group, o.box, o.score, _UNTRACKED) for o in seen]

    def _measure(self, group: Group, box: Box, score: float, track: int) -> Bystander:
        h, w = self.shape
        top, left = min(max(int(box.y * h), 0), h - 1), min(max(int(box.x * w), 0), w - 1)
        bottom, right = min(max(ceil(box.bottom * h), top + 1), h), min(max(ceil(box.right * w), left + 1), w)
        sums = self._sums
        fill = int(sums[bottom, right]) - int(sums[top, right]) - int(sums[bottom, left]) + int(sums[top, left])
        sure = group is Group.PERSON and score >= _SURE
        area = (bottom - top) * (right - left)
        window = (top, bottom, left, right)
        return Bystander(group, box, float(fill), float(area), window, sure, track, reach_of(box, h / w))


def reach_of(box: Box, aspect: float) -> Box:
    """What somebody in the box can touch; ``aspect`` is height over width of the picture."""
    return box.grown(_REACH_SIDE * box.h * aspect, _REACH_UP * box.h)
