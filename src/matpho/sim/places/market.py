"""A market street under awnings: a lane between stalls with their goods, strong sun and deep shade, many people."""

import numpy as np

from matpho.sim.ground import Ground
from matpho.sim.places.drawn import Canvas, Picture, Scenery

WIDTH, HEIGHT = 640, 480
GROUND = Ground(0.27, -90.0, 704.0)
_EDGE = 0.36  # of the height: where the stalls' fronts meet the lane
_SHADE = 0.50


def _light(rng: np.random.Generator) -> Picture:
    """(H, W): the awnings' shade along the stalls with its wavy edge, sun on the lane, patches between two sheets."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x / WIDTH, y / HEIGHT
    border = 0.50 + 0.02 * np.sin(9 * x + 1.0) + 0.05 * (np.sin(23 * x) > 0.6)
    sun = 1 / (1 + np.exp(-(y - border) / 0.006))
    for _ in range(7):
        gap_x, gap_y = rng.uniform(0, 1), rng.uniform(0.38, 0.48)
        sun = np.maximum(sun, 0.8 * (np.abs(x - gap_x - 0.4 * (y - gap_y)) < 0.012) * (np.abs(y - gap_y) < 0.035))
    return np.asarray(_SHADE + (1 - _SHADE) * sun, np.float32)


def _stalls(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.fill([(0, 0), (1, 0), (1, _EDGE), (0, _EDGE)], (62, 66, 74))
    sheets = ((150, 110, 40), (60, 70, 180), (70, 130, 70), (170, 170, 175), (50, 120, 190), (140, 90, 60))
    for i, sheet in enumerate(sheets):
        left, right = i / 6, (i + 1) / 6
        pale = (min(255, sheet[0] + 40), min(255, sheet[1] + 40), min(255, sheet[2] + 40))
        for k in range(5):
            a, b = left + k * (right - left) / 5, left + (k + 1) * (right - left) / 5
            canvas.fill([(a, 0), (b, 0), (b, 0.12), (a, 0.12)], sheet if k % 2 else pale)
        canvas.fill(
            [(left + 0.01, 0.27), (right - 0.01, 0.27), (right - 0.006, _EDGE), (left + 0.006, _EDGE)], (70, 92, 112)
        )
        for _ in range(26):  # what is for sale
            x, y = float(rng.uniform(left + 0.012, right - 0.024)), float(rng.uniform(0.20, 0.285))
            tone = tuple(int(v) for v in rng.integers(40, 220, 3))
            w, h = float(rng.uniform(0.008, 0.022)), float(rng.uniform(0.012, 0.03))
            canvas.fill([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], tone)  # type: ignore[arg-type]
        canvas.line((left, 0.1), (left, _EDGE), (120, 122, 126), 2)
    for _ in range(15):  # crates that always stand before the stalls
        x, w = float(rng.uniform(0, 0.96)), float(rng.uniform(0.02, 0.045))
        tone = ((60, 90, 150), (140, 90, 40), (70, 110, 60))[int(rng.integers(0, 3))]
        dark = (tone[0] // 2, tone[1] // 2, tone[2] // 2)
        canvas.fill([(x, _EDGE - 0.03), (x + w, _EDGE - 0.03), (x + w, _EDGE + 0.015), (x, _EDGE + 0.015)], tone)
        canvas.line((x, _EDGE - 0.008), (x + w, _EDGE - 0.008), dark)


def scenery() -> Scenery:
    """A lap of the market: twenty-two people in the lane, a few motorbikes among them."""
    rng = np.random.default_rng(31)
    canvas = Canvas(WIDTH, HEIGHT, (128, 138, 146))
    for k in range(1, 20):
        y = _EDGE + (1 - _EDGE) * (k / 20) ** 1.4
        canvas.line((0, y), (1, y + 0.004 * k / 20), (112, 121, 128))
        for j in range(-8, 18):
            x = 0.5 + (j - 5 + 0.5 * (k % 2)) * (0.055 + 0.0055 * k)
            below = _EDGE + (1 - _EDGE) * (min(k + 1, 20) / 20) ** 1.4
            canvas.line((x, y), (x + 0.004 * (j - 5), below), (114, 123, 130))
    for _ in range(40):  # leaves, wrappings and wet spots that always lie about
        x, y, r = float(rng.uniform(0, 1)), float(rng.uniform(_EDGE, 1)), float(rng.uniform(0.003, 0.012))
        tone = int(rng.integers(84, 176))
        canvas.fill([(x - r, y), (x, y - 0.6 * r), (x + r, y), (x, y + 0.7 * r)], (tone, tone + 6, tone + 4))
    _stalls(canvas, rng)
    light = _light(rng)
    plate = canvas.done(canvas.texture(rng, 7.0, 26, stains=6.0), light)
    return Scenery(
        plate=plate, ground=GROUND, light=light, noise=2.0, walks=(0.44, 0.80), rides=((0.86, 0.95),), walkers=22,
        riders=3, length_s=75.0,
    )  # fmt: skip
