"""How much lighter or darker the picture is than the empty scene, place by place.

A cloud, a lamp or the camera's own exposure multiplies the picture by a factor that varies slowly over it. The factor
is measured on coarse cells outside the foreground, so that an object does not explain itself away as a shadow; the
idea of judging a shadow by the ratio to the background, not the difference, is that of Jacques et al. (SIBGRAPI 2005).
"""

import numpy as np
import numpy.typing as npt

from matpho.vision.opencv import cv

Picture = npt.NDArray[np.float32]
Levels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

CELL_PX = 8
"""Side of a cell; the factor varies over tens of pixels, not within one."""

REACH_CELLS = 9
"""Side of the square of cells that one factor is averaged over: about a fifth of the picture's width."""

_SOFT = 8.0  # grey levels added to both sides: in black places a ratio says nothing
_ENOUGH_FREE = 0.3  # with a smaller share of free pixels the whole picture's factor takes over
_LOWEST, _HIGHEST = 0.35, 2.8  # beyond that the picture has changed, not its light
_SAME = 0.008  # a factor this near to 1 is less than a grey level: the picture is taken as it is


def _cells(levels: Levels, size: tuple[int, int]) -> Picture:
    """Means over cells; in two steps where the picture has whole quarters, which is several times cheaper."""
    h, w = levels.shape
    if h % 4 == 0 and w % 4 == 0 and h > 8 * CELL_PX:
        levels = cv.resize(levels, (w // 4, h // 4), interpolation=cv.INTER_AREA)
    out: Picture = cv.resize(levels, size, interpolation=cv.INTER_AREA).astype(np.float32)
    return out


def gain(picture: Levels, empty: Levels, taken: Mask) -> tuple[Picture, float]:
    """The light factor of ``picture`` over ``empty``, per cell, and for the whole picture.

    ``picture`` and ``empty`` are (H, W) uint8 grey levels, ``taken`` (H, W) uint8 is non-zero on foreground. Returns
    (ceil(H / 8), ceil(W / 8)) float32 and the factor of everything that is free, both within 0.35 to 2.8.
    """
    h, w = picture.shape
    size = (-(-w // CELL_PX), -(-h // CELL_PX))
    if cv.countNonZero(taken):
        free = cv.compare(taken, 0, cv.CMP_EQ)
        share = _cells(free, size) * np.float32(1 / 255)
        ours, theirs = _cells(cv.bitwise_and(picture, free), size), _cells(cv.bitwise_and(empty, free), size)
    else:
        share = np.ones((size[1], size[0]), np.float32)
        ours, theirs = _cells(picture, size), _cells(empty, size)
    all_free = float(share.sum())
    if all_free < 0.02 * share.size:
        return np.ones_like(share), 1.0
    whole = (float(ours.sum()) + _SOFT * all_free) / (float(theirs.sum()) + _SOFT * all_free)
    square = (REACH_CELLS, REACH_CELLS)
    near = cv.blur(share, square, borderType=cv.BORDER_REFLECT)
    top = cv.blur(ours, square, borderType=cv.BORDER_REFLECT) + np.float32(_SOFT) * near
    bottom = cv.blur(theirs, square, borderType=cv.BORDER_REFLECT) + np.float32(_SOFT) * near
    local = top / np.maximum(bottom, np.float32(1e-3))
    trust = np.minimum(near * np.float32(1 / _ENOUGH_FREE), np.float32(1))
    factor = np.float32(whole) + trust * (local - np.float32(whole))
    return np.clip(factor, np.float32(_LOWEST), np.float32(_HIGHEST)), min(max(whole, _LOWEST), _HIGHEST)


def spread(cells: Picture, shape: tuple[int, int]) -> Picture:
    """Cell values as a smooth (H, W) picture."""
    h, w = shape
    out: Picture = cv.resize(cells, (w, h), interpolation=cv.INTER_LINEAR)
    return out


def off_one(cells: Picture) -> float:
    """The largest distance of a factor from 1."""
    low, high, _, _ = cv.minMaxLoc(cells)
    return float(max(1.0 - low, high - 1.0))


def relit(picture: Levels, cells: Picture) -> Levels:
    """The picture in the light of the empty scene, whole grey levels."""
    if off_one(cells) < _SAME:
        return picture
    h, w = picture.shape
    out: Levels = cv.multiply(picture, spread(np.float32(1) / cells, (h, w)), dtype=cv.CV_8U)
    return out
