"""Decoded pictures to frames: the planes as the decoder gives them, at most so large, upright."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.time import Instant
from matpho.vision.frame import Frame

Plane = npt.NDArray[np.uint8]

LARGEST_PX = 450_000
"""More pixels than this are scaled down: 768×576 stays, 1280×720 becomes 894×503."""


def to_frame(picture: Any, at: Instant, largest_px: int = LARGEST_PX) -> Frame:
    """A ``av.VideoFrame`` of any pixel format as a frame, turned upright by its display matrix.

    Planar 4:2:0 is taken as it is, without a conversion; everything else is converted by the decoder's library.
    """
    name = picture.format.name
    if name not in ("yuv420p", "yuvj420p", "gray"):
        picture = picture.reformat(format="gray" if name.startswith("gray") else "yuv420p")
    planes = [_plane(p) for p in picture.planes]
    planes = _scaled(planes, largest_px)
    turns = round(-(getattr(picture, "rotation", 0) or 0) / 90) % 4
    if turns:
        planes = [np.ascontiguousarray(np.rot90(p, -turns)) for p in planes]
    if len(planes) < 3:
        return Frame(at, planes[0])
    return Frame(at, planes[0], planes[1], planes[2])


def from_bgr(image: npt.NDArray[np.uint8], at: Instant, largest_px: int = LARGEST_PX) -> Frame:
    """A (H, W, 3) uint8 BGR picture as a frame; an odd last row or column is cut off."""
    h, w = image.shape[:2]
    scale = min(1.0, (largest_px / (h * w)) ** 0.5)
    if scale < 1:
        image = np.asarray(
            cv2.resize(image, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA), np.uint8
        )
    h, w = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
    flat = np.asarray(cv2.cvtColor(image[:h, :w], cv2.COLOR_BGR2YUV_I420), dtype=np.uint8).reshape(-1)
    quarter = h * w // 4
    chroma = flat[h * w :].reshape(2, h // 2, w // 2) if quarter else flat[:0].reshape(2, 0, 0)
    return Frame(at, flat[: h * w].reshape(h, w), chroma[0], chroma[1])


def _plane(plane: Any) -> Plane:
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]


def _scaled(planes: list[Plane], largest_px: int) -> list[Plane]:
    h, w = planes[0].shape
    scale = min(1.0, (largest_px / (h * w)) ** 0.5)
    if scale == 1.0:
        return [
            p.copy() for p in planes
        ]  # a view would keep the decoder's picture, three times as large, out of its pool
    width, height = max(2, round(w * scale / 2) * 2), max(2, round(h * scale / 2) * 2)
    sizes = [(width, height), (width // 2, height // 2), (width // 2, height // 2)]
    return [
        np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        for p, size in zip(planes, sizes, strict=False)
    ]
