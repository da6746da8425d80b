"""How large things are where they stand: one straight line from the row of the feet to the height of a person.

On level ground the height of a standing person in the picture grows linearly from the horizon down (Hoiem, Efros and
Hebert, "Putting Objects in Perspective", 2008). The line is fitted to the blobs of people who walk through the clip
with the slope's median over pairs (Theil 1950, Sen 1968), which half of the blobs may spoil.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matpho.sim.render import Look

PERSON_M = 1.70
_FOCAL_WIDTHS = 1.1  # a common street camera: about 50 degrees across
_FEWEST = 8


@dataclass(frozen=True, slots=True)
class Ground:
    """A person at row ``foot`` is ``slope * (foot - horizon)`` pixels tall; ``focal_px`` is the lens's."""

    slope: float
    horizon: float
    focal_px: float

    def person_px(self, foot: float) -> float:
        """Height in pixels of a person whose feet are at this row (never under 8)."""
        return max(8.0, self.slope * (foot - self.horizon))

    def pitch_deg(self, foot: float) -> float:
        """How steeply the camera looks down at this row, 8..65 degrees."""
        return min(65.0, max(8.0, math.degrees(math.atan2(foot - self.horizon, self.focal_px))))

    def scaled(self, by: float) -> "Ground":
        """The same place in a picture so many times as large."""
        return Ground(self.slope, self.horizon * by, self.focal_px * by)

    def look(self, foot: float, *, gain: float = 1.0, blur_px: float = 0.6) -> Look:
        """How the camera sees a thing that stands at this row."""
        pitch = self.pitch_deg(foot)
        tilt = math.radians(pitch)
        tall = PERSON_M * math.cos(tilt) + 0.25 * math.sin(tilt)
        return Look(self.person_px(foot) / tall, pitch, gain, blur_px)

    def metres(self, a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
        """The way from pixel a to pixel b on the ground: metres to the right and metres away from the viewer."""
        look = self.look((a[1] + b[1]) / 2)
        return (b[0] - a[0]) / look.px_per_m, (a[1] - b[1]) / (look.px_per_m * math.sin(math.radians(look.pitch_deg)))


def assumed(width: int, height: int, crop_width: float = 1.0) -> Ground:
    """A camera on a first floor looking down a street: what is taken when nobody walks in the clip."""
    return Ground(0.30, -0.15 * height, _FOCAL_WIDTHS * width / crop_width)


def fitted(people: Sequence[tuple[float, float]], width: int, height: int, crop_width: float = 1.0) -> Ground:
    """The line through (row of the feet, height in pixels) of people; the assumed one when they are too few."""
    usual = assumed(width, height, crop_width)
    if len(people) < _FEWEST:
        return usual
    foot, tall = np.array(people, float).T
    first, second = np.triu_indices(len(foot), 1)
    apart = np.abs(foot[first] - foot[second]) > 0.08 * height
    if apart.sum() < _FEWEST:
        slope = usual.slope
    else:
        first, second = first[apart], second[apart]
        slope = float(np.median((tall[first] - tall[second]) / (foot[first] - foot[second])))
        slope = min(0.8, max(0.03, slope))
    offset = float(np.median(tall - slope * foot))
    return Ground(slope, -offset / slope, usual.focal_px)
