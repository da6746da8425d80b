"""One ONNX model, at one input size or at any, on one thread of the processor."""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
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
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Way:
    """What makes the input of one size, and its shape and type for one picture."""

    letterbox: Letterbox | QuadLetterbox
    shape: tuple[int, int, int]
    kind: type[np.float32 | np.uint8]


def _dimensions(size: Size) -> dict[str, int]:
    """What models call their free dimensions."""
    width, height = size
    return {"width": width, "height": height, "pairs": width // 2, "rows": height // 2}


@cache
def _shared_memory() -> None:
    """One arena for the sessions of this process, grown by what is asked for: each of their own holds ten megabytes."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg({"arena_extend_strategy": 1}))


class Session:
    """Pictures in, the model's outputs out. Without spinning: other cameras need the rest of the machine."""

    def __init__(self, card: ModelCard, file: Path, size: Size | None) -> None:
        """``size`` (width, height) fixes what the file leaves free, which ORT plans better for some models.

        None: it stays free, and one session holds the weights once for all sizes. Raises ModelProblem when the file is
        no ONNX model.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        _shared_memory()
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.log_severity_level = 3
        for name, pixels in {} if size is None else _dimensions(size).items():
            options.add_free_dimension_override_by_name(name, pixels)
        try:
            self._session: Any = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as e:  # onnxruntime's errors share no other base class
            raise ModelProblem(
                f"{file.name} cannot be opened as an ONNX model: {e}",
                f"không mở được {file.name}: tệp bị hỏng, hoặc không phải mô hình ONNX mà chương trình chạy được",
            ) from e
        self._input, self._card = self._session.get_inputs()[0], card
        if size is None and sum(isinstance(n, int) for n in self._input.shape) > 2:
            raise ModelProblem(
                f"{file.name} has an input of a fixed size, {self._input.shape}; its card says any_size",
                f"{file.name} có cỡ ảnh vào cố định, {self._input.shape}; nhưng thẻ ghi any_size",
            )
        self._ways: dict[Size, _Way] = {}
        self._preparing = threading.Lock()  # a letterbox has one canvas

    def _way(self, size: Size) -> "_Way":
        if size not in self._ways:
            self._ways[size] = self._prepared(size)
        return self._ways[size]

    def _prepared(self, size: Size) -> "_Way":
        width, height = size
        card = self._card
        said = self._session.get_modelmeta().custom_metadata_map
        if PIXEL_SCALE not in said:
            return _Way(Letterbox(card, size), (3, height, width), np.float32)
        quads = QuadLetterbox(card, size, float(said[PIXEL_SCALE]), int(said[PIXEL_ZERO]))
        return _Way(quads, (height // 2, width // 2, CHANNELS), np.uint8)

    def run(
        self, images: Sequence[Image], size: Size, scale: float | None = None
    ) -> tuple[list[Floats], list[tuple[float, float]]]:
        """The outputs of (H, W, 3) uint8 BGR pictures, at least one, first axis the pictures; and by how many input
        pixels each of them is wide and high.

        ``scale`` are input pixels per pixel of a picture; None: as large as they fit. Several threads may run one.
        """
        with self._preparing:
            way = self._way(size)
            batch = np.empty((len(images), *way.shape), way.kind)
            inner = [way.letterbox.put(image, batch[n], scale) for n, image in enumerate(images)]
        source = self._input
        if isinstance(source.shape[0], int):
            parts = [self._session.run(None, {source.name: batch[n : n + 1]}) for n in range(len(images))]
            return [np.concatenate(same) for same in zip(*parts, strict=True)], inner
        return self._session.run(None, {source.name: batch}), inner
