"""How blurred a picture is by itself: to blur it again changes a sharp picture much, and a blurred one hardly.

The measure of Crété-Roffet et al. (2007): how much of the neighbour differences is left after a strong blur, across and
down; the worse of both counts. Sharp street pictures reach 0.2 to 0.45, a lens that smears over six pixels of 640 about
0.55 to 0.8. Noise is fine structure: a noisy blurred night looks sharper than it is.
"""

import numpy as np
import numpy.typing as npt

from matpho.vision.frame import Frame
from matpho.vision.opencv import cv

WIDTH = 640  # of the judged picture: at that size a smear of some pixels is seen by people, too
SMEAR = 9  # pixels


def blurriness(frame: Frame) -> float:
    """0 for a perfectly sharp picture to 1 for one without any structure."""
    width, height = frame.size
    luma = frame.luma
    if width > WIDTH:
        luma = frame.shrunk(WIDTH, max(2, round(height * WIDTH / width)))
    sharp = luma.astype(np.float32)
    return max(_left(sharp, axis=1), _left(sharp, axis=0))


def _left(sharp: npt.NDArray[np.float32], *, axis: int) -> float:
    """Which share of the neighbour differences along an axis a blur along it leaves."""
    blurred = cv.blur(sharp, (SMEAR, 1) if axis == 1 else (1, SMEAR))
    there, after = np.abs(np.diff(sharp, axis=axis)), np.abs(np.diff(blurred, axis=axis))
    whole = float(there.sum())
    return 1 - float(np.maximum(there - after, 0).sum()) / whole if whole > 0 else 1.0
