"""Whatever is typed or handed over: two sentences and an exit code, nothing lost, nothing half-written, no traceback.

Everything goes through the program's own entry; real files are made here. Where a process of its own matters (ports,
permissions, a terminal) a real one is started.
"""

import contextlib
import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import zipfile
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import matpho.wiring
from matpho.cli.main import main
from matpho.testing.footage import draw, picture
from matpho.testing.scripted_detector import ScriptedDetector
from matpho.testing.system import free_port, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

CAMERA = """[camera]
id = "a"
name = "Ngã ba"
[[zone]]
id = "z"
purpose = "no_dumping"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
"""
BAD, USAGE, MISSING, FAILED = 3, 2, 4, 5
LOAD_DETECTOR = matpho.wiring.load_detector


class Said:
    """What a command answered."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def refused(self, *codes):
        """Two sentences, one of the documented codes."""
        assert self.code in (codes or (BAD,)), (self.code, self.err)
        assert "Traceback" not in self.err + self.out
        assert "chưa lường trước" not in self.err, self.err
        vi, en = self.err.strip().splitlines()[-2:]
        assert vi.startswith("Lỗi: ")
        assert en.startswith("Error: ")
        assert len(vi) > 10
        assert len(en) > 10
        assert self.out == ""
        return en

    def stats(self):
        """The figures of an analysis that went through."""
        assert self.code == 0, self.err
        return json.loads(self.out)["stats"]


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


def matpho_(*words):
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    return Said(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def analyse(place, video, *more):
    return matpho_("analyse", "--camera", place / "cam.toml", "--json", "-", "--quiet", *more, "--", video)


def put(path, data):
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# Footage


def no_video(place, folder):
    """Files that hold no pictures."""
    with zipfile.ZipFile(folder / "zip.mp4", "w") as archive:
        archive.write(place / "good.mp4", "a.mp4")
    whole = (place / "good.mp4").read_bytes()
    put(folder / "empty.mp4", b"")
    put(folder / "garbage.mp4", np.random.default_rng(1).bytes(50_000))
    put(folder / "zeros.mp4", bytes(50_000))
    put(folder / "html.mp4", "<!DOCTYPE html><html><body>404 không tìm thấy</body></html>")
    put(folder / "head.mp4", whole[:40])
    put(folder / "cut.mp4", whole[: len(whole) * 6 // 10])  # its index was at the end
    put(folder / "list.mp4", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    put(folder / "list.m3u8", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n")
    put(folder / "concat.mp4", "ffconcat version 1.0\nfile '/etc/hostname'\n")
    put(folder / "sdp.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=video 5004 RTP/AVP 96\n")
    put(folder / "sub.srt", "1\n00:00:00,000 --> 00:00:02,000\nchào\n")
    sound(folder / "sound.mp4")
    (folder / "no images").mkdir()
    (folder / "broken images").mkdir()
    put(folder / "broken images" / "1.jpg", b"xx")
    return sorted(folder.iterdir())


def sound(path):
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=8000)
        resampler = av.AudioResampler(format=stream.format, layout=stream.layout, rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        for part in resampler.resample(frame):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))


def test_what_holds_no_pictures_is_refused(place, tmp_path):
    files = no_video(place, tmp_path)
    assert len(files) >= 14
    for path in files:
        before = path.read_bytes() if path.is_file() else None
        analyse(place, path).refused()
        assert before is None or path.read_bytes() == before
    for path in (tmp_path / "none.mp4", tmp_path / ("x" * 300 + ".mp4"), "rtsp://127.0.0.1:1/x", "/dev/null"):
        analyse(place, path).refused()
    assert "cut short" in analyse(place, tmp_path / "cut.mp4").refused()
    assert "empty" in analyse(place, tmp_path / "empty.mp4").refused()


@pytest.mark.parametrize("name", ["good.avi", "good.mkv"])
def test_what_can_be_read_of_a_cut_or_damaged_file_is_analysed(place, tmp_path, name):
    whole = (place / name).read_bytes()
    cut = analyse(place, put(tmp_path / name, whole[: len(whole) * 6 // 10])).stats()
    assert 10 <= cut["frames_decoded"] < 40
    hurt = bytearray(whole)
    for at in np.random.default_rng(2).integers(len(hurt) // 4, len(hurt) * 3 // 4, 60):
        hurt[at] ^= 0x55
    said = analyse(place, put(tmp_path / f"hurt-{name}", bytes(hurt)))
    if said.code:
        said.refused()
    else:
        assert said.stats()["damaged"] or said.stats()["truncated"]


def encoded(path, codec, form, size=(320, 240), *, pts=None, options=None, rate=10, count=20):
    """A short video in any codec and pixel format."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt, stream.options = *size, form, options or {}
        if pts:
            stream.codec_context.time_base = Fraction(1, 1000)
        for n in range(count):
            frame = picture(n, *size).reformat(format=form)
            if pts:
                frame.pts, frame.time_base = pts(n), Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


KINDS = {
    "hevc.mp4": ("libx265", "yuv420p", (320, 240), {"preset": "ultrafast", "x265-params": "log-level=none"}),
    "vp9.webm": ("libvpx-vp9", "yuv420p", (320, 240), {"cpu-used": "8", "deadline": "realtime"}),
    "mjpeg.avi": ("mjpeg", "yuvj420p", (320, 240), {}),
    "ten bits.mkv": ("libx264", "yuv420p10le", (320, 240), {"preset": "ultrafast"}),
    "422.mkv": ("libx264", "yuv422p10le", (320, 240), {"preset": "ultrafast"}),
    "grey.mkv": ("ffv1", "gray", (320, 240), {}),
    "grey 16.mkv": ("ffv1", "gray16le", (320, 240), {}),
    "rgb.mkv": ("libx264rgb", "rgb24", (320, 240), {"preset": "ultrafast"}),
    "rgba.mov": ("png", "rgba", (320, 240), {}),
    "hoạt hình.gif": ("gif", "rgb8", (320, 240), {}),
    "tiny.mp4": ("libx264", "yuv420p", (16, 16), {}),
    "two.avi": ("mjpeg", "yuvj420p", (2, 2), {}),
    "odd.mkv": ("libx264", "yuv444p", (321, 241), {"preset": "ultrafast"}),
    "thin.avi": ("mjpeg", "yuvj420p", (8, 600), {}),
    "-dấu %03d [x]*?.mp4": ("libx264", "yuv420p", (64, 48), {}),
}


@pytest.mark.parametrize("name", KINDS)
def test_any_kind_of_video_is_analysed(place, tmp_path, name):
    codec, form, size, options = KINDS[name]
    stats = analyse(place, encoded(tmp_path / name, codec, form, size, options=options)).stats()
    assert stats["frames_decoded"] == 20
    assert (stats["video"]["width"], stats["video"]["height"]) == size
    assert stats["length_s"] == pytest.approx(1.9, abs=0.2)


def test_a_picture_of_one_pixel_and_a_video_of_one_picture(place, tmp_path):
    analyse(place, encoded(tmp_path / "dot.avi", "rawvideo", "rgb24", (1, 1))).refused()
    assert analyse(place, encoded(tmp_path / "one.mp4", "libx264", "yuv420p", count=1)).stats()["frames_decoded"] == 1


TURNED = bytes.fromhex("00000000 00010000 00000000 ffff0000 00000000 00000000 00f00000 00000000 40000000")
UPRIGHT = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")


def test_a_telephone_held_upright(place, tmp_path, monkeypatch):
    data = (place / "good.mp4").read_bytes()
    at = data.index(UPRIGHT, data.index(b"tkhd"))
    put(tmp_path / "turned.mp4", data[:at] + TURNED + data[at + 36 :])
    seen = []
    monkeypatch.setattr(
        matpho.wiring, "load_detector", lambda *_: ScriptedDetector(lambda im: seen.append(im.shape) or [])
    )
    analyse(place, tmp_path / "turned.mp4").stats()
    assert seen
    assert all(h > w for h, w, _ in seen), "the detector is shown an upright picture"


CLOCKS = {
    "uneven": (lambda n: n * n * 5, 1.9),
    "negative": (lambda n: n * 100 - 5000, 1.9),
    "set ahead by days": (lambda n: n * 100 + (10**9 if n > 9 else 0), 1.9),
    "set ahead by decades": (lambda n: n * 100 + (10**12 if n > 9 else 0), 1.9),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_clocks_that_leap(place, tmp_path, name):
    pts, length_s = CLOCKS[name]
    stats = analyse(place, encoded(tmp_path / "clock.mkv", "libx264", "yuv420p", pts=pts)).stats()
    assert stats["length_s"] == pytest.approx(length_s, abs=0.2), "nothing stood there for years"
    assert stats["frames_decoded"] == 20


def test_folders_of_images(place, tmp_path):
    for n in range(10):
        size = (240, 320, 3) if n % 2 else (120, 200, 3)
        assert cv2.imwrite(str(tmp_path / f"{n}.png"), np.full(size, 60 + n, np.uint8))
    put(tmp_path / "3.png", b"broken")
    put(tmp_path / "4.png", b"")
    (tmp_path / "5.png").unlink()
    (tmp_path / "5.png").mkdir()
    put(tmp_path / "notes.txt", "x")
    stats = analyse(place, tmp_path).stats()
    assert (stats["frames_decoded"], stats["damaged"]) == (7, 3)
    for fps in ("0", "-1", "nan", "inf", "1e-300", "1e300", "nhanh"):
        analyse(place, tmp_path, "--fps", fps).refused(USAGE)


# Where the result goes


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
        time.sleep(1)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    Said(process.returncode, out, err).refused(130)
    assert list(found.iterdir()) == []


# Camera files and events

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
    started = time.monotonic()
    matpho_("analyse", place / "good.mp4", "--camera", file, "--json", tmp_path / "out.json").refused()
    assert time.monotonic() - started < 5
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


# Staging, measuring, models


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


# The home folder


@pytest.mark.parametrize(
    "text", ["port = ", "colour = 1", 'port = "x"', "port = 99999", "[vision]\nworkers = 0", "\x00"]
)
def test_settings_that_cannot_be(tmp_path, text):
    put(tmp_path / "matpho.toml", text)
    for words in (("run",), ("check",), ("run", "--stop"), ("worker", "recorder")):
        matpho_(*words, "--home", tmp_path).refused()
    assert matpho_("doctor", "--home", tmp_path, "--json").code == 1, "the doctor still looks at everything else"
    assert [p.name for p in tmp_path.iterdir()] == ["matpho.toml"]


def foreign():
    """The bytes of somebody else's database."""
    db = sqlite3.connect(":memory:")
    db.execute("create table hello(a)")
    data = db.serialize()
    db.close()
    return data


@pytest.mark.parametrize("name", ["empty", "garbage", "cut", "foreign"])
def test_a_damaged_database_is_named_and_left_alone(tmp_path, name):
    file = tmp_path / "db" / "matpho.sqlite"
    file.parent.mkdir()
    garbage = np.random.default_rng(3).bytes(9000)
    data = {"empty": b"", "garbage": garbage, "cut": foreign()[:5000], "foreign": foreign()}[name]
    put(file, data)
    en = matpho_("check", "--home", tmp_path).refused(FAILED)
    assert ("another program" if name == "foreign" else "damaged") in en
    assert file.read_bytes() == data
    assert not (file.parent / "backup").exists()


def program(*words, **more):
    """A process of its own."""
    command = [sys.executable, "-m", "matpho.cli.main", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def test_a_port_in_use_is_said_at_the_terminal_and_ends_the_run(tmp_path):
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        ended = program("run", "--home", tmp_path, "--port", port)
    assert ended.returncode == MISSING, ended.stderr
    assert f"Lỗi: Không mở được cổng {port}" in ended.stderr
    assert f"Error: Port {port} cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((tmp_path / "run").glob("*.pid")), "nothing is left running"


@pytest.mark.skipif(not shutil.which("setpriv"), reason="NOT TESTED: setpriv (util-linux) is not here")
def test_what_may_not_be_read_or_written(place, tmp_path):
    """Root obeys permissions once it has given up the power to override them."""
    secret = put(tmp_path / "secret.mp4", b"x")
    secret.chmod(0)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    weak = (
        ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"] if not os.getuid() else []
    )
    words = ("--camera", place / "cam.toml", "--quiet")
    tries = (
        ("analyse", secret, *words),
        ("analyse", place / "good.mp4", "--camera", secret),
        ("analyse", place / "good.mp4", *words, "--json", closed / "out.json"),
        ("run", "--home", closed / "home"),
    )
    for one in tries:
        command = [*weak, sys.executable, "-m", "matpho.cli.main", *map(str, one)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        Said(ended.returncode, ended.stdout, ended.stderr).refused(BAD, FAILED)
        assert "Permission denied" in ended.stderr
    assert list(closed.iterdir()) == []
