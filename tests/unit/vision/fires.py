"""Drawn flames, smoke, and what resembles them, on a drawn street of 640×360 at 5 pictures a second."""

from collections.abc import Iterator

import cv2
import numpy as np

from matpho.domain.time import Instant, after
from matpho.pipeline.planes import from_bgr
from matpho.vision.frame import Frame

FPS = 5.0
Image = np.ndarray


def street(seed: int = 3, light: float = 1.0) -> Image:
    """Houses, windows and asphalt in dull colours, BGR."""
    dice = np.random.default_rng(seed)
    picture = np.full((360, 640, 3), (95, 98, 100), np.uint8)
    for _ in range(220):
        x, y = int(dice.integers(0, 620)), int(dice.integers(0, 350))
        w, h = (int(v) for v in dice.integers(8, 45, 2))
        grey = int(dice.integers(30, 190))
        colour = tuple(int(np.clip(grey + dice.integers(-12, 13), 0, 255)) for _ in range(3))
        cv2.rectangle(picture, (x, y), (x + w, y + h), colour, -1)
    return np.clip(picture * light, 0, 255).astype(np.uint8)


def flame(picture: Image, number: int, *, foot: tuple[int, int] = (320, 280), size: int = 50, seed: int = 1) -> Image:
    """Tongues of random height over a foot that stays, red outside and yellow to white inside."""
    dice = np.random.default_rng(1000 * seed + number)
    around = np.s_[max(0, foot[1] - 2 * size - 9) : foot[1] + 9, max(0, foot[0] - 2 * size) : foot[0] + 2 * size]
    rows, columns = np.mgrid[around].astype(np.float32)
    heat = np.zeros(rows.shape, np.float32)
    for place in np.linspace(-0.5, 0.5, 5):
        height = size * float(dice.uniform(0.5, 1.6)) * (1.2 - abs(float(place)))
        lean = float(dice.uniform(-0.25, 0.25))
        up = (foot[1] - rows) / height
        middle = foot[0] + place * size + lean * (foot[1] - rows)
        width = 0.28 * size * np.clip(1.1 - up, 0, 1) + 1e-3
        tongue = np.clip(1.3 - np.abs(columns - middle) / width, 0, 1) * ((up > 0) & (up < 1))
        heat = np.maximum(heat, tongue)
    heat = cv2.GaussianBlur(heat, (0, 0), 1.5)[..., None]
    hot = np.array([60.0, 175.0, 255.0]) * np.ones_like(heat) + np.clip(heat - 0.6, 0, 1) * np.array(
        [250.0, 150.0, 0.0]
    )
    shown, burning = np.clip(3 * heat, 0, 1), picture.copy()
    burning[around] = np.clip(picture[around] * (1 - shown) + np.clip(hot, 0, 255) * shown, 0, 255)
    return burning


def smoke(picture: Image, number: int, *, foot: tuple[int, int] = (250, 300), seconds: float = 25.0) -> Image:
    """A grey plume that rises and widens for so many seconds, uneven and drifting."""
    age = number / FPS
    rise = min(1.0, age / seconds)
    cloud = np.random.default_rng(5).normal(0, 1, (90, 160)).astype(np.float32)
    cloud = cv2.GaussianBlur(np.roll(cloud, (-round(2.2 * age), round(1.1 * age)), (0, 1)), (0, 0), 4)
    uneven = cv2.resize(cloud / cloud.std(), (640, 360))
    rows, columns = np.mgrid[:360, :640].astype(np.float32)
    up = np.clip((foot[1] - rows) / (60 + 240 * rise), 0, 1)
    width = 35 + 130 * up * rise + 25 * rise
    plume = np.exp(-(((columns - foot[0] - 60 * up * rise) / width) ** 2)) * (rows < foot[1] + 15) * (1 - up**3)
    veil = np.clip(plume * (0.62 + 0.22 * uneven) * min(1.0, age / 6), 0, 0.85)[..., None]
    return np.clip(picture * (1 - veil) + np.array([172.0, 170.0, 168.0]) * veil, 0, 255).astype(np.uint8)


def frames(pictures: Iterator[Image] | list[Image]) -> Iterator[Frame]:
    """As a camera sends them, with a sensor's noise."""
    dice = np.random.default_rng(9)
    noise = np.repeat(dice.normal(0, 2, (8, 360, 640, 1)).round().astype(np.int16), 3, axis=3)
    for number, picture in enumerate(pictures):
        noisy = cv2.add(picture, noise[number % 8], dtype=cv2.CV_8U)
        yield from_bgr(noisy, after(Instant(0), number / FPS))
