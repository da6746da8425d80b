"""By which light a camera sees: day, dusk, night, or infrared, as the picture itself tells.

Automatic exposure aims at mid-grey, 18 % of white, which is grey level 118 of a picture. While there is enough light
the middle of the levels stays near it; a picture whose middle lies more than one stop below (level 86) shows that the
camera is at its end, more than three stops (level 46) that there is hardly any light. A stop is a factor of 2 in light
and of 2^0.45 in grey levels. A picture without colours that is not bright is an infrared one. So a brightly lit stall
at night reads as day, which is right for what the picture can show and wrong by the clock.
"""

from collections import deque

import numpy as np

from matpho.domain.observation import Light
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import Frame

EVERY_S = 5.0
_GRID = 6  # every 6th pixel of every 6th row
_KEPT = 5  # measurements; the middle one counts, so that headlights or a passing bus change nothing
_ONE_STOP, _THREE_STOPS = 86.0, 46.0
_COLOURLESS = 0.75  # mean distance of the chroma from neutral, both planes; an encoder leaves a little


class Daylight:
    """Judges one camera's light; :meth:`look` costs nothing between two measurements."""

    def __init__(self) -> None:
        self._due: Instant | None = None
        self._seen: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self.now: Light | None = None

    def look(self, frame: Frame) -> Light:
        """The light of this frame (luma (H, W) uint8 and half-size chroma, None where the source is grey)."""
        if self.now is None or self._due is None or not 0 <= seconds(frame.at - self._due) < EVERY_S:
            self._due = frame.at
            self._seen.append((float(np.median(frame.luma[::_GRID, ::_GRID])), _colour(frame)))
            level, colour = np.median(np.array(self._seen), axis=0)
            self.now = _light(float(level), float(colour))
        return self.now


def _light(level: float, colour: float) -> Light:
    if level >= _ONE_STOP:
        return Light.DAY
    if colour < _COLOURLESS:
        return Light.INFRARED
    return Light.DUSK if level >= _THREE_STOPS else Light.NIGHT


def _colour(frame: Frame) -> float:
    """Mean distance of the chroma from neutral, grey levels."""
    if frame.u is None or frame.v is None:
        return 0.0
    planes = (frame.u[:: _GRID // 2, :: _GRID // 2], frame.v[:: _GRID // 2, :: _GRID // 2])
    return float(sum(np.abs(plane.astype(np.int16) - 128).mean() for plane in planes)) / 2
