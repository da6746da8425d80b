"""The same arithmetic in a cheaper order: what a quantised detector answers stays the same to the last bit.

Three changes, each exact because it moves whole numbers only:

* The first convolution steps over every other pixel of three channels, which integer kernels handle badly (they want
  channels by fours). Four pixels become one of twelve channels (space to depth: Shi et al. 2016, backwards) and the
  3×3 kernel of stride two one of 2×2 of stride one, its new places filled with zeros.
* The largest of some values and then the bent line through zero is the bent line and then the largest, at a quarter of
  the work.
* Rows of boxes are made once, before scores and distances part, not after: the convolution gives them that way.

The model then takes levels instead of normalised values: ``pixels`` (batch, rows, pairs, 12) uint8, for each two by two
pixels upper left, upper right, lower left, lower right, three channels each. Its metadata say how a normalised value
becomes a level (:data:`~matpho.plugins.models.card.PIXEL_SCALE`).
"""

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from matpho.errors import ModelProblem
from matpho.plugins.models.card import PIXEL_SCALE, PIXEL_ZERO

Array = npt.NDArray[np.generic]

SIDE, CHANNELS = 2, 3
_PLACES = ((-1, 0), (0, 1), (1, 2))
"""Pixels beside the middle one, and the kernel's row or column for each."""


def arrange(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of a quantised model in the cheaper order.

    Raises ModelProblem when it does not begin with a 3×3 convolution of stride two over three channels.
    """
    work = _Arranger(model)
    work.quads()
    work.pool_first()
    work.rows_first()
    return work.result()


class _Arranger:
    """Nodes by what they give and by who takes it; a Q/DQ pair stands behind each quantised operator."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = onnx.ModelProto()
        self._model.CopyFrom(model)
        self._nodes = list(self._model.graph.node)
        self._values = {i.name: i for i in self._model.graph.initializer}

    def _maker(self, name: str) -> onnx.NodeProto:
        found: onnx.NodeProto = next(n for n in self._nodes if name in n.output)
        return found

    def _user(self, name: str) -> onnx.NodeProto:
        found: onnx.NodeProto = next(n for n in self._nodes if name in n.input)
        return found

    def _of(self, op: str) -> list[onnx.NodeProto]:
        return [n for n in self._nodes if n.op_type == op]

    def _array(self, name: str) -> Array:
        return numpy_helper.to_array(self._values[name])

    def _keep(self, name: str, value: Array) -> str:
        made = numpy_helper.from_array(np.ascontiguousarray(value), name)
        self._values.setdefault(name, made).CopyFrom(made)
        return name

    def quads(self) -> None:
        """The model takes levels, four pixels together."""
        source = self._model.graph.input[0].name
        quantised = self._user(source)
        behind = self._user(quantised.output[0])
        conv = self._user(behind.output[0])
        shape = {a.name: list(helper.get_attribute_value(a)) for a in conv.attribute if a.name != "group"}
        weights = self._maker(conv.input[1]) if conv.op_type == "Conv" else conv
        kernel = self._array(weights.input[0]) if conv.op_type == "Conv" else np.zeros(0, np.int8)
        if kernel.shape[1:] != (CHANNELS, 3, 3) or (shape["strides"], shape["pads"]) != ([2, 2], [1, 1, 1, 1]):
            raise ModelProblem(
                "The model does not begin with a 3×3 convolution of stride two",
                "Mô hình không bắt đầu bằng phép tích chập 3×3 bước 2",
            )
        self._keep(weights.input[0], _folded(kernel))
        del conv.attribute[:]
        for name, value in {"kernel_shape": [2, 2], "pads": [1, 1, 0, 0], "strides": [1, 1]}.items():
            conv.attribute.append(helper.make_attribute(name, value))
        scale, zero = (self._array(n).ravel()[0].item() for n in quantised.input[1:])
        helper.set_model_props(self._model, {PIXEL_SCALE: repr(scale), PIXEL_ZERO: str(zero)})
        turned = helper.make_node("Transpose", ["pixels"], ["pixels_first"], name="pixels_first", perm=[0, 3, 1, 2])
        self._nodes[self._nodes.index(quantised)] = turned
        behind.input[0] = "pixels_first"
        dims: list[str | int | None] = ["batch", "rows", "pairs", SIDE * SIDE * CHANNELS]
        del self._model.graph.input[:]
        self._model.graph.input.append(helper.make_tensor_value_info("pixels", TensorProto.UINT8, dims))

    def pool_first(self) -> None:
        """Each pooling behind a leaky ReLU goes before it, on the scale of what it then takes."""
        for pool in self._of("MaxPool"):
            behind = self._maker(pool.input[0])
            pair = self._maker(behind.input[0])
            relu = self._maker(pair.input[0])
            if relu.op_type != "LeakyRelu" or sum(behind.output[0] in n.input for n in self._nodes) != 1:
                continue
            before, after = self._maker(relu.input[0]), self._user(pool.output[0])
            pool.input[0], relu.input[0] = relu.input[0], behind.output[0]
            pair.input[0], after.input[0] = pool.output[0], relu.output[0]
            for node in (pair, behind):
                node.input[1], node.input[2] = before.input[1], before.input[2]
            place = self._nodes.index(relu)
            moved = [pool, pair, behind, relu]
            self._nodes = [n for n in self._nodes if n not in moved]
            self._nodes[place:place] = moved

    def rows_first(self) -> None:
        """Where channels part into outputs, what parts are rows."""
        for split in self._of("Split"):
            source, sizes = split.input
            last, rows = f"{source}_last", f"{source}_rows"
            ends = [self._plain(name) for name in split.output]
            place = self._nodes.index(split)
            width = int(self._array(sizes).sum())
            shape = self._keep(f"{rows}_shape", np.array([0, -1, width], np.int64))
            self._nodes[place:place] = [
                helper.make_node("Transpose", [source], [last], name=last, perm=[0, 2, 3, 1]),
                helper.make_node("Reshape", [last, shape], [rows], name=rows),
            ]
            split.input[0] = rows
            del split.attribute[:]
            split.attribute.append(helper.make_attribute("axis", 2))
            for reshape, transpose, start in ends:
                self._user(transpose.output[0]).input[0] = start
                self._nodes = [n for n in self._nodes if n not in (reshape, transpose)]

    def _plain(self, name: str) -> tuple[onnx.NodeProto, onnx.NodeProto, str]:
        """Behind one part: the reshape and the transposition that made rows of it, and what they took."""
        node = self._user(name)
        if node.op_type == "Sigmoid":
            name, node = node.output[0], self._user(node.output[0])
        return node, self._user(node.output[0]), name

    def result(self) -> onnx.ModelProto:
        nodes = [onnx.NodeProto.FromString(n.SerializeToString()) for n in self._nodes]
        used = {name for node in nodes for name in node.input}
        values = [onnx.TensorProto.FromString(v.SerializeToString()) for n, v in self._values.items() if n in used]
        graph = self._model.graph
        del graph.node[:], graph.initializer[:]
        graph.node.extend(nodes)
        graph.initializer.extend(values)
        onnx.checker.check_model(self._model)
        return self._model


def _folded(kernel: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """(out, 3, 3, 3) as (out, 12, 2, 2): the pixel at (-1, -1) is the lower right one of the quad before."""
    folded = np.zeros((len(kernel), SIDE * SIDE * CHANNELS, 2, 2), kernel.dtype)
    for y, row in _PLACES:
        for x, column in _PLACES:
            first = (y % SIDE * SIDE + x % SIDE) * CHANNELS
            folded[:, first : first + CHANNELS, int(y >= 0), int(x >= 0)] = kernel[:, :, row, column]
    return folded
