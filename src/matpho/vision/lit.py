"""Which part of the picture is picture: many cameras send their sub stream between black bars, of the other shape.

Where the bars begin the picture ends: what is cut there has gone out of sight, as at the edge of the frame. Bars are
black and even along their whole length, on both opposite sides and about equally wide; a dark sky has no twin below.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import WHOLE, Box
from matpho.domain.observation import Observation
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import Frame

LOOKS, AGAIN_S = 3, 10.0  # measured at each of so many first frames, then rarely
BLACK, EVEN = 26.0, 34.0  # grey levels: the mean of a black line, and what nine tenths of it stay under
LIT = 40.0  # the middle line of a picture in which bars can be told at all
LEAST, ALIKE = 0.015, 0.012  # of the side: the narrowest bar, and how much wider one may be than its twin
MOST = 0.3  # of the side, for one bar
STEP = 4  # pixels along a line: every fourth one tells as much
NEAR = 0.012  # of the frame: a box that ends so near to a bar ends there


@dataclass(slots=True)
class LitArea:
    """The lit part of one camera's pictures, 0..1; frames come in order of time."""

    box: Box = WHOLE
    _looks: int = 0
    _at: Instant | None = None
    _wider: int = 0
    _size: tuple[int, int] = (0, 0)

    def update(self, frame: Frame) -> Box:
        """The lit part, measured anew now and then. Less of it is believed after three looks, more at once."""
        if frame.size != self._size:
            self._looks, self._size = 0, frame.size
        if self._looks >= LOOKS and self._at is not None and seconds(frame.at - self._at) < AGAIN_S:
            return self.box
        seen = lit_part(frame.luma)
        if seen is None:
            return self.box
        self._at = frame.at
        self._wider = self._wider + 1 if self._looks and seen.area < self.box.area else 0
        if not self._looks or seen.area > self.box.area or self._wider >= LOOKS:
            self.box, self._wider = seen, 0
        self._looks += 1
        return self.box


def lit_part(luma: npt.NDArray[np.uint8]) -> Box | None:
    """What lies between black bars in (H, W) grey levels; None where it is too dark to tell."""
    sides = []
    for lines in (luma[::STEP].T, luma[:, ::STEP]):  # columns, then rows
        mean, above = lines.mean(axis=1), np.count_nonzero(lines > EVEN, axis=1)
        if float(np.median(mean)) < LIT:
            return None
        black = (mean <= BLACK) & (above <= 0.1 * lines.shape[1])
        length = len(black)
        first, last = (int(np.argmin(b)) / length for b in (black, black[::-1]))
        bars = min(first, last) >= LEAST and max(first, last) <= MOST and abs(first - last) <= ALIKE
        sides.append((first, last) if bars else (0.0, 0.0))
    (left, right), (top, bottom) = sides
    return Box(left, top, 1 - left - right, 1 - top - bottom)


def at_its_edge(seen: Sequence[Observation], lit: Box) -> list[Observation]:
    """The observations with boxes that end exactly where the picture does: a detector sees a little into the bars."""
    if lit == WHOLE:
        return list(seen)
    ended = [replace(o, box=_snapped(o.box, lit)) for o in seen]
    return [o for o in ended if o.box.area > 0]


def _snapped(box: Box, lit: Box) -> Box:
    left, right = _within(box.x, box.right, lit.x, lit.right)
    top, bottom = _within(box.y, box.bottom, lit.y, lit.bottom)
    return Box(left, top, right - left, bottom - top)


def _within(low: float, high: float, begin: float, end: float) -> tuple[float, float]:
    """An extent kept inside another one, and drawn out to its ends where it nearly reaches them and these are bars."""
    low = begin if low < begin or (begin > 0 and low < begin + NEAR) else low
    high = end if high > end or (end < 1 and high > end - NEAR) else high
    return min(low, end), max(high, begin, min(low, end))
