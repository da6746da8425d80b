"""A purely drawn street, for when no sample clip can be had, and as a second background for the staged suite.

Pavement, roadway, kerb, a row of shop houses with awnings, trees and a lamp post; drawn walkers on the pavement and
motorbikes on the road. It looks drawn, and says so: it keeps the demonstration and the regression suite going offline.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matpho.sim.actors import Walker
from matpho.sim.background import Source
from matpho.sim.ground import Ground
from matpho.sim.mesh import Mesh, moved
from matpho.sim.objects.motorbike import motorbike
from matpho.sim.objects.person import person
from matpho.sim.render import Sprite, draw
from matpho.vision.frame import Image

WIDTH, HEIGHT = 768, 576
GROUND = Ground(0.30, -70.0, 845.0)
LENGTH_S = 80.0
_KERB = 0.60  # of the height, at the left; the road lies below it
_NOISE = 2.2


def _texture(rng: np.random.Generator, grain: float, coarse: int) -> npt.NDArray[np.float32]:
    """Grain plus stains, zero mean."""
    fine = rng.normal(0, grain, (HEIGHT, WIDTH)).astype(np.float32)
    small = rng.normal(0, 1, (HEIGHT // coarse + 2, WIDTH // coarse + 2)).astype(np.float32)
    stains = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.8) + 3.5 * stains, np.float32)


def _fill(picture: npt.NDArray[np.float32], corners: list[tuple[float, float]], colour: tuple[int, int, int]) -> None:
    points = np.array([[x * WIDTH, y * HEIGHT] for x, y in corners])
    cv2.fillPoly(picture, [np.round(points * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)


def _houses(picture: npt.NDArray[np.float32]) -> None:
    walls = ((150, 175, 190), (175, 185, 170), (140, 160, 200), (185, 180, 175), (150, 150, 165))
    for i, wall in enumerate(walls):
        left, right = i * 0.2, (i + 1) * 0.2
        _fill(picture, [(left, 0), (right, 0), (right, 0.30), (left, 0.30)], wall)
        _fill(
            picture,
            [(left + 0.03, 0.12), (right - 0.03, 0.12), (right - 0.03, 0.30), (left + 0.03, 0.30)],
            (70, 72, 78),
        )
        for k in range(6):
            x = left + 0.03 + k * 0.0235
            _fill(picture, [(x, 0.12), (x + 0.002, 0.12), (x + 0.002, 0.30), (x, 0.30)], (95, 97, 100))
        awning = ((60, 60, 165), (150, 95, 40), (60, 120, 60))[i % 3]
        _fill(picture, [(left + 0.01, 0.09), (right - 0.01, 0.09), (right, 0.155), (left, 0.155)], awning)
        _fill(
            picture,
            [(left + 0.05, 0.01), (right - 0.05, 0.01), (right - 0.05, 0.075), (left + 0.05, 0.075)],
            (205, 205, 195),
        )


def plate() -> Image:
    """The empty street, (HEIGHT, WIDTH, 3) uint8 BGR."""
    rng = np.random.default_rng(7)
    picture = np.full((HEIGHT, WIDTH, 3), (150, 158, 162), np.float32)
    _fill(picture, [(0, 0.30), (1, 0.30), (1, 0.66), (0, _KERB)], (146, 156, 164))
    for k in range(1, 14):  # paving slabs: rows closer together with distance, columns towards the vanishing point
        y = 0.30 + 0.34 * (k / 14) ** 1.35
        cv2.line(
            picture, (0, int(y * HEIGHT)), (WIDTH, int((y + 0.055 * k / 14) * HEIGHT)), (128, 138, 146), 1, cv2.LINE_AA
        )
    for k in range(-12, 26):
        top, bottom = (0.5 + (k / 14 - 0.5) * 0.72, 0.30), (k / 14, 0.66)
        cv2.line(
            picture, (int(top[0] * WIDTH), int(top[1] * HEIGHT)), (int(bottom[0] * WIDTH), int(bottom[1] * HEIGHT)),
            (130, 140, 148), 1, cv2.LINE_AA,
        )  # fmt: skip
    _houses(picture)
    _fill(picture, [(0, _KERB), (1, 0.66), (1, 1), (0, 1)], (92, 93, 95))
    _fill(picture, [(0, _KERB), (1, 0.66), (1, 0.685), (0, _KERB + 0.02)], (175, 180, 182))
    for k in range(5):
        x = 0.06 + k * 0.22
        _fill(
            picture,
            [(x, 0.86 + 0.03 * x), (x + 0.10, 0.862 + 0.03 * x), (x + 0.10, 0.875 + 0.03 * x), (x, 0.872 + 0.03 * x)],
            (205, 208, 208),
        )
    for x in (0.16, 0.86):
        _fill(picture, [(x - 0.008, 0.12), (x + 0.008, 0.12), (x + 0.012, 0.52), (x - 0.012, 0.52)], (60, 78, 92))
        for _ in range(60):
            at = (int((x + rng.normal(0, 0.045)) * WIDTH), int((0.06 + rng.normal(0, 0.04)) * HEIGHT))
            green = (int(rng.integers(25, 55)), int(rng.integers(80, 130)), int(rng.integers(35, 75)))
            cv2.circle(picture, at, int(rng.integers(9, 20)), green, -1, cv2.LINE_AA)
    shown = cv2.GaussianBlur(picture, (0, 0), 0.8) + _texture(rng, 7.0, 40)[..., None]
    return np.asarray(np.clip(shown, 0, 255), np.uint8)


@dataclass(frozen=True, slots=True)
class _Rider:
    """A motorbike with its rider on the road: row of the wheels, pixels per second, when it comes, colour."""

    row: float
    speed: float
    start_s: float
    seed: int

    def mesh(self) -> Mesh:
        """Rider and bike, heading the way they go."""
        sitting = moved(person(self.seed, stoop=0.25, still=True), (-0.15, 0.0, 0.28), scale=0.86)
        return moved([*motorbike(self.seed), *sitting], turn_deg=0.0 if self.speed > 0 else 180.0)


class DrawnStreet(Source):
    """Eighty seconds of the drawn street, the same each time."""

    fps = 10.0
    length = int(LENGTH_S * 10)

    def __init__(self, seed: int = 3) -> None:
        self._plate = plate()
        rng = np.random.default_rng(seed)
        self._walkers = [self._walker(rng, i) for i in range(13)]
        self._riders = [
            _Rider(
                float(rng.uniform(0.80, 0.84) if i % 2 else rng.uniform(0.93, 0.97)) * HEIGHT,
                float(rng.uniform(180, 260)) * (1 if i % 2 else -1), float(rng.uniform(0, LENGTH_S - 8)), i,
            )
            for i in range(9)
        ]  # fmt: skip
        self._kept: dict[tuple[object, ...], Sprite] = {}

    @staticmethod
    def _walker(rng: np.random.Generator, i: int) -> Walker:
        y = float(rng.uniform(0.36, 0.58)) * HEIGHT
        ends = [(-40.0, y), (WIDTH + 40.0, y + float(rng.uniform(-15, 25)))]
        path = ends if i % 2 else ends[::-1]
        return Walker(GROUND, path, 6.0 + (LENGTH_S - 6.0) * (i + float(rng.uniform(0, 0.8))) / 13, 0.0, seed=i)

    def pictures(self, start: int = 0, step: int = 1) -> Iterator[Image]:
        """Draw the street once through, only what is asked for."""
        rng = np.random.default_rng(11)
        fields = [rng.normal(0, _NOISE, (HEIGHT, WIDTH, 3)).astype(np.float32) for _ in range(5)]
        for i in range(start, self.length, step):
            t = i / self.fps
            shown = self._plate.astype(np.float32)
            for sprite, foot in sorted(self._moving(t), key=lambda one: one[1][1]):
                _paste(shown, sprite, foot)
            yield np.clip(shown + fields[i % 5], 0, 255).astype(np.uint8)

    def _moving(self, t: float) -> Iterator[tuple[Sprite, tuple[float, float]]]:
        for walker in self._walkers:
            figure = walker.at(t)
            if figure is not None:
                if figure.key not in self._kept:
                    self._kept[figure.key] = draw(figure.mesh, GROUND.look(figure.foot[1]))
                yield self._kept[figure.key], figure.foot
        for rider in self._riders:
            x = (t - rider.start_s) * rider.speed + (-120 if rider.speed > 0 else WIDTH + 120)
            if t >= rider.start_s and -150 < x < WIDTH + 150:
                key = ("rider", rider.seed)
                if key not in self._kept:
                    self._kept[key] = draw(rider.mesh(), GROUND.look(rider.row))
                yield self._kept[key], (x, rider.row)


def _paste(shown: npt.NDArray[np.float32], sprite: Sprite, foot: tuple[float, float]) -> None:
    left, top = round(foot[0]) - sprite.foot[0], round(foot[1]) - sprite.foot[1]
    h, w = sprite.cover.shape
    x0, y0, x1, y1 = max(0, left), max(0, top), min(WIDTH, left + w), min(HEIGHT, top + h)
    if x0 >= x1 or y0 >= y1:
        return
    inner = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    part = shown[y0:y1, x0:x1]
    part *= 1 - sprite.shade[inner][..., None]
    part *= 1 - sprite.cover[inner][..., None]
    part += sprite.colour[inner]
