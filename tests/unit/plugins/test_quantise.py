import numpy as np
import onnxruntime
import pytest

from matpho.errors import ModelProblem
from matpho.plugins.models import calibrate
from matpho.plugins.models.convert import convert
from matpho.plugins.models.quantise import WEIGHT_MAX, activations, quantise
from matpho.plugins.models.tfjs_graph import read

from .tiny_graphs import TinyGraph, integers, text

pytestmark = pytest.mark.unit


@pytest.fixture
def tiny(tmp_path):
    """Convolution, leaky ReLU, upsampling and a sigmoid over seeded noise: (model, pictures)."""
    noise = np.random.default_rng(5)
    graph = TinyGraph(1, 3, 8, 8)
    graph.turn("last", "input", 0, 2, 3, 1)
    kernel = graph.weight("kernel", noise.normal(size=(3, 3, 3, 6)).astype(np.float32))
    attributes = {"strides": integers(1, 1, 1, 1), "dilations": integers(1, 1, 1, 1), "padding": text("SAME")}
    graph.node("conv", "Conv2D", "last", kernel, **attributes)
    graph.node("biased", "Add", "conv", graph.weight("bias", noise.normal(size=6).astype(np.float32)))
    graph.node("leaky", "LeakyRelu", "biased", alpha={"f": 0.1})
    size = graph.weight("size", np.array([16, 16], np.int32))
    graph.node("large", "ResizeBilinear", "leaky", size, half_pixel_centers={"b": True})
    graph.node("sure", "Sigmoid", graph.turn("first", "large", 0, 3, 1, 2))
    model = convert(read(graph.write(tmp_path)), ["sure"], "tiny")
    return model, [noise.normal(size=(1, 3, 8, 8)).astype(np.float32) for _ in range(4)]


def answers(model, pictures):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"images": p})[0] for p in pictures])


def test_eight_bits_answer_nearly_as_float_does(tiny):
    model, pictures = tiny
    small = quantise(model, calibrate.measure(model, pictures))
    difference = np.abs(answers(small, pictures) - answers(model, pictures))
    assert 0 < difference.max() < 0.12
    assert difference.mean() < 0.02


def test_weights_are_integers_of_seven_bits(tiny):
    model, pictures = tiny
    small = quantise(model, calibrate.measure(model, pictures))
    kinds = {i.name: i for i in small.graph.initializer}
    kernels = [k for k in kinds if k.startswith("kernel") and k.endswith("_int")]
    assert len(kernels) == 1
    from onnx import numpy_helper

    whole = numpy_helper.to_array(kinds[kernels[0]])
    assert whole.dtype == np.int8
    assert np.abs(whole.astype(int)).reshape(6, -1).max(axis=1).tolist() == [WEIGHT_MAX] * 6


def test_scales_of_activations_are_scalars(tiny):
    """onnxruntime makes integer sums of those only; with scales in a list of one it adds in float, and says nothing."""
    model, pictures = tiny
    small = quantise(model, calibrate.measure(model, pictures))
    shapes = {i.name: list(i.dims) for i in small.graph.initializer}
    pairs = [n for n in small.graph.node if n.op_type == "QuantizeLinear"]
    assert pairs
    assert all(shapes[name] == [] for pair in pairs for name in pair.input[1:])


def test_the_same_input_gives_the_same_bytes(tiny):
    model, pictures = tiny
    ranges = calibrate.measure(model, pictures)
    assert quantise(model, ranges).SerializeToString() == quantise(model, ranges).SerializeToString()


def test_ranges_survive_the_file(tiny, tmp_path):
    model, pictures = tiny
    ranges = calibrate.measure(model, pictures)
    assert list(ranges) == activations(model)
    file = tmp_path / "ranges.json"
    calibrate.write(ranges, file, "bốn ảnh nhiễu")
    assert calibrate.read(file) == ranges


def test_ranges_of_another_model_are_refused(tiny):
    model, pictures = tiny
    ranges = calibrate.measure(model, pictures)
    ranges.popitem()
    with pytest.raises(ModelProblem, match="belong to another model"):
        quantise(model, ranges)


def test_no_picture_and_no_file_are_said(tiny, tmp_path):
    with pytest.raises(ModelProblem, match="No picture"):
        calibrate.measure(tiny[0], [])
    (tmp_path / "bad.json").write_text("[1]")
    with pytest.raises(ModelProblem, match="no calibration ranges"):
        calibrate.read(tmp_path / "bad.json")
