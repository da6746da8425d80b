"""Pictures of what the staged suite missed, beside its report."""

from pathlib import Path

import cv2
import pytest

from matpho.sim.places.catalogue import Footage
from matpho.sim.suite import chosen, suite
from matpho.sim.suite_run import run
from matpho.testing.scripted_detector import ScriptedDetector

pytestmark = pytest.mark.integration


def sees_nothing(_image: object) -> list[object]:
    return []


def blind() -> ScriptedDetector:
    return ScriptedDetector(sees_nothing)


def test_what_was_missed_or_false_is_drawn_where_git_does_not_look(tmp_path: Path):
    scenes = chosen(suite([]), ("forecourt-entered", "bag-street-owner-stays"))
    results, _ = run(scenes, Footage(Path("nowhere"), None), blind, failures=tmp_path / "failures")
    assert [r.scene.script.name for r in results if r.score.missed] == ["forecourt-entered"]
    pictures = sorted((tmp_path / "failures").glob("*.jpg"))
    assert len(pictures) == sum(len(r.score.missed) + len(r.false) for r in results)
    assert pictures[-1].name.startswith("forecourt-entered-00-missed-intrusion-zone")
    assert (tmp_path / "failures" / ".gitignore").read_text() == "*\n"
    assert cv2.imread(str(pictures[-1])).shape[1] == scenes[1].script.view.width
