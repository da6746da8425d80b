"""How tall people are on this picture, by where they stand: the measure in which bodies and motions are counted."""

from collections import deque
from collections.abc import Sequence

import numpy as np

from matpho.domain.geometry import Box

_KEPT = 240
_FEWEST = 3
_FEWEST_FOR_SLOPE = 24
_SPREAD = 0.06  # of the frame's height: feet must differ by so much before a slope is believed
_UPRIGHT = 1.2  # height over width, in pixels, of a box that shows somebody standing
_LEAST = 0.03  # of the frame's height


class Stature:
    """A straight line through the heights of standing people over the height of their feet, refitted now and then."""

    def __init__(self, aspect: float) -> None:
        """``aspect`` is the frame's width over its height."""
        self._aspect = aspect
        self._seen: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self._fit: tuple[float, float] | None = None
        self._new = 0
        self._usual: float | None = None

    @property
    def known(self) -> bool:
        """Whether anybody was measured."""
        return len(self._seen) >= _FEWEST

    @property
    def usual(self) -> float:
        """The median height, a share of the frame's height; raises ValueError before anybody was measured."""
        if not self.known:
            raise ValueError("nobody was measured yet")
        if self._usual is None:
            self._usual = float(np.median([h for _, h in self._seen]))
        return self._usual

    def note(self, people: Sequence[Box]) -> None:
        """Measure people who stand and are wholly in the picture."""
        for box in people:
            if box.h > _UPRIGHT * box.w * self._aspect and box.y > 0.005 and box.bottom < 0.995:
                self._seen.append((box.bottom, box.h))
                self._new += 1
                self._usual = None
        if self.known and (self._fit is None or self._new * 5 >= len(self._seen)):
            self._fit, self._new = self._line(), 0

    def at(self, foot: float) -> float:
        """How tall somebody is whose feet are at ``foot`` (0..1), a share of the frame's height."""
        if self._fit is None:
            return self.usual
        base, slope = self._fit
        usual = self.usual
        return max(_LEAST, min(max(base + slope * foot, 0.4 * usual), 2.5 * usual))

    def _line(self) -> tuple[float, float]:
        feet, heights = (np.array(column) for column in zip(*self._seen, strict=True))
        flat = (float(np.median(heights)), 0.0)
        if len(feet) < _FEWEST_FOR_SLOPE or feet.std() < _SPREAD:
            return flat
        kept = np.ones(len(feet), dtype=bool)
        base = slope = 0.0
        for _ in range(3):
            slope, base = (float(v) for v in np.polyfit(feet[kept], heights[kept], 1))
            off = np.abs(heights - base - slope * feet)
            kept = off <= 2.0 * float(np.median(off)) + 1e-3
        return (base, slope) if slope > 0 else flat
