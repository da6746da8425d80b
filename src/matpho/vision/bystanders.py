"""Which of the detector's people are really there: a person is foreground.

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
_SURE = 0.65  # a score at which the detector is believed without foreground: who sat there from the start


@dataclass(frozen=True, slots=True)
class Person:
    """A detected person: ``fill_px`` foreground pixels inside the box of ``box_px`` working pixels.

    ``sure`` when the detector is, ``track`` if tracked.
    """

    box: Box
    fill_px: float
    box_px: float
    sure: bool
    track: int | None = None

    def is_besides(self, imprint: Imprint, shape: tuple[int, int]) -> bool:
        """Whether they are there apart from the thing: their foreground is not just the thing's own."""
        if self.sure:
            return True
        h, w = shape
        rows, columns = _window(self.box, h, w)
        top, left = rows.start - imprint.top, columns.start - imprint.left
        part = imprint.near[
            max(0, top) : max(0, top + rows.stop - rows.start),
            max(0, left) : max(0, left + columns.stop - columns.start),
        ]
        return self.fill_px - float(part.sum()) >= _LEAST_FILL * self.box_px


def _window(box: Box, h: int, w: int) -> tuple[slice, slice]:
    top, left = int(np.clip(box.y * h, 0, h - 1)), int(np.clip(box.x * w, 0, w - 1))
    bottom, right = int(np.clip(np.ceil(box.bottom * h), top + 1, h)), int(np.clip(np.ceil(box.right * w), left + 1, w))
    return slice(top, bottom), slice(left, right)


class Crowd:
    """The people of one picture against its foreground."""

    def __init__(self, foreground: Mask) -> None:
        """``foreground`` (H, W) uint8, non-zero where the picture differs from the empty scene."""
        self.shape = (foreground.shape[0], foreground.shape[1])
        self._sums: npt.NDArray[np.int32] = cv.integral(cv.min(foreground, 1))

    def person(self, box: Box, *, score: float, track: int | None = None) -> Person:
        """Measure one person's box."""
        rows, columns = _window(box, *self.shape)
        sums = self._sums
        fill = sums[rows.stop, columns.stop] - sums[rows.start, columns.stop]
        fill -= sums[rows.stop, columns.start] - sums[rows.start, columns.start]
        area = (rows.stop - rows.start) * (columns.stop - columns.start)
        return Person(box, float(fill), float(area), score >= _SURE, track)

    def of_tracks(self, tracks: Sequence[Track]) -> list[Person]:
        """People among the tracks that are seen now."""
        return [
            self.person(t.now.box, score=t.score, track=t.id) for t in tracks if t.group is Group.PERSON and t.now.seen
        ]

    def of_observations(self, observations: Sequence[Observation]) -> list[Person]:
        """People among the observations."""
        return [self.person(o.box, score=o.score) for o in observations if o.group is Group.PERSON]
