"""A detector that says what it is told to: for tests of everything behind the port."""

from collections.abc import Callable, Sequence

from matpho.domain.observation import Observation
from matpho.vision.detector import DetectorInfo
from matpho.vision.frame import Image


class ScriptedDetector:
    """Answers each picture by ``script(picture)``; counts its calls and pictures."""

    def __init__(
        self, script: Callable[[Image], list[Observation]] = lambda _image: [], *, parts: bool = False
    ) -> None:
        self._script, self._parts = script, parts
        self.calls = 0
        self.pictures = 0

    @property
    def info(self) -> DetectorInfo:
        """A name that nobody mistakes for a model."""
        return DetectorInfo("scripted", "0" * 64, "none", 640, 384, parts=self._parts)

    def detect(self, images: Sequence[Image]) -> list[list[Observation]]:
        """The script's answer to each picture."""
        self.calls += 1
        self.pictures += len(images)
        return [self._script(image) for image in images]

    def detect_part(self, image: Image, whole: tuple[int, int]) -> list[Observation]:
        """The script's answer to the part."""
        assert image.shape[1] <= whole[0]
        assert image.shape[0] <= whole[1]
        return self.detect([image])[0]
