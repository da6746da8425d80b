import hashlib

import pytest

from matpho.domain.observation import Group
from matpho.errors import BadInput, ModelProblem
from matpho.plugins.models.card import cards, find_card, read_card

pytestmark = pytest.mark.unit

CARD = """
[model]
name = "mine"
file = "mine.onnx"
sha256 = "{sha}"
licence = "MIT"
source = "here"
[input]
sizes = [[640, 384], [416, 416]]
colour = "rgb"
mean = [0, 0, 0]
std = [1, 1, 1]
[output]
decoder = "yolox"
classes = "coco"
[thresholds]
person = 0.4
"""
GOOD = CARD.format(sha=hashlib.sha256(b"weights").hexdigest())


def test_a_card_is_read_whole(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    card = find_card(str(path))
    assert (card.name, card.sizes, card.colour, card.decoder, card.pad) == (
        "mine", ((640, 384), (416, 416)), "rgb", "yolox", 0
    )  # fmt: skip
    assert card.thresholds[Group.PERSON] == 0.4
    assert card.thresholds[Group.VEHICLE] > 0
    assert len(card.classes) == 80
    assert find_card("mine", tmp_path) == card


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('name = "mine"', 'name = "My Model"', r"\[model\] name"),
        ('licence = "MIT"', "", r"\[model\] licence is missing"),
        ("[[640, 384], [416, 416]]", "[[640, 383]]", "multiples of 32"),
        ("[[640, 384], [416, 416]]", "[]", r"\[input\] sizes"),
        ("[[640, 384], [416, 416]]", "[[640, true]]", r"\[input\] sizes"),
        ('colour = "rgb"', 'colour = "yuv"', r"\[input\] colour"),
        ("std = [1, 1, 1]", "std = [1, 0, 1]", r"\[input\] std"),
        ("mean = [0, 0, 0]", "mean = [0, 0]", r"\[input\] mean"),
        ('decoder = "yolox"', 'decoder = "magic"', r"\[output\] decoder"),
        ('classes = "coco"', "classes = [1]", r"\[output\] classes"),
        ("person = 0.4", "person = 1.4", r"\[thresholds\] person"),
        ("person = 0.4", "cloud = 0.4", r"\[thresholds\] cloud"),
        ("[model]", "[model", "not a readable model card"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, field):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(BadInput, match=field) as caught:
        read_card(path)
    assert caught.value.vi != caught.value.en


def test_a_missing_and_an_altered_file_say_what_to_type(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    card = read_card(path)
    with pytest.raises(ModelProblem, match="matpho models build"):
        card.verified()
    (tmp_path / "mine.onnx").write_bytes(b"weights")
    assert card.verified() == tmp_path / "mine.onnx"
    (tmp_path / "mine.onnx").write_bytes(b"other")
    with pytest.raises(ModelProblem, match="SHA-256") as caught:
        card.verified()
    assert "matpho models build" in caught.value.vi


def test_an_unknown_name_lists_the_known():
    with pytest.raises(ModelProblem, match="nanodet"):
        find_card("yolo9000")


def test_every_card_of_the_package_is_proper():
    assert {read_card(path).name for path in cards()} >= {"nanodet"}
