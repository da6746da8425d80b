"""One ONNX model at one input size, on one thread of the processor."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read at loading: it would call its maker
import onnxruntime

from matpho.errors import ModelProblem
from matpho.plugins.detectors.letterbox import Letterbox
from matpho.plugins.detectors.quads import CHANNELS, QuadLetterbox
from matpho.plugins.models.card import PIXEL_SCALE, PIXEL_ZERO, ModelCard
from matpho.vision.frame import Image

Floats = npt.NDArray[np.float32]


@cache
def _shared_memory() -> None:
    """One arena for the sessions of this process, grown by what is asked for: each of their own holds ten megabytes."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg({"arena_extend_strategy": 1}))


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
        _shared_memory()
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.log_severity_level = 3
        for name, pixels in {"width": size[0], "height": size[1], "pairs": size[0] // 2, "rows": size[1] // 2}.items():
            options.add_free_dimension_override_by_name(name, pixels)
        try:
            self._session: Any = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as e:  # onnxruntime's errors share no other base class
            raise ModelProblem(
                f"{file.name} cannot be opened as an ONNX model: {e}",
                f"Không mở được {file.name} như mô hình ONNX: {e}",
            ) from e
        self._input = self._session.get_inputs()[0]
        self._letterbox, self._shape, self._kind = self._prepared(card, size)

    def _prepared(
        self, card: ModelCard, size: tuple[int, int]
    ) -> tuple[Letterbox | QuadLetterbox, tuple[int, int, int], type[np.float32 | np.uint8]]:
        """What makes the input, and its shape and type for one picture."""
        width, height = size
        said = self._session.get_modelmeta().custom_metadata_map
        if PIXEL_SCALE not in said:
            return Letterbox(card, size), (3, height, width), np.float32
        quads = QuadLetterbox(card, size, float(said[PIXEL_SCALE]), int(said[PIXEL_ZERO]))
        return quads, (height // 2, width // 2, CHANNELS), np.uint8

    def run(self, images: Sequence[Image]) -> tuple[list[Floats], list[tuple[float, float]]]:
        """The outputs of (H, W, 3) uint8 BGR pictures, at least one, first axis the pictures; and by how many input
        pixels each of them is wide and high.
        """
        batch = np.empty((len(images), *self._shape), self._kind)
        inner = [self._letterbox.put(image, batch[n]) for n, image in enumerate(images)]
        source = self._input
        if isinstance(source.shape[0], int):
            parts = [self._session.run(None, {source.name: batch[n : n + 1]}) for n in range(len(images))]
            return [np.concatenate(same) for same in zip(*parts, strict=True)], inner
        return self._session.run(None, {source.name: batch}), inner
