"""Results, camera files, events, scenes and models that cannot be: refused, and nothing half-written."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.integration.bad_input.words import BAD, CAMERA, FAILED, MISSING, USAGE, Said, matpho_, program, put

import matpho.wiring
from matpho.testing.system import free_port, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
LOAD_DETECTOR = matpho.wiring.load_detector


@pytest.mark.parametrize("name", ["", ".", "none/out.json", "cam.toml/out.json", "x" * 300])
def test_results_that_cannot_be_written_are_refused_before_the_work(place, name):
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    words = ("analyse", place / "good.mp4", "--camera", place / "cam.toml", "--quiet", "--json")
    matpho_(*words, place / name).refused()
    assert {p.name: p.read_bytes() for p in place.iterdir()} == before


def test_nothing_is_left_where_the_footage_was_bad(place, tmp_path):
    put(tmp_path / "out.json", "the old result")
    put(tmp_path / "bad.mp4", "x")
    matpho_("analyse", tmp_path / "bad.mp4", "--camera", place / "cam.toml", "--json", tmp_path / "out.json").refused()
    assert (tmp_path / "out.json").read_text() == "the old result"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.mp4", "out.json"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_stopped_half_way_leaves_nothing(place, tmp_path, number):
    images, found = tmp_path / "images", tmp_path / "found"
    images.mkdir()
    found.mkdir()
    os.mkfifo(images / "1.png")  # the program waits here for as long as nobody writes
    words = ("analyse", images, "--camera", place / "cam.toml", "--json", found / "out.json")
    command = [sys.executable, "-m", "matpho.cli.main", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: list(found.iterdir()), 30, "the result being prepared")
        try:
            wait_for(lambda: _waits(process.pid), 60, "the program waiting at the pipe")
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    Said(process.returncode, out, err).refused(130)
    assert list(found.iterdir()) == []


def _waits(pid):
    """Whether a process has done nothing for half a second and wants nothing: a busy machine only keeps it waiting."""

    def told():
        state, *more = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return state, more[10:12]  # its processor time

    before = told()
    time.sleep(0.5)
    return before[0] == "S" and told() == before


CAMERA_FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 20,
    "UTF-16": CAMERA.encode("utf-16"),
    "another alphabet": CAMERA.encode("cp1258", "replace") + b"\xff",
    "no TOML": b"[camera",
    "deep": b"a = " + b"[" * 5000,
    "digits": b"a = " + b"9" * 5000,
    "not a number": CAMERA.replace("[0.0, 0.0]", "[nan, 0.0]").encode(),
    "outside": CAMERA.replace("[1.0, 1.0]", "[1.5, 1.0]").encode(),
    "crossing": CAMERA.replace("[1.0, 0.0], [1.0, 1.0]", "[1.0, 1.0], [1.0, 0.0]").encode(),
    "purpose": CAMERA.replace("no_dumping", "spying").encode(),
    "id": CAMERA.replace('"a"', '"../../x"').encode(),
    "unknown key": CAMERA.replace("polygon", "poligon").encode(),
    "rule": (CAMERA + "[zone.rules.face_recognition]\nenabled = true\n").encode(),
    "negative": (CAMERA + "[zone.rules.illegal_dumping]\nmin_duration_s = -5\n").encode(),
    "twenty thousand zones": (CAMERA + CAMERA.partition("[[zone]]")[2].join(["[[zone]]"] * 20_000)).encode(),
}


@pytest.mark.parametrize("name", CAMERA_FILES)
def test_camera_files_that_cannot_be(place, tmp_path, name):
    file = put(tmp_path / "cam.toml", CAMERA_FILES[name])
    started = time.process_time()
    matpho_("analyse", place / "good.mp4", "--camera", file, "--json", tmp_path / "out.json").refused()
    assert time.process_time() - started < 5
    assert [p.name for p in tmp_path.iterdir()] == ["cam.toml"]


def test_camera_files_that_are_no_files(place, tmp_path):
    for file in (tmp_path, tmp_path / "none.toml", place / "good.mp4"):
        matpho_("analyse", place / "good.mp4", "--camera", file).refused()
    marked = put(tmp_path / "bom.toml", b"\xef\xbb\xbf" + CAMERA.replace("\n", "\r\n").encode())
    assert matpho_("analyse", place / "good.mp4", "--camera", marked, "--quiet").code == 0


EVENTS = {
    "empty": "",
    "binary": bytes(range(200)),
    "list": "[]",
    "null": "null",
    "text": '"x"',
    "deep": "[" * 100_000,
    "no fits": '{"events": []}',
    "fits": '{"events": [], "fits": 5}',
    "events": '{"events": 5, "fits": {}}',
    "event": '{"events": ["x"], "fits": {}}',
    "no clip": '{"events": [{"type": "x"}], "fits": {}}',
    "time": '{"events": [{"clip": "a.mp4", "type": "x", "start_s": "soon"}], "fits": {"x": ["intrusion"]}}',
    "digits": '{"events": [], "fits": {"x": ' + "9" * 5000 + "}}",
}


@pytest.mark.parametrize("name", EVENTS)
def test_events_that_cannot_be(tmp_path, name):
    said = matpho_("score", put(tmp_path / "events.json", EVENTS[name]), tmp_path).refused()
    assert "Error(" not in said, "a sentence, not the inside of the program"


def test_results_that_are_none(tmp_path):
    event = {"clip": "a.mp4", "type": "x", "start_s": 1, "end_s": 2, "confidence": "sure"}
    events = put(tmp_path / "events.json", json.dumps({"events": [event], "fits": {"x": ["intrusion"]}}))
    for number, text in enumerate(
        ('""', "[]", "null", '{"incidents": 5}', '{"incidents": [{}]}', '{"incidents": ["x"]}')
    ):
        found = tmp_path / str(number)
        found.mkdir()
        put(found / "a.json", text)
        matpho_("score", events, found).refused()
    matpho_("score", events, tmp_path / "none").refused()
    matpho_("score", tmp_path / "none.json", tmp_path).refused()


def test_staging_over_what_is_no_clip(place, tmp_path):
    out = ("--out", tmp_path / "s.mp4", "--quiet")
    script = put(tmp_path / "script.json", "{}")
    for background in (tmp_path, tmp_path / "none.mp4", put(tmp_path / "html.mp4", "<html>"), place / "cam.toml"):
        matpho_("stage", "--scene", "bag", "--background", background, *out).refused()
    for scene in ("nothing", script, tmp_path / "none.json", put(tmp_path / "deep.json", "[" * 100_000)):
        matpho_("stage", "--scene", scene, "--background", place / "good.mp4", *out).refused()
    for name in ("", "none/s.mp4", "s.json", "s.toml", "html.mp4/s.mp4"):
        words = ("--background", place / "good.mp4", "--quiet", "--out", tmp_path / name)
        matpho_("stage", "--scene", "bag", *words).refused()
    same = shutil.copy(place / "good.mp4", tmp_path / "same.mp4")
    matpho_("stage", "--scene", "bag", "--background", same, "--out", same).refused()
    assert Path(same).read_bytes() == (place / "good.mp4").read_bytes()
    assert not (tmp_path / "s.mp4").exists()


def test_models_that_are_none(place, tmp_path, monkeypatch):
    monkeypatch.setattr(matpho.wiring, "load_detector", LOAD_DETECTOR)
    for card in (
        "nothing",
        tmp_path,
        place / "good.mp4",
        place / "cam.toml",
        put(tmp_path / "c.toml", bytes(range(200))),
    ):
        matpho_("models", "check", card).refused(BAD, FAILED)
        matpho_("analyse", place / "good.mp4", "--camera", place / "cam.toml", "--detector", card).refused(BAD, FAILED)


def test_commands_and_words_that_are_none(place, tmp_path):
    matpho_("nothing").refused(USAGE)
    matpho_("analyse").refused(USAGE)
    matpho_("analyse", place / "good.mp4", "--colour").refused(USAGE)
    matpho_("worker", "nothing", "--home", tmp_path).refused(USAGE)
    matpho_("run", "--home", place / "good.mp4").refused(USAGE)
    matpho_("run", "--home", tmp_path, "--port", "99999").refused(USAGE)
    matpho_("bench", "accuracy", "--clips", tmp_path).refused(MISSING)
    put(tmp_path / "events.json", '{"events": [], "fits": {}}')
    matpho_("bench", "accuracy", "--clips", tmp_path, "--out", tmp_path / "events.json").refused()
    matpho_("bench", "staged", "--out", tmp_path / "events.json" / "reports").refused()
    matpho_("bench", "cost", tmp_path / "none.mp4").refused(USAGE)
    matpho_("bench", "cost", put(tmp_path / "x.mp4", "x")).refused()


@pytest.mark.parametrize("text", [None, "<html></html>"])
def test_a_demonstration_over_what_is_no_clip_can_be_begun_again(tmp_path, text):
    clip, home = tmp_path / "clip.mp4", tmp_path / "home"
    if text:
        put(clip, text)
    for _ in range(2):
        ended = program("demo", "--home", home, "--clip", clip, "--port", free_port())
        Said(ended.returncode, ended.stdout, ended.stderr).refused(BAD, MISSING)
        assert not list(home.iterdir()), "what failed leaves nothing that stands in the way of the next try"


def test_a_home_of_something_else_is_no_place_for_a_demonstration(tmp_path):
    put(tmp_path / "thesis.txt", "years of work")
    matpho_("demo", "--home", tmp_path).refused(USAGE)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
