"""Tiny hand-made graphs; what ONNX computes is compared with what numpy computes from the operators' definitions."""

import numpy as np
import onnxruntime
import pytest

from matpho.errors import ModelProblem
from matpho.plugins.models.convert import convert
from matpho.plugins.models.tfjs_graph import read

from .tiny_graphs import TinyGraph, integers, text

pytestmark = pytest.mark.unit

NOISE = np.random.default_rng(3)


def noise(*shape):
    return NOISE.normal(size=shape).astype(np.float32)


def run(tiny, folder, images, *outputs):
    model = convert(read(tiny.write(folder)), outputs, "tiny")
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return model, session.run(None, {"images": images})


def slide(picture, kernel, stride, *, depthwise=False):
    """VALID convolution of (H, W, C) with (kh, kw, C, out), straight from its definition."""
    kh, kw, channels, out = kernel.shape
    high, wide = (picture.shape[0] - kh) // stride + 1, (picture.shape[1] - kw) // stride + 1
    result = np.zeros((high, wide, channels * out if depthwise else out), np.float32)
    for y in range(high):
        for x in range(wide):
            part = picture[y * stride : y * stride + kh, x * stride : x * stride + kw]
            if depthwise:
                result[y, x] = np.einsum("ijc,ijcm->cm", part, kernel).reshape(-1)
            else:
                result[y, x] = np.einsum("ijc,ijco->o", part, kernel)
    return result


def conv_attributes(stride, padding="VALID"):
    return {
        "strides": integers(1, stride, stride, 1),
        "dilations": integers(1, 1, 1, 1),
        "padding": text(padding),
        "data_format": text("NHWC"),
    }


def padded_convolution(tiny, op, kernel, bias=None, stride=1):
    """The pattern of converted channel-first models: pad, to NHWC, convolve, add, back to NCHW."""
    paddings = tiny.weight("paddings", np.array([[0, 0], [0, 0], [1, 1], [1, 1]], np.int32))
    tiny.node("padded", "Pad", "input", paddings)
    tiny.turn("last", "padded", 0, 2, 3, 1)
    tiny.node("conv", op, "last", tiny.weight("kernel", kernel), **conv_attributes(stride))
    source = "conv"
    if bias is not None:
        source = tiny.node("biased", "Add", "conv", tiny.weight("bias", bias))
    tiny.turn("first", source, 0, 3, 1, 2)
    return tiny.node("out", "Identity", "first")


@pytest.mark.parametrize("stride", [1, 2])
def test_convolution_with_border_and_bias_is_one_node(tmp_path, stride):
    tiny, images, kernel, bias = TinyGraph(1, 3, 8, 6), noise(1, 3, 8, 6), noise(3, 3, 3, 5), noise(5)
    padded_convolution(tiny, "Conv2D", kernel, bias, stride)
    model, [found] = run(tiny, tmp_path, images, "out")
    border = np.pad(images[0].transpose(1, 2, 0), ((1, 1), (1, 1), (0, 0)))
    expected = slide(border, kernel, stride) + bias
    assert found[0].transpose(1, 2, 0) == pytest.approx(expected, abs=1e-4)
    assert [n.op_type for n in model.graph.node] == ["Conv", "Identity"]


def test_depthwise_convolution_keeps_channels_apart(tmp_path):
    tiny, images, kernel = TinyGraph(1, 4, 6, 6), noise(1, 4, 6, 6), noise(3, 3, 4, 2)
    padded_convolution(tiny, "DepthwiseConv2dNative", kernel)
    _, [found] = run(tiny, tmp_path, images, "out")
    border = np.pad(images[0].transpose(1, 2, 0), ((1, 1), (1, 1), (0, 0)))
    assert found[0].transpose(1, 2, 0) == pytest.approx(slide(border, kernel, 1, depthwise=True), abs=1e-4)


def test_same_padding_puts_the_larger_half_at_the_end(tmp_path):
    tiny, images, kernel = TinyGraph(1, 2, 4, 4), noise(1, 2, 4, 4), noise(3, 3, 2, 3)
    tiny.turn("last", "input", 0, 2, 3, 1)
    tiny.node("conv", "Conv2D", "last", tiny.weight("kernel", kernel), **conv_attributes(2, "SAME"))
    _, [found] = run(tiny, tmp_path, images, "conv")
    border = np.pad(images[0].transpose(1, 2, 0), ((0, 1), (0, 1), (0, 0)))
    assert found[0] == pytest.approx(slide(border, kernel, 2), abs=1e-4)


def test_pooling_ignores_a_border_of_the_lowest_value(tmp_path):
    tiny, images = TinyGraph(1, 2, 4, 4), -1 - np.abs(noise(1, 2, 4, 4))
    paddings = tiny.weight("paddings", np.array([[0, 0], [0, 0], [1, 0], [1, 0]], np.int32))
    lowest = tiny.weight("lowest", np.array(np.finfo(np.float32).min, np.float32))
    tiny.node("padded", "PadV2", "input", paddings, lowest)
    tiny.turn("last", "padded", 0, 2, 3, 1)
    tiny.node(
        "pool", "MaxPool", "last", ksize=integers(1, 3, 3, 1), strides=integers(1, 2, 2, 1), padding=text("VALID")
    )
    _, [found] = run(tiny, tmp_path, images, "pool")
    border = np.pad(images[0], ((0, 0), (1, 0), (1, 0)), constant_values=-np.inf)
    expected = [[border[:, y : y + 3, x : x + 3].max(axis=(1, 2)) for x in (0, 2)] for y in (0, 2)]
    assert found[0] == pytest.approx(np.array(expected))


def test_pooling_counts_a_border_of_zeros(tmp_path):
    tiny, images = TinyGraph(1, 1, 2, 2), np.full((1, 1, 2, 2), -5, np.float32)
    tiny.node("padded", "Pad", "input", tiny.weight("paddings", np.array([[0, 0], [0, 0], [1, 0], [1, 0]], np.int32)))
    tiny.turn("last", "padded", 0, 2, 3, 1)
    tiny.node(
        "pool", "MaxPool", "last", ksize=integers(1, 3, 3, 1), strides=integers(1, 1, 1, 1), padding=text("VALID")
    )
    _, [found] = run(tiny, tmp_path, images, "pool")
    assert found.tolist() == [[[[0.0]]]]


def resized(tiny, high, wide):
    tiny.turn("last", "input", 0, 2, 3, 1)
    size = tiny.weight("size", np.array([high, wide], np.int32))
    tiny.node("resize", "ResizeBilinear", "last", size, half_pixel_centers={"b": True}, align_corners={"b": False})
    return tiny.turn("out", "resize", 0, 3, 1, 2)


def test_resize_takes_half_pixel_centres(tmp_path):
    tiny = TinyGraph(1, 1, 1, 2)
    resized(tiny, 1, 4)
    _, [found] = run(tiny, tmp_path, np.array([[[[0, 8]]]], np.float32), "out")
    assert found.ravel().tolist() == [0, 2, 6, 8]


def test_a_resize_follows_other_input_sizes_by_its_factor(tmp_path):
    tiny = TinyGraph(1, 1, 2, 2)
    resized(tiny, 4, 4)
    _, [found] = run(tiny, tmp_path, noise(3, 1, 4, 6), "out")
    assert found.shape == (3, 1, 8, 12)


def test_concat_split_activations_and_reshape(tmp_path):
    tiny, images = TinyGraph(1, 4, 2, 3), noise(1, 4, 2, 3)
    tiny.node("leaky", "LeakyRelu", "input", alpha={"f": 0.1})
    tiny.node("both", "ConcatV2", "input", "leaky", tiny.weight("axis", np.array(1, np.int32)))
    sizes, dim = tiny.weight("sizes", np.array([3, 5], np.int32)), tiny.weight("dim", np.array(1, np.int32))
    tiny.node("parts", "SplitV", "both", sizes, dim)
    tiny.node("sure", "Sigmoid", "parts")
    tiny.node("rows", "Reshape", "parts:1", tiny.weight("shape", np.array([1, 5, 6], np.int32)))
    tiny.turn("turned", "rows", 0, 2, 1)
    _, [sure, turned] = run(tiny, tmp_path, images, "sure", "turned")
    both = np.concatenate([images, np.where(images > 0, images, 0.1 * images)], axis=1)
    assert sure == pytest.approx(1 / (1 + np.exp(-both[:, :3])), abs=1e-6)
    assert turned == pytest.approx(both[:, 3:].reshape(1, 5, 6).transpose(0, 2, 1), abs=1e-6)


def test_adding_two_turned_branches_and_a_constant(tmp_path):
    tiny, images = TinyGraph(1, 2, 2, 3), noise(1, 2, 2, 3)
    value = noise(2, 3, 2)
    tiny.turn("last", "input", 0, 2, 3, 1)
    tiny.node("plus", "AddV2", "last", tiny.weight("value", value))
    tiny.node("sum", "AddV2", "plus", "last")
    _, [found] = run(tiny, tmp_path, images, "sum")
    assert found == pytest.approx(2 * images.transpose(0, 2, 3, 1) + value, abs=1e-5)


def test_the_bias_of_a_shared_convolution_is_not_folded(tmp_path):
    tiny, images, kernel = TinyGraph(1, 1, 2, 2), noise(1, 1, 2, 2), noise(1, 1, 1, 2)
    tiny.turn("last", "input", 0, 2, 3, 1)
    tiny.node("conv", "Conv2D", "last", tiny.weight("kernel", kernel), **conv_attributes(1))
    tiny.node("biased", "Add", "conv", tiny.weight("bias", np.array([1, 2], np.float32)))
    _, [plain, biased] = run(tiny, tmp_path, images, "conv", "biased")
    assert biased - plain == pytest.approx(np.broadcast_to([1, 2], (1, 2, 2, 2)), abs=1e-6)


def test_an_unknown_operator_is_named_in_both_languages(tmp_path):
    tiny = TinyGraph(1, 1, 2, 2)
    tiny.node("strange", "GatherNd", "input")
    with pytest.raises(ModelProblem, match="operator GatherNd") as caught:
        run(tiny, tmp_path, noise(1, 1, 2, 2), "strange")
    assert "chưa hỗ trợ phép toán GatherNd" in caught.value.vi


def test_an_output_that_is_not_there_and_a_circle_are_refused(tmp_path):
    tiny = TinyGraph(1, 1, 2, 2)
    tiny.node("a", "Sigmoid", "b")
    tiny.node("b", "Sigmoid", "a")
    graph = read(tiny.write(tmp_path))
    with pytest.raises(ModelProblem, match="depends on itself"):
        convert(graph, ["a"], "tiny")
    with pytest.raises(ModelProblem, match="nowhere"):
        convert(graph, ["nowhere"], "tiny")


@pytest.mark.parametrize("target", [(1, 3, 2), (4, 3), (2, 2, 3)])
def test_a_reshape_that_mixes_axes_is_refused(tmp_path, target):
    tiny = TinyGraph(1, 2, 3, 1)
    tiny.node("rows", "Reshape", "input", tiny.weight("shape", np.array(target, np.int32)))
    with pytest.raises(ModelProblem, match="reshape rows"):
        run(tiny, tmp_path, noise(1, 2, 3, 1), "rows")
