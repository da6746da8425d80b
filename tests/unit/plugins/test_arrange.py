"""An arranged model answers as the one that it was made from, to the last bit; so does the letterbox before it."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from matpho.errors import ModelProblem
from matpho.plugins.detectors.letterbox import Letterbox
from matpho.plugins.detectors.quads import CHANNELS, QuadLetterbox
from matpho.plugins.models import calibrate
from matpho.plugins.models.arrange import arrange
from matpho.plugins.models.card import PIXEL_SCALE, PIXEL_ZERO, find_card
from matpho.plugins.models.quantise import quantise

pytestmark = pytest.mark.unit

SIZE = 64, 32


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


@pytest.mark.parametrize("shape", [(32, 64), (18, 32), (64, 20), (7, 64)])
def test_an_arranged_model_answers_to_the_last_bit_as_the_one_it_was_made_from(shape):
    card, noise = find_card("nanodet"), np.random.default_rng(sum(shape))
    picture = noise.integers(0, 256, (*shape, 3), np.uint8)
    plain = np.empty((1, 3, SIZE[1], SIZE[0]), np.float32)
    place = Letterbox(card, SIZE).put(picture, plain[0])
    model = drawn()
    quantised = quantise(model, calibrate.measure(model, [plain]))
    arranged = opened(arrange(quantised))
    said = arranged.get_modelmeta().custom_metadata_map
    box = QuadLetterbox(card, SIZE, float(said[PIXEL_SCALE]), int(said[PIXEL_ZERO]))
    quads = np.empty((1, SIZE[1] // 2, SIZE[0] // 2, CHANNELS), np.uint8)
    box.put(noise.integers(0, 256, (32, 64, 3), np.uint8), quads[0])  # what was there before leaves no trace
    assert box.put(picture, quads[0]) == place
    for ours, theirs in zip(
        arranged.run(None, {"pixels": quads}), opened(quantised).run(None, {"images": plain}), strict=True
    ):
        assert np.ptp(theirs) > 0
        assert np.array_equal(ours, theirs)


def test_the_order_is_the_cheaper_one_and_the_same_bytes_each_time():
    model = drawn()
    quantised = quantise(model, calibrate.measure(model, [np.ones((1, 3, 32, 64), np.float32)]))
    made = arrange(quantised)
    order = [n.op_type for n in made.graph.node if n.op_type not in ("QuantizeLinear", "DequantizeLinear")]
    assert order[:4] == ["Transpose", "Conv", "MaxPool", "LeakyRelu"]
    assert order.count("Transpose") == 2
    assert made.SerializeToString(deterministic=True) == arrange(quantised).SerializeToString(deterministic=True)


def test_a_model_that_begins_otherwise_is_refused():
    model = drawn(stride=1)
    quantised = quantise(model, calibrate.measure(model, [np.ones((1, 3, 32, 64), np.float32)]))
    with pytest.raises(ModelProblem, match="stride two"):
        arrange(quantised)
