"""A picture of any size as the model's input: scaled to fit, at the top left, the rest filled."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from matpho.plugins.models.card import ModelCard
from matpho.vision.frame import Image

Blob = npt.NDArray[np.float32]


def best_size(width: int, height: int, sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Of the input sizes (width, height) the one that shows a picture of this shape at the finest scale.

    Nearly equal scales (3 %) are settled for the smaller input, which costs less; ties beyond that for the first.
    """

    def scale(size: tuple[int, int]) -> float:
        return min(size[0] / width, size[1] / height)

    finest = max(map(scale, sizes))
    return min((s for s in sizes if scale(s) >= 0.97 * finest), key=lambda s: s[0] * s[1])


def size_at(width: int, height: int, scale: float, step: int) -> tuple[int, int]:
    """The least size, width and height multiples of ``step``, that holds a picture at ``scale``."""
    return max(1, -(-round(width * scale) // step)) * step, max(1, -(-round(height * scale) // step)) * step


def fitted(image: Image, size: tuple[int, int], scale: float | None = None) -> Image:
    """The (H, W, 3) picture at ``scale``, or as large as it fits ``size`` (width, height), in its own shape."""
    h, w = image.shape[:2]
    scale = scale or min(size[0] / w, size[1] / h)
    inner = min(size[0], max(1, round(w * scale))), min(size[1], max(1, round(h * scale)))
    if inner == (w, h):
        return image
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, inner, interpolation=way), np.uint8)


class Letterbox:
    """Makes input tensors of one size. Normalising goes through a 256-entry table per channel: one cheap pass."""

    def __init__(self, card: ModelCard, size: tuple[int, int]) -> None:
        self._width, self._height = size
        levels = np.arange(256, dtype=np.float32)
        self._tables = [((levels - m) / s).astype(np.float32) for m, s in zip(card.mean, card.std, strict=True)]
        self._border = [table[card.pad] for table in self._tables]
        self._order = (0, 1, 2) if card.colour == "bgr" else (2, 1, 0)

    def put(self, image: Image, out: Blob, scale: float | None = None) -> tuple[float, float]:
        """Write the (H, W, 3) BGR picture into ``out`` (3, height, width), at ``scale`` or as large as it fits.

        Returns how many input pixels the picture is wide and high.
        """
        image = fitted(image, (self._width, self._height), scale)
        inner_h, inner_w = image.shape[:2]
        for row, channel in enumerate(self._order):
            plane = cv2.extractChannel(image, channel)
            out[row, :inner_h, :inner_w] = cv2.LUT(plane, self._tables[row])
            out[row, inner_h:, :] = self._border[row]
            out[row, :inner_h, inner_w:] = self._border[row]
        return float(inner_w), float(inner_h)
