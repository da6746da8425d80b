"""How much of people stirs where: a dense crowd whose members a small detector cannot tell apart still moves.

People who stand never stand quite still. The share of pixels that changed within the last moment, over the area that a
body takes at that place, says how many bodies' worth is moving. Vehicles are left out.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Point
from matpho.domain.observation import Group, Stirring, Track
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import MIDDLE, Frame
from matpho.vision.opencv import cv
from matpho.vision.stature import Stature

GRID = (16, 9)
APART_S = 0.35  # between the pictures that are compared: people who only sway move by then
SMOOTHED_S = 4.0
CHANGED = 7.0  # grey levels
EVERYWHERE = 0.7  # share of the picture that changes when the light does
BODY = 0.3  # a body fills about so much of the square of its height


class Throng:
    """The measure of one camera; its pictures come in order of time."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Instant, npt.NDArray[np.uint8]]] = deque()
        self._level = np.zeros((GRID[1], GRID[0]), np.float32)
        self._at: Instant | None = None

    def update(self, frame: Frame, tracks: Sequence[Track], stature: Stature) -> tuple[Stirring, ...]:
        """Where bodies stir, in bodies; empty before anybody was measured."""
        small = np.asarray(cv.blur(frame.shrunk(*MIDDLE), (3, 3)), np.uint8)
        before = self._earlier(frame.at, small)
        if before is None or not stature.known:
            return ()
        changed = (cv.absdiff(small, before) > CHANGED).astype(np.float32)
        if changed.mean() > EVERYWHERE:
            return self._told(stature, frame)
        for track in tracks:
            if track.group in (Group.VEHICLE, Group.TWO_WHEELER):
                box = track.now.box
                rows = slice(int(box.y * MIDDLE[1]), int(box.bottom * MIDDLE[1]) + 1)
                changed[rows, int(box.x * MIDDLE[0]) : int(box.right * MIDDLE[0]) + 1] = 0
        share = cv.resize(changed, GRID, interpolation=cv.INTER_AREA)
        dt = APART_S if self._at is None else min(max(seconds(frame.at - self._at), 0.0), 1.0)
        self._at = frame.at
        self._level += np.float32(1 - np.exp(-dt / SMOOTHED_S)) * (share - self._level)
        return self._told(stature, frame)

    def _earlier(self, at: Instant, small: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
        """The newest kept picture that is old enough."""
        self._kept.append((at, small))
        found = None
        while len(self._kept) > 1 and seconds(at - self._kept[0][0]) >= APART_S:
            then, found = self._kept.popleft()
            if not 0 < seconds(at - then) < 3 * APART_S:
                found = None
        return found

    def _told(self, stature: Stature, frame: Frame) -> tuple[Stirring, ...]:
        columns, rows = GRID
        cell_px = frame.size[0] * frame.size[1] / (columns * rows)
        told = []
        for row in range(rows):
            body = stature.at(min(1.0, (row + 0.5) / rows + 0.5 * stature.usual)) * frame.size[1]
            for column in range(columns):
                share = float(self._level[row, column])
                if share > 0.02:
                    place = Point((column + 0.5) / columns, (row + 0.5) / rows)
                    told.append(Stirring(place, share * cell_px / (BODY * body * body)))
        return tuple(told)
