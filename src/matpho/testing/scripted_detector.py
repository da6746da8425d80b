"""A detector that says what it is told to: for tests of everything behind the port."""

from collections.abc import Callable, Sequence

from matpho.domain.observation import Observation
from matpho.vision.detector import DetectorInfo
from matpho.vision.frame import Image


class ScriptedDetector:
    """Answers each picture by ``script(picture)``; counts its calls and pictures."""

    def __init__(self, script: Callable[[Image], list[Observation]] = lambda _image: []) -> None:
        self._script = script
        self.calls = 0
        self.pictures = 0

    @property
    def info(self) -> DetectorInfo:
        """A name that nobody mistakes for a model."""
        return DetectorInfo("scripted", "0" * 64, "none", 640, 384)

    def detect(self, images: Sequence[Image]) -> list[list[Observation]]:
        """The script's answer to each picture."""
        self.calls += 1
        self.pictures += len(images)
        return [self._script(image) for image in images]
