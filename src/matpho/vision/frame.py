"""One picture as vision takes it: the planes that a decoder gives, never a colour conversion unless asked."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.time import Instant

Plane = npt.NDArray[np.uint8]
Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    ``luma`` is (H, W) uint8, full range or video range as the camera sends it; ``u`` and ``v`` are the half-size
    chroma planes (ceil(H/2), ceil(W/2)) uint8, neutral 128, or None where the source has none (grey).
    """

    at: Instant
    luma: Plane
    u: Plane | None = None
    v: Plane | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.luma.shape[1], self.luma.shape[0]

    def bgr(self) -> Image:
        """The picture as (H, W, 3) uint8 BGR, BT.601 video range."""
        h, w = self.luma.shape
        if self.u is None or self.v is None:
            return cv2.cvtColor(self.luma, cv2.COLOR_GRAY2BGR)  # type: ignore[return-value]
        if h % 2 or w % 2:
            h, w = h - h % 2, w - w % 2
        planes = [self.luma[:h, :w], self.u[: h // 2, : w // 2], self.v[: h // 2, : w // 2]]
        flat = np.concatenate([np.ascontiguousarray(p).reshape(-1) for p in planes])
        return cv2.cvtColor(flat.reshape(h * 3 // 2, w), cv2.COLOR_YUV2BGR_I420)  # type: ignore[return-value]
