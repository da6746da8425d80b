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
Mask = npt.NDArray[np.uint8]

_CLIP = 12.0  # grey levels per pixel: one bright edge must not outvote all others
_LEAST_PX = 0.35  # smaller shifts change nothing that the thresholds see
_MOST_SHARE = 0.04  # of the width: more than that is a turned camera, not a swaying one
_STEPS = 3
_GAIN = 0.12  # the residual must fall by this share, else the shift is not believed


def _edges(picture: Picture) -> tuple[Picture, Picture]:
    half = cv.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv.INTER_AREA)
    gx = np.clip(cv.Sobel(half, cv.CV_32F, 1, 0, scale=0.25), -_CLIP, _CLIP)
    gy = np.clip(cv.Sobel(half, cv.CV_32F, 0, 1, scale=0.25), -_CLIP, _CLIP)
    return np.abs(gx) + np.abs(gy), half


def shifted(picture: Picture, dx: float, dy: float) -> Picture:
    """The picture moved by (dx, dy) pixels, borders repeated."""
    h, w = picture.shape
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    out: Picture = cv.warpAffine(picture, move, (w, h), flags=cv.INTER_LINEAR, borderMode=cv.BORDER_REPLICATE)
    return out


def _refined(ours: Picture, theirs: Picture, free: npt.NDArray[np.bool_], dx: float, dy: float) -> tuple[float, float]:
    """One least-squares step (Lucas and Kanade 1981): phase correlation alone is off by up to half a pixel."""
    gx = cv.Sobel(theirs, cv.CV_32F, 1, 0, scale=0.125)[free]
    gy = cv.Sobel(theirs, cv.CV_32F, 0, 1, scale=0.125)[free]
    off = np.clip((shifted(ours, -dx, -dy) - theirs)[free], -_CLIP, _CLIP)
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

    def align(self, picture: Picture, empty: Picture, taken: Mask) -> Picture:
        """The picture as the camera would have taken it where it stood before.

        ``picture``, ``empty`` (H, W) float32 of about the same brightness; ``taken`` (H, W) uint8 non-zero where things
        may differ. ``shift`` afterwards says by how many pixels (right, down) the picture had moved, (0, 0) for none.
        """
        ours, ours_half = _edges(picture)
        theirs, theirs_half = _edges(empty)
        free = cv.resize(taken, (ours.shape[1], ours.shape[0]), interpolation=cv.INTER_NEAREST) == 0
        before = self._residual(ours_half, theirs_half, free)
        self._usual = before if self._usual is None else min(before, self._usual + 0.02 * (before - self._usual))
        if before < 1.15 * self._usual and self.shift == (0.0, 0.0):
            return picture
        if self._window is None or self._window.shape != ours.shape:
            self._window = cv.createHanningWindow((ours.shape[1], ours.shape[0]), cv.CV_32F)
        (dx, dy), _ = cv.phaseCorrelate(theirs, ours, self._window)
        most = _MOST_SHARE * ours.shape[1]
        if not (_LEAST_PX / 2 <= max(abs(dx), abs(dy)) <= most):
            self.shift = (0.0, 0.0)
            return picture
        for _ in range(_STEPS):
            dx, dy = _refined(ours_half, theirs_half, free, dx, dy)
        after = self._residual(shifted(ours_half, -dx, -dy), theirs_half, free)
        if after > (1 - _GAIN) * before:
            self.shift = (0.0, 0.0)
            return picture
        self.shift = (2 * dx, 2 * dy)
        return shifted(picture, -2 * dx, -2 * dy)

    @staticmethod
    def _residual(ours: Picture, theirs: Picture, free: npt.NDArray[np.bool_]) -> float:
        off = cv.absdiff(ours, theirs)
        rest = off[free]
        return float(np.minimum(rest, 3 * _CLIP).mean()) if rest.size else 0.0
