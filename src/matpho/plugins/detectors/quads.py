"""A picture as the input of an arranged model (:mod:`matpho.plugins.models.arrange`): levels, four pixels together."""

import cv2
import numpy as np
import numpy.typing as npt

from matpho.plugins.detectors.letterbox import fitted
from matpho.plugins.models.card import ModelCard
from matpho.vision.frame import Image

Levels = npt.NDArray[np.uint8]
CHANNELS = 12
_PAIR = np.dtype("V6")  # two pixels of three bytes, which a processor copies as one


class QuadLetterbox:
    """Makes input tensors of one size: normalising and quantising are one table of 256 levels per channel."""

    def __init__(self, card: ModelCard, size: tuple[int, int], scale: float, zero: int) -> None:
        """``scale`` and ``zero`` as in the model's metadata."""
        self._size = size
        levels = np.arange(256, dtype=np.float32)
        normal = [((levels - m) / s).astype(np.float32) for m, s in zip(card.mean, card.std, strict=True)]
        whole = [np.clip(np.rint(n / np.float32(scale)) + zero, 0, 255) for n in normal]
        self._bgr = card.colour == "bgr"
        self._table: Levels = np.stack(whole, axis=1).astype(np.uint8)[None]
        self._border, self._inner = self._table[0, card.pad], (0, 0)
        width, height = size
        self._canvas: Levels = np.empty((height, width, 3), np.uint8)
        pairs = self._canvas.reshape(height, width // 2, 6).view(_PAIR)
        self._pairs = pairs.reshape(height // 2, 2, width // 2).transpose(0, 2, 1)

    def put(self, image: Image, out: Levels, scale: float | None = None) -> tuple[float, float]:
        """Write the (H, W, 3) BGR picture into ``out`` (height / 2, width / 2, 12), at ``scale`` or to fit it.

        Returns how many input pixels the picture is wide and high.
        """
        image = fitted(image, self._size, scale)
        h, w = image.shape[:2]
        if not self._bgr:
            image = image[:, :, ::-1]
        if (w, h) != self._inner:
            self._canvas[:] = self._border
            self._inner = (w, h)
        cv2.LUT(np.ascontiguousarray(image), self._table, dst=self._canvas[:h, :w])
        quads = out.view(_PAIR)
        for upper_lower in (0, 1):
            quads[:, :, upper_lower] = self._pairs[:, :, upper_lower]
        return float(w), float(h)
