"""Eight-bit arithmetic for a converted detector: static quantisation from committed ranges, written as QDQ nodes.

The scheme is that of Jacob et al. 2018: activations uint8 with a zero point and one scale per tensor, weights int8,
symmetric, one scale per output channel, biases int32. Each quantised operator stands between DequantizeLinear
and QuantizeLinear, from which onnxruntime makes its integer kernels. What follows the last convolutions (sigmoid,
reshapes) stays float.

Weights use seven bits (−64..64): processors without VNNI instructions add pairs of uint8 × int8 products in 16 bits,
which overflow with eight-bit weights (255 · 127 · 2 > 32767) and then give other boxes than ours. With seven they
cannot, so the same file answers alike on every machine.

Everything here is plain arithmetic in float32 on the weights and the given ranges, in a fixed order: the same
input gives the same bytes everywhere, and the file is checked by its SHA-256.
"""

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import helper, numpy_helper

from matpho.errors import ModelProblem
from matpho.plugins.models.tfjs_graph import Array

Ranges = Mapping[str, tuple[float, float]]
"""Lowest and highest value of each activation, by its name in the converted model."""

QUANTISED = frozenset({"Conv", "LeakyRelu", "Relu", "Add", "Concat", "MaxPool", "Resize"})
KEEPS_RANGE = frozenset({"MaxPool", "Resize"})
"""Operators that give no value outside what they were given: input and output share one scale."""

WEIGHT_MAX = 64


def activations(model: onnx.ModelProto) -> list[str]:
    """The names whose ranges :func:`quantise` asks for, in graph order: the input and what quantised operators give."""
    made = [n.output[0] for n in model.graph.node if n.op_type in QUANTISED and n.op_type not in KEEPS_RANGE]
    return [model.graph.input[0].name, *made]


def quantise(model: onnx.ModelProto, ranges: Ranges) -> onnx.ModelProto:
    """An eight-bit copy of a converted model.

    Raises ModelProblem when a range is missing: the ranges belong to another model.
    """
    return _Quantiser(model, ranges).run()


class _Quantiser:
    """Copies nodes in order and puts a Q/DQ pair behind each quantised one; consumers read behind the pair."""

    def __init__(self, model: onnx.ModelProto, ranges: Ranges) -> None:
        self._model = model
        self._ranges = ranges
        self._values = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._behind: dict[str, str] = {}
        self._scales: dict[str, tuple[str, str]] = {}

    def run(self) -> onnx.ModelProto:
        graph = self._model.graph
        self._pair(graph.input[0].name, self._scale_of(graph.input[0].name))
        for node in graph.node:
            made = onnx.NodeProto()
            made.CopyFrom(node)
            for place, name in enumerate(node.input):
                made.input[place] = self._behind.get(name, name)
            self._nodes.append(made)
            if node.op_type not in QUANTISED:
                continue
            if node.op_type == "Conv":
                self._weights(node, made)
            source = node.input[0]
            kept = node.op_type in KEEPS_RANGE
            self._pair(node.output[0], self._scales[source] if kept else self._scale_of(node.output[0]))
        used = {name for node in self._nodes for name in node.input}
        kept_values = [i for i in graph.initializer if i.name in used]
        result = onnx.ModelProto()
        result.CopyFrom(self._model)
        del result.graph.node[:], result.graph.initializer[:]
        result.graph.node.extend(self._nodes)
        result.graph.initializer.extend([*kept_values, *self._constants.values()])
        onnx.checker.check_model(result)
        return result

    def _constant(self, name: str, value: Array) -> str:
        """A scale stays a scalar: with a list of one onnxruntime adds in float."""
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def _scale_of(self, name: str) -> tuple[str, str]:
        """Names of the scale and zero point of an activation."""
        if name not in self._ranges:
            raise ModelProblem(
                f"The calibration ranges know no tensor {name}: they belong to another model",
                f"Bảng khoảng giá trị không có {name}: bảng này thuộc mô hình khác",
            )
        low, high = (np.float32(v) for v in self._ranges[name])
        low, high = min(low, np.float32(0)), max(high, np.float32(0))
        scale = max((high - low) / np.float32(255), np.float32(1e-8))
        zero = np.clip(np.rint(-low / scale), 0, 255).astype(np.uint8)
        return (
            self._constant(f"{name}_scale", np.array(scale, np.float32)),
            self._constant(f"{name}_zero", np.array(zero, np.uint8)),
        )

    def _pair(self, name: str, scale: tuple[str, str]) -> None:
        """Quantise and dequantise ``name``; whoever reads it from now on reads behind the pair."""
        self._scales[name] = scale
        self._behind[name] = f"{name}_dq"
        self._nodes.append(helper.make_node("QuantizeLinear", [name, *scale], [f"{name}_q"], name=f"{name}_q"))
        self._nodes.append(
            helper.make_node("DequantizeLinear", [f"{name}_q", *scale], [f"{name}_dq"], name=f"{name}_dq")
        )

    def _weights(self, node: onnx.NodeProto, made: onnx.NodeProto) -> None:
        """Replace kernel and bias of a convolution by integers; the dequantising nodes go before it."""
        kernel = self._values[node.input[1]].astype(np.float32)
        peak = np.abs(kernel).reshape(len(kernel), -1).max(axis=1)
        scale = np.maximum(peak / np.float32(WEIGHT_MAX), np.float32(1e-8)).astype(np.float32)
        whole = np.rint(kernel / scale.reshape(-1, 1, 1, 1)).astype(np.int8)
        conv = self._nodes.pop()
        made.input[1] = self._integers(node.input[1], whole, scale, np.zeros(len(scale), np.int8))
        if len(node.input) > 2:
            source = numpy_helper.to_array(self._constants[self._scales[node.input[0]][0]])
            step = (scale * source).astype(np.float32)
            whole = np.rint(self._values[node.input[2]] / step).astype(np.int32)
            made.input[2] = self._integers(node.input[2], whole, step, np.zeros(len(step), np.int32))
        self._nodes.append(conv)

    def _integers(self, name: str, whole: Array, scale: Array, zero: Array) -> str:
        inputs = [
            self._constant(f"{name}_int", whole),
            self._constant(f"{name}_scale", scale),
            self._constant(f"{name}_zero", zero),
        ]
        self._nodes.append(helper.make_node("DequantizeLinear", inputs, [f"{name}_dq"], name=f"{name}_dq", axis=0))
        return f"{name}_dq"
