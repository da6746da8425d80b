"""Measures the ranges of a converted model's activations on pictures: figures can be committed, pictures cannot."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read at loading: it would call its maker
import onnxruntime

from matpho.domain.system_words import because
from matpho.domain.text_words import amiss
from matpho.errors import ModelProblem
from matpho.plugins.models.quantise import Ranges, activations


def measure(model: onnx.ModelProto, batches: Iterable[npt.NDArray[np.float32]]) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of each activation over all input tensors (N, 3, H, W), rounded to six digits.

    Raises ModelProblem when there was no picture.
    """
    names = activations(model)
    open_model = onnx.ModelProto()
    open_model.CopyFrom(model)
    open_model.graph.output.extend(
        onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in names[1:]
    )
    session = onnxruntime.InferenceSession(open_model.SerializeToString(), providers=["CPUExecutionProvider"])
    low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    for batch in batches:
        values = [batch, *session.run(names[1:], {names[0]: batch})]
        low = np.minimum(low, [v.min() for v in values])
        high = np.maximum(high, [v.max() for v in values])
    if not np.isfinite(low).all():
        raise ModelProblem("No picture to calibrate with", "Không có ảnh nào để hiệu chỉnh")
    return {n: (_short(a), _short(b)) for n, a, b in zip(names, low, high, strict=True)}


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def write(ranges: Ranges, file: Path, origin: str) -> None:
    """Write ranges as JSON, one tensor a line; ``origin`` says in words which pictures they come from."""
    lines = ",\n".join(f"    {json.dumps(n)}: [{a!r}, {b!r}]" for n, (a, b) in ranges.items())
    text = f'{{\n  "origin": {json.dumps(origin, ensure_ascii=False)},\n  "ranges": {{\n{lines}\n  }}\n}}\n'
    file.write_text(text, "utf-8")


def read(file: Path) -> dict[str, tuple[float, float]]:
    """Read what :func:`write` wrote; raises ModelProblem when it is something else."""
    try:
        table = json.loads(file.read_text("utf-8"))["ranges"]
        return {str(n): (float(low), float(high)) for n, (low, high) in table.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        why = because(e) if isinstance(e, OSError) else amiss(e)
        raise ModelProblem(
            f"{file.name} holds no calibration ranges: {why.en}",
            f"{file.name} không chứa bảng khoảng giá trị: {why.vi}",
        ) from e
