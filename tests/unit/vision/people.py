"""Drawn people for the measures of motion: textured bodies with arms on a textured ground, 640×360 at 5 a second."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Track, TrackPoint
from matpho.domain.time import Instant, after
from matpho.vision.frame import Frame

FPS = 5.0
WIDTH, HEIGHT = 640, 360
TALL, BROAD = 90, 32
_DICE = np.random.default_rng(12)
_GROUND = cv2.GaussianBlur(_DICE.normal(110, 40, (HEIGHT, WIDTH)), (0, 0), 2).clip(0, 255)
_CLOTHES = [cv2.GaussianBlur(_DICE.normal(level, 60, (TALL, BROAD)), (0, 0), 2) for level in (60, 190, 90, 160)]


@dataclass(frozen=True)
class Drawn:
    """Somebody: middle and foot in pixels, and where the two arms reach from the shoulder."""

    x: float
    foot: float
    arms: tuple[tuple[float, float], tuple[float, float]] = ((4.0, 30.0), (-4.0, 30.0))

    @property
    def box(self) -> Box:
        return Box((self.x - BROAD / 2) / WIDTH, (self.foot - TALL) / HEIGHT, BROAD / WIDTH, TALL / HEIGHT)


def drawn(people: Sequence[Drawn], at_s: float) -> Frame:
    picture = _GROUND.copy()
    for number, who in enumerate(people):
        left, top = round(who.x - BROAD / 2), round(who.foot - TALL)
        picture[top : top + TALL, left : left + BROAD] = _CLOTHES[number % 4]
        for side, (across, down) in zip((-1, 1), who.arms, strict=True):
            shoulder = round(who.x + side * BROAD / 2), round(who.foot - 0.8 * TALL)
            hand = round(shoulder[0] + across), round(shoulder[1] + down)
            cv2.line(picture, shoulder, hand, float(230 - 40 * (number % 4)), 8)
    noisy = picture + np.random.default_rng(round(at_s * 10)).normal(0, 1.5, picture.shape)
    return Frame(after(Instant(0), at_s), noisy.clip(0, 255).astype(np.uint8))


class Followed:
    """Their tracks, as a tracker that loses nobody would tell them."""

    def __init__(self, group: Group = Group.PERSON) -> None:
        self._group = group
        self._paths: dict[int, list[TrackPoint]] = {}

    def at(self, people: Sequence[Drawn], at_s: float) -> tuple[Track, ...]:
        now = after(Instant(0), at_s)
        for number, who in enumerate(people):
            self._paths.setdefault(number, []).append(TrackPoint(now, who.box, seen=True))
        return tuple(
            Track(number, self._group, self._group.value, 0.9, path[0].at, tuple(path))
            for number, path in self._paths.items()
            if path[-1].at == now
        )
