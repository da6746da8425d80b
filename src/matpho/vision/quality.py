"""The quality of the picture as a maintainer asks for it: light, contrast, sharpness, and whether it stands still.

A frozen camera sends packets of one and the same picture. A live sensor never gives the same picture twice: its noise
and the encoder's key pictures change some pixels. Pictures are compared on a grid of whole pixels, not of averages,
which would take the noise away.
"""

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.ids import CameraId
from matpho.domain.messages import PictureSeen
from matpho.domain.observation import PictureState
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import Frame

EVERY_S = 5.0
_GRID = 6  # every 6th pixel of every 6th row: 6,400 of a 640×360 picture
_SAME = 2  # grey levels: the encoder's rounding of one picture over and over


class PictureQuality:
    """Measures one camera's pictures; :meth:`look` costs nothing between two measurements."""

    def __init__(self, camera_id: CameraId) -> None:
        self._camera_id = camera_id
        self._due: Instant | None = None
        self._first: npt.NDArray[np.int16] | None = None  # the picture that all have been since
        self._same_since = Instant(0)

    def look(self, frame: Frame, state: PictureState) -> PictureSeen | None:
        """The measurement of this frame (luma (H, W) uint8), or None until the next one is due."""
        if self._due is not None and 0 <= seconds(frame.at - self._due) < EVERY_S:
            return None
        self._due = frame.at
        grid = frame.luma[::_GRID, ::_GRID].astype(np.int16)
        first = self._first
        if first is None or first.shape != grid.shape or int(np.abs(grid - first).max()) > _SAME:
            self._first, self._same_since = grid, frame.at
        contrast = float(grid.std())
        return PictureSeen(
            camera_id=self._camera_id,
            at=frame.at,
            brightness=round(float(grid.mean()), 1),
            contrast=round(contrast, 2),
            sharpness=round(_sharpness(frame) / max(contrast, 1.0), 4),
            frozen_s=round(max(0.0, seconds(frame.at - self._same_since)), 1),
            fault=state.fault.value if state.fault else "",
        )


def _sharpness(frame: Frame) -> float:
    """Mean absolute Laplacian of the calmed picture at 320×180: noise is not structure."""
    middle = cv2.resize(frame.luma, (320, 180), interpolation=cv2.INTER_AREA)
    return float(np.abs(cv2.Laplacian(cv2.blur(middle, (3, 3)), cv2.CV_16S, ksize=3)).mean())
