"""One ONNX model at one input size, on one thread of the processor."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read at loading: it would call its maker
import onnxruntime

from matpho.errors import ModelProblem
from matpho.plugins.detectors.letterbox import Letterbox
from matpho.plugins.models.card import ModelCard
from matpho.vision.frame import Image

Floats = npt.NDArray[np.float32]


class Session:
    """Pictures in, the model's outputs out. Without spinning: other cameras need the rest of the machine."""

    def __init__(self, card: ModelCard, file: Path, size: tuple[int, int]) -> None:
        """``size`` (width, height) also fixes what the file leaves free, which ORT plans better.

        Raises ModelProblem when the file is no ONNX model.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        options.add_free_dimension_override_by_name("width", size[0])
        options.add_free_dimension_override_by_name("height", size[1])
        try:
            self._session: Any = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as e:  # onnxruntime's errors share no other base class
            raise ModelProblem(
                f"{file.name} cannot be opened as an ONNX model: {e}",
                f"Không mở được {file.name} như mô hình ONNX: {e}",
            ) from e
        self._letterbox, self._size = Letterbox(card, size), size

    def run(self, images: Sequence[Image]) -> tuple[list[Floats], list[tuple[float, float]]]:
        """The outputs of (H, W, 3) uint8 BGR pictures, at least one, first axis the pictures; and by how many input
        pixels each of them is wide and high.
        """
        width, height = self._size
        batch = np.empty((len(images), 3, height, width), np.float32)
        inner = [self._letterbox.put(image, batch[n]) for n, image in enumerate(images)]
        source = self._session.get_inputs()[0]
        if isinstance(source.shape[0], int):
            parts = [self._session.run(None, {source.name: batch[n : n + 1]}) for n in range(len(images))]
            return [np.concatenate(same) for same in zip(*parts, strict=True)], inner
        return self._session.run(None, {source.name: batch}), inner
