"""The detector port over onnxruntime: any model that has a card."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read at loading: it would call its maker
import onnxruntime

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.errors import ModelProblem
from matpho.plugins.detectors.decode import DECODERS, Floats
from matpho.plugins.detectors.groups import pooled, pools_of
from matpho.plugins.detectors.letterbox import Letterbox, best_size
from matpho.plugins.detectors.suppress import survivors
from matpho.plugins.models.card import ModelCard, find_card
from matpho.vision.detector import DetectorInfo
from matpho.vision.frame import Image

MOST_CANDIDATES = 400
"""Boxes per picture that go into suppression: its cost grows with the square, and a street never has so many."""


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
        if not self._pools.groups:
            raise ModelProblem(
                f"The model {card.name} knows no class that is of use on a street",
                f"Mô hình {card.name} không có lớp nào dùng được cho đường phố",
            )
        self._decode = DECODERS[card.decoder]
        self._sessions: dict[tuple[int, int], tuple[Any, Letterbox]] = {}
        self._open(card.sizes[0])

    @property
    def info(self) -> DetectorInfo:
        """Name, hash, licence and the first input size of the card."""
        return self._card.info

    def detect(self, images: Sequence[Image]) -> list[list[Observation]]:
        """Observations per picture, best first; pictures are (H, W, 3) uint8 BGR of any size, boxes 0..1 of each."""
        chosen = [best_size(i.shape[1], i.shape[0], self._card.sizes) for i in images]
        found: list[list[Observation]] = [[] for _ in images]
        for size in dict.fromkeys(chosen):
            places = [n for n, s in enumerate(chosen) if s == size]
            for place, seen in zip(places, self._run(size, [images[n] for n in places]), strict=True):
                found[place] = seen
        return found

    def _run(self, size: tuple[int, int], images: Sequence[Image]) -> list[list[Observation]]:
        """Observations of pictures that all go through one input size."""
        session, letterbox = self._open(size)
        source = session.get_inputs()[0]
        batch = np.empty((len(images), 3, size[1], size[0]), np.float32)
        inner = [letterbox.put(image, batch[n]) for n, image in enumerate(images)]
        if isinstance(source.shape[0], int):
            parts = [session.run(None, {source.name: batch[n : n + 1]}) for n in range(len(images))]
            outputs = [np.concatenate(same) for same in zip(*parts, strict=True)]
        else:
            outputs = session.run(None, {source.name: batch})
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

    def _open(self, size: tuple[int, int]) -> tuple[Any, Letterbox]:
        """The session of one input size; free height and width of a file are fixed to it, which ORT plans better."""
        if size not in self._sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            options.log_severity_level = 3
            options.add_free_dimension_override_by_name("width", size[0])
            options.add_free_dimension_override_by_name("height", size[1])
            try:
                session = onnxruntime.InferenceSession(str(self._file), options, providers=["CPUExecutionProvider"])
            except Exception as e:  # onnxruntime's errors share no other base class
                raise ModelProblem(
                    f"{self._file.name} cannot be opened as an ONNX model: {e}",
                    f"Không mở được {self._file.name} như mô hình ONNX: {e}",
                ) from e
            self._sessions[size] = (session, Letterbox(self._card, size))
        return self._sessions[size]


def _observation(corners: Floats, score: float, group: Group, label: str) -> Observation:
    left, top, right, bottom = (float(v) for v in corners)
    return Observation(group, label, Box(left, top, max(0.0, right - left), max(0.0, bottom - top)), min(1.0, score))
