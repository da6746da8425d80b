import json

import numpy as np
import pytest

from matpho.errors import ModelProblem
from matpho.plugins.models.tfjs_graph import read

from .tiny_graphs import TinyGraph

pytestmark = pytest.mark.unit


def test_weights_are_unpacked_by_their_kind(tmp_path):
    tiny = TinyGraph(1, 3, 4, 4)
    tiny.weight("whole", np.array([[1, -2], [3, 4]], np.int32))
    tiny.weight("half", np.array([0.5, -0.25], np.float32), "float16")
    tiny.weight("byte", np.array([0.0, 1.0, 2.55], np.float32), "uint8")
    graph = read(tiny.write(tmp_path))
    assert graph.figures("whole").tolist() == [[1, -2], [3, 4]]
    assert graph.figures("half").tolist() == [0.5, -0.25]
    assert graph.figures("byte") == pytest.approx([0.0, 1.0, 2.55], abs=1e-6)


def test_what_depends_on_weights_alone_is_folded(tmp_path):
    tiny = TinyGraph(1, 3, 4, 4)
    places = tiny.weight("places", np.array([[1], [2]], np.int32))
    size = tiny.weight("size", np.array([4], np.int32))
    values = tiny.weight("values", np.array([7, 9], np.int32))
    rest = tiny.weight("rest", np.array(0, np.int32))
    dense = tiny.node("dense", "SparseToDense", places, size, values, rest)
    tiny.node("sum", "AddV2", dense, tiny.weight("more", np.array([1, 1, 1, 1], np.int32)))
    tiny.node("live", "AddV2", "input", "more")
    graph = read(tiny.write(tmp_path))
    assert graph.figures("sum").tolist() == [1, 8, 10, 1]
    assert graph.constant("live") is None
    with pytest.raises(ModelProblem, match="live should be constant"):
        graph.figures("live")


@pytest.mark.parametrize(("cut", "words"), [(-1, "weights end within"), (3, "3 bytes of weights too many")])
def test_truncated_and_overlong_weights_are_refused(tmp_path, cut, words):
    tiny = TinyGraph(1, 3, 4, 4)
    tiny.weight("kernel", np.ones((3, 3), np.float32))
    model = tiny.write(tmp_path)
    shard = tmp_path / "weights.bin"
    data = shard.read_bytes()
    shard.write_bytes(data[:cut] if cut < 0 else data + b"\0" * cut)
    with pytest.raises(ModelProblem, match=words) as caught:
        read(model)
    assert "trọng số" in caught.value.vi


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"modelTopology": {"node": [{}]}, "weightsManifest": []}'])
def test_a_file_that_is_no_graph_model_is_refused(tmp_path, content):
    model = tmp_path / "model.json"
    model.write_text(content)
    with pytest.raises(ModelProblem, match=r"model\.json"):
        read(model)


def test_a_shard_outside_the_folder_is_refused(tmp_path):
    table = {"modelTopology": {"node": []}, "weightsManifest": [{"paths": ["../secret"], "weights": []}]}
    model = tmp_path / "model.json"
    model.write_text(json.dumps(table))
    with pytest.raises(ModelProblem, match="lies elsewhere"):
        read(model)


def test_a_missing_node_is_named(tmp_path):
    tiny = TinyGraph(1, 3, 4, 4)
    tiny.node("out", "Identity", "nowhere")
    graph = read(tiny.write(tmp_path))
    with pytest.raises(ModelProblem, match="nowhere is missing"):
        graph.constant("out")
