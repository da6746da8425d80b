"""Footage of every kind: what can be read is analysed, all else is refused in two sentences; nothing is lost."""

import zipfile
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from tests.integration.bad_input.words import USAGE, analyse, put

import matpho.wiring
from matpho.testing.footage import picture
from matpho.testing.scripted_detector import ScriptedDetector

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


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
