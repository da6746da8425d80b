"""A small model with a detector's heads."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def drawn(stride=2):
    """Convolution, leaky ReLU, pooling, convolution, and two outputs of rows: scores and distances."""
    noise = np.random.default_rng(3)
    values = {
        "kernel_0": noise.normal(size=(8, 3, 3, 3)),
        "bias_0": noise.normal(size=8),
        "kernel_1": noise.normal(size=(6, 8, 1, 1)),
        "bias_1": noise.normal(size=6),
    }
    constants = [numpy_helper.from_array(v.astype(np.float32), n) for n, v in values.items()]
    constants += [numpy_helper.from_array(np.array(v, np.int64), n) for n, v in (("sizes", [4, 2]),)]
    for name, width in (("shape_0", 4), ("shape_1", 2)):
        constants.append(numpy_helper.from_array(np.array([0, width, -1], np.int64), name))
    around = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [stride, stride]}
    nodes = [
        helper.make_node("Conv", ["images", "kernel_0", "bias_0"], ["conv_0"], **around),
        helper.make_node("LeakyRelu", ["conv_0"], ["relu"], alpha=0.1),
        helper.make_node("MaxPool", ["relu"], ["pool"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("Conv", ["pool", "kernel_1", "bias_1"], ["conv_1"], kernel_shape=[1, 1]),
        helper.make_node("Split", ["conv_1", "sizes"], ["scores", "sides"], axis=1),
        helper.make_node("Sigmoid", ["scores"], ["sure"]),
    ]
    for number, source in enumerate(("sure", "sides")):
        nodes.append(helper.make_node("Reshape", [source, f"shape_{number}"], [f"long_{number}"]))
        nodes.append(helper.make_node("Transpose", [f"long_{number}"], [f"rows_{number}"], perm=[0, 2, 1]))
        nodes.append(helper.make_node("Identity", [f"rows_{number}"], [f"output_{number}"]))
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, "height", "width"])]
    outputs = [
        helper.make_tensor_value_info(f"output_{n}", TensorProto.FLOAT, ["batch", None, w])
        for n, w in enumerate((4, 2))
    ]
    graph = helper.make_graph(nodes, "drawn", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def opened(model: onnx.ModelProto):
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
