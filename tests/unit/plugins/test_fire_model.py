"""A fire model made by the test: its card, its answers, the suite that it is held to, and the shelf that takes it."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper, numpy_helper

from matpho.cli.models import command
from matpho.domain.observation import Burns
from matpho.errors import BadInput, ModelProblem
from matpho.plugins.detectors.fire import OnnxFireModel, create
from matpho.plugins.models.card import find_card
from matpho.testing.contracts.fire_model import check_fire_model
from matpho.vision.fire_model import FireOpinion
from matpho.vision.fire_model_promises import broken_fire_promises
from matpho.wiring import load_detector, load_fire_model

pytestmark = pytest.mark.unit

CARD = """
[model]
name = "redness"
file = "redness.onnx"
sha256 = "{sha}"
licence = "MIT"
source = "made by the test"
{task}
[input]
sizes = [[64, 32]]
colour = "bgr"
mean = [0, 0, 0]
std = [255, 255, 255]
[output]
decoder = "{decoder}"
activation = "{activation}"
classes = {classes}
"""
TASK = 'task = "fire_smoke"'


def written(
    folder: Path, data: bytes, *, task=TASK, decoder="classifier", activation="none", classes="['fire', 'smoke']"
) -> str:
    (folder / "redness.onnx").write_bytes(data)
    card, sha = folder / "redness.toml", hashlib.sha256(data).hexdigest()
    card.write_text(CARD.format(sha=sha, task=task, decoder=decoder, activation=activation, classes=classes))
    return str(card)


def model(nodes, constants) -> bytes:
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, 32, 64])]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "redness", inputs, outputs, constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    return made.SerializeToString()


def redness() -> bytes:
    """A classifier: the mean of red is its flame, the mean of green its smoke."""
    return model(
        [
            helper.make_node("ReduceMean", ["images"], ["means"], axes=[2, 3], keepdims=0),
            helper.make_node("Gather", ["means", "places"], ["output"], axis=1),
        ],
        [numpy_helper.from_array(np.array([2, 1], np.int64), "places")],
    )


def detector_of_fire() -> bytes:
    """A YOLOX-like detector that is as sure of a flame, of its one box, as the picture is red."""
    places = np.zeros((1, 42, 7), np.float32)
    places[0, 0, 4] = 1
    reds = np.zeros((1, 42, 7), np.float32)
    reds[0, 0, 5] = 1
    return model(
        [
            helper.make_node("ReduceMean", ["images"], ["means"], axes=[2, 3], keepdims=0),
            helper.make_node("Gather", ["means", "red"], ["share"], axis=1),
            helper.make_node("Unsqueeze", ["share", "last"], ["tall"]),
            helper.make_node("Mul", ["tall", "reds"], ["seen"]),
            helper.make_node("Add", ["seen", "places"], ["output"]),
        ],
        [
            numpy_helper.from_array(places, "places"),
            numpy_helper.from_array(reds, "reds"),
            numpy_helper.from_array(np.array([2], np.int64), "red"),
            numpy_helper.from_array(np.array([2], np.int64), "last"),
        ],
    )


def picture(blue: int, green: int, red: int):
    return np.full((40, 80, 3), (blue, green, red), np.uint8)


RED, GREY = picture(0, 0, 255), picture(100, 102, 100)


def test_a_classifier_says_how_sure_it_is_of_each(tmp_path: Path):
    fire = create(written(tmp_path, redness()))
    red, grey = fire.judge([RED, GREY])
    assert red.of(Burns.FLAME) == pytest.approx(1.0, abs=0.01)
    assert red.of(Burns.SMOKE) == pytest.approx(0.0, abs=0.01)
    assert grey.of(Burns.SMOKE) == pytest.approx(0.4, abs=0.01)
    check_fire_model(fire, RED, GREY)


@pytest.mark.parametrize(
    ("activation", "flame"), [("softmax", 1 / (1 + np.exp(-1))), ("sigmoid", 1 / (1 + np.exp(-1)))]
)
def test_raw_outputs_become_shares_as_the_card_says(tmp_path: Path, activation: str, flame: float):
    fire = create(written(tmp_path, redness(), activation=activation))
    assert fire.judge([RED])[0].flame == pytest.approx(flame, abs=0.01)
    check_fire_model(fire, RED)


def test_a_detector_of_flames_answers_the_same_question(tmp_path: Path):
    fire = create(written(tmp_path, detector_of_fire(), decoder="yolox", classes="['Fire', 'person']"))
    red, grey = fire.judge([RED, GREY])
    assert red == FireOpinion(pytest.approx(1.0, abs=0.01), None)
    assert grey == FireOpinion(pytest.approx(100 / 255, abs=0.01), None)
    check_fire_model(fire, RED)


def test_cards_that_do_not_fit_are_refused_in_words(tmp_path: Path):
    with pytest.raises(ModelProblem, match="no fire model"):
        create(written(tmp_path, redness(), task="", decoder="yolox"))
    with pytest.raises(ModelProblem, match="neither fire nor smoke"):
        create(written(tmp_path, redness(), classes="['cat', 'dog']"))
    with pytest.raises(ModelProblem, match="names 3 classes"):
        create(written(tmp_path, redness(), classes="['fire', 'smoke', 'normal']")).judge([RED])
    with pytest.raises(BadInput, match="decoder"):
        create(written(tmp_path, redness(), task=""))
    with pytest.raises(BadInput, match="task"):
        create(written(tmp_path, redness(), task='task = "faces"'))
    with pytest.raises(ModelProblem, match="no detector"):
        load_detector(written(tmp_path, redness()))


def test_a_model_whose_answers_are_no_shares_is_refused(tmp_path: Path):
    logits = model(
        [
            helper.make_node("ReduceMean", ["images"], ["means"], axes=[2, 3], keepdims=0),
            helper.make_node("Gather", ["means", "places"], ["some"], axis=1),
            helper.make_node("Mul", ["some", "ten"], ["output"]),
        ],
        [
            numpy_helper.from_array(np.array([2, 1], np.int64), "places"),
            numpy_helper.from_array(np.array([10, 10], np.float32), "ten"),
        ],
    )
    with pytest.raises(ModelProblem, match="activation"):
        create(written(tmp_path, logits)).judge([RED])


def test_the_suite_sees_what_a_broken_model_breaks(tmp_path: Path):
    class Moody(OnnxFireModel):
        calls = 0

        def judge(self, images):
            self.calls += 1
            for image in images[:1]:
                image[:] = 0
            return [FireOpinion(0.5 + 0.4 * (self.calls % 2), 2.0) for _ in images or [RED]]

    broken = " ".join(broken_fire_promises(Moody(find_card(written(tmp_path, redness()))), RED.copy()))
    for word in ("empty batch", "alone", "second time", "written to", "outside 0..1"):
        assert word in broken


def test_the_shelf_takes_it_checks_it_and_names_the_setting(tmp_path: Path):
    fetched, home = tmp_path / "fetched", tmp_path / "home"
    fetched.mkdir()
    card = written(fetched, redness())
    say = CliRunner()
    added = say.invoke(command, ["add", str(fetched / "redness.onnx"), "--card", card, "--home", str(home)])
    assert added.exit_code == 0, added.output
    assert 'fire_model = "redness"' in added.output
    checked = say.invoke(command, ["check", "redness", "--home", str(home), "--json"])
    assert checked.exit_code == 0, checked.output
    [row] = json.loads(checked.output)
    assert row["broken"] == []
    assert row["size"] == "64×32"
    assert load_fire_model("redness", home / "models").judge([RED])[0].flame == pytest.approx(1.0, abs=0.01)
