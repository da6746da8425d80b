"""A detector without the classes that nobody asks for: what it says of the others stays the same to the last bit.

Scores, distances and what is done with them are a sixth of a look, and most of COCO's classes are never seen on a
street.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from matpho.errors import ModelProblem


def trim(model: onnx.ModelProto, trained: Sequence[str], wanted: Sequence[str]) -> onnx.ModelProto:
    """A copy of a converted float model that scores ``wanted`` classes, in that order, of those it was ``trained`` on.

    Its heads are convolutions whose channels are parted into scores and, behind them, what does not depend on classes.
    Raises ModelProblem when there is no such head, or one of another number of classes.
    """
    made = onnx.ModelProto()
    made.CopyFrom(model)
    values = {i.name: i for i in made.graph.initializer}
    makers = {name: n for n in made.graph.node for name in n.output}
    kept = np.array([trained.index(name) for name in wanted], np.intp)
    heads = [n for n in made.graph.node if n.op_type == "Split"]
    if not heads:
        raise _unlike(trained)
    for head in heads:
        conv = makers.get(head.input[0])
        scores, rest = (int(n) for n in numpy_helper.to_array(values[head.input[1]]))
        if conv is None or conv.op_type != "Conv" or scores != len(trained):
            raise _unlike(trained)
        rows = np.concatenate([kept, np.arange(scores, scores + rest)])
        for name in conv.input[1:]:
            _replace(values[name], numpy_helper.to_array(values[name])[rows])
        _replace(values[head.input[1]], np.array([len(kept), rest], np.int64))
    for output in made.graph.output:
        last = output.type.tensor_type.shape.dim[-1]
        last.dim_value = len(kept) if last.dim_value == len(trained) else last.dim_value
    onnx.checker.check_model(made)
    return made


def _replace(kept: onnx.TensorProto, value: npt.NDArray[np.generic]) -> None:
    kept.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), kept.name))


def _unlike(trained: Sequence[str]) -> ModelProblem:
    return ModelProblem(
        f"The model has no convolution that scores {len(trained)} classes",
        f"Mô hình không có phép tích chập nào chấm điểm {len(trained)} lớp",
    )
