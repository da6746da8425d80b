"""Which of the detector's people and vehicles are really there: those that are foreground.

A small detector sees people in bags, bollards and painted walls, look after look at the same place. A real person fills
a good part of their box with foreground; a black bag inside a "person" box three times its height does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Bystander:
    """Somebody who may set things down: ``fill_px`` foreground pixels inside the box of ``box_px`` working pixels.

    ``sure`` when the detector is; ``track`` is -1 for a mere observation.
    """

    group: Group
    box: Box
    fill_px: float
    box_px: float
    sure: bool
    track: int

    def is_besides(self, imprint: Imprint, shape: tuple[int, int]) -> bool:
        """Whether they are there apart from the thing: their foreground is not just the thing's own.

        ``shape`` is height and width of the working picture.
        """
        if self.sure:
            return True
        rows, columns = _window(self.box, *shape)
        top, left = max(0, rows.start - imprint.top), max(0, columns.start - imprint.left)
        bottom, right = max(0, rows.stop - imprint.top), max(0, columns.stop - imprint.left)
        own = float(imprint.near[top:bottom, left:right].sum())
        return self.fill_px - own >= _LEAST_FILL * self.box_px


def _window(box: Box, h: int, w: int) -> tuple[slice, slice]:
    top, left = int(np.clip(box.y * h, 0, h - 1)), int(np.clip(box.x * w, 0, w - 1))
    bottom, right = int(np.clip(np.ceil(box.bottom * h), top + 1, h)), int(np.clip(np.ceil(box.right * w), left + 1, w))
    return slice(top, bottom), slice(left, right)


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
        seen = (o for o in observations if o.group is Group.PERSON)
        return [self._measure(o.group, o.box, o.score, _UNTRACKED) for o in seen]

    def _measure(self, group: Group, box: Box, score: float, track: int) -> Bystander:
        rows, columns = _window(box, *self.shape)
        sums = self._sums
        fill = int(sums[rows.stop, columns.stop]) - int(sums[rows.start, columns.stop])
        fill -= int(sums[rows.stop, columns.start]) - int(sums[rows.start, columns.start])
        area = (rows.stop - rows.start) * (columns.stop - columns.start)
        sure = group is Group.PERSON and score >= _SURE
        return Bystander(group, box, float(fill), float(area), sure, track)
