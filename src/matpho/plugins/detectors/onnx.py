"""The detector port over onnxruntime: any model that has a card."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.errors import ModelProblem
from matpho.plugins.detectors.decode import DECODERS, Floats
from matpho.plugins.detectors.groups import pooled, pools_of
from matpho.plugins.detectors.letterbox import best_size, size_at
from matpho.plugins.detectors.session import Session, Size
from matpho.plugins.detectors.suppress import survivors
from matpho.plugins.models.card import DETECTION, STRIDE, ModelCard, find_card
from matpho.vision.detector import DetectorInfo
from matpho.vision.frame import Image

MOST_CANDIDATES = 400
"""Boxes per picture that go into suppression: its cost grows with the square, and a street never has so many."""
CLOSE_UP_PX = 200
"""A picture of at most so many pixels is a close-up: more input than :data:`CLOSE_UP_INPUT` names it no better."""
CLOSE_UP_INPUT = 320
"""Input pixels of a close-up's longer side.

Of 122 things cut out with 96 pixels 109 were named at it, 98 at 416, 101 at 256; of 112 larger cut-outs 98, 97 and 98
(things of the staged scenes).
"""


def create(name: str, folders: Sequence[Path] = ()) -> "OnnxDetector":
    """The factory behind the entry point: ``name`` is a card's name or a path to one.

    Raises ModelProblem or BadInput, see :func:`matpho.plugins.models.card.find_card`.
    """
    return OnnxDetector(find_card(name, *folders))


class OnnxDetector:
    """Runs one model on the processor, one thread, without spinning: other cameras need the rest of the machine."""

    def __init__(self, card: ModelCard) -> None:
        """Opens the file; raises ModelProblem when it is missing, altered or no ONNX model."""
        self._card = card
        self._file = card.verified()
        self._pools = pools_of(card.classes)
        if card.task != DETECTION:
            raise ModelProblem(
                f"{card.name} is a model for {card.task}, no detector of people and things (see docs/guide/models.md)",
                f"{card.name} là mô hình cho {card.task}, không nhận dạng người và vật (xem docs/guide/models.md)",
            )
        if not self._pools.groups:
            raise ModelProblem(
                f"The model {card.name} knows no class that is of use on a street",
                f"Mô hình {card.name} không có lớp nào dùng được cho đường phố",
            )
        self._decode = DECODERS[card.decoder]
        self._sessions: dict[Size | None, Session] = {}
        self._opening = threading.Lock()
        self._open(card.sizes[0])

    @property
    def info(self) -> DetectorInfo:
        """Name, hash, licence and the first input size of the card."""
        return self._card.info

    def detect(self, images: Sequence[Image]) -> list[list[Observation]]:
        """Observations per picture, best first; pictures are (H, W, 3) uint8 BGR of any size, boxes 0..1 of each."""
        chosen = [self._input_of(i.shape[1], i.shape[0]) for i in images]
        found: list[list[Observation]] = [[] for _ in images]
        for size, scale in dict.fromkeys(chosen):
            places = [n for n, c in enumerate(chosen) if c == (size, scale)]
            for place, seen in zip(places, self._run(size, [images[n] for n in places], scale), strict=True):
                found[place] = seen
        return found

    def _input_of(self, width: int, height: int) -> tuple[Size, float | None]:
        """The input size of a picture, and by how much it is enlarged for it; None: until it fills it."""
        longer = max(width, height)
        if longer > CLOSE_UP_PX or not self._card.any_size:
            return best_size(width, height, self._card.sizes), None
        scale = CLOSE_UP_INPUT / longer
        return size_at(width, height, scale, STRIDE), scale

    def detect_part(self, image: Image, whole: tuple[int, int]) -> list[Observation]:
        """The same of a part of a picture of ``whole`` pixels (width, height), at the scale of a look at that.

        Where the model takes the named sizes only, the part is enlarged until it fills one.
        """
        if not self._card.any_size:
            return self.detect([image])[0]
        height, width = image.shape[:2]
        scale = self._scale(*whole)
        return self._run(size_at(width, height, scale, STRIDE), [image], scale)[0]

    def _scale(self, width: int, height: int) -> float:
        """Input pixels per pixel of a picture of that size."""
        size = best_size(width, height, self._card.sizes)
        return min(size[0] / width, size[1] / height)

    def _run(self, size: Size, images: Sequence[Image], scale: float | None = None) -> list[list[Observation]]:
        """Observations of pictures that all go through one input size."""
        outputs, inner = self._open(size).run(images, size, scale)
        return [self._observations([o[n] for o in outputs], size, inner[n]) for n in range(len(images))]

    def _observations(
        self, outputs: list[Floats], size: tuple[int, int], inner: tuple[float, float]
    ) -> list[Observation]:
        """Decode, pool, threshold and suppress one picture."""
        scores, boxes_of = self._decode(outputs, size, len(self._card.classes), self._pools.wanted)
        rows: list[npt.NDArray[np.intp]] = []
        values: list[Floats] = []
        groups: list[Group] = []
        labels: list[str] = []
        for number, group in enumerate(self._pools.groups):
            columns = self._pools.columns(number)
            value = pooled(scores[:, columns])
            hit = np.flatnonzero(value >= self._card.thresholds[group])
            rows.append(hit)
            values.append(value[hit])
            groups += [group] * len(hit)
            labels += [self._pools.labels[columns.start + i] for i in scores[hit, columns].argmax(axis=1)]
        score = np.concatenate(values)
        best = np.argsort(-score, kind="stable")[:MOST_CANDIDATES]
        if not len(best):
            return []
        corners = boxes_of(np.concatenate(rows)[best])
        corners = np.clip(corners / np.array([*inner, *inner], np.float32), 0.0, 1.0)
        kept = survivors(corners, score[best], [groups[i] for i in best])
        return [_observation(corners[k], float(score[best[k]]), groups[best[k]], labels[best[k]]) for k in kept]

    def _open(self, size: Size) -> Session:
        """The session of one input size, opened when first asked for; of all sizes where the model takes any."""
        fixed = None if self._card.any_size else size
        with self._opening:
            if fixed not in self._sessions:
                self._sessions[fixed] = Session(self._card, self._file, fixed)
            return self._sessions[fixed]


def _observation(corners: Floats, score: float, group: Group, label: str) -> Observation:
    left, top, right, bottom = (float(v) for v in corners)
    return Observation(group, label, Box(left, top, max(0.0, right - left), max(0.0, bottom - top)), min(1.0, score))
