"""Where the camera points now against where it pointed when the empty scene was learned: a shift of a few pixels.

Poles sway and brackets sag. The shift comes from phase correlation (Kuglin and Hines 1975; ``cv2.phaseCorrelate``) of
clipped gradients, which light hardly touches, is refined by least squares (Lucas and Kanade 1981), and is used only
when it *verifiably* makes the picture more like the empty scene: an unverified shift does more harm than none (a car
driving through pulls the peak with it).
"""

import numpy as np
import numpy.typing as npt

from matpho.vision.opencv import cv

Picture = npt.NDArray[np.float32]
Levels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

_CLIP = 12.0  # grey levels per pixel: one bright edge must not outvote all others
_LEAST_PX = 0.35  # smaller shifts change nothing that the thresholds see
_MOST_SHARE = 0.04  # of the width: more than that is a turned camera, not a swaying one
_STEPS = 3
_BLOCKS = (12, 9)
_ENOUGH_FREE, _LARGER_PART = 0.3, 0.7
_GAIN = 0.12  # the residual must fall by this share, else the shift is not believed


def _half(picture: Levels) -> Levels:
    out: Levels = cv.resize(picture, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv.INTER_AREA)
    return out


def _edges(half: Levels) -> Picture:
    gx = cv.absdiff(cv.Sobel(half, cv.CV_32F, 1, 0, scale=0.25), 0.0)
    gy = cv.absdiff(cv.Sobel(half, cv.CV_32F, 0, 1, scale=0.25), 0.0)
    out: Picture = cv.add(cv.min(gx, _CLIP), cv.min(gy, _CLIP))
    return out


def shifted(picture: Levels, dx: float, dy: float) -> Levels:
    """The picture moved by (dx, dy) pixels, borders repeated."""
    h, w = picture.shape
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    out: Levels = cv.warpAffine(picture, move, (w, h), flags=cv.INTER_LINEAR, borderMode=cv.BORDER_REPLICATE)
    return out


def _refined(ours: Levels, theirs: Levels, free: npt.NDArray[np.bool_], dx: float, dy: float) -> tuple[float, float]:
    """One least-squares step (Lucas and Kanade 1981): phase correlation alone is off by up to half a pixel."""
    gx = cv.Sobel(theirs, cv.CV_32F, 1, 0, scale=0.125)[free]
    gy = cv.Sobel(theirs, cv.CV_32F, 0, 1, scale=0.125)[free]
    off = np.clip(cv.subtract(shifted(ours, -dx, -dy), theirs, dtype=cv.CV_32F)[free], -_CLIP, _CLIP)
    xx, xy, yy = float(gx @ gx), float(gx @ gy), float(gy @ gy)
    along_x, along_y = float(gx @ off), float(gy @ off)
    scale = xx * yy - xy * xy
    if scale < 1e-3 * (xx + yy) ** 2:
        return dx, dy  # edges in one direction only
    step_x, step_y = (yy * along_x - xy * along_y) / scale, (xx * along_y - xy * along_x) / scale
    return dx - float(np.clip(step_x, -0.7, 0.7)), dy - float(np.clip(step_y, -0.7, 0.7))


class Registration:
    """Finds the shift of one camera's pictures against its empty scene."""

    def __init__(self) -> None:
        self.shift: tuple[float, float] = (0.0, 0.0)
        self._window: Picture | None = None
        self._usual: float | None = None
        self._empty: Levels | None = None
        self._empty_half: Levels = np.zeros((1, 1), np.uint8)
        self._empty_edges: Picture | None = None

    def align(self, picture: Levels, empty: Levels, taken: Mask) -> Levels:
        """The picture as the camera would have taken it where it stood before.

        ``picture``, ``empty`` (H, W) uint8 of about the same brightness; ``taken`` (H, W) uint8 non-zero where things
        may differ. ``shift`` afterwards says by how many pixels (right, down) the picture had moved, (0, 0) for none.
        """
        ours = _half(picture)
        if empty is not self._empty:
            self._empty, self._empty_half, self._empty_edges = empty, _half(empty), None
        theirs = self._empty_half
        taken = cv.resize(taken, (ours.shape[1], ours.shape[0]), interpolation=cv.INTER_NEAREST)
        before = _residual(ours, theirs, taken)
        self._usual = before if self._usual is None else min(before, self._usual + 0.02 * (before - self._usual))
        if before < 1.15 * self._usual and self.shift == (0.0, 0.0):
            return picture
        dx, dy = self._correlated(ours, theirs)
        most = _MOST_SHARE * ours.shape[1]
        if not (_LEAST_PX / 2 <= max(abs(dx), abs(dy)) <= most):
            return self._unmoved(picture, before)
        free = taken == 0
        for _ in range(_STEPS):
            dx, dy = _refined(ours, theirs, free, dx, dy)
        after = _residual(shifted(ours, -dx, -dy), theirs, taken)
        if after > (1 - _GAIN) * before:
            return self._unmoved(picture, before)
        self.shift = (2 * dx, 2 * dy)
        return shifted(picture, -2 * dx, -2 * dy)

    def _unmoved(self, picture: Levels, residual: float) -> Levels:
        """It is not a shift that makes the picture differ so much: not asked again until it differs more."""
        self.shift, self._usual = (0.0, 0.0), residual
        return picture

    def _correlated(self, ours: Levels, theirs: Levels) -> tuple[float, float]:
        if self._window is None or self._window.shape != ours.shape:
            self._window = cv.createHanningWindow((ours.shape[1], ours.shape[0]), cv.CV_32F)
        if self._empty_edges is None:
            self._empty_edges = _edges(theirs)
        (dx, dy), _ = cv.phaseCorrelate(self._empty_edges, _edges(ours), self._window)
        return float(dx), float(dy)


def _residual(ours: Levels, theirs: Levels, taken: Mask) -> float:
    """How much the two differ in the larger part of the picture: a shift shows everywhere, a passer-by in few places.

    The mean over each of 12×9 blocks of what is free; of these the one that seven in ten stay below.
    """
    off = cv.min(cv.absdiff(ours, theirs), 3 * _CLIP)
    free = cv.compare(taken, 0, cv.CMP_EQ)
    sums = cv.resize(cv.bitwise_and(off, free), _BLOCKS, interpolation=cv.INTER_AREA).astype(np.float32)
    share = cv.resize(free, _BLOCKS, interpolation=cv.INTER_AREA) * np.float32(1 / 255)
    known = share > _ENOUGH_FREE
    if not known.any():
        return 0.0
    means = np.sort(sums[known] / share[known])
    return float(means[int(_LARGER_PART * (means.size - 1))])
