"""From any camera's frames to the small pictures that the static model works on, and which frames it can skip."""

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.vision.frame import SMALL, Frame
from matpho.vision.opencv import cv

Levels = npt.NDArray[np.uint8]

_GLANCE = (80, 45)  # width and height: enough to see that something moves
_EVEN_LEAST, _EVEN_MOST = 0.7, 1.5  # of the wanted pixels: whole divisors of the frame's size within this are taken
_GLANCE_LEVELS = 8  # grey levels at that size; what stays below waits a second at most


def calm(*, things: bool, bare: bool) -> float:
    """How many times rarer the looks are where nothing moves: not while something is at rest or was taken away.

    ``bare``: nothing differs from the empty scene, and the detector has said nothing that waits to be heard.
    """
    return 1.0 if things else 4.0 if bare else 2.0


class Sampling:
    """The working size of one stream of frames of equal size: a fixed number of pixels, whatever the shape."""

    def __init__(self, frame_size: tuple[int, int], working_px: int) -> None:
        """``frame_size`` width and height in pixels; pictures are only ever made smaller."""
        width, height = frame_size
        self.frame_size = frame_size
        self.width, self.height = _working_size(width, height, working_px)
        self._glance: Levels | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of working pictures."""
        return self.height, self.width

    def picture(self, frame: Frame) -> Levels:
        """The luma at working size, (H, W) uint8, smoothed over 3×3."""
        out: Levels = cv.blur(frame.shrunk(self.width, self.height), (3, 3))
        return out

    def chroma(self, frame: Frame) -> Levels | None:
        """U and V at half the working size, (2, h, w) uint8; None for a grey source."""
        if frame.u is None or frame.v is None:
            return None
        size = max(8, self.width // 2), max(8, self.height // 2)
        planes = [cv.blur(cv.resize(p, size, interpolation=cv.INTER_AREA), (3, 3)) for p in (frame.u, frame.v)]
        return np.stack(planes)

    def is_still(self, frame: Frame) -> bool:
        """Whether nothing moved since the last picture for which :meth:`looked` was called."""
        if self._glance is None:
            return False
        return bool(cv.norm(self._seen_in(frame), self._glance, cv.NORM_INF) <= _GLANCE_LEVELS)

    def looked(self, frame: Frame) -> None:
        """This picture is analysed: compare the next ones with it."""
        self._glance = self._seen_in(frame)

    @staticmethod
    def _seen_in(frame: Frame) -> Levels:
        out: Levels = cv.resize(frame.shrunk(*SMALL), _GLANCE, interpolation=cv.INTER_AREA)
        return out

    def box(self, bounds: tuple[float, float, float, float], shift: tuple[float, float]) -> Box:
        """Left, top, width, height in working pixels of the empty scene, as a box of a picture moved by ``shift``."""
        x, y, w, h = bounds
        left, top = _within((x + shift[0]) / self.width, 0.0), _within((y + shift[1]) / self.height, 0.0)
        right = _within((x + w + shift[0]) / self.width, left)
        bottom = _within((y + h + shift[1]) / self.height, top)
        return Box(left, top, right - left, bottom - top)


def _within(share: float, least: float) -> float:
    return min(max(share, least), 1.0)


def _working_size(width: int, height: int, working_px: int) -> tuple[int, int]:
    """About so many pixels; a whole divisor of the frame's size where one is near, which is far cheaper to scale to."""
    scale = min(1.0, (working_px / (width * height)) ** 0.5)
    for divisor in (1, 2, 3, 4):
        even = width % divisor == 0 and height % divisor == 0
        pixels = width * height / divisor**2
        if even and _EVEN_LEAST * working_px <= pixels <= _EVEN_MOST * working_px:
            return width // divisor, height // divisor
    return max(16, round(width * scale)), max(16, round(height * scale))
