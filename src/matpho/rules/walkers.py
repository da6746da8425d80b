"""How tall people look at each place of the picture: the yardstick that the street itself gives.

Seen from a camera above flat ground, the height of people grows in a straight line with how low in the picture they
stand, and is nothing at the horizon (Hoiem et al. 2008 use the same to reject detections of impossible size). So a line
through the people seen gives a length of about 1.7 m everywhere, and by how much a step away from the camera is
foreshortened.
"""

import math
from dataclasses import dataclass

from matpho.domain.observation import Group, Scene

SURE = 0.5  # score of those who are measured
ENOUGH = 25  # looks at people before the yardstick is used
SPREAD = 0.06  # standard deviation of where they stood, in frame heights: less gives a height and no horizon
FADES = 0.999  # the weight of what was seen, with each new look: a turned camera is learned anew
FOCAL = 1.2  # focal length in frame heights, as of a lens of 45° upright; unknown, and good enough for a third
MOST_STRETCH = 4.0
EDGE = 0.02  # whoever is cut off by the frame is not measured
THIN, WIDE = 0.2, 0.6  # width over height of somebody who stands upright


@dataclass(slots=True)
class Walkers:
    """The yardstick of one camera. Heights and places in frame heights."""

    _n: float = 0.0
    _y: float = 0.0
    _h: float = 0.0
    _yy: float = 0.0
    _yh: float = 0.0

    def note(self, scene: Scene) -> None:
        """Measure the people of a scene."""
        for track in scene.tracks:
            box = track.now.box
            if track.group is not Group.PERSON or not track.now.seen or track.score < SURE:
                continue
            lit = scene.lit.grown(-EDGE, -EDGE)
            whole = box.y > lit.y and box.bottom < lit.bottom and box.x > lit.x and box.right < lit.right
            if whole and THIN <= box.w * scene.aspect / max(box.h, 1e-6) <= WIDE:
                self._n = FADES * self._n + 1
                self._y, self._h = FADES * self._y + box.bottom, FADES * self._h + box.h
                self._yy, self._yh = FADES * self._yy + box.bottom**2, FADES * self._yh + box.bottom * box.h

    def height_at(self, y: float) -> float | None:
        """How tall somebody looks whose feet are at ``y``; None while too few have been seen."""
        if self._n < ENOUGH:
            return None
        slope, level = self._line()
        return max(slope * y + level, 0.3 * self._h / self._n)

    def stretch_at(self, y: float) -> float:
        """By how much a step away from the camera is longer than it looks beside a step sideways; at least 1."""
        slope, level = self._line()
        if self._n < ENOUGH or slope <= 0:
            return 1.0
        below_horizon = y + level / slope
        return min(MOST_STRETCH, max(1.0, FOCAL / max(below_horizon, 1e-3)))

    def _line(self) -> tuple[float, float]:
        """Height as slope × y + level."""
        if self._n <= 0:
            return 0.0, 0.0
        y, h = self._y / self._n, self._h / self._n
        spread = self._yy / self._n - y * y
        if spread < SPREAD**2:
            return 0.0, h
        slope = (self._yh / self._n - y * h) / spread
        return (slope, h - slope * y) if slope > 0 and math.isfinite(slope) else (0.0, h)
