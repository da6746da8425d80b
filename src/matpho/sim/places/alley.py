"""A wet alley at night: dark asphalt between house fronts, lamps, lit doors, and all of it mirrored in the ground."""

import cv2
import numpy as np

from matpho.sim.ground import Ground
from matpho.sim.places.drawn import Canvas, Picture, Scenery

WIDTH, HEIGHT = 640, 480
GROUND = Ground(0.34, -20.0, 704.0)
_LAMPS = ((0.22, 0.06), (0.80, 0.02))
_DOORS = ((0.05, 0.16, (70, 150, 235)), (0.42, 0.50, (190, 205, 160)), (0.66, 0.73, (60, 110, 210)))
_HOUSE = 0.34  # of the height: where the house fronts stand


def _light() -> Picture:
    """(H, W) how much of daylight: pools below the lamps, spill of the doors, little elsewhere."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x / WIDTH, y / HEIGHT
    light = np.full((HEIGHT, WIDTH), 0.34, np.float32)
    for lamp_x, _ in _LAMPS:
        light += 0.75 * np.exp(-(((x - lamp_x) / 0.24) ** 2) - ((y - 0.56) / 0.26) ** 2)
    for left, right, _ in _DOORS:
        middle = (left + right) / 2
        light += 0.30 * np.exp(-(((x - middle) / 0.07) ** 2) - ((y - 0.42) / 0.10) ** 2)
    return np.asarray(np.minimum(light, 1.15), np.float32)


def _fronts(canvas: Canvas) -> None:
    walls = ((84, 96, 110), (70, 78, 84), (96, 92, 84), (64, 74, 96))
    for i, wall in enumerate(walls):
        left, right = i * 0.25, (i + 1) * 0.25
        canvas.fill([(left, 0), (right, 0), (right, _HOUSE), (left, _HOUSE)], wall)
        canvas.fill(
            [(left + 0.14, 0.10), (right - 0.015, 0.10), (right - 0.015, _HOUSE), (left + 0.14, _HOUSE)], (48, 50, 54)
        )
        for k in range(5):
            x = left + 0.145 + k * 0.019
            canvas.line((x, 0.10), (x, _HOUSE), (62, 64, 68))
        canvas.fill([(left, 0.085), (right, 0.085), (right, 0.105), (left, 0.105)], (58, 60, 70))
    for k in range(5):
        canvas.line((0, 0.03 + 0.011 * k), (1, 0.01 + 0.016 * k), (22, 22, 24))


def _mirrored_lights(shown: Picture, rng: np.random.Generator) -> None:
    """Lamps and doors drawn out downwards on the wet asphalt, broken by its grain."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x / WIDTH, y / HEIGHT
    broken = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), sigmaX=4.0, sigmaY=1.3)
    ripple = np.clip(1 + 2.6 * broken, 0.25, 2.4)
    below = np.clip((y - _HOUSE) / 0.05, 0, 1)
    for lamp_x, _ in _LAMPS:
        streak = np.exp(-(((x - lamp_x) / 0.022) ** 2)) * np.exp(-(((y - 0.62) / 0.22) ** 2)) * below * ripple
        shown += 105 * streak[..., None] * np.array([0.55, 0.8, 1.0], np.float32)
    for left, right, colour in _DOORS:
        middle, half = (left + right) / 2, (right - left) / 2
        streak = np.exp(-(np.abs((x - middle) / half) ** 4)) * np.exp(-(y - _HOUSE) / 0.15) * below * ripple
        shown += 0.42 * streak[..., None] * np.array(colour, np.float32)


def scenery() -> Scenery:
    """A lap of the alley: few people, some motorbikes with their lamps on."""
    rng = np.random.default_rng(23)
    canvas, light = Canvas(WIDTH, HEIGHT, (74, 74, 72)), _light()
    for _ in range(14):  # patches and seams of mended asphalt
        px, py = float(rng.uniform(0, 1)), float(rng.uniform(0.4, 0.95))
        w, h, tone = float(rng.uniform(0.04, 0.16)), float(rng.uniform(0.015, 0.05)), int(rng.integers(60, 86))
        canvas.fill(
            [(px, py), (px + w, py + 0.01), (px + 0.9 * w, py + h), (px - 0.02, py + h)], (tone, tone, tone - 1)
        )
    _fronts(canvas)
    canvas.fill([(0, _HOUSE), (1, _HOUSE), (1, _HOUSE + 0.018), (0, _HOUSE + 0.018)], (96, 98, 100))
    shown = canvas.done(canvas.texture(rng, 8.0, 34, stains=5.0), light).astype(np.float32)
    lit = Canvas(WIDTH, HEIGHT, (0, 0, 0))
    for left, right, colour in _DOORS:
        lit.fill([(left, 0.13), (right, 0.13), (right, _HOUSE), (left, _HOUSE)], colour)
    for x, y in _LAMPS:
        lit.fill([(x - 0.014, y), (x + 0.014, y), (x + 0.018, y + 0.02), (x - 0.018, y + 0.02)], (235, 248, 255))
    bloom = cv2.GaussianBlur(lit.picture, (0, 0), 12)
    shown = np.maximum(shown, lit.picture * 0.85) + 0.5 * bloom
    _mirrored_lights(shown, rng)
    plate = np.asarray(np.clip(shown, 0, 255), np.uint8)
    return Scenery(
        plate=plate, ground=GROUND, light=light, wet=0.45, noise=3.4, walks=(0.46, 0.72), rides=((0.78, 0.93),),
        walkers=6, riders=5, lamps_on=True, length_s=70.0,
    )  # fmt: skip
