"""From a model's raw outputs to scores and boxes, one function per family.

Every decoder takes the outputs of *one* picture, the input's (width, height), how many classes the model has and the
columns of those that are wanted. It gives ``(scores, boxes)``: scores (N, wanted) float32 0..1; boxes is a function
from row numbers to (K, 4) corners left, top, right, bottom in input pixels, so that only the few rows that pass a
threshold are decoded.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from matpho.errors import ModelProblem

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
Boxes = Callable[[Rows], Floats]
Size = tuple[int, int]
Columns = npt.NDArray[np.intp]
Decoder = Callable[[Sequence[Floats], Size, int, Columns], tuple[Floats, Boxes]]


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


def _distances(
    outputs: Sequence[Floats], size: Size, classes: int, wanted: Columns, strides: tuple[int, ...]
) -> tuple[Floats, Boxes]:
    """Generalised focal loss heads (Li et al. 2020): each side's distance is a distribution over whole cells."""
    finest_first = sorted(outputs, key=len, reverse=True)
    scores = [p for p in finest_first if p.shape[1] == classes]
    sides = [p for p in finest_first if p.shape[1] != classes]
    cells = grid(size, strides)
    bins = {p.shape[1] for p in sides}
    lengths = [len(p) for p in scores]
    if len(bins) != 1 or min(bins) % 4 or sum(lengths) != len(cells) or lengths != [len(p) for p in sides]:
        raise _unlike(outputs, size, classes)
    steps = np.arange(min(bins) // 4, dtype=np.float32)

    def boxes(rows: Rows) -> Floats:
        raw = _rows(sides, rows).reshape(-1, 4, len(steps))
        share = np.exp(raw - raw.max(axis=2, keepdims=True))
        reach = (share @ steps) / share.sum(axis=2) * cells[rows, 2:]
        middle = cells[rows, :2] + cells[rows, 2:] / 2
        return np.concatenate([middle - reach[:, :2], middle + reach[:, 2:]], axis=1)

    return np.concatenate([p[:, wanted] for p in scores]), boxes


def _rows(parts: Sequence[Floats], rows: Rows) -> Floats:
    """``concatenate(parts)[rows]`` without copying what is not asked for."""
    picked = np.empty((len(rows), parts[0].shape[1]), np.float32)
    start = 0
    for part in parts:
        here = (rows >= start) & (rows < start + len(part))
        picked[here] = part[rows[here] - start]
        start += len(part)
    return picked


def nanodet(outputs: Sequence[Floats], size: Size, classes: int, wanted: Columns) -> tuple[Floats, Boxes]:
    """NanoDet (RangiLyu): three strides, scores already through the sigmoid."""
    return _distances(outputs, size, classes, wanted, (8, 16, 32))


def picodet(outputs: Sequence[Floats], size: Size, classes: int, wanted: Columns) -> tuple[Floats, Boxes]:
    """PicoDet (Yu et al. 2021): the same heads on four strides."""
    return _distances(outputs, size, classes, wanted, (8, 16, 32, 64))


def yolox(outputs: Sequence[Floats], size: Size, classes: int, wanted: Columns) -> tuple[Floats, Boxes]:
    """YOLOX (Ge et al. 2021): one (N, 5 + classes) output: centre and log size in cells, objectness, class scores."""
    raw = outputs[0]
    cells = grid(size, (8, 16, 32))
    if len(outputs) != 1 or raw.shape != (len(cells), 5 + classes):
        raise _unlike(outputs, size, classes)

    def boxes(rows: Rows) -> Floats:
        stride = cells[rows, 2:]
        middle = raw[rows, :2] * stride + cells[rows, :2]
        half = np.exp(raw[rows, 2:4]) * stride / 2
        return np.concatenate([middle - half, middle + half], axis=1)

    return raw[:, 5 + wanted] * raw[:, 4:5], boxes


def _unlike(outputs: Sequence[Floats], size: Size, classes: int) -> ModelProblem:
    shapes = ", ".join("×".join(map(str, o.shape)) for o in outputs)
    return ModelProblem(
        f"The model gives {shapes}, not what its card's decoder expects for {classes} classes and "
        f"input {size[0]}×{size[1]}",
        f"Mô hình cho ra {shapes}, không khớp với bộ giải mã ghi trong thẻ ({classes} lớp, cỡ ảnh {size[0]}×{size[1]})",
    )


DECODERS: dict[str, Decoder] = {"nanodet": nanodet, "picodet": picodet, "yolox": yolox}
