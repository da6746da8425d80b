"""The fire model port over onnxruntime: a classifier, or a detector of flames and smoke, that has a card."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matpho.errors import ModelProblem
from matpho.plugins.detectors.decode import DECODERS, Rows
from matpho.plugins.detectors.letterbox import best_size
from matpho.plugins.detectors.session import Floats, Session
from matpho.plugins.models.card import CLASSIFIER, FIRE, ModelCard, find_card
from matpho.vision.detector import DetectorInfo
from matpho.vision.fire_model import FireOpinion
from matpho.vision.frame import Image

ROUNDING = 1e-3
FLAMES, SMOKE = ("fire", "flame", "flames"), ("smoke",)


def create(name: str, folders: Sequence[Path] = ()) -> "OnnxFireModel":
    """``name`` is a card's name or a path to one.

    Raises ModelProblem or BadInput, see :func:`matpho.plugins.models.card.find_card`.
    """
    return OnnxFireModel(find_card(name, *folders))


class OnnxFireModel:
    """Asks one model about parts of pictures; classes other than flames and smoke are left aside."""

    def __init__(self, card: ModelCard) -> None:
        """Opens the file; raises ModelProblem when it is missing, altered, no ONNX model, or not for this task."""
        self._card, file = card, card.verified()
        if card.task != FIRE:
            raise ModelProblem(
                f'{card.name} is no fire model: its card has no task = "{FIRE}"',
                f'{card.name} không phải mô hình khói lửa: thẻ không ghi task = "{FIRE}"',
            )
        self._flames, self._smoke = _places(card, FLAMES), _places(card, SMOKE)
        if not len(self._flames) and not len(self._smoke):
            raise ModelProblem(
                f"{card.name} knows neither fire nor smoke: its classes are {', '.join(card.classes)}",
                f"{card.name} không biết lửa (fire) hay khói (smoke): các lớp là {', '.join(card.classes)}",
            )
        self._sessions = {size: Session(card, file, size) for size in card.sizes}

    @property
    def info(self) -> DetectorInfo:
        """Name, hash, licence and the first input size of the card."""
        return self._card.info

    def judge(self, images: Sequence[Image]) -> list[FireOpinion]:
        """An opinion per picture; pictures are (H, W, 3) uint8 BGR of any size. Raises ModelProblem when the model's
        output is not what its card says.
        """
        found = []
        for image in images:
            size = best_size(image.shape[1], image.shape[0], self._card.sizes)
            outputs, _ = self._sessions[size].run([image], size)
            shares = self._shares([o[0] for o in outputs], size)
            if not (float(shares.min()) >= -ROUNDING and float(shares.max()) <= 1 + ROUNDING):  # and not a number
                raise ModelProblem(
                    f"{self._card.name} gives values that are no shares 0..1; is [output] activation right?",
                    f"{self._card.name} cho giá trị không nằm trong 0..1; [output] activation đã đúng chưa?",
                )
            found.append(FireOpinion(_best(shares, self._flames), _best(shares, self._smoke)))
        return found

    def _shares(self, outputs: list[Floats], size: tuple[int, int]) -> Floats:
        """How sure the model is of each of its classes, 0..1, for one picture."""
        classes = len(self._card.classes)
        if self._card.decoder != CLASSIFIER:
            scores, _ = DECODERS[self._card.decoder](outputs, size, classes, np.arange(classes))
            return np.asarray(scores.max(axis=0), np.float32)
        values = np.asarray(outputs[0], np.float32).ravel()
        if len(values) != classes:
            raise ModelProblem(
                f"{self._card.name} gives {len(values)} values, its card names {classes} classes",
                f"{self._card.name} cho {len(values)} giá trị, thẻ ghi {classes} lớp",
            )
        return _activated(values, self._card.activation)


def _places(card: ModelCard, names: Sequence[str]) -> Rows:
    """The places of these classes among the card's."""
    return np.array([n for n, c in enumerate(card.classes) if c.lower() in names], np.intp)


def _best(shares: Floats, places: Rows) -> float | None:
    return min(1.0, max(0.0, float(shares[places].max()))) if len(places) else None


def _activated(values: Floats, how: str) -> Floats:
    if how == "softmax":
        raised = np.exp(values - values.max())
        return np.asarray(raised / raised.sum(), np.float32)
    if how == "sigmoid":
        return np.asarray(1 / (1 + np.exp(-np.clip(values, -60, 60))), np.float32)
    return values
