"""The motion gate: did anything change, and where. Cheap enough for every analysed frame of every camera.

A running average of the luma at 160×90, compared with a threshold that follows the picture's own noise. It only decides
whether looking closer is worth it; what it finds is never an incident (lamps and clouds move it too).
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import WHOLE, Box
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import SMALL, Frame

WIDTH, HEIGHT = SMALL
AVERAGE_S = 2.0  # time constant of the running average
THRESHOLD = 10.0  # grey levels, at least
SMALLEST = 5  # cells of 160×90 that a change needs
_ALL_CALM = np.full((HEIGHT, WIDTH), 255, np.uint8)


@dataclass(frozen=True, slots=True)
class Motion:
    """What changed: ``share`` of the picture 0..1, and the boxes around the changes, largest first."""

    moving: bool
    boxes: tuple[Box, ...]
    share: float


class MotionGate:
    """The gate of one camera."""

    def __init__(self) -> None:
        self._average: npt.NDArray[np.float32] | None = None
        self._noise: npt.NDArray[np.float32] | None = None
        self._calm: npt.NDArray[np.uint8] | None = None  # 255 where nothing changed at the newest frame
        self._at: Instant | None = None
        self._size = (0, 0)

    def update(self, frame: Frame) -> Motion:
        """What moved since the frames before; the first frame, and one of another size, moves as a whole."""
        small = frame.shrunk(WIDTH, HEIGHT)
        now: npt.NDArray[np.float32] = cv2.blur(small, (3, 3)).astype(np.float32)
        before, self._at = self._at, frame.at
        if self._average is None or self._noise is None or before is None or frame.size != self._size:
            self._average, self._noise = now, np.full_like(now, 2.0)
            self._size = frame.size
            return Motion(moving=True, boxes=(WHOLE,), share=1.0)
        off = cv2.absdiff(now, self._average)
        rate = 1.0 - math.exp(-max(seconds(frame.at - before), 0.0) / AVERAGE_S)
        cv2.accumulateWeighted(now, self._average, rate)
        least = THRESHOLD * math.sqrt(frame.gain)  # what was brought up shows more of its noise, and of insects
        if cv2.norm(off, cv2.NORM_INF) <= least:  # as nearly always: no need to ask each pixel for its own
            self._calm = _ALL_CALM
            cv2.accumulateWeighted(off, self._noise, 0.3 * rate)
            return Motion(moving=False, boxes=(), share=0.0)
        calm = np.asarray(cv2.compare(off, np.maximum(least, 4.0 * self._noise), cv2.CMP_LE), np.uint8)
        self._calm = calm
        cv2.accumulateWeighted(off, self._noise, 0.3 * rate, calm)
        count = calm.size - cv2.countNonZero(calm)
        boxes = _boxes(np.asarray(cv2.bitwise_not(calm), np.uint8)) if count else ()
        return Motion(moving=bool(boxes), boxes=boxes, share=count / calm.size)

    def stirred(self, box: Box) -> float:
        """Which share of a box (0..1 of the frame) had changed at the newest frame; 1 while nothing is known."""
        if self._calm is None:
            return 1.0
        left, top = min(int(box.x * WIDTH), WIDTH - 1), min(int(box.y * HEIGHT), HEIGHT - 1)
        part = self._calm[
            top : max(round(box.bottom * HEIGHT), top + 1), left : max(round(box.right * WIDTH), left + 1)
        ]
        return (part.size - np.count_nonzero(part)) / part.size


def _boxes(changed: npt.NDArray[np.uint8]) -> tuple[Box, ...]:
    """The boxes around what is not 0."""
    joined = cv2.dilate(changed, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_16U)
    sizes = np.bincount(labels[changed > 0], minlength=count)
    found = [
        (int(sizes[i]), Box(s[0] / WIDTH, s[1] / HEIGHT, s[2] / WIDTH, s[3] / HEIGHT))
        for i, s in enumerate(stats.tolist())
        if i and sizes[i] >= SMALLEST
    ]
    return tuple(box for _, box in sorted(found, key=lambda pair: -pair[0]))
