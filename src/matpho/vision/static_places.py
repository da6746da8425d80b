"""What has been standing where, as far as the detector can say, and since when each place looks as it does.

It tells a reflection on a parked car from a bag before it, and a bench that is carried off from a car that drives away.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.vision.opencv import cv
from matpho.vision.static_thing import Thing

_ROWS, _COLUMNS = 36, 48
_RATE = 0.1  # per look of the detector
_MEMORY_S = 60.0  # what stood there: whoever takes it away stands there too, but for seconds
_STEP_MOST_S = 20.0  # a look speaks for so long at most
_BELIEVABLE = 0.25  # of the frame: larger boxes are mistakes
_LEAST_SCORE = 0.3  # of whatever goes away by itself
_LEAST_LOOKS = 3
_STOOD = 0.3  # share of the time for which the detector saw it there
_MOVER = 0.25  # the same for what goes away by itself

LEAVES_BY_ITSELF = (Group.PERSON, Group.VEHICLE, Group.TWO_WHEELER, Group.ANIMAL)
_STAYS = (Group.FURNITURE, Group.BAG)

Cells = npt.NDArray[np.float32]


class Places:
    """The places of one camera's picture, on 36 rows and 48 columns."""

    def __init__(self) -> None:
        self._vehicles: Cells = np.zeros((_ROWS, _COLUMNS), np.float32)
        self._stood: dict[Group, Cells] = {}
        self._looks = 0
        self._looked_s: float | None = None
        self._since_s: Cells = np.zeros((_ROWS, _COLUMNS), np.float32)

    def note(self, observations: Sequence[Observation], at_s: float) -> None:
        """One look of the detector at the whole picture."""
        passed_s = _STEP_MOST_S if self._looked_s is None else min(at_s - self._looked_s, _STEP_MOST_S)
        self._looked_s, self._looks = at_s, self._looks + 1
        now: dict[Group, Cells] = {}
        for seen in observations:
            sure = seen.group is Group.VEHICLE or seen.score >= _LEAST_SCORE
            if sure and seen.box.area <= _BELIEVABLE:
                now.setdefault(seen.group, np.zeros((_ROWS, _COLUMNS), np.float32))[_cells(seen.box)] = 1
        rate = np.float32(1 - np.exp(-passed_s / _MEMORY_S))
        for group in self._stood.keys() | now.keys():
            share = self._stood.setdefault(group, np.zeros((_ROWS, _COLUMNS), np.float32))
            share += rate * (now.get(group, np.float32(0)) - share)
        self._vehicles += np.float32(_RATE) * (now.get(Group.VEHICLE, np.float32(0)) - self._vehicles)

    def vehicle_before(self, box: Box) -> float:
        """Share of the latest looks, 0..1, in which a vehicle covered the box."""
        return float(self._vehicles[_cells(box)].mean())

    def stood(self, box: Box, group: Group) -> float:
        """Share of the last minute, 0..1, for which the detector saw the group cover the box."""
        share = self._stood.get(group)
        return 0.0 if share is None else float(share[_cells(box)].mean())

    def left_by_itself(self, box: Box) -> bool:
        """Whether what stood there may have gone on its own feet or wheels; true as well when that is not known."""
        return self._looks < _LEAST_LOOKS or any(self.stood(box, group) > _MOVER for group in LEAVES_BY_ITSELF)

    def word(self, box: Box) -> Group | None:
        """What the detector saw standing there for good; None when it has no word for it."""
        best = max(_STAYS, key=lambda group: self.stood(box, group))
        return best if self.stood(box, best) > _STOOD else None

    def recall(self, thing: Thing) -> None:
        """Note with a new thing what was at its place before it, while that is still fresh."""
        box = thing.box
        thing.vehicle_before = self.vehicle_before(box)
        thing.stood_by_itself, thing.word_before = self.left_by_itself(box), self.word(box)
        thing.belonged_s = thing.appeared_s - self.unchanged_since_s(box)

    # Since when a place looks as it does

    def begin(self, at_s: float) -> None:
        """All places look as they do since ``at_s``."""
        self._since_s[:] = at_s

    def changed(self, where: npt.NDArray[np.bool_], at_s: float) -> None:
        """The empty scene was learned anew at ``where`` (H, W)."""
        cells = cv.resize(where.view(np.uint8) * np.uint8(255), (_COLUMNS, _ROWS), interpolation=cv.INTER_AREA)
        self._since_s[cells > 0] = at_s

    def unchanged_since_s(self, box: Box) -> float:
        """Since when, at the least, the whole of the box has belonged to the empty scene."""
        return float(self._since_s[_cells(box)].max())


def _cells(box: Box) -> tuple[slice, slice]:
    top, left = min(int(box.y * _ROWS), _ROWS - 1), min(int(box.x * _COLUMNS), _COLUMNS - 1)
    return slice(top, int(box.bottom * _ROWS) + 1), slice(left, int(box.right * _COLUMNS) + 1)
