"""From a model's raw outputs to scores and boxes, one function per family.

Every decoder takes the outputs of *one* picture and the input's (width, height) and gives ``(scores, boxes)``:
scores (N, classes) float32 0..1; boxes is a function from row numbers to (K, 4) corners left, top, right, bottom in
input pixels, so that only the few rows that pass a threshold are decoded.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from matpho.errors import ModelProblem

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
Boxes = Callable[[Rows], Floats]
Decoder = Callable[[Sequence[Floats], tuple[int, int]], tuple[Floats, Boxes]]


@cache
def grid(size: tuple[int, int], strides: tuple[int, ...]) -> Floats:
    """(N, 3): left and top of every cell in input pixels and its stride; rows from the top, finest stride first."""
    width, height = size
    parts = []
    for stride in strides:
        ys, xs = np.mgrid[0 : -(-height // stride), 0 : -(-width // stride)]
        cells = np.stack([xs.ravel() * stride, ys.ravel() * stride, np.full(xs.size, stride)], axis=1)
        parts.append(cells.astype(np.float32))
    return np.concatenate(parts)


def _distances(outputs: Sequence[Floats], size: tuple[int, int], strides: tuple[int, ...]) -> tuple[Floats, Boxes]:
    """Generalised focal loss heads (Li et al. 2020): each side's distance is a distribution over whole cells."""
    parts = sorted(outputs, key=len, reverse=True)
    bins = min(p.shape[1] for p in parts)
    scores = np.concatenate([p for p in parts if p.shape[1] != bins])
    sides = np.concatenate([p for p in parts if p.shape[1] == bins])
    cells = grid(size, strides)
    if bins % 4 or not len(scores) == len(sides) == len(cells):
        raise _unlike(outputs, size)
    steps = np.arange(bins // 4, dtype=np.float32)

    def boxes(rows: Rows) -> Floats:
        raw = sides[rows].reshape(-1, 4, bins // 4)
        share = np.exp(raw - raw.max(axis=2, keepdims=True))
        reach = (share @ steps) / share.sum(axis=2) * cells[rows, 2:]
        middle = cells[rows, :2] + cells[rows, 2:] / 2
        return np.concatenate([middle - reach[:, :2], middle + reach[:, 2:]], axis=1)

    return scores, boxes


def nanodet(outputs: Sequence[Floats], size: tuple[int, int]) -> tuple[Floats, Boxes]:
    """NanoDet (RangiLyu): three strides, scores already through the sigmoid."""
    return _distances(outputs, size, (8, 16, 32))


def picodet(outputs: Sequence[Floats], size: tuple[int, int]) -> tuple[Floats, Boxes]:
    """PicoDet (Yu et al. 2021): the same heads on four strides."""
    return _distances(outputs, size, (8, 16, 32, 64))


def yolox(outputs: Sequence[Floats], size: tuple[int, int]) -> tuple[Floats, Boxes]:
    """YOLOX (Ge et al. 2021): one (N, 5 + classes) output: centre and log size in cells, objectness, class scores."""
    raw = outputs[0]
    cells = grid(size, (8, 16, 32))
    if len(outputs) != 1 or raw.shape[1] < 6 or len(raw) != len(cells):
        raise _unlike(outputs, size)

    def boxes(rows: Rows) -> Floats:
        stride = cells[rows, 2:]
        middle = raw[rows, :2] * stride + cells[rows, :2]
        half = np.exp(raw[rows, 2:4]) * stride / 2
        return np.concatenate([middle - half, middle + half], axis=1)

    return raw[:, 5:] * raw[:, 4:5], boxes


def _unlike(outputs: Sequence[Floats], size: tuple[int, int]) -> ModelProblem:
    shapes = ", ".join(str(o.shape) for o in outputs)
    return ModelProblem(
        f"The model's outputs {shapes} are not what its card's decoder expects for input {size[0]}×{size[1]}",
        f"Đầu ra {shapes} của mô hình không khớp với bộ giải mã ghi trong thẻ ở cỡ ảnh {size[0]}×{size[1]}",
    )


DECODERS: dict[str, Decoder] = {"nanodet": nanodet, "picodet": picodet, "yolox": yolox}
