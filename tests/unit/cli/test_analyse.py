"""``matpho analyse`` and ``matpho score`` as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matpho.cli.analyse import command as analyse
from matpho.cli.score import command as score
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.errors import BadCameraFile, BadInput, BadVideo
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
"""


@pytest.fixture
def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    person = Observation(Group.PERSON, "person", Box(0.4, 0.3, 0.1, 0.4), 0.9)
    monkeypatch.setattr("matpho.wiring.load_detector", lambda *_: ScriptedDetector(lambda _image: [person]))
    draw(tmp_path / "a.mp4", fps=10, pictures=60)
    (tmp_path / "cam.toml").write_text(CAMERA)
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(analyse, [*words, "--camera", str(folder / "cam.toml")])


def test_the_result_is_written_and_said(street: Path):
    out = street / "out.json"
    result = run(street, str(street / "a.mp4"), "--json", str(out))
    assert result.exit_code == 0, result.output
    data = json.loads(out.read_text("utf-8"))
    assert [i["kind"] for i in data["incidents"]] == ["intrusion"]
    assert "intrusion" in result.stderr
    assert "vụ việc nghi vấn" in result.stderr
    assert result.stdout == ""
    assert sorted(p.name for p in street.iterdir()) == ["a.mp4", "cam.toml", "out.json"]


def test_a_dash_is_standard_output(street: Path):
    result = run(street, str(street / "a.mp4"), "--json", "-", "--quiet")
    assert json.loads(result.stdout)["stats"]["frames_analysed"] == 30
    assert result.stderr == ""


@pytest.mark.parametrize("video", ["none.mp4", "cam.toml"])
def test_bad_footage_leaves_no_result(street: Path, video: str):
    result = run(street, str(street / video), "--json", str(street / "out.json"))
    assert isinstance(result.exception, BadVideo)
    assert not (street / "out.json").exists()


def test_an_older_result_stays_when_the_new_one_fails(street: Path):
    (street / "out.json").write_text("old")
    run(street, str(street / "none.mp4"), "--json", str(street / "out.json"))
    assert (street / "out.json").read_text() == "old"


def test_bad_camera_files_and_places_are_refused(street: Path):
    nowhere = run(street, str(street / "a.mp4"), "--json", str(street / "no" / "out.json"))
    assert isinstance(nowhere.exception, BadInput)
    for content in (b"\xff\xfe\x00", b"[camera]\nid = 3\n", CAMERA.replace("0.0], [1.0", "0.0], [1.5").encode()):
        (street / "cam.toml").write_bytes(content)
        assert isinstance(run(street, str(street / "a.mp4")).exception, BadCameraFile)
    (street / "cam.toml").unlink()
    assert isinstance(run(street, str(street / "a.mp4")).exception, BadCameraFile)


def test_results_are_scored(street: Path):
    run(street, str(street / "a.mp4"), "--json", str(street / "a.json"))
    event = {
        "clip": "a.mp4",
        "type": "intrusion_zone",
        "start_s": 0,
        "end_s": 6,
        "box_xywh": None,
        "confidence": "sure",
    }
    other = {**event, "clip": "b.mp4"}
    events = {"events": [event, other], "fits": {"intrusion_zone": ["intrusion"]}, "clips": {}}
    (street / "events.json").write_text(json.dumps(events))
    told = CliRunner().invoke(score, [str(street / "events.json"), str(street), "--json"])
    figures = json.loads(told.stdout)
    assert figures["types"]["intrusion_zone"]["found"] == 1
    assert figures["false"] == 0
    assert figures["without_result"] == ["b.mp4"]
    table = CliRunner().invoke(score, [str(street / "events.json"), str(street)]).stdout
    assert "1 / 1" in table


def test_scoring_nothing_is_refused(street: Path):
    (street / "events.json").write_text(json.dumps({"events": [], "fits": {}}))
    assert isinstance(CliRunner().invoke(score, [str(street / "events.json"), str(street)]).exception, BadInput)
    (street / "events.json").write_text("{")
    assert isinstance(CliRunner().invoke(score, [str(street / "events.json"), str(street)]).exception, BadInput)
    assert isinstance(CliRunner().invoke(score, [str(street / "no.json"), str(street)]).exception, BadInput)


EVENT = {"type": "intrusion_zone", "start_s": 0, "end_s": 6, "box_xywh": None, "confidence": "sure"}


def scored(folder: Path, clips: list[str], *, results: dict[str, str]) -> Result:
    events = {"events": [{**EVENT, "clip": c} for c in clips], "fits": {"intrusion_zone": ["intrusion"]}}
    (folder / "events.json").write_text(json.dumps(events))
    out = folder / "out"
    for name, text in results.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)
    return CliRunner().invoke(score, [str(folder / "events.json"), str(out), "--json"])


RESULT = json.dumps({"incidents": [{"kind": "intrusion", "start_s": 1, "end_s": 5}], "stats": {"length_s": 3600}})


@pytest.mark.parametrize(
    ("clip", "result"),
    [
        ("ngõ 12 #3.cam.mp4", "ngõ 12 #3.cam.json"),
        ("ngõ 12.mp4", "ngõ 12.json"),  # the accents written as letters of their own
        ("night/a.mp4", "night/a.json"),
        ("night/a.mp4", "a.json"),
        ("a.mp4", "a.mp4.json"),
        ("pets/input", "pets.json"),
        ("pets/input", "input.json"),
    ],
)
def test_a_result_is_found_by_the_names_it_may_have(tmp_path: Path, clip: str, result: str):
    told = scored(tmp_path, [clip], results={result: RESULT})
    assert json.loads(told.stdout)["types"]["intrusion_zone"]["found"] == 1


def test_a_name_that_two_clips_may_claim_is_nobodys(tmp_path: Path):
    told = scored(tmp_path, ["a/input", "b/input", "c.mp4"], results={"input.json": RESULT, "c.json": RESULT})
    figures = json.loads(told.stdout)
    assert figures["without_result"] == ["a/input", "b/input"]
    both = scored(tmp_path, ["a/input", "b/input"], results={"a.json": RESULT, "b.json": RESULT})
    assert json.loads(both.stdout)["types"]["intrusion_zone"]["found"] == 2


def test_a_broken_result_is_named_and_the_others_are_scored(tmp_path: Path):
    told = scored(tmp_path, ["a.mp4", "b.mp4", "c.mp4"], results={"a.json": RESULT, "b.json": "{"})
    figures = json.loads(told.stdout)
    assert told.exit_code == 0
    assert (figures["broken_result"], figures["without_result"]) == (["b.mp4"], ["c.mp4"])
    assert figures["sure_events_not_judged"] == 2
    assert figures["false_alarms"]["all"] == {
        "count": 0,
        "hours_analysed": 1.0,
        "upper95_per_hour": 3.0,
        "upper95_per_day": 71.9,
    }
    table = CliRunner().invoke(score, [str(tmp_path / "events.json"), str(tmp_path / "out")]).stdout
    assert "at most 3 per hour, 95 %" in table
    assert "Results that cannot be read: 1" in table


@pytest.mark.parametrize("name", ["ngõ 12 #3.mp4", "a:b.mp4", "100% đêm.mp4", "-x.mp4", "a\nb.mp4", "file,1.mp4"])
def test_odd_file_names_are_only_names(street: Path, name: str):
    (street / "a.mp4").rename(street / name)
    result = run(street, str(street / name), "--json", "-", "--quiet")
    assert result.exit_code == 0, result.output
    assert [i["kind"] for i in json.loads(result.stdout)["incidents"]] == ["intrusion"]
