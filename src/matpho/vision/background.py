"""The empty scene of one camera: what is there when nobody and nothing is, and how far each pixel may stray from it.

A *protected* background: it learns only where nothing differs from it, so what stays is never swallowed, however long.
(A mixture that learns everything takes a bag in after some seconds, and one slow enough not to takes clouds for
objects: Porikli's dual backgrounds fail by that arithmetic.) Thresholds are per pixel from the noise seen there, in the
manner of sigma-delta estimation (Manzanera and Richefeu 2007) and the feedback of PAWCS (St-Charles et al. 2016).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.vision.light import gain, spread
from matpho.vision.opencv import cv

Picture = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]

_NOISE_LEAST, _NOISE_MOST = 0.8, 12.0  # grey levels; above that a pixel is leaves or water and is nearly blind
_NOISE_PER_S = 0.12
_CHROMA_WEAK = 9.0  # levels of U or V; below it compression and white balance play
_KERNEL = cv.getStructuringElement(cv.MORPH_ELLIPSE, (5, 5))


@dataclass(frozen=True, slots=True)
class Look:
    """One picture against the empty scene. All (H, W) at working size.

    ``level`` float32: the picture in the light of the empty scene; ``foreground`` uint8 255 where it differs;
    ``strict`` float32: how far from its candidate a pixel may be and still count as the same.
    """

    level: Picture
    foreground: Mask
    tolerance: Picture
    share: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What a restarted worker needs to continue: arrays at working size."""

    empty: Picture
    noise: Picture
    chroma: Picture | None


class Background:
    """Empty scene of one camera, at working size."""

    def __init__(self, empty: Picture, noise: Picture, chroma: Picture | None = None) -> None:
        """``empty``, ``noise`` (H, W) float32; ``chroma`` (2, h, w) float32 U and V or None."""
        self.empty = empty
        self.noise = noise
        self.chroma = chroma
        self.cells: Picture | None = None
        self._sharp: Picture | None = None

    @classmethod
    def from_pictures(cls, pictures: list[Picture], chromas: list[Picture]) -> "Background":
        """The median of the first seconds; noise from how consecutive pictures differ there."""
        stack = np.stack(pictures)
        empty = np.median(stack, axis=0).astype(np.float32)
        steps = np.abs(np.diff(stack, axis=0)) if len(pictures) > 1 else np.full_like(stack, 2.0)
        noise = cv.blur(np.median(steps, axis=0).astype(np.float32), (5, 5))
        chroma = np.median(np.stack(chromas), axis=0).astype(np.float32) if chromas else None
        return cls(empty, np.clip(noise, _NOISE_LEAST, _NOISE_MOST), chroma)

    @classmethod
    def restore(cls, learned: Learned) -> "Background":
        """Continue from what an earlier run had learned."""
        chroma = None if learned.chroma is None else learned.chroma.copy()
        return cls(learned.empty.copy(), learned.noise.copy(), chroma)

    def state(self) -> Learned:
        """What has been learned so far (copies)."""
        chroma = None if self.chroma is None else self.chroma.copy()
        return Learned(self.empty.copy(), self.noise.copy(), chroma)

    def thresholds(self) -> tuple[Picture, Picture]:
        """Weak and strong difference per pixel, grey levels: Weber's law, and the noise there."""
        weak = np.maximum(self.empty * np.float32(0.035) + np.float32(6.0), self.noise * np.float32(3.0))
        return weak, weak * np.float32(1.6)

    def look(self, picture: Picture, chroma: Picture | None, taken: Mask) -> Look:
        """Compare a picture; ``taken`` is where foreground is expected (last frame's), kept out of the light."""
        cells, _ = gain(picture, self.empty, taken)
        self.cells = cells
        level = picture / spread(cells, (picture.shape[0], picture.shape[1]))
        weak, strong = self.thresholds()
        off = cv.absdiff(level, self.empty)
        rough = cv.compare(off, weak, cv.CMP_GT)
        sure = cv.compare(off, strong, cv.CMP_GT)
        if chroma is not None and self.chroma is not None:
            tinted = self._tinted(chroma, taken)
            rough |= tinted
            sure |= tinted
        foreground = _tidy(rough, sure)
        return Look(level, foreground, weak, cv.countNonZero(foreground) / foreground.size)

    def _tinted(self, chroma: Picture, taken: Mask) -> Mask:
        """Where the colour differs beyond the picture's own change of white balance."""
        assert self.chroma is not None
        h, w = chroma.shape[1:]
        free = cv.resize(taken, (w, h), interpolation=cv.INTER_NEAREST) == 0
        worst = np.zeros((h, w), np.float32)
        for ours, theirs in zip(chroma, self.chroma, strict=True):
            off = ours - theirs
            worst = np.maximum(worst, np.abs(off - (np.median(off[free][::7]) if free.any() else 0.0)))
        mask = (worst > _CHROMA_WEAK).view(np.uint8) * np.uint8(255)
        mask = cv.morphologyEx(mask, cv.MORPH_OPEN, np.ones((3, 3), np.uint8))
        out: Mask = cv.resize(mask, (taken.shape[1], taken.shape[0]), interpolation=cv.INTER_NEAREST)
        return out

    def learn(self, look: Look, chroma: Picture | None, held: Mask, step_s: float, rate_per_s: float) -> None:
        """Take in what is free: neither foreground nor ``held`` (candidates, objects, people).

        What is held follows the light around it, so that it can be compared when it is free again.
        """
        assert self.cells is not None
        free = cv.compare(look.foreground | held, 0, cv.CMP_EQ)
        rate = min(0.5, rate_per_s * step_s)
        off = cv.absdiff(look.level, self.empty)
        cv.accumulateWeighted(look.level, self.empty, rate, free)
        noise_rate = min(0.3, _NOISE_PER_S * step_s)
        cv.accumulateWeighted(off * np.float32(1.25), self.noise, noise_rate, free)
        np.clip(self.noise, _NOISE_LEAST, _NOISE_MOST, out=self.noise)
        if chroma is not None and self.chroma is not None:
            h, w = chroma.shape[1:]
            free_half = cv.resize(free, (w, h), interpolation=cv.INTER_NEAREST)
            for ours, theirs in zip(chroma, self.chroma, strict=True):
                cv.accumulateWeighted(ours, theirs, rate, free_half)

    def follow_light(self, step_s: float, rate_per_s: float) -> Picture | None:
        """Move the empty scene towards the present light; the factor applied, (H, W), or None when there was none."""
        assert self.cells is not None
        if float(np.abs(self.cells - 1).max()) < 0.004:
            return None
        factor = spread(np.power(self.cells, np.float32(min(0.5, rate_per_s * step_s))), self.empty.shape)
        self.empty *= factor
        return factor

    def absorb(self, where: npt.NDArray[np.bool_], level: Picture, chroma: Picture | None) -> None:
        """Make what is there now part of the empty scene: a ghost, a patch of light, a changed surface."""
        self.empty[where] = level[where]
        if chroma is not None and self.chroma is not None:
            h, w = chroma.shape[1:]
            half = cv.resize(where.view(np.uint8), (w, h), interpolation=cv.INTER_NEAREST) > 0
            self.chroma[:, half] = chroma[:, half]


def _tidy(rough: Mask, sure: Mask) -> Mask:
    """Hysteresis (Canny 1986), then solid shapes: weak regions with a strong pixel, holes filled."""
    rough = cv.medianBlur(rough, 3)
    rough = cv.morphologyEx(rough, cv.MORPH_CLOSE, _KERNEL)
    if not cv.countNonZero(rough):
        return np.zeros_like(rough)
    contours, _ = cv.findContours(rough, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
    solid = np.zeros_like(rough)
    cv.drawContours(solid, contours, -1, 255, cv.FILLED)
    count, labels = cv.connectedComponents(solid, connectivity=8, ltype=cv.CV_16U)
    kept = np.zeros(count, np.uint8)
    kept[labels[(sure > 0) & (rough > 0)]] = 255
    kept[0] = 0
    out: Mask = kept[labels]
    return out
