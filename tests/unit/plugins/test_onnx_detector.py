"""The detector over a hand-made model whose answers are known, and the default one against its port's promises."""

import hashlib
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from matpho.domain.observation import Group
from matpho.errors import MatphoError, ModelProblem
from matpho.plugins.detectors.letterbox import Letterbox, best_size
from matpho.plugins.detectors.onnx import create
from matpho.plugins.detectors.session import Session
from matpho.plugins.models.card import PIXEL_SCALE, PIXEL_ZERO, find_card
from matpho.plugins.models.coco import COCO
from matpho.testing.contracts.detector import check_detector
from matpho.vision.detector_promises import broken_promises, pictures
from matpho.wiring import add_model, load_detector, model_cards

DATA = Path(__file__).parents[2] / "data"
pytestmark = pytest.mark.unit

CARD = """
[model]
name = "known"
file = "known.onnx"
sha256 = "{sha}"
licence = "MIT"
source = "made by the test"
[input]
sizes = [[64, 32]]
colour = "bgr"
mean = [0, 0, 0]
std = [1, 1, 1]
pad = 114
[output]
decoder = "yolox"
classes = {classes}
"""


def made(folder, *things, classes='"coco"', number=80):
    """A YOLOX-like model for 64×32 that always sees ``things``: (left, top, width, height) and scores by name."""
    raw = np.zeros((1, 42, 5 + number), np.float32)
    for row, ((left, top, width, height), scores) in enumerate(things):
        stride, corner_x, corner_y = 8, row % 8 * 8, row // 8 * 8
        middle = (left + width / 2 - corner_x) / stride, (top + height / 2 - corner_y) / stride
        raw[0, row, :5] = (*middle, np.log(width / stride), np.log(height / stride), 1)
        for name, score in scores.items():
            raw[0, row, 5 + COCO.index(name)] = score
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["answer", "nothing"], ["output"]),
    ]
    constants = [numpy_helper.from_array(raw, "answer"), numpy_helper.from_array(np.array(0, np.float32), "zero")]
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 32, 64])]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "known", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return named(folder, model.SerializeToString(), classes)


def named(folder, data, classes='"coco"'):
    (folder / "known.onnx").write_bytes(data)
    path = folder / "known.toml"
    path.write_text(CARD.format(sha=hashlib.sha256(data).hexdigest(), classes=classes))
    return str(path)


def black(height=32, width=64):
    return np.zeros((height, width, 3), np.uint8)


def test_scores_of_a_van_are_pooled_before_the_threshold(tmp_path):
    detector = create(made(tmp_path, ((8, 8, 24, 16), {"car": 0.28, "truck": 0.29, "bus": 0.15, "person": 0.2})))
    [[van]] = detector.detect([black()])
    assert (van.group, van.label) == (Group.VEHICLE, "truck")
    assert van.score == pytest.approx(1 - 0.72 * 0.71 * 0.85, abs=1e-4)
    assert (van.box.x, van.box.y, van.box.w, van.box.h) == pytest.approx((0.125, 0.25, 0.375, 0.5), abs=1e-4)


def test_classes_that_no_rule_cares_about_are_never_reported(tmp_path):
    detector = create(made(tmp_path, ((8, 8, 24, 16), {"cell phone": 0.9, "kite": 0.9})))
    assert detector.detect([black()]) == [[]]


def test_boxes_are_of_the_picture_not_of_its_letterbox(tmp_path):
    detector = create(made(tmp_path, ((0, 0, 16, 32), {"person": 0.9}), ((40, 0, 30, 30), {"dog": 0.8})))
    # 32 wide, 64 high: fills the left 16 of 64 input pixels
    [[whole, outside]] = detector.detect([black(64, 32)])
    assert (whole.box.x, whole.box.y, whole.box.w, whole.box.h) == pytest.approx((0, 0, 1, 1), abs=1e-4)
    assert outside.box.right <= 1
    assert outside.box.w == 0


def test_a_model_that_takes_one_picture_at_a_time_takes_batches(tmp_path):
    detector = create(made(tmp_path, ((8, 8, 24, 16), {"person": 0.7})))
    check_detector(detector)
    assert len(detector.detect([black(), black(64, 32), black(10, 10)])) == 3


def test_a_file_that_is_no_model_and_a_card_of_another_are_refused(tmp_path):
    with pytest.raises(ModelProblem, match="cannot be opened"):
        create(named(tmp_path, b"not a model"))
    detector = create(made(tmp_path, ((8, 8, 24, 16), {"person": 0.7}), number=20))
    with pytest.raises(ModelProblem, match="80 classes"):
        detector.detect([black()])
    with pytest.raises(ModelProblem, match="no class that is of use"):
        create(made(tmp_path, classes='["kite"]', number=1))


def test_the_finest_fitting_input_is_chosen_and_the_cheaper_of_two_alike():
    sizes = ((640, 384), (512, 384), (416, 416))
    assert best_size(1920, 1080, sizes) == (640, 384)
    assert best_size(640, 480, sizes) == (512, 384)
    assert best_size(480, 640, sizes) == (416, 416)


def test_the_letterbox_normalises_and_fills(tmp_path):
    card = find_card(made(tmp_path))
    out = np.full((3, 32, 64), np.nan, np.float32)
    image = np.full((20, 20, 3), (1, 2, 3), np.uint8)
    assert Letterbox(card, (64, 32)).put(image, out) == (32, 32)
    assert out[:, 0, 0].tolist() == [1, 2, 3]
    assert (out[:, :, 32:] == 114).all()


def test_promises_that_are_broken_are_told():
    class Forgetful:
        def __init__(self):
            self.info = load_detector("nanodet").info

        def detect(self, images):
            return [[] for _ in images] or [[]]

    assert any("empty batch" in b for b in broken_promises(Forgetful()))


def test_the_default_detector_keeps_its_promises():
    check_detector(load_detector("nanodet"))
    assert load_detector("onnx:nanodet").info.licence == "Apache-2.0"


def test_the_default_detector_answers_as_tensorflow_js_does_but_for_rounding():
    """Eight bits against figures that TensorFlow.js computed from the original graph, see make_nanodet.py."""
    sys.path.insert(0, str(DATA))
    from make_nanodet import picture

    reference = json.loads((DATA / "nanodet_reference.json").read_text())["outputs"]
    card = find_card("nanodet")
    session = onnxruntime.InferenceSession(str(card.verified()), providers=["CPUExecutionProvider"])
    said = session.get_modelmeta().custom_metadata_map
    levels = np.rint(picture() / np.float32(said[PIXEL_SCALE])) + int(said[PIXEL_ZERO])
    quads = np.clip(levels, 0, 255).astype(np.uint8).reshape(1, 3, 208, 2, 208, 2).transpose(0, 2, 4, 3, 5, 1)
    for found, expected in zip(session.run(None, {"pixels": quads.reshape(1, 208, 208, 12)}), reference, strict=True):
        whole = np.full(expected["shape"], np.nan, np.float32)
        whole[:, :, [COCO.index(c) for c in card.classes] if expected["shape"][-1] == len(COCO) else ...] = found
        there, values = whole.ravel()[expected["at"]], np.array(expected["values"])
        kept = ~np.isnan(there)
        assert kept.sum() >= 10
        error, spread = np.abs(there - values)[kept], np.ptp(values)
        assert error.mean() < 0.05 * spread
        assert error.max() < 0.35 * spread


def test_a_part_goes_in_at_the_scale_of_the_whole_through_the_one_session_of_all_sizes(monkeypatch):
    detector, went = load_detector("nanodet"), []
    run = Session.run

    def noted(self, images, size, scale=None):
        outputs, inner = run(self, images, size, scale)
        went.append((size, inner[0]))
        return outputs, inner

    monkeypatch.setattr(Session, "run", noted)
    street = pictures()[0]
    detector.detect([street])
    detector.detect_part(street[100:300, 64:384], (640, 360))
    detector.detect_part(street[100:300, 64:384], (1280, 720))
    assert went == [
        ((640, 384), (640.0, 360.0)),
        ((320, 224), (320.0, 200.0)),
        ((160, 128), (160.0, 100.0)),
    ]
    assert len(detector._sessions) == 1


class Unhurried:
    """A letterbox that another thread has time to disturb."""

    def __init__(self, letterbox):
        self._letterbox, self._pairs = letterbox, letterbox._pairs

    def put(self, image, out, scale=None):
        inner = self._letterbox.put(image, np.empty_like(out), scale)
        time.sleep(0.005)
        quads = out.view(self._pairs.dtype)
        for upper_lower in (0, 1):
            quads[:, :, upper_lower] = self._pairs[:, :, upper_lower]
        return inner


def test_two_threads_run_one_session_each_with_its_own_picture():
    """They share the canvas on which pictures are made ready."""
    session = load_detector("nanodet")._open((320, 192))
    street, noise = (cv2.resize(p, (320, 180)) for p in pictures()[:2])
    alone = [session.run([p], (320, 192))[0] for p in (street, noise)]
    way = session._way((320, 192))
    session._ways[320, 192] = replace(way, letterbox=Unhurried(way.letterbox))

    def same(number):
        found = session.run([(street, noise)[number % 2]], (320, 192))[0]
        return all(np.array_equal(a, b) for a, b in zip(found, alone[number % 2], strict=True))

    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(same, range(20)))


def test_a_model_of_one_size_enlarges_a_part_as_far_as_it_goes(tmp_path):
    detector = create(made(tmp_path, ((8, 8, 24, 16), {"person": 0.7})))
    assert not detector.info.parts
    assert detector.detect_part(black(16, 32), (64, 32)) == detector.detect([black()])[0]


def test_a_card_that_says_any_size_of_a_model_of_one_size_is_refused(tmp_path):
    card = Path(made(tmp_path, ((8, 8, 24, 16), {"person": 0.7})))
    card.write_text(card.read_text().replace("[output]", "any_size = true\n[output]"))
    with pytest.raises(ModelProblem, match="any_size"):
        create(str(card))
    card.write_text(card.read_text().replace("any_size = true", "any_size = 3"))
    with pytest.raises(MatphoError, match="true or false"):
        create(str(card))


def test_nothing_is_seen_on_an_empty_picture():
    assert load_detector("nanodet").detect([pictures()[2]]) == [[]]


@pytest.mark.parametrize("name", ["tensor:nanodet", "nowhere", "/nowhere/card.toml"])
def test_what_is_not_there_is_said_in_both_languages(name):
    with pytest.raises(MatphoError) as caught:
        load_detector(name)
    assert caught.value.en != caught.value.vi


@pytest.mark.shared
@pytest.mark.parametrize(("file", "name"), [("yolox_nano_416.onnx", "yolox-nano"), ("picodet_s_416.onnx", "picodet-s")])
def test_detectors_of_the_catalogue_drop_in_without_a_change_of_code(tmp_path, file, name):
    shared = Path(__file__).parents[4] / "shared"
    if not (shared / "models" / file).is_file():
        pytest.skip(f"{shared / 'models' / file} is not there: other detectors were NOT tried")
    assert add_model(shared / "models" / file, None, tmp_path).name == name
    import cv2

    capture = cv2.VideoCapture(str(shared / "clips" / "vtest_debian.avi"))
    capture.set(cv2.CAP_PROP_POS_FRAMES, 100)
    street = capture.read()[1]
    capture.release()
    other, ours = load_detector(name, tmp_path), load_detector("nanodet")
    check_detector(other, street)
    sure = [o for o in other.detect([street])[0] if o.group == Group.PERSON and o.score > 0.5]
    known = ours.detect([street])[0]
    assert len(sure) >= 3
    agreed = [o for o in sure if any(k.group == o.group and k.box.iou(o.box) > 0.5 for k in known)]
    assert len(agreed) >= 0.7 * len(sure)


def test_a_file_is_added_by_the_card_beside_it_and_named_from_then_on(tmp_path):
    card = Path(made(tmp_path, ((8, 8, 24, 16), {"car": 0.9})))
    shelf = tmp_path / "home" / "models"
    added = add_model(tmp_path / "known.onnx", None, shelf)
    assert (added.name, added.file) == ("known", shelf / "known.onnx")
    (tmp_path / "known.onnx").unlink()
    card.unlink()
    assert [o.group for o in load_detector("known", shelf).detect([black()])[0]] == [Group.VEHICLE]
    assert "known" in {c.name for c in model_cards(shelf)}
    assert sorted(p.name for p in shelf.iterdir()) == ["known.onnx", "known.toml"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('sha256 = "', 'sha256 = "0000')[: text.index("licence") + 4], "not"),
        (lambda text: text.replace('"yolox"', '"picodet"'), "expects"),
        (lambda text: text.replace('name = "known"', 'name = "nanodet"'), "choose another"),
    ],
)
def test_what_does_not_fit_is_not_added_and_changes_nothing(tmp_path, change, said):
    card = Path(made(tmp_path, ((8, 8, 24, 16), {"car": 0.9})))
    card.write_text(change(card.read_text()))
    shelf = tmp_path / "home" / "models"
    with pytest.raises(MatphoError) as caught:
        add_model(tmp_path / "known.onnx", card, shelf)
    assert said in caught.value.en
    assert not shelf.exists()


def test_a_file_that_nobody_describes_is_told_with_its_hash(tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(b"anything")
    with pytest.raises(ModelProblem, match=hashlib.sha256(b"anything").hexdigest()):
        add_model(file, None, tmp_path / "shelf")
    with pytest.raises(MatphoError, match="cannot be read"):
        add_model(tmp_path / "nowhere.onnx", None, tmp_path / "shelf")
