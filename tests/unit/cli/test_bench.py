"""``matpho bench``: it says loudly when there is nothing to measure, and its report holds figures and words only."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from matpho.cli.bench import STAGES, command
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.errors import BadInput, SetupProblem
from matpho.testing.footage import draw
from matpho.testing.scripted_detector import ScriptedDetector

pytestmark = pytest.mark.unit

CAMERA = """
[camera]
id = "cam"
name = "c"
[[zone]]
id = "cua"
purpose = "restricted"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
[[zone]]
id = "duong"
purpose = "gathering"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
"""


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    person = Observation(Group.PERSON, "person", Box(0.4, 0.3, 0.1, 0.4), 0.9)
    monkeypatch.setattr("matpho.wiring.load_detector", lambda *_: ScriptedDetector(lambda _image: [person]))
    (tmp_path / "cameras").mkdir()
    for name in ("stays", "empty"):
        draw(tmp_path / f"{name}.mp4", fps=10, pictures=60)
        (tmp_path / "cameras" / f"{name}.toml").write_text(CAMERA)
    event = {"type": "intrusion_zone", "start_s": 0, "end_s": 6, "box_xywh": None, "confidence": "sure"}
    late = {**event, "clip": "stays.mp4", "start_s": 50, "end_s": 60}
    calm = {**event, "clip": "empty.mp4", "type": "negative_normal"}
    events = {"events": [{**event, "clip": "stays.mp4"}, late, calm], "fits": {"intrusion_zone": ["intrusion"]}}
    (tmp_path / "events.json").write_text(json.dumps(events))
    return tmp_path


def test_the_report_says_what_was_found_missed_and_false(clips: Path, tmp_path: Path):
    out = tmp_path / "reports"
    told = CliRunner().invoke(command, ["accuracy", "--clips", str(clips), "--out", str(out)])
    assert told.exit_code == 0, told.output
    report = json.loads((out / "accuracy.json").read_text("utf-8"))
    assert report["command"] == "matpho bench accuracy"
    assert report["score"]["types"]["intrusion_zone"]["found"] == 1
    assert report["score"]["types"]["intrusion_zone"]["sure"] == 2
    assert report["score"]["false"] == 1
    text = (out / "accuracy.md").read_text("utf-8")
    assert "missed: intrusion_zone at 50.0 s" in text
    assert "FALSE" in text
    assert report["hours_analysed"] == pytest.approx(11.8 / 3600, abs=1e-4)
    assert report["negatives_false"] == 1
    assert report["staged_scenes"] is None
    assert report["cost"]["peak_memory_mib"] > 50
    assert report["score"]["false_alarms"]["all"]["upper95_per_hour"] > 1000
    pictures = sorted(p.name for p in (out / "failures" / "clean").glob("*.jpg"))
    assert pictures[0].startswith("empty.mp4-00-false-intrusion-3")
    assert pictures[1:] == ["stays.mp4-00-missed-intrusion-zone-50.0s.jpg"]


def test_other_folders_and_bad_weather_can_be_asked_for(clips: Path, tmp_path: Path):
    out, videos = tmp_path / "reports", tmp_path / "videos"
    videos.mkdir()
    (clips / "stays.mp4").rename(videos / "stays.mp4")
    (videos / "empty.mp4").write_bytes(b"no video at all")
    out.mkdir()
    staged = {"staged_scenes": 3, "staged_recall": 0.75, "families": {}}
    (out / "staged.json").write_text(json.dumps(staged))
    words = ["accuracy", "--clips", str(videos), "--events", str(clips / "events.json"), "--cameras"]
    words += [str(clips / "cameras"), "--out", str(out), "--degrade", "shake,night", "--no-pictures"]
    told = CliRunner().invoke(command, words)
    assert told.exit_code == 0, told.output
    report = json.loads((out / "accuracy.json").read_text("utf-8"))
    assert report["command"] == "matpho bench accuracy --degrade shake,night"
    assert report["unreadable"] == ["empty.mp4"]
    assert (report["staged_scenes"], report["staged_recall"]) == (3, 0.75)
    assert set(report["degraded"]) == {"shake", "night"}
    assert report["degraded"]["night"]["tried_on"] == ["stays.mp4"]  # the other one cannot be read
    assert report["degraded"]["night"]["types"]["intrusion_zone"]["found"] == 1  # the scripted detector sees by night
    text = (out / "accuracy.md").read_text("utf-8")
    assert "| intrusion_zone | 1 / 2 | 1 / 2 | 1 / 2 |" in text
    assert "**Not analysed**" in text
    assert not (out / "failures").exists()


def test_clips_of_traffic_can_be_told_again_as_another_camera_would_have_them(clips: Path, tmp_path: Path):
    street = CAMERA.replace('purpose = "gathering"', 'purpose = "sidewalk"')
    (clips / "cameras" / "stays.toml").write_text(street)
    out = tmp_path / "reports"
    words = ["accuracy", "--clips", str(clips), "--out", str(out), "--vary", "mirrored,sparse"]
    told = CliRunner().invoke(command, words)
    assert told.exit_code == 0, told.output
    report = json.loads((out / "accuracy.json").read_text("utf-8"))
    assert report["command"] == "matpho bench accuracy --vary mirrored,sparse"
    assert list(report["varied"]) == ["mirrored", "sparse"]
    assert report["varied"]["sparse"]["tried_on"] == ["stays.mp4"]  # the other clip has no zone of traffic
    assert report["varied"]["mirrored"]["types"]["intrusion_zone"]["found"] == 1
    text = (out / "accuracy.md").read_text("utf-8")
    assert "| | intrusion_zone |" in text
    assert "| mirrored | 1 / 2 |" in text
    assert "| **in all** | 2 / 4 |" in text
    (picture,) = (out / "failures" / "mirrored").glob("*.jpg")
    assert picture.name == "stays.mp4-00-missed-intrusion-zone-50.0s.jpg"
    wrong = CliRunner().invoke(command, ["accuracy", "--clips", str(clips), "--vary", "upside_down"])
    assert wrong.exit_code == 2
    assert "mirrored" in wrong.output


def test_clips_that_are_left_out_are_named_and_a_wrong_degradation_is_refused(clips: Path, tmp_path: Path):
    (clips / "cameras" / "empty.toml").unlink()
    told = CliRunner().invoke(command, ["accuracy", "--clips", str(clips), "--out", str(tmp_path / "r")])
    assert told.exit_code == 0
    assert "1 clips are not there or have no camera file: empty.mp4" in told.stderr
    wrong = CliRunner().invoke(command, ["accuracy", "--clips", str(clips), "--degrade", "hail"])
    assert wrong.exit_code == 2
    assert "hail" in wrong.output


def test_without_clips_it_says_so_and_fails(tmp_path: Path):
    told = CliRunner().invoke(command, ["accuracy", "--clips", str(tmp_path / "none"), "--out", str(tmp_path / "r")])
    assert isinstance(told.exception, SetupProblem)
    assert not (tmp_path / "r").exists()


def test_clips_without_camera_files_are_refused(clips: Path, tmp_path: Path):
    for file in (clips / "cameras").iterdir():
        file.unlink()
    told = CliRunner().invoke(command, ["accuracy", "--clips", str(clips), "--out", str(tmp_path / "r")])
    assert isinstance(told.exception, BadInput)


def test_the_cost_is_told_by_stage(clips: Path):
    told = CliRunner().invoke(command, ["cost", str(clips / "stays.mp4"), "--live", "--json"])
    assert told.exit_code == 0, told.output
    row = json.loads(told.stdout)["stays.mp4"]
    assert row["frames_per_s"] > 4
    assert row["inferences_per_s"] < 4
    assert row["sum"] == pytest.approx(sum(row[stage] for stage in STAGES), abs=0.2)
    shown = CliRunner().invoke(command, ["cost", str(clips / "stays.mp4")])
    assert "detector" in shown.stdout
