"""One picture as vision takes it: the planes that a decoder gives, never a colour conversion unless asked."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.time import Instant

Plane = npt.NDArray[np.uint8]
Image = npt.NDArray[np.uint8]

BLACK, WHITE = 16.0, 235.0
"""Grey levels of video range, which cameras send."""
MIDDLE, SMALL = (320, 180), (160, 90)
"""Sizes, width and height, of the small pictures that several stages share; the shape is stretched to 16:9."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    ``luma`` is (H, W) uint8, full range or video range as the camera sends it; ``u`` and ``v`` are the half-size
    chroma planes (ceil(H/2), ceil(W/2)) uint8, neutral 128, or None where the source has none (grey). ``gain`` is by
    how much the levels of the luma were raised over black, 1 for a picture as it came.
    """

    at: Instant
    luma: Plane
    u: Plane | None = None
    v: Plane | None = None
    gain: float = field(default=1.0, kw_only=True)
    _made: dict[tuple[int, int], Plane] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.luma.shape[1], self.luma.shape[0]

    def shrunk(self, width: int, height: int) -> Plane:
        """The luma at a smaller size, (height, width) uint8, made once per frame and size; not to be written into.

        By areas, in two steps where the picture is at least twice as large: halves cost a fiftieth of an odd scale.
        """
        size = (width, height)
        if size not in self._made:
            source = self.luma
            if size == SMALL:
                source = self.shrunk(*MIDDLE)
            elif self._halves(size):
                source = self._half()
            whole = (source.shape[1], source.shape[0]) == size
            self._made[size] = source if whole else cv2.resize(source, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        return self._made[size]

    def _halves(self, size: tuple[int, int]) -> bool:
        height, width = self.luma.shape
        even = width % 2 == 0 and height % 2 == 0
        return even and bool(width >= 2 * size[0] and height >= 2 * size[1])

    def _half(self) -> Plane:
        """Every pixel the mean of four."""
        half = (self.luma.shape[1] // 2, self.luma.shape[0] // 2)
        if half not in self._made:
            self._made[half] = cv2.resize(self.luma, half, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        return self._made[half]

    def bgr(self) -> Image:
        """The picture as (H, W, 3) uint8 BGR, BT.601 video range."""
        return self._colours(0, 0, *self.size)

    def part(self, box: Box) -> Image:
        """A part of the picture at its own size, (h, w, 3) uint8 BGR: what :meth:`snapped` says of the box."""
        return self._colours(*self._edges(box))

    def snapped(self, box: Box) -> Box:
        """The box grown to whole chroma pixels, at least two pixels each way."""
        left, top, right, bottom = self._edges(box)
        width, height = self.size
        return Box(left / width, top / height, (right - left) / width, (bottom - top) / height)

    def _edges(self, box: Box) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels, the first two even."""
        width, height = self.size
        left, top = min(int(box.x * width), width - 2) // 2 * 2, min(int(box.y * height), height - 2) // 2 * 2
        right, bottom = -(-round(box.right * width) // 2) * 2, -(-round(box.bottom * height) // 2) * 2
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(max(right, left + 2), width), min(max(bottom, top + 2), height)
        if self.u is None or self.v is None:
            return left, top, right, bottom
        return left, top, right - (right - left) % 2, bottom - (bottom - top) % 2  # an odd last line has no colour

    def _colours(self, left: int, top: int, right: int, bottom: int) -> Image:
        """The pixels from (left, top), both even, to (right, bottom) as BGR; an odd last row or column is cut off."""
        luma = self.luma[top:bottom, left:right]
        if self.u is None or self.v is None:
            return cv2.cvtColor(np.ascontiguousarray(luma), cv2.COLOR_GRAY2BGR)  # type: ignore[return-value]
        h, w = luma.shape[0] // 2 * 2, luma.shape[1] // 2 * 2
        rows, columns = slice(top // 2, (top + h) // 2), slice(left // 2, (left + w) // 2)
        planes = [luma[:h, :w], self.u[rows, columns], self.v[rows, columns]]
        flat = np.concatenate([np.ascontiguousarray(p).reshape(-1) for p in planes])
        return cv2.cvtColor(flat.reshape(h * 3 // 2, w), cv2.COLOR_YUV2BGR_I420)  # type: ignore[return-value]
