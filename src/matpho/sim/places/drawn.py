"""A drawn place: an empty picture of it, and who walks and rides through it, the same each time.

It is drawn once as an empty plate; people and motorbikes are pasted onto it, lit as the place is lit where they are,
mirrored in the ground where it is wet, and every picture gets a sensor's noise.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from matpho.sim.actors import Walker
from matpho.sim.background import Source
from matpho.sim.ground import Ground
from matpho.sim.mesh import Mesh, moved
from matpho.sim.objects.motorbike import motorbike
from matpho.sim.objects.person import person
from matpho.sim.render import Sprite, draw, mirrored
from matpho.vision.frame import Image

Picture = npt.NDArray[np.float32]

_NOISE_FIELDS = 5
_LIGHT_STEP = 0.12  # a walker is drawn anew when the light on it differs by this much
_KEPT_SPRITES = 500
_GLOW_SHARE = 0.10  # of the picture's width: the pool of a headlight


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """What is drawn of a place.

    ``plate`` (H, W, 3) uint8 BGR; ``light`` (H, W) float32, how much of full daylight falls there, None: all of it;
    ``wet`` 0..1, how much of what stands there the ground mirrors; ``walks`` and ``rides`` are rows (0..1 of the
    height, from, to) on which people walk and motorbikes ride; ``noise`` in grey levels.
    """

    plate: Image
    ground: Ground
    walks: tuple[float, float]
    rides: tuple[tuple[float, float], ...] = ()
    light: Picture | None = None
    wet: float = 0.0
    noise: float = 2.2
    walkers: int = 13
    riders: int = 9
    lamps_on: bool = False  # riders with headlights
    drift_px: tuple[float, float] = (-4.0, 6.0)  # how much lower a walker leaves than comes
    length_s: float = 80.0


@dataclass(frozen=True, slots=True)
class _Rider:
    """A motorbike with its rider: row of the wheels, pixels per second, when it comes, colour."""

    row: float
    speed: float
    start_s: float
    seed: int

    def mesh(self) -> Mesh:
        """Rider and bike, heading the way they go."""
        sitting = moved(person(self.seed, stoop=0.25, still=True), (-0.15, 0.0, 0.28), scale=0.86)
        return moved([*motorbike(self.seed), *sitting], turn_deg=0.0 if self.speed > 0 else 180.0)


@dataclass(slots=True)
class _Shown:
    """A sprite where it is drawn now, and its mirror image in the ground."""

    sprite: Sprite
    foot: tuple[float, float]
    below: Sprite | None
    lamp: tuple[float, float] | None = None


class DrawnPlace(Source):
    """A lap of a drawn place, ten pictures a second."""

    fps = 10.0

    def __init__(self, scenery: Scenery, seed: int = 3) -> None:
        self.scenery, self.ground, self.empty = scenery, scenery.ground, scenery.plate
        self.noise, self.wet = scenery.noise, scenery.wet
        self.length = int(scenery.length_s * self.fps)
        self._height, self._width = scenery.plate.shape[:2]
        rng = np.random.default_rng(seed)
        self._walkers = [self._walker(rng, i) for i in range(scenery.walkers)]
        self._riders = [self._rider(rng, i) for i in range(scenery.riders if scenery.rides else 0)]
        self._kept: dict[tuple[object, ...], tuple[Sprite, Sprite | None]] = {}

    def _walker(self, rng: np.random.Generator, i: int) -> Walker:
        low, high = self.scenery.walks
        y = float(rng.uniform(low, high)) * self._height
        ends = [(-40.0, y), (self._width + 40.0, y + float(rng.uniform(*self.scenery.drift_px)))]
        path = ends if i % 2 else ends[::-1]
        length, lead = self.scenery.length_s, 6.0
        at_s = lead + (length - lead) * (i + float(rng.uniform(0, 0.8))) / self.scenery.walkers
        return Walker(self.scenery.ground, path, at_s, 0.0, seed=i)

    def _rider(self, rng: np.random.Generator, i: int) -> _Rider:
        low, high = self.scenery.rides[(i + 1) % len(self.scenery.rides)]
        row, speed = float(rng.uniform(low, high)) * self._height, float(rng.uniform(0.234, 0.339)) * self._width
        return _Rider(row, speed * (1 if i % 2 else -1), float(rng.uniform(0, self.scenery.length_s - 8)), i)

    def light_at(self, x: float, y: float) -> float:
        """How much of full daylight falls on what stands at (x, y), 0..1 of the picture."""
        if self.scenery.light is None:
            return 1.0
        row, column = int(y * self._height), int(x * self._width)
        return float(self.scenery.light[min(max(row, 0), self._height - 1), min(max(column, 0), self._width - 1)])

    def pictures(self, start: int = 0, step: int = 1) -> Iterator[Image]:
        """Draw the place once through, only what is asked for."""
        rng = np.random.default_rng(11)
        shape = self.scenery.plate.shape
        fields = [rng.normal(0, self.scenery.noise, shape).round().astype(np.int16) for _ in range(_NOISE_FIELDS)]
        for i in range(start, self.length, step):
            shown = self.scenery.plate.copy()
            for one in sorted(self._moving(i / self.fps), key=lambda one: one.foot[1]):
                if one.lamp is not None:
                    glow(shown, one.lamp, _GLOW_SHARE * self._width, 120.0 if self.wet else 70.0)
                if one.below is not None:
                    paste(shown, one.below, one.foot)
                paste(shown, one.sprite, one.foot)
            yield np.asarray(cv2.add(shown, fields[i % _NOISE_FIELDS], dtype=cv2.CV_8U), np.uint8)

    def _moving(self, t: float) -> Iterator[_Shown]:
        for walker in self._walkers:
            figure = walker.at(t)
            if figure is not None:
                yield self._shown(figure.key, figure.make, figure.foot)
        for rider in self._riders:
            margin = 0.16 * self._width
            x = (t - rider.start_s) * rider.speed + (-margin if rider.speed > 0 else self._width + margin)
            if t >= rider.start_s and -1.25 * margin < x < self._width + 1.25 * margin:
                one = self._shown(("rider", rider.seed), rider.mesh, (x, rider.row))
                if self.scenery.lamps_on:
                    ahead = 1.6 * self.scenery.ground.look(rider.row).px_per_m
                    one.lamp = (x + (ahead if rider.speed > 0 else -ahead), rider.row)
                yield one

    def _shown(self, key: tuple[object, ...], mesh: Callable[[], Mesh], foot: tuple[float, float]) -> _Shown:
        lit = self.light_at(foot[0] / self._width, foot[1] / self._height)
        known = (*key, round(lit / _LIGHT_STEP))
        if known not in self._kept:
            if len(self._kept) >= _KEPT_SPRITES:
                self._kept.pop(next(iter(self._kept)))
            sprite = draw(mesh(), self.scenery.ground.look(foot[1], gain=lit))
            self._kept[known] = sprite, mirrored(sprite, self.wet) if self.wet > 0 else None
        sprite, below = self._kept[known]
        return _Shown(sprite, foot, below)


def paste(shown: Image, sprite: Sprite, foot: tuple[float, float]) -> None:
    """Draw a sprite into a picture, its foot at a pixel."""
    height, width = shown.shape[:2]
    left, top = round(foot[0]) - sprite.foot[0], round(foot[1]) - sprite.foot[1]
    h, w = sprite.cover.shape
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + w), min(height, top + h)
    if x0 >= x1 or y0 >= y1:
        return
    inner = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    part = shown[y0:y1, x0:x1].astype(np.float32)
    part *= ((1 - sprite.shade[inner]) * (1 - sprite.cover[inner]))[..., None]
    part += sprite.colour[inner]
    shown[y0:y1, x0:x1] = np.clip(part, 0, 255).astype(np.uint8)


def glow(shown: Image, at: tuple[float, float], radius: float, level: float) -> None:
    """A pool of warm light on the ground, flat as the ground is."""
    height, width = shown.shape[:2]
    x0, x1 = max(0, int(at[0] - 2 * radius)), min(width, int(at[0] + 2 * radius))
    y0, y1 = max(0, int(at[1] - 0.8 * radius)), min(height, int(at[1] + 0.8 * radius))
    if x0 >= x1 or y0 >= y1:
        return
    x = (np.arange(x0, x1, dtype=np.float32) - at[0]) / radius
    y = (np.arange(y0, y1, dtype=np.float32)[:, None] - at[1]) / (0.4 * radius)
    pool = level * np.exp(-(x**2) - y**2)
    part = shown[y0:y1, x0:x1].astype(np.float32) * (1 + pool[..., None] / 60)
    shown[y0:y1, x0:x1] = np.minimum(part + pool[..., None] * np.array([0.20, 0.30, 0.36], np.float32), 255)


@dataclass(slots=True)
class Canvas:
    """An empty picture being drawn, coordinates 0..1 of it."""

    width: int
    height: int
    tone: tuple[int, int, int]
    picture: Picture = field(init=False)

    def __post_init__(self) -> None:
        self.picture = np.full((self.height, self.width, 3), self.tone, np.float32)

    def fill(self, corners: list[tuple[float, float]], colour: tuple[int, int, int]) -> None:
        """Fill an outline with one colour."""
        points = np.array([[x * self.width, y * self.height] for x, y in corners])
        cv2.fillPoly(self.picture, [np.round(points * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)

    def line(
        self, a: tuple[float, float], b: tuple[float, float], colour: tuple[int, int, int], thickness: int = 1
    ) -> None:
        """Draw a line."""
        ends = [(int(x * self.width), int(y * self.height)) for x, y in (a, b)]
        cv2.line(self.picture, ends[0], ends[1], colour, thickness, cv2.LINE_AA)

    def tree(self, rng: np.random.Generator, at: tuple[float, float], spread: float) -> None:
        """A crown of leaves."""
        for _ in range(60):
            x, y = at[0] + rng.normal(0, spread), at[1] + rng.normal(0, 0.9 * spread)
            green = (int(rng.integers(25, 55)), int(rng.integers(80, 130)), int(rng.integers(35, 75)))
            radius = int(rng.integers(9, 20) * self.width / 768)
            cv2.circle(self.picture, (int(x * self.width), int(y * self.height)), radius, green, -1, cv2.LINE_AA)

    def texture(self, rng: np.random.Generator, grain: float, coarse: int, stains: float = 3.5) -> Picture:
        """Grain plus stains of about ``coarse`` pixels, zero mean, (H, W)."""
        fine = rng.normal(0, grain, (self.height, self.width)).astype(np.float32)
        small = rng.normal(0, 1, (self.height // coarse + 2, self.width // coarse + 2)).astype(np.float32)
        spread = cv2.resize(small, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.8) + stains * spread, np.float32)

    def done(self, texture: Picture, light: Picture | None = None) -> Image:
        """The picture with its texture, lit, as (H, W, 3) uint8 BGR."""
        shown = cv2.GaussianBlur(self.picture, (0, 0), 0.8) + texture[..., None]
        if light is not None:
            shown = shown * light[..., None]
        return np.asarray(np.clip(shown, 0, 255), np.uint8)
