"""A drawn street for the static-object tests: textured ground, noise, things and people that come and go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, StaticObject, Track, TrackPoint
from matpho.domain.time import Instant, after
from matpho.vision.frame import Frame
from matpho.vision.static_objects import StaticObjectModel

Picture = npt.NDArray[np.float32]


def ground(seed: int = 1, *, w: int = 320, h: int = 240, level: float = 120.0, rough: float = 8.0) -> Picture:
    """Paving: soft texture and joints."""
    r = np.random.default_rng(seed)
    texture = cv2.GaussianBlur(r.normal(0, 1, (h, w)).astype(np.float32), (0, 0), 2.0)
    picture: Picture = level + rough * texture / texture.std()
    picture[::24, :] -= 12
    picture[:, ::32] -= 10
    out: Picture = picture.astype(np.float32)
    return out


@dataclass
class Patch:
    """A textured box at x, y, w, h pixels, there from ``start`` to ``end`` seconds."""

    x: int
    y: int
    w: int
    h: int
    level: float
    start: float = -1.0
    end: float = 1e9

    def draw(self, picture: Picture, t: float) -> None:
        """Onto the picture, if it is there at ``t`` seconds."""
        if not self.start <= t < self.end:
            return
        shade = np.linspace(1.1, 0.85, self.h, dtype=np.float32)[:, None]
        stripes = 1.0 + 0.08 * np.sin(np.arange(self.w, dtype=np.float32) * 1.3)[None]
        picture[self.y : self.y + self.h, self.x : self.x + self.w] = self.level * shade * stripes


@dataclass
class Walker:
    """A person of 22×60 pixels; ``feet`` gives x, y in pixels at a time, or None when out of the picture."""

    feet: Callable[[float], tuple[float, float] | None]
    track: int = 7
    detected: bool = True
    sway: float = 1.5

    def box(self, t: float) -> tuple[int, int, int, int] | None:
        """Left, top, width, height in pixels, parts outside the picture included."""
        place = self.feet(t)
        if place is None:
            return None
        return round(place[0] - 11 + self.sway * np.sin(5 * t)), round(place[1] - 60), 22, 60

    def draw(self, picture: Picture, t: float) -> None:
        """Onto the picture, light above and dark below."""
        box = self.box(t)
        if box is None:
            return
        x, y, w, h = box
        x0, x1, y0, y1 = max(0, x), min(picture.shape[1], x + w), max(0, y), min(picture.shape[0], y + h)
        if x1 > x0 and y1 > y0:
            rows = np.arange(y0 - y, y1 - y)[:, None]
            picture[y0:y1, x0:x1] = np.where(rows < 20, 180, 55) + 12 * np.sin(rows * 0.7 + 6 * t)


@dataclass
class Street:
    """The scene: drawn in order, then lit by ``light`` (t, picture) and given camera noise."""

    scene: Picture = field(default_factory=ground)
    patches: Sequence[Patch] = ()
    walkers: Sequence[Walker] = ()
    light: Callable[[float, Picture], Picture] = lambda _, picture: picture
    noise: float = 1.5

    def frame(self, t: float) -> Frame:
        """The camera's picture at ``t`` seconds; the same noise for the same time."""
        picture = self.scene.copy()
        for patch in self.patches:
            patch.draw(picture, t)
        for walker in self.walkers:
            walker.draw(picture, t)
        picture = self.light(t, picture)
        r = np.random.default_rng(round(t * 1000))
        luma = np.clip(picture + r.normal(0, self.noise, picture.shape), 0, 255).astype(np.uint8)
        return Frame(after(Instant(0), t), luma)

    def seen(self, t: float) -> tuple[list[Observation], tuple[Track, ...]]:
        """What a faultless detector and tracker say of the walkers at ``t`` seconds."""
        h, w = self.scene.shape
        observations, tracks = [], []
        for walker in self.walkers:
            box = walker.box(t)
            if box is None or not walker.detected:
                continue
            left, top = max(0.0, box[0] / w), max(0.0, box[1] / h)
            right, bottom = min(1.0, (box[0] + box[2]) / w), min(1.0, (box[1] + box[3]) / h)
            if right <= left or bottom <= top:
                continue
            place = Box(left, top, right - left, bottom - top)
            observations.append(Observation(Group.PERSON, "person", place, 0.6))
            point = TrackPoint(after(Instant(0), t), place, seen=True)
            tracks.append(Track(walker.track, Group.PERSON, "person", 0.6, Instant(0), (point,)))
        return observations, tuple(tracks)


def watch(
    street: Street,
    until: float,
    fps: float = 5.0,
    model: StaticObjectModel | None = None,
    start: float = 0.0,
) -> list[tuple[float, tuple[StaticObject, ...]]]:
    """What the model told, frame by frame."""
    model = model or StaticObjectModel()
    told = []
    for k in range(round((until - start) * fps)):
        t = start + k / fps
        observations, tracks = street.seen(t)
        told.append((t, model.update(street.frame(t), tracks, observations)))
    return told


def ids(told: list[tuple[float, tuple[StaticObject, ...]]]) -> set[int]:
    """The numbers of all things ever told."""
    return {thing.id for _, things in told for thing in things}
