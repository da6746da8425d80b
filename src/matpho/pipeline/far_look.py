"""Where something small moves that no look at the whole picture explains: a tile worth a closer look.

A detector's input is 640 pixels wide; somebody at the far end of a lane is 12 of them and not seen. Four tiles of every
picture would see them at five times the price (slicing: Akyon et al. 2022). The motion gate knows where to look: a tile
goes to where small motion goes on in a watched zone and no track covers it, and stays there while it finds something.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box, Point
from matpho.domain.observation import Observation, Track
from matpho.domain.time import Instant, after, seconds

COLUMNS, ROWS = 16, 9
SMALL = 0.12  # height of what is far, as a share of the picture
TILE = 0.45  # width and height of a tile, as a share of the picture's
ENOUGH_S = 1.0  # unexplained motion for so long …
STAY_S = 2.5  # a tile that found something is looked at for so long on
REST_S = 8.0  # one that found nothing is left alone for so long
LONGEST_STEP_S = 1.0  # a pause of the stream is not motion that went on
PURPOSES = (Purpose.RESTRICTED, Purpose.SIDEWALK, Purpose.NO_PARKING, Purpose.GATHERING, Purpose.CROSSWALK)
"""Zones whose rules follow people or wheels."""


class FarLook:
    """The tiles of one camera."""

    def __init__(self, camera: Camera) -> None:
        zones = [z.polygon for z in camera.zones if z.polygon is not None and z.purpose in PURPOSES]
        watched = [
            [any(p.contains(Point((x + 0.5) / COLUMNS, (y + 0.5) / ROWS)) for p in zones) for x in range(COLUMNS)]
            for y in range(ROWS)
        ]
        self._watched: npt.NDArray[np.bool_] = np.array(watched, dtype=bool)
        self._any = bool(self._watched.any())
        self._moved_s: npt.NDArray[np.float64] = np.zeros((ROWS, COLUMNS))
        self._rest_s: npt.NDArray[np.float64] = np.zeros((ROWS, COLUMNS))
        self._at: Instant | None = None
        self._tile: Box | None = None
        self._until: Instant | None = None

    def moved(self, at: Instant, motion: Sequence[Box], tracks: Sequence[Track]) -> None:
        """What moved in this frame, and the tracks that may explain it."""
        before, self._at = self._at, at
        if before is None or not self._any:
            return
        step_s = min(LONGEST_STEP_S, seconds(at - before))
        known = [t.now.box.grown(0.3 * t.now.box.w, 0.3 * t.now.box.h) for t in tracks]
        now = np.zeros_like(self._watched)
        for box in motion:
            if box.h < SMALL and not any(_holds(k, box.centre) for k in known):
                now[_row(box.centre.y), _column(box.centre.x)] = True
        counts = now & self._watched & (self._rest_s <= 0)
        self._moved_s = np.clip(self._moved_s + np.where(counts, step_s, -step_s / 2), 0.0, 2 * ENOUGH_S)
        self._rest_s = np.maximum(0.0, self._rest_s - step_s)

    def wants(self, at: Instant) -> Box | None:
        """The tile to look at beside the whole picture, or None."""
        if self._tile is not None and self._until is not None and at < self._until:
            return self._tile
        self._tile = None
        row, column = divmod(int(self._moved_s.argmax()), COLUMNS)
        if self._moved_s[row, column] < ENOUGH_S:
            return None
        self._tile = _tile((column + 0.5) / COLUMNS, (row + 0.5) / ROWS)
        return self._tile

    def looked(self, at: Instant, seen: Sequence[Observation]) -> None:
        """What the look at the tile saw, in the whole picture's coordinates: stay there, or leave it alone."""
        if self._tile is None:
            return
        if any(o.box.h < SMALL for o in seen):
            self._until = after(at, STAY_S)
            return
        tile, self._tile, self._until = self._tile, None, None
        rows, columns = slice(_row(tile.y), _row(tile.bottom) + 1), slice(_column(tile.x), _column(tile.right) + 1)
        self._moved_s[rows, columns], self._rest_s[rows, columns] = 0.0, REST_S


def _row(y: float) -> int:
    return min(ROWS - 1, max(0, int(y * ROWS)))


def _column(x: float) -> int:
    return min(COLUMNS - 1, max(0, int(x * COLUMNS)))


def _holds(box: Box, point: Point) -> bool:
    return box.x <= point.x <= box.right and box.y <= point.y <= box.bottom


def _tile(x: float, y: float) -> Box:
    """A tile around a point, inside the picture."""
    left, top = min(max(0.0, x - TILE / 2), 1 - TILE), min(max(0.0, y - TILE / 2), 1 - TILE)
    return Box(left, top, TILE, TILE)
