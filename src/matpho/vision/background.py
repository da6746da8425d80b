"""The empty scene of one camera: what is there when nobody and nothing is, and how far each pixel may stray from it.

A *protected* background: it learns only where nothing differs from it, so what stays is never swallowed, however long.
(A mixture that learns everything takes a bag in after some seconds, and one slow enough not to takes clouds for
objects: Porikli's dual backgrounds fail by that arithmetic.) Thresholds are per pixel from the noise seen there, in the
manner of sigma-delta estimation (Manzanera and Richefeu 2007) and the feedback of PAWCS (St-Charles et al. 2016).

What is learned is kept in fractions of a grey level; what is compared are whole levels, which a processor does sixteen
at a time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.vision.light import gain, off_one, relit, spread
from matpho.vision.opencv import cv

Picture = npt.NDArray[np.float32]
Levels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

_NOISE_LEAST, _NOISE_MOST = 0.8, 12.0  # grey levels; above that a pixel is leaves or water and is nearly blind
_NOISE_PER_S = 0.12
_CHROMA_WEAK = 9.0  # levels of U or V; below it compression and white balance play
_KERNEL = cv.getStructuringElement(cv.MORPH_ELLIPSE, (5, 5))
_SQUARE = np.ones((3, 3), np.uint8)
_SAME_LIGHT = 0.004


@dataclass(frozen=True, slots=True)
class Look:
    """One picture against the empty scene. All (H, W) uint8 at working size.

    ``picture``: as it is; ``level``: in the light of the empty scene; ``foreground`` 255 where it differs;
    ``tolerance``: how far from its candidate a pixel may be and still count as the same. ``share`` of the picture is
    foreground.
    """

    picture: Levels
    level: Levels
    foreground: Mask
    tolerance: Levels
    share: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What a restarted worker needs to continue.

    ``empty`` (H, W) uint8 grey levels at working size; ``noise`` (h, w) uint8 sixteenths of a level and ``chroma``
    (2, h, w) uint8 at half that, None for a grey scene.
    """

    empty: Levels
    noise: Levels
    chroma: Levels | None


class Background:
    """Empty scene of one camera, at working size."""

    def __init__(self, empty: Picture, noise: Picture, chroma: Picture | None = None) -> None:
        """``empty`` (H, W), ``noise`` (h, w) and ``chroma`` (2, h, w), U and V or None, float32; h, w half of H, W."""
        self.empty = empty
        self.noise = noise
        self.chroma = chroma
        self.cells: Picture | None = None
        self._levels: Levels | None = None
        self._limits: tuple[Levels, Levels] | None = None

    @classmethod
    def from_pictures(cls, pictures: list[Levels], chromas: list[Levels]) -> "Background":
        """The median of the first seconds; noise from how consecutive pictures differ there."""
        stack = np.stack(pictures)
        empty = np.median(stack, axis=0).astype(np.float32)
        pairs = zip(pictures[1:], pictures[:-1], strict=True)
        steps = [cv.absdiff(a, b) for a, b in pairs] or [np.full_like(pictures[0], 2)]
        noise = cv.blur(np.median(np.stack(steps), axis=0).astype(np.float32), (5, 5))
        noise = np.clip(_halved(noise), _NOISE_LEAST, _NOISE_MOST)
        chroma = np.median(np.stack(chromas), axis=0).astype(np.float32) if chromas else None
        return cls(empty, noise, chroma)

    @classmethod
    def restore(cls, learned: Learned) -> "Background":
        """Continue from what an earlier run had learned."""
        chroma = None if learned.chroma is None else learned.chroma.astype(np.float32)
        return cls(learned.empty.astype(np.float32), learned.noise.astype(np.float32) / np.float32(16), chroma)

    def state(self) -> Learned:
        """What has been learned so far (copies)."""
        chroma = None if self.chroma is None else np.rint(self.chroma).astype(np.uint8)
        return Learned(self.levels.copy(), cv.convertScaleAbs(self.noise, alpha=16), chroma)

    @property
    def levels(self) -> Levels:
        """The empty scene in whole grey levels, (H, W) uint8; the same array until the scene changes."""
        if self._levels is None:
            self._levels = cv.convertScaleAbs(self.empty)
        return self._levels

    def thresholds(self) -> tuple[Levels, Levels]:
        """Weak and strong difference per pixel, grey levels: Weber's law, and the noise there."""
        if self._limits is None:
            h, w = self.empty.shape
            noisy = cv.resize(cv.convertScaleAbs(self.noise, alpha=3.0), (w, h), interpolation=cv.INTER_NEAREST)
            weak = cv.max(cv.convertScaleAbs(self.levels, alpha=0.035, beta=6.0), noisy)
            self._limits = weak, cv.convertScaleAbs(weak, alpha=1.6)
        return self._limits

    def _changed(self) -> None:
        self._levels = self._limits = None

    def look(self, picture: Levels, chroma: Levels | None, taken: Mask) -> Look:
        """Compare a picture; ``taken`` is where foreground is expected (last frame's), kept out of the light."""
        self.cells, _ = gain(picture, self.levels, taken)
        level = relit(picture, self.cells)
        weak, strong = self.thresholds()
        off = cv.absdiff(level, self.levels)
        rough = cv.compare(off, weak, cv.CMP_GT)
        sure = cv.compare(off, strong, cv.CMP_GT)
        if chroma is not None and self.chroma is not None:
            tinted = self._tinted(chroma, taken)
            if tinted is not None:
                rough |= tinted
                sure |= tinted
        foreground = _tidy(rough, sure)
        return Look(picture, level, foreground, weak, cv.countNonZero(foreground) / foreground.size)

    def _tinted(self, chroma: Levels, taken: Mask) -> Mask | None:
        """Where the colour differs beyond the picture's own change of white balance; None where it does nowhere."""
        assert self.chroma is not None
        h, w = chroma.shape[1:]
        free = cv.resize(taken, (w, h), interpolation=cv.INTER_NEAREST)[::5, ::7] == 0
        mask: Mask | None = None
        for ours, theirs in zip(chroma, self.chroma, strict=True):
            off = cv.subtract(ours, theirs, dtype=cv.CV_32F)
            some = off[::5, ::7][free]
            balance = float(np.sort(some)[some.size // 2]) if some.size else 0.0
            far = cv.bitwise_not(cv.inRange(off, balance - _CHROMA_WEAK, balance + _CHROMA_WEAK))
            mask = far if mask is None else mask | far
        if mask is None or not cv.countNonZero(mask):
            return None
        mask = cv.morphologyEx(mask, cv.MORPH_OPEN, _SQUARE)
        out: Mask = cv.resize(mask, (taken.shape[1], taken.shape[0]), interpolation=cv.INTER_NEAREST)
        return out

    def learn(self, look: Look, chroma: Levels | None, held: Mask, step_s: float, rate_per_s: float) -> None:
        """Take in what is free: neither foreground nor ``held`` (candidates, objects, people)."""
        free = cv.compare(look.foreground | held, 0, cv.CMP_EQ)
        rate = min(0.5, rate_per_s * step_s)
        off = cv.absdiff(look.level, self.levels)
        cv.accumulateWeighted(look.level, self.empty, rate, free)
        h, w = self.noise.shape
        free_half = cv.resize(free, (w, h), interpolation=cv.INTER_NEAREST)
        noise_rate = min(0.3, _NOISE_PER_S * step_s)
        cv.accumulateWeighted(_halved(off, 1.25), self.noise, noise_rate, free_half)
        cv.max(self.noise, _NOISE_LEAST, dst=self.noise)
        cv.min(self.noise, _NOISE_MOST, dst=self.noise)
        if chroma is not None and self.chroma is not None:
            h, w = chroma.shape[1:]
            if free_half.shape != (h, w):
                free_half = cv.resize(free, (w, h), interpolation=cv.INTER_NEAREST)
            for ours, theirs in zip(chroma, self.chroma, strict=True):
                cv.accumulateWeighted(ours, theirs, rate, free_half)
        self._changed()

    def follow_light(self, step_s: float, rate_per_s: float) -> Picture | None:
        """Move the empty scene towards the present light; the factor applied, (H, W), or None when there was none.

        So what is held follows the light around it, and can be compared when it is free again.
        """
        assert self.cells is not None
        if off_one(self.cells) < _SAME_LIGHT:
            return None
        factor = spread(cv.pow(self.cells, min(0.5, rate_per_s * step_s)), self.empty.shape)
        cv.multiply(self.empty, factor, dst=self.empty)
        self._changed()
        return factor

    def relight(self, factor: Picture) -> None:
        """Multiply the empty scene by ``factor``, (H, W)."""
        cv.multiply(self.empty, factor, dst=self.empty)
        self._changed()

    def absorb(self, where: npt.NDArray[np.bool_], level: Levels, chroma: Levels | None) -> None:
        """Make what is there now part of the empty scene: a ghost, a patch of light, a changed surface."""
        self.empty[where] = level[where]
        if chroma is not None and self.chroma is not None:
            h, w = chroma.shape[1:]
            half = cv.resize(where.view(np.uint8), (w, h), interpolation=cv.INTER_NEAREST) > 0
            self.chroma[:, half] = chroma[:, half]
        self._changed()


def _halved(picture: npt.NDArray[np.uint8] | Picture, factor: float = 1.0) -> Picture:
    """Means of two by two, times ``factor``."""
    h, w = picture.shape
    half = cv.resize(picture, (max(1, w // 2), max(1, h // 2)), interpolation=cv.INTER_AREA)
    out: Picture = cv.multiply(half, factor, dtype=cv.CV_32F)
    return out


def _tidy(rough: Mask, sure: Mask) -> Mask:
    """Hysteresis (Canny 1986), then solid shapes: weak regions with a strong pixel about them, holes filled."""
    rough = cv.medianBlur(rough, 3)
    rough = cv.morphologyEx(rough, cv.MORPH_CLOSE, _KERNEL)
    seeds = cv.bitwise_and(sure, rough)
    solid = np.zeros_like(rough)
    x, y, w, h = cv.boundingRect(seeds)
    if not w:
        return solid
    contours, _ = cv.findContours(rough, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        left, top, wide, high = cv.boundingRect(contour)
        about = left < x + w and x < left + wide and top < y + h and y < top + high
        if about and cv.countNonZero(seeds[top : top + high, left : left + wide]):
            cv.drawContours(solid, [contour], -1, 255, cv.FILLED)
    return solid
