"""Recorded footage of every sort, good and broken."""

import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from matpho.errors import BadVideo
from matpho.pipeline.film import Film, open_film
from matpho.testing.footage import draw
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit


def read(path: Path, *, fps: float | None = None, analysed: float = 5.0) -> tuple[Film, list[Frame]]:
    film = open_film(path, fps=fps, analysed_fps=analysed)
    return film, list(film.frames())


def seconds(frames: list[Frame]) -> list[float]:
    return [f.at / 1e9 for f in frames]


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mkv", "libx265"), ("a.avi", "mpeg4"), ("a.webm", "libvpx-vp9")]
)
def test_about_five_frames_a_second_of_any_codec(tmp_path: Path, name: str, codec: str):
    film, frames = read(draw(tmp_path / name, codec=codec, fps=10, pictures=40))
    assert seconds(frames) == pytest.approx([i * 0.2 for i in range(20)], abs=0.01)
    assert film.read.damaged == 0
    assert not film.read.truncated
    assert (film.width, film.height) == (160, 120)


def test_dense_footage_is_thinned_and_sparse_footage_taken_whole(tmp_path: Path):
    _, dense = read(draw(tmp_path / "a.mp4", fps=30, pictures=90, bframes=2))
    assert 13 <= len(dense) <= 24
    _, sparse = read(draw(tmp_path / "b.mp4", fps=6, pictures=30))
    assert len(sparse) == 30


@pytest.mark.parametrize("size", [(120, 200), (162, 122), (64, 48)])
def test_portrait_odd_and_tiny_pictures(tmp_path: Path, size: tuple[int, int]):
    _, frames = read(draw(tmp_path / "a.mp4", size=size, pictures=10))
    assert frames[0].size == size
    assert frames[0].bgr().shape == (size[1], size[0], 3)


def test_large_pictures_are_scaled_down_and_keep_their_shape(tmp_path: Path):
    _, frames = read(draw(tmp_path / "a.mp4", size=(1280, 720), pictures=2))
    width, height = frames[0].size
    assert width * height <= 460_000
    assert width / height == pytest.approx(16 / 9, rel=0.01)


def test_a_truncated_file_gives_what_is_there_and_says_so(tmp_path: Path):
    whole = draw(tmp_path / "a.avi", codec="mpeg4", fps=10, pictures=100)
    half = tmp_path / "half.avi"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    film, frames = read(half)
    assert 10 <= len(frames) <= 35
    assert film.read.truncated


def test_damaged_packets_are_skipped_and_counted(tmp_path: Path):
    path = draw(tmp_path / "a.mkv", fps=10, pictures=100, gop=10)
    data = bytearray(path.read_bytes())
    dice = np.random.default_rng(1)
    for at in dice.integers(len(data) // 4, 3 * len(data) // 4, 60):
        data[at] ^= 0xFF
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(data)
    film, frames = read(broken)
    assert len(frames) >= 10
    assert film.read.damaged > 0
    assert all(a < b for a, b in zip(seconds(frames), seconds(frames)[1:], strict=False))


def test_footage_of_a_turned_telephone_is_upright(tmp_path: Path):
    path = draw(tmp_path / "a.mp4", size=(160, 120), pictures=10)
    turned = tmp_path / "b.mp4"
    _with_rotation(path, turned)
    film, frames = read(turned)
    assert frames[0].size == (120, 160)
    assert frames[0].luma[:, 90:].mean() == pytest.approx(_first(path).luma[:30, :].mean(), abs=6)
    assert film.read.frames == 10


def _first(path: Path) -> Frame:
    return read(path)[1][0]


def _with_rotation(source: Path, target: Path) -> None:
    """A copy whose track header says: turn by 90° clockwise (the 3×3 matrix of ISO 14496-12, 16.16 fixed point)."""
    data = bytearray(source.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: flags, times, id, duration, layer, volume come before the matrix
    one, minus = (1 << 16).to_bytes(4, "big"), (-(1 << 16)).to_bytes(4, "big", signed=True)
    zero = bytes(4)
    data[at : at + 24] = zero + one + zero + minus + zero + zero
    target.write_bytes(data)


def test_varying_frame_rate_keeps_the_files_own_clock(tmp_path: Path):
    path = tmp_path / "vfr.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stamps = [*range(0, 60, 3), *range(60, 600, 30)]  # in 1/30 s: ten a second, then one
        for stamp in stamps:
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), stamp % 200, np.uint8), format="rgb24")
            frame.pts = stamp
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    _, frames = read(path)
    assert seconds(frames)[-1] == pytest.approx(19.0, abs=0.05)
    assert seconds(frames)[1] == pytest.approx(0.2, abs=0.01)


def test_a_folder_of_numbered_images_is_footage(tmp_path: Path):
    for i in range(12):
        cv2.imwrite(str(tmp_path / f"in{i}.png"), np.full((48, 65, 3), 10 * i, np.uint8))
    (tmp_path / "in5.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("x")
    film, frames = read(tmp_path, fps=2.0)
    assert seconds(frames) == [i / 2 for i in range(12) if i != 5]
    assert frames[-1].luma.mean() > frames[0].luma.mean() + 50
    assert film.read.damaged == 1
    assert frames[0].size == (64, 48)


def test_grey_footage_has_no_chroma(tmp_path: Path):
    path = tmp_path / "grey.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "gray"
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64), 99, np.uint8), format="gray")))
        container.mux(stream.encode(None))
    _, frames = read(path)
    assert frames[0].u is None
    assert frames[0].luma.mean() == 99


@pytest.mark.parametrize("content", [b"", b"this is no video at all" * 40, b"\x00\x00\x00\x20ftypisom" + bytes(500)])
def test_what_is_no_video_is_refused_in_both_languages(tmp_path: Path, content: bytes):
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(BadVideo) as caught:
        read(path)
    assert "x.mp4" in caught.value.en
    assert "x.mp4" in caught.value.vi


def test_sound_alone_missing_files_and_empty_folders_are_refused(tmp_path: Path):
    sound = tmp_path / "sound.wav"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "a.jpg").write_bytes(b"")
    for path in (sound, tmp_path / "none.mp4", empty):
        with pytest.raises(BadVideo):
            read(path)
    shutil.rmtree(empty)
