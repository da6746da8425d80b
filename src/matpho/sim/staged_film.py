"""A scene as footage for the analysis, straight from the composer: no encoder and no file in between."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.time import SECOND, Instant
from matpho.pipeline.film import Read
from matpho.pipeline.planes import from_bgr
from matpho.sim.compose import Composer
from matpho.sim.encode import Rendition, write
from matpho.sim.script import Expected
from matpho.vision.frame import Frame, Image

_QUALITY = 28  # x264's rate factor: a camera's sub stream at some 300 kbit/s


class StagedFilm:
    """The pictures of a composer; ``kept`` are those at the moments that somebody asked to look at afterwards."""

    def __init__(self, composer: Composer) -> None:
        script, view = composer.script, composer.background.view
        self.width, self.height = view.width, view.height
        self.fps = script.fps
        self.duration_s: float | None = script.duration_s
        self.codec, self.read = "staged", Read()
        self._composer = composer
        self._wanted = sorted(witness_s(e) for e in composer.expected)
        self.kept: dict[float, Image] = {}

    def pictures(self) -> Iterator[Image]:
        """The composed pictures, (H, W, 3) uint8 BGR."""
        for i, picture in enumerate(self._composer.pictures()):
            while self._wanted and i / self.fps >= self._wanted[0] - 1e-6:
                self.kept[self._wanted.pop(0)] = picture
            yield picture

    def frames(self) -> Iterator[Frame]:
        """What is analysed."""
        for i, picture in enumerate(self.pictures()):
            self.read.frames += 1
            self.read.used += 1
            self.read.last_s = i / self.fps
            yield from_bgr(picture, Instant(round(self.read.last_s * SECOND)))

    def encode(self, file: Path) -> None:
        """Write the pictures as a camera would send them, for an analysis that decodes them."""
        write(self.pictures(), self.fps, [Rendition(file, self.width, self.height, _QUALITY)])


def witness_s(one: Expected) -> float:
    """A moment at which what is expected can be seen."""
    return (one.start_s + min(one.end_s, one.start_s + 30)) / 2 + 2


def contrast(picture: Image, plate: Image, box: Box) -> float:
    """How much what stands in a box differs from the empty place, in grey levels: the upper quartile of the box."""
    height, width = plate.shape[:2]
    rows = slice(int(box.y * height), max(int(box.y * height) + 1, round(box.bottom * height)))
    columns = slice(int(box.x * width), max(int(box.x * width) + 1, round(box.right * width)))
    parts: Sequence[Image] = [np.ascontiguousarray(p[rows, columns]) for p in (picture, plate)]
    grey = [cv2.cvtColor(p, cv2.COLOR_BGR2GRAY).astype(np.float32) for p in parts]
    return float(np.percentile(np.abs(grey[0] - grey[1]), 75))
