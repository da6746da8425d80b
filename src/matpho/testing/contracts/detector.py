"""The conformance suite of the detector port."""

from matpho.vision.detector import Detector
from matpho.vision.detector_promises import broken_promises
from matpho.vision.frame import Image


def check_detector(detector: Detector, *more: Image) -> None:
    """Hold a detector to the promises of its port; raises AssertionError with every one that is broken.

    ``more`` are further (H, W, 3) uint8 BGR pictures, best ones on which the detector finds something.
    """
    broken = broken_promises(detector, *more)
    assert not broken, "\n".join(broken)
