"""Converts a TensorFlow.js graph of a fully convolutional, channel-first model to ONNX, without TensorFlow.

Covers the operators of NanoDet and its kin; any other one is refused by name. Batch, height and width of the result
are free: resizes become factors and reshapes keep "the rest", so one file serves every input size that its strides
divide. Written from the ONNX operator specification (opset 17) and the TensorFlow operator reference.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from matpho.plugins.models.tensor import NCHW_FROM_NHWC, NHWC_FROM_NCHW, Axes, Tensor, fresh
from matpho.plugins.models.tfjs_graph import Array, Graph, Node, broken

OPSET = 17
IR_VERSION = 8  # what opset 17 came with; older onnxruntimes open it too


def convert(graph: Graph, outputs: Sequence[str], name: str) -> onnx.ModelProto:
    """The ONNX model that computes the named nodes from the graph's one placeholder, called ``images``.

    The input is (batch, channels, height, width) float32. Raises ModelProblem for an operator or an attribute that
    is not covered, naming it.
    """
    return _Converter(graph).model(outputs, name)


class _Converter:
    """One conversion: nodes and constants as they come, tensors by the TensorFlow name that they stand for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._tensors: dict[str, Tensor] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._users: dict[str, int] = {}
        for node in graph.nodes.values():
            for used in node.inputs:
                self._users[used] = self._users.get(used, 0) + 1

    def model(self, outputs: Sequence[str], name: str) -> onnx.ModelProto:
        results = []
        for number, wanted in enumerate(outputs):
            tensor = self._plain(self._tensor(wanted))
            self._nodes.append(helper.make_node("Identity", [tensor.name], [f"output_{number}"]))
            dims: list[str | int | None] = ["batch", *([None] * (len(tensor.shape) - 2)), tensor.shape[-1]]
            results.append(helper.make_tensor_value_info(f"output_{number}", TensorProto.FLOAT, dims))
        graph = helper.make_graph(self._nodes, name, self._inputs, results, list(self._constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="matpho")
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model

    # -- walking -------------------------------------------------------------------------------------------------

    def _tensor(self, name: str) -> Tensor:
        """The converted tensor of a TensorFlow output; converts what it needs first, without recursion."""
        waiting = [name]
        while waiting:
            current = waiting[-1]
            if current in self._tensors:
                waiting.pop()
                continue
            node = self._graph.node(current.partition(":")[0])
            if node.op not in _OPERATORS:
                raise broken(
                    f"operator {node.op} (node {node.name}) is not covered",
                    f"chưa hỗ trợ phép toán {node.op} (nút {node.name})",
                )
            needed = [i for i in node.inputs if i not in self._tensors and self._graph.constant(i) is None]
            if needed:
                if len(waiting) > len(self._graph.nodes):
                    raise broken(f"node {node.name} depends on itself", f"nút {node.name} phụ thuộc vào chính nó")
                waiting.extend(needed)
                continue
            made = _OPERATORS[node.op](self, node)
            self._tensors.update({node.name if n == 0 else f"{node.name}:{n}": t for n, t in enumerate(made)})
            if current not in self._tensors:
                raise broken(f"{current} names an output that is not there", f"không có đầu ra {current}")
        return self._tensors[name]

    def _first(self, node: Node) -> Tensor:
        return self._tensors[node.inputs[0]]

    # -- writing -------------------------------------------------------------------------------------------------

    def _constant(self, value: Array, hint: str) -> str:
        name = f"{hint}_{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def _emit(self, op: str, inputs: Sequence[str], count: int = 1, **attributes: Any) -> list[str]:
        names = [f"{op.lower()}_{len(self._nodes)}" + (f"_{n}" if count > 1 else "") for n in range(count)]
        self._nodes.append(helper.make_node(op, list(inputs), names, name=names[0], **attributes))
        return names

    def _solid(self, tensor: Tensor) -> Tensor:
        """The tensor with its border really added; still transposed."""
        if not tensor.bordered:
            return tensor
        pads = [b for b, _ in tensor.border] + [e for _, e in tensor.border]
        inputs = [tensor.name, self._constant(np.array(pads, np.int64), "pads")]
        inputs.append(self._constant(np.array(tensor.fill, np.float32), "fill"))
        [name] = self._emit("Pad", inputs)
        return Tensor(name, tensor.shape, tensor.axes, ((0, 0),) * len(tensor.shape))

    def _plain(self, tensor: Tensor) -> Tensor:
        """The tensor as an ONNX value in its logical order."""
        tensor = self._solid(tensor)
        if tensor.plain:
            return tensor
        [name] = self._emit("Transpose", [tensor.name], perm=list(tensor.axes))
        return fresh(name, tensor.shape)

    def _channel_first(self, tensor: Tensor, fill: float | None) -> tuple[str, list[int]]:
        """An NHWC tensor as an NCHW value and the spatial pads that the operator itself shall add.

        ``fill`` is what the operator pads with; a waiting border of another filling is added before.
        """
        turned = tensor.turned(NCHW_FROM_NHWC)
        straight = turned.axes == (0, 1, 2, 3)
        if fill is None or not straight or tensor.fill != fill or any(sum(turned.border[a]) for a in (0, 1)):
            turned = self._plain(turned)
        (top, bottom), (left, right) = turned.border[2:]
        return turned.name, [top, left, bottom, right]

    # -- operators -----------------------------------------------------------------------------------------------

    def placeholder(self, node: Node) -> list[Tensor]:
        shape = node.shape()
        if len(shape) != 4 or self._inputs:
            raise broken("one NCHW picture input is expected", "mô hình phải có đúng một đầu vào ảnh NCHW")
        sides: list[str | int | None] = ["batch", shape[1], "height", "width"]
        self._inputs.append(helper.make_tensor_value_info("images", TensorProto.FLOAT, sides))
        return [fresh("images", shape)]

    def identity(self, node: Node) -> list[Tensor]:
        return [self._first(node)]

    def transpose(self, node: Node) -> list[Tensor]:
        return [self._first(node).turned(tuple(int(a) for a in self._graph.figures(node.inputs[1])))]

    def pad(self, node: Node) -> list[Tensor]:
        border = tuple((int(b), int(e)) for b, e in self._graph.figures(node.inputs[1]))
        fill = float(self._graph.figures(node.inputs[2])) if node.op == "PadV2" else 0.0
        source = self._first(node)
        return [(source if source.fill == fill else self._solid(source)).padded(border, fill)]

    def convolution(self, node: Node) -> list[Tensor]:
        source = self._first(node)
        weights = self._graph.figures(node.inputs[1]).astype(np.float32)
        if node.op == "DepthwiseConv2dNative":
            high, wide, channels, times = weights.shape
            kernel, groups = weights.transpose(2, 3, 0, 1).reshape(channels * times, 1, high, wide), channels
        else:
            kernel, groups = weights.transpose(3, 2, 0, 1), source.shape[3] // weights.shape[2]
        strides, spread = node.integers("strides", (1, 1, 1, 1))[1:3], node.integers("dilations", (1, 1, 1, 1))[1:3]
        name, pads = self._channel_first(source, 0.0)
        pads = [p + q for p, q in zip(pads, self._same(node, source, kernel.shape[2:], strides, spread), strict=True)]
        [made] = self._emit(
            "Conv",
            [name, self._constant(kernel, "kernel")],
            kernel_shape=list(kernel.shape[2:]),
            strides=list(strides),
            dilations=list(spread),
            group=groups,
            pads=pads,
        )
        return [self._spatial(made, source, kernel.shape[0], kernel.shape[2:], strides, spread, node)]

    def pool(self, node: Node) -> list[Tensor]:
        source = self._first(node)
        kernel, strides = node.integers("ksize")[1:3], node.integers("strides")[1:3]
        lowest = float(np.finfo(np.float32).min)
        name, pads = self._channel_first(source, source.fill if source.fill <= lowest else None)
        pads = [p + q for p, q in zip(pads, self._same(node, source, kernel, strides, (1, 1)), strict=True)]
        [made] = self._emit("MaxPool", [name], kernel_shape=list(kernel), strides=list(strides), pads=pads)
        return [self._spatial(made, source, source.shape[3], kernel, strides, (1, 1), node)]

    def _same(self, node: Node, source: Tensor, kernel: Axes, strides: Axes, spread: Axes) -> list[int]:
        """The pads of TensorFlow's SAME, for sizes that the strides divide: the larger half at the end."""
        if node.text("data_format", "NHWC") != "NHWC":
            raise broken(f"{node.name} is not NHWC", f"{node.name} không phải NHWC")
        kind = node.text("padding", "VALID")
        if kind == "VALID":
            return [0, 0, 0, 0]
        if kind != "SAME" or any(source.shape[1 + a] % strides[a] for a in (0, 1)):
            raise broken(
                f"padding {kind} of {node.name} is not covered", f"chưa hỗ trợ kiểu đệm {kind} của {node.name}"
            )
        total = [max(0, (kernel[a] - 1) * spread[a] + 1 - strides[a]) for a in (0, 1)]
        return [total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2]

    def _spatial(
        self, name: str, source: Tensor, channels: int, kernel: Axes, strides: Axes, spread: Axes, node: Node
    ) -> Tensor:
        """The NCHW result of a sliding window, as the NHWC tensor that TensorFlow means."""
        batch, *size, _ = source.shape
        if node.text("padding", "VALID") == "VALID":
            size = [n - (k - 1) * d for n, k, d in zip(size, kernel, spread, strict=True)]
        high, wide = (-(-n // s) for n, s in zip(size, strides, strict=True))
        return fresh(name, (batch, channels, high, wide)).turned(NHWC_FROM_NCHW)

    def add(self, node: Node) -> list[Tensor]:
        """A bias is folded into the convolution before it; anything else becomes an Add."""
        known = [self._graph.constant(i) for i in node.inputs]
        if all(k is None for k in known):
            first, second = (self._plain(self._tensors[i]) for i in node.inputs)
            return [fresh(self._emit("Add", [first.name, second.name])[0], first.shape)]
        place = 0 if known[0] is None else 1
        source, value = self._solid(self._tensors[node.inputs[place]]), known[1 - place]
        assert value is not None
        value = np.asarray(value, np.float32)
        full = value.reshape((1,) * (len(source.shape) - value.ndim) + value.shape)
        before = self._nodes[-1] if self._nodes else None
        last = source.axes[-1]
        if (
            before is not None
            and before.op_type == "Conv"
            and before.output[0] == source.name
            and len(before.input) == 2
            and self._users[node.inputs[place]] == 1
            and last == 1
            and full.size == full.shape[-1] == source.shape[-1]
        ):
            before.input.append(self._constant(full.reshape(-1), "bias"))
            return [source]
        back = np.argsort(source.axes)
        [made] = self._emit("Add", [source.name, self._constant(full.transpose(*back), "term")])
        return [Tensor(made, source.shape, source.axes, source.border)]

    def elementwise(self, node: Node) -> list[Tensor]:
        source = self._solid(self._first(node))
        if node.op == "LeakyRelu":
            [made] = self._emit("LeakyRelu", [source.name], alpha=node.number("alpha", 0.2))
        else:
            [made] = self._emit(node.op, [source.name])
        return [Tensor(made, source.shape, source.axes, source.border)]

    def concat(self, node: Node) -> list[Tensor]:
        parts = [self._plain(self._tensors[i]) for i in node.inputs[:-1]]
        axis = int(self._graph.figures(node.inputs[-1])) % len(parts[0].shape)
        [made] = self._emit("Concat", [p.name for p in parts], axis=axis)
        shape = list(parts[0].shape)
        shape[axis] = sum(p.shape[axis] for p in parts)
        return [fresh(made, tuple(shape))]

    def split(self, node: Node) -> list[Tensor]:
        source = self._plain(self._first(node))
        sizes = [int(n) for n in self._graph.figures(node.inputs[1])]
        axis = int(self._graph.figures(node.inputs[2])) % len(source.shape)
        names = self._emit(
            "Split", [source.name, self._constant(np.array(sizes, np.int64), "sizes")], count=len(sizes), axis=axis
        )
        shapes = [(*source.shape[:axis], n, *source.shape[axis + 1 :]) for n in sizes]
        return [fresh(name, shape) for name, shape in zip(names, shapes, strict=True)]

    def resize(self, node: Node) -> list[Tensor]:
        """A resize to a fixed size becomes one by the same factor."""
        source = self._first(node).turned(NCHW_FROM_NHWC)
        plain = self._plain(source)
        wanted = [int(n) for n in self._graph.figures(node.inputs[1])]
        factors = [w / n for w, n in zip(wanted, source.shape[2:], strict=True)]
        if (
            node.flag("align_corners")
            or not node.flag("half_pixel_centers")
            or any(f % 1 and 1 / f % 1 for f in factors)
        ):
            raise broken(f"the resize {node.name} is not covered", f"chưa hỗ trợ phép đổi cỡ {node.name}")
        scales = self._constant(np.array([1, 1, *factors], np.float32), "scales")
        [made] = self._emit(
            "Resize", [plain.name, "", scales], mode="linear", coordinate_transformation_mode="half_pixel"
        )
        return [fresh(made, (*source.shape[:2], *wanted)).turned(NHWC_FROM_NCHW)]

    def reshape(self, node: Node) -> list[Tensor]:
        """Keeps the batch and leaves the last length free, which is where height × width goes."""
        source = self._plain(self._first(node))
        wanted = [int(n) for n in self._graph.figures(node.inputs[1])]
        if wanted[0] != source.shape[0] or len(wanted) != 3 or wanted[1] != source.shape[1]:
            raise broken(f"the reshape {node.name} is not covered", f"chưa hỗ trợ phép đổi hình {node.name}")
        target = self._constant(np.array([0, wanted[1], -1], np.int64), "shape")
        rest = int(np.prod(source.shape[2:]))
        return [fresh(self._emit("Reshape", [source.name, target])[0], (source.shape[0], wanted[1], rest))]


_OPERATORS: Mapping[str, Callable[[_Converter, Node], list[Tensor]]] = {
    "Placeholder": _Converter.placeholder,
    "Identity": _Converter.identity,
    "Transpose": _Converter.transpose,
    "Pad": _Converter.pad,
    "PadV2": _Converter.pad,
    "Conv2D": _Converter.convolution,
    "DepthwiseConv2dNative": _Converter.convolution,
    "MaxPool": _Converter.pool,
    "Add": _Converter.add,
    "AddV2": _Converter.add,
    "BiasAdd": _Converter.add,
    "LeakyRelu": _Converter.elementwise,
    "Relu": _Converter.elementwise,
    "Sigmoid": _Converter.elementwise,
    "ConcatV2": _Converter.concat,
    "SplitV": _Converter.split,
    "ResizeBilinear": _Converter.resize,
    "Reshape": _Converter.reshape,
}
