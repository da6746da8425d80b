"""The detector port: pictures in, boxes of pooled groups out; batch first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from matpho.domain.observation import Observation

if TYPE_CHECKING:  # the desk shows a detector's name without carrying OpenCV
    from matpho.vision.frame import Image


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """Which model answers: shown in evidence manifests, `matpho doctor` and reports.

    ``parts``: a part of a picture costs less than the whole, see :meth:`Detector.detect_part`.
    """

    name: str
    sha256: str
    licence: str
    input_width: int
    input_height: int
    parts: bool = False


class Detector(Protocol):
    """Finds road users and things in pictures.

    The conformance suite ``matpho.testing.contracts.detector`` says what every implementation keeps: an empty
    batch gives an empty list, a batch gives what its pictures give one by one, boxes lie inside 0..1, scores in
    0..1, and the scores of car, truck, bus and train are pooled into one vehicle *before* thresholding. Two threads
    of a worker may ask at the same time.
    """

    @property
    def info(self) -> DetectorInfo:
        """Name, hash, licence and input size."""
        ...

    def detect(self, images: "Sequence[Image]") -> list[list[Observation]]:
        """Observations per picture; pictures are (H, W, 3) uint8 BGR of any size, boxes 0..1 of each picture."""
        ...

    def detect_part(self, image: "Image", whole: tuple[int, int]) -> list[Observation]:
        """The same of a part of a picture of ``whole`` pixels (width, height); boxes 0..1 of the part.

        Things are as large as in a look at the whole. Where ``info.parts`` is False the part is enlarged as far as it
        goes, and costs what the whole does.
        """
        ...
