"""How much lighter or darker the picture is than the empty scene, place by place.

A cloud, a lamp or the camera's own exposure multiplies the picture by a factor that varies slowly over it. The factor
is measured on coarse cells outside the foreground, so that an object does not explain itself away as a shadow; the
idea of judging a shadow by the ratio to the background, not the difference, is that of Jacques et al. (SIBGRAPI 2005).
"""

import numpy as np
import numpy.typing as npt

from matpho.vision.opencv import cv

Picture = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]

CELL_PX = 8
"""Side of a cell; the factor varies over tens of pixels, not within one."""

REACH_CELLS = 9
"""Side of the square of cells that one factor is averaged over: about a fifth of the picture's width."""

_SOFT = 8.0  # grey levels added to both sides: in black places a ratio says nothing
_ENOUGH_FREE = 0.3  # with a smaller share of free pixels the whole picture's factor takes over
_LOWEST, _HIGHEST = 0.35, 2.8  # beyond that the picture has changed, not its light


def _cells(picture: Picture, size: tuple[int, int]) -> Picture:
    out: Picture = cv.resize(picture, size, interpolation=cv.INTER_AREA)
    return out


def gain(picture: Picture, empty: Picture, taken: Mask) -> tuple[Picture, float]:
    """The light factor of ``picture`` over ``empty``, per cell, and for the whole picture.

    ``picture`` and ``empty`` are (H, W) float32 grey levels, ``taken`` (H, W) uint8 is non-zero on foreground. Returns
    (ceil(H / 8), ceil(W / 8)) float32 and the factor of everything that is free, both within 0.35 to 2.8.
    """
    h, w = picture.shape
    size = (-(-w // CELL_PX), -(-h // CELL_PX))
    free = cv.compare(taken, 0, cv.CMP_EQ).astype(np.float32)
    free *= np.float32(1 / 255)
    share = _cells(free, size)
    ours, theirs = _cells(picture * free, size), _cells(empty * free, size)
    all_free = float(share.sum())
    if all_free < 0.02 * share.size:
        return np.ones_like(share), 1.0
    whole = (float(ours.sum()) + _SOFT * all_free) / (float(theirs.sum()) + _SOFT * all_free)
    square = (REACH_CELLS, REACH_CELLS)
    near = cv.blur(share, square, borderType=cv.BORDER_REFLECT)
    top = cv.blur(ours, square, borderType=cv.BORDER_REFLECT) + _SOFT * near
    bottom = cv.blur(theirs, square, borderType=cv.BORDER_REFLECT) + _SOFT * near
    local = top / np.maximum(bottom, 1e-3)
    trust = np.minimum(near / _ENOUGH_FREE, 1.0)
    factor = np.clip(trust * local + (1 - trust) * whole, _LOWEST, _HIGHEST)
    return factor.astype(np.float32), float(np.clip(whole, _LOWEST, _HIGHEST))


def spread(cells: Picture, shape: tuple[int, int]) -> Picture:
    """Cell values as a smooth (H, W) picture."""
    h, w = shape
    out: Picture = cv.resize(cells, (w, h), interpolation=cv.INTER_LINEAR)
    return out
