"""Dim pictures as a well exposed one would look: what analyses them was taught, and set, on such.

Where there is too little light a camera sends pictures of which nothing is bright (an exposure too short by stops, a
dark day, a starved sensor), or dark ones with a few lamps in them. A detector that was trained on photographs names
half as much there, and limits in grey levels are too coarse. A gain brings the brightest parts to where they belong;
where the middle of the levels is still in the dark a power below 1 raises it and leaves the lamps as they are. Both
keep a change of light a factor. They follow slowly, so that headlights and a hand before the lens change little.

What judges the picture itself (its health, its light, its lamps and flames) must see it as it is.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import WHOLE, Box
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import BLACK, SMALL, WHITE, Frame, Image

EVERY_S, FOLLOWS_S = 1.5, 20.0
BRIGHT, BRIGHTEST = 0.97, 0.84  # the brightest 3 % of a well exposed picture are at so much of the range
DIM, DARK = (0.48, 0.6), (0.16, 0.22)
"""From the second value downwards the brightest parts, or the middle, are raised, from the first on fully."""
MIDDLE = 0.38  # of the range, where a dark middle is raised to (18 % of white light, as levels are coded)
MOST_GAIN, LEAST_POWER = 4.0, 0.6  # more of either shows the sensor's noise only
_SAME = 0.02

Table = npt.NDArray[np.uint8]


@dataclass(slots=True)
class Exposure:
    """Of one camera; frames come in order of time. ``gain`` and ``power`` are 1 for a well exposed picture."""

    gain: float = 1.0
    power: float = 1.0
    _at: Instant | None = None
    _levels: Table | None = field(default=None, repr=False)
    _colours: Table | None = field(default=None, repr=False)

    def update(self, frame: Frame, lit: Box = WHOLE) -> Frame:
        """The frame with its grey levels brought up by the gain alone; itself where that changes nothing.

        ``lit`` is the part of it that is picture, without black bars.
        """
        passed_s = math.inf if self._at is None else seconds(frame.at - self._at)
        if passed_s >= EVERY_S or passed_s < 0:
            self._at = frame.at
            self._follow(frame, lit, 1.0 if passed_s < 0 else 1.0 - math.exp(-passed_s / FOLLOWS_S))
        if self._levels is None:
            return frame
        return Frame(frame.at, cv2.LUT(frame.luma, self._levels), frame.u, frame.v, gain=self.gain)  # type: ignore[arg-type]

    def lift(self, image: Image) -> Image:
        """A (h, w, 3) BGR picture of this camera with gain and power; itself where they change nothing."""
        return image if self._colours is None else cv2.LUT(image, self._colours)  # type: ignore[return-value]

    def _follow(self, frame: Frame, lit: Box, share: float) -> None:
        """Move ``share`` of the way to what this frame wants."""
        gain, power = wanted(frame, lit)
        self.gain *= (gain / self.gain) ** share
        self.power += (power - self.power) * share
        gain, power = (1.0 if abs(v - 1) < _SAME else v for v in (self.gain, self.power))
        levels = np.arange(256, dtype=np.float32)
        self._levels = None if gain == 1 else _whole(BLACK + (levels - BLACK) * gain)
        plain = gain == 1 and power == 1
        self._colours = None if plain else _whole(255 * np.minimum(levels / 255 * gain, 1.0) ** power)


def wanted(frame: Frame, lit: Box = WHOLE) -> tuple[float, float]:
    """Gain and power that the ``lit`` part of a frame asks for: by its brightest parts, by the middle of its levels."""
    (width, height), picture = SMALL, frame.shrunk(*SMALL)
    shown = picture[round(lit.y * height) : round(lit.bottom * height), round(lit.x * width) : round(lit.right * width)]
    counts = cv2.calcHist([np.ascontiguousarray(shown)], [0], None, [256], [0, 256]).ravel()
    upto = np.cumsum(counts) / max(shown.size, 1)
    bright, middle = ((float(np.searchsorted(upto, share)) - BLACK) / (WHITE - BLACK) for share in (BRIGHT, 0.5))
    full = min(MOST_GAIN, max(1.0, BRIGHTEST / max(bright, 1e-3)))
    gain = full ** _short_of(bright, DIM)
    middle = max(middle * gain, 1e-3)
    lift = max(LEAST_POWER, math.log(MIDDLE) / math.log(min(middle, MIDDLE)))
    return gain, lift ** _short_of(middle, DARK)


def _short_of(value: float, limits: tuple[float, float]) -> float:
    """1 below the first limit, 0 above the second, even between."""
    low, high = limits
    return min(1.0, max(0.0, (high - value) / (high - low)))


def _whole(levels: npt.NDArray[np.floating[Any]]) -> Table:
    whole: Table = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return whole
