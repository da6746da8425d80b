"""What happens to the camera itself: covered, out of focus, turned away; and to the light of the whole scene."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Point
from matpho.sim.script import Act, Action
from matpho.vision.frame import Image

_RAMP_S = 0.8  # how long a hand or a knob takes
_BLUR_SHARE = 0.014  # sigma of the lost focus, of the picture's width
_CLOUD_S = 6.0
_LAMP_SHARE = 0.45  # of the picture's width: how far the light of a lamp reaches
_GREYS = np.array([[0.08, 0.30, 0.62]], np.float32)  # infrared: what is red or green is brighter than to the eye
_NOISE_FIELDS = 5
_DEAD_S = 0.4  # while a filter swings into place, the picture is dark


def _ramp(action: Action, t: float, ramp_s: float = _RAMP_S) -> float:
    """0 outside, 1 well inside, rising and falling over ``ramp_s``."""
    return min(1.0, max(0.0, min((t - action.start_s) / ramp_s, (action.end_s - t) / ramp_s)))


def _cloth(width: int, height: int, seed: int) -> Image:
    """A dark cloth close to the lens: no edge in focus, a little light through the weave."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(0, 1, (height // 24 + 2, width // 24 + 2)).astype(np.float32)
    folds = cv2.GaussianBlur(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), (0, 0), width / 40)
    tone = np.array([30.0, 34.0, 44.0], np.float32)
    return np.asarray(np.clip(tone * (1 + 0.55 * folds[..., None]), 0, 255), np.uint8)


class Lens:
    """Applies the camera's own mishaps to pictures of one size."""

    def __init__(self, actions: tuple[Action, ...], width: int, height: int) -> None:
        self._actions = [a for a in actions if a.do in (Act.LIGHT, Act.INFRARED, Act.COVER, Act.DEFOCUS, Act.TURN)]
        self._lamps = {id(a): _pool(a.at, width, height) for a in self._actions if a.do is Act.LIGHT and a.at}
        rng = np.random.default_rng(17)
        infrared = any(a.do is Act.INFRARED for a in self._actions)
        shape = (height, width)
        self._noise = [rng.normal(0, 1, shape).astype(np.float32) for _ in range(_NOISE_FIELDS if infrared else 0)]
        self._spot = _pool(Point(0.5, 0.6), width, height)
        self._cloths = {id(a): _cloth(width, height, a.seed) for a in self._actions if a.do is Act.COVER}

    def apply(self, picture: Image, t: float) -> Image:
        """The picture as the camera gives it at this second."""
        for action in self._actions:
            if action.do is Act.INFRARED:
                if action.start_s <= t < action.end_s:
                    picture = self._by_infrared(picture, action, t)
                continue
            share = _ramp(action, t, _CLOUD_S if action.do is Act.LIGHT and action.soft else _RAMP_S)
            if share <= 0:
                continue
            if action.do is Act.LIGHT and action.at:
                lit = 1 + (action.amount - 1) * share * self._lamps[id(action)][..., None]
                picture = np.asarray(np.clip(picture * lit, 0, 255), np.uint8)
            elif action.do is Act.LIGHT:
                picture = cv2.convertScaleAbs(picture, alpha=1 + (action.amount - 1) * share)  # type: ignore[assignment]
            elif action.do is Act.COVER:
                picture = self._covered(picture, action, share)
            elif action.do is Act.DEFOCUS:
                sigma = _BLUR_SHARE * picture.shape[1] * share
                picture = cv2.GaussianBlur(picture, (0, 0), max(0.3, sigma))  # type: ignore[assignment]
            else:
                picture = _turned(picture, share)
        return picture

    def _by_infrared(self, picture: Image, action: Action, t: float) -> Image:
        """Grey, brightest where the camera's own lamp shines, with the noise of a sensor at full gain."""
        grey = cv2.transform(picture.astype(np.float32), _GREYS) * (0.55 + 0.60 * self._spot)
        grey += action.amount * self._noise[round(10 * t) % _NOISE_FIELDS]
        if 0 < action.start_s <= t < action.start_s + _DEAD_S:
            grey *= 0.3
        return np.asarray(cv2.cvtColor(np.clip(grey, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)

    def _covered(self, picture: Image, action: Action, share: float) -> Image:
        """The cloth slides in from the right; its edge is far out of focus."""
        width = picture.shape[1]
        edge = width * (1.25 - 1.5 * share)
        across = 1 / (1 + np.exp(-(np.arange(width, dtype=np.float32) - edge) / (0.05 * width)))
        mixed = picture + (self._cloths[id(action)].astype(np.float32) - picture) * across[None, :, None]
        return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def _pool(at: Point, width: int, height: int) -> npt.NDArray[np.float32]:
    """(H, W) 0..1: how much of a lamp's light falls where."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = _LAMP_SHARE * width
    return np.asarray(
        np.exp(-(((x - at.x * width) / reach) ** 2) - ((y - at.y * height) / (0.7 * reach)) ** 2), np.float32
    )


def _turned(picture: Image, share: float) -> Image:
    """The camera looks elsewhere: shifted by half the picture and tilted; beyond the border the place is mirrored."""
    height, width = picture.shape[:2]
    tilt = math.radians(9 * share)
    c, s = math.cos(tilt), math.sin(tilt)
    move = np.array([[c, -s, -0.52 * width * share], [s, c, 0.16 * height * share]], np.float32)
    return np.asarray(
        cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        np.uint8,
    )
