"""A folder with a sound video in several containers and a camera file, and a quick detector."""

import pytest
from tests.integration.bad_input.words import CAMERA

import matpho.wiring
from matpho.testing.footage import draw
from matpho.testing.scripted_detector import ScriptedDetector


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a sound video in several containers, and a camera file."""
    folder = tmp_path_factory.mktemp("đầu vào xấu")
    for name in ("good.mp4", "good.mkv"):
        draw(folder / name, size=(320, 240), pictures=40)
    draw(folder / "good.avi", size=(320, 240), pictures=40, codec="mpeg4")
    (folder / "cam.toml").write_text(CAMERA, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def quick_detector(monkeypatch):
    """The files are the matter here, not the model."""
    monkeypatch.setattr(matpho.wiring, "load_detector", lambda *_: ScriptedDetector())
