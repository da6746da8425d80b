"""Burning privacy masks into pixels: black, in every plane, so that nothing can be brought back."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Polygon
from matpho.video.planes import planes

BLACK, NEUTRAL = 16, 128


@lru_cache(maxsize=256)
def covered(masks: tuple[Polygon, ...], width: int, height: int) -> npt.NDArray[np.bool_]:
    """Which pixels (H, W) the polygons touch, one pixel more on every side so that no border leaks."""
    inside = np.zeros((height, width), bool)
    for mask in masks:
        inside |= _filled(mask, width, height)
    grown = inside.copy()
    grown[1:] |= inside[:-1]
    grown[:-1] |= inside[1:]
    wide = grown.copy()
    wide[:, 1:] |= grown[:, :-1]
    wide[:, :-1] |= grown[:, 1:]
    wide.setflags(write=False)
    return wide


def _filled(mask: Polygon, width: int, height: int) -> npt.NDArray[np.bool_]:
    """Even-odd rule at pixel centres."""
    x = (np.arange(width) + 0.5) / width
    y = (np.arange(height)[:, None] + 0.5) / height
    inside = np.zeros((height, width), bool)
    points = mask.points
    for a, b in zip(points, points[1:] + points[:1], strict=True):
        if a.y == b.y:
            continue
        rows = (a.y > y) != (b.y > y)
        inside ^= rows & (x < a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
    return inside


def masked_frame(frame: Any, masks: Sequence[Polygon]) -> Any:
    """A new upright 4:2:0 ``av.VideoFrame`` with the masks burnt in; time stamps stay.

    The size is cut to even numbers, which encoders need.
    """
    luma, u, v = planes(frame)
    height, width = luma.shape[0] // 2 * 2, luma.shape[1] // 2 * 2
    full = "yuvj" in frame.format.name or getattr(frame, "color_range", 0) == 2
    hidden = covered(tuple(masks), width, height)
    half = hidden[0::2, 0::2] | hidden[1::2, 0::2] | hidden[0::2, 1::2] | hidden[1::2, 1::2]
    picture = av.VideoFrame(width, height, "yuvj420p" if full else "yuv420p")
    _put(picture.planes[0], luma[:height, :width], hidden, 0 if full else BLACK)
    for plane, chroma in ((picture.planes[1], u), (picture.planes[2], v)):
        source = np.full(half.shape, NEUTRAL, np.uint8) if chroma is None else chroma[: height // 2, : width // 2]
        _put(plane, source, half, NEUTRAL)
    picture.pts = frame.pts
    if frame.time_base is not None:
        picture.time_base = frame.time_base
    return picture


def _put(plane: Any, source: npt.NDArray[np.uint8], hidden: npt.NDArray[np.bool_], value: int) -> None:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    target = rows[: source.shape[0], : source.shape[1]]
    target[:] = source
    target[hidden] = value
