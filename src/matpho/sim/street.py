"""A purely drawn street, for when no sample clip can be had, and as a second background for the staged suite.

Pavement, roadway, kerb, a row of shop houses with awnings, trees and a lamp post; drawn walkers on the pavement and
motorbikes on the road. It looks drawn, and says so: it keeps the demonstration and the regression suite going offline.
"""

import numpy as np

from matpho.sim.ground import Ground
from matpho.sim.places.drawn import Canvas, DrawnPlace, Scenery
from matpho.vision.frame import Image

WIDTH, HEIGHT = 768, 576
GROUND = Ground(0.30, -70.0, 845.0)
LENGTH_S = 80.0
_KERB = 0.60  # of the height, at the left; the road lies below it


def _houses(canvas: Canvas) -> None:
    walls = ((150, 175, 190), (175, 185, 170), (140, 160, 200), (185, 180, 175), (150, 150, 165))
    for i, wall in enumerate(walls):
        left, right = i * 0.2, (i + 1) * 0.2
        canvas.fill([(left, 0), (right, 0), (right, 0.30), (left, 0.30)], wall)
        canvas.fill(
            [(left + 0.03, 0.12), (right - 0.03, 0.12), (right - 0.03, 0.30), (left + 0.03, 0.30)],
            (70, 72, 78),
        )
        for k in range(6):
            x = left + 0.03 + k * 0.0235
            canvas.fill([(x, 0.12), (x + 0.002, 0.12), (x + 0.002, 0.30), (x, 0.30)], (95, 97, 100))
        awning = ((60, 60, 165), (150, 95, 40), (60, 120, 60))[i % 3]
        canvas.fill([(left + 0.01, 0.09), (right - 0.01, 0.09), (right, 0.155), (left, 0.155)], awning)
        canvas.fill(
            [(left + 0.05, 0.01), (right - 0.05, 0.01), (right - 0.05, 0.075), (left + 0.05, 0.075)],
            (205, 205, 195),
        )


def plate() -> Image:
    """The empty street, (HEIGHT, WIDTH, 3) uint8 BGR."""
    rng = np.random.default_rng(7)
    canvas = Canvas(WIDTH, HEIGHT, (150, 158, 162))
    canvas.fill([(0, 0.30), (1, 0.30), (1, 0.66), (0, _KERB)], (146, 156, 164))
    for k in range(1, 14):  # paving slabs: rows closer together with distance, columns towards the vanishing point
        y = 0.30 + 0.34 * (k / 14) ** 1.35
        canvas.line((0, y), (1, y + 0.055 * k / 14), (128, 138, 146))
    for k in range(-12, 26):
        top, bottom = (0.5 + (k / 14 - 0.5) * 0.72, 0.30), (k / 14, 0.66)
        canvas.line(top, bottom, (130, 140, 148))
    _houses(canvas)
    canvas.fill([(0, _KERB), (1, 0.66), (1, 1), (0, 1)], (92, 93, 95))
    canvas.fill([(0, _KERB), (1, 0.66), (1, 0.685), (0, _KERB + 0.02)], (175, 180, 182))
    for k in range(5):
        x = 0.06 + k * 0.22
        canvas.fill(
            [(x, 0.86 + 0.03 * x), (x + 0.10, 0.862 + 0.03 * x), (x + 0.10, 0.875 + 0.03 * x), (x, 0.872 + 0.03 * x)],
            (205, 208, 208),
        )
    for x in (0.16, 0.86):
        canvas.fill([(x - 0.008, 0.12), (x + 0.008, 0.12), (x + 0.012, 0.52), (x - 0.012, 0.52)], (60, 78, 92))
        canvas.tree(rng, (x, 0.06), 0.045)
    return canvas.done(canvas.texture(rng, 7.0, 40))


def scenery() -> Scenery:
    """Eighty seconds of walkers on the pavement and motorbikes on the road."""
    rides = ((0.80, 0.84), (0.93, 0.97))
    return Scenery(
        plate=plate(), ground=GROUND, walks=(0.36, 0.58), rides=rides, length_s=LENGTH_S, drift_px=(-15.0, 25.0)
    )


class DrawnStreet(DrawnPlace):
    """Eighty seconds of the drawn street, the same each time."""

    def __init__(self, seed: int = 3) -> None:
        super().__init__(scenery(), seed)
