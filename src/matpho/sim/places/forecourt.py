"""A forecourt seen by infrared at night: grey, bright in the middle where the camera's own lamp shines, dark around."""

import numpy as np

from matpho.sim.ground import Ground
from matpho.sim.places.drawn import Canvas, Picture, Scenery

WIDTH, HEIGHT = 704, 528
GROUND = Ground(0.31, -60.0, 774.0)
_WALL = 0.30  # of the height


def _light() -> Picture:
    """(H, W): the lamp's spot and its fall towards the corners and with distance."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x / WIDTH, y / HEIGHT
    spot = np.exp(-(((x - 0.5) / 0.42) ** 2) - ((y - 0.62) / 0.40) ** 2)
    return np.asarray(0.34 + 0.66 * spot, np.float32)


def scenery() -> Scenery:
    """A lap of the forecourt: hardly anybody. All tones are grey already."""
    rng = np.random.default_rng(41)
    canvas, light = Canvas(WIDTH, HEIGHT, (134, 134, 134)), _light()
    for k in range(1, 9):  # concrete in large plates
        y = _WALL + (1 - _WALL) * (k / 9) ** 1.5
        canvas.line((0, y), (1, y + 0.006), (112, 112, 112), 2)
    for k in range(-6, 13):
        canvas.line((0.5 + (k / 6 - 0.5) * 0.6, _WALL), (0.5 + (k / 6 - 0.5) * 1.9, 1.0), (116, 116, 116))
    canvas.fill([(0, 0), (1, 0), (1, _WALL), (0, _WALL)], (96, 96, 96))
    canvas.fill([(0.36, 0.05), (0.64, 0.05), (0.64, _WALL), (0.36, _WALL)], (66, 66, 66))
    for k in range(12):  # a sliding gate
        x = 0.365 + 0.0235 * k
        canvas.line((x, 0.05), (x, _WALL), (128, 128, 128), 2)
    for x in (0.10, 0.24, 0.74, 0.90):  # hedges, bright by infrared
        for _ in range(70):
            px, py = x + rng.normal(0, 0.045), 0.255 + rng.normal(0, 0.028)
            tone, r = int(rng.integers(110, 190)), float(rng.uniform(0.006, 0.013))
            canvas.fill([(px - r, py), (px, py - r), (px + r, py), (px, py + r)], (tone, tone, tone))
    canvas.fill([(0.84, 0.36), (1, 0.38), (1, 0.46), (0.84, 0.43)], (92, 92, 92))
    texture = canvas.texture(rng, 6.0, 44, stains=6.0)
    return Scenery(
        plate=canvas.done(texture, light), ground=GROUND, light=light, noise=4.0, walks=(0.40, 0.62), walkers=4,
        length_s=60.0,
    )  # fmt: skip
