"""Encoding, the reel of coded pictures, and where the footage comes from."""

import gzip
import hashlib
import io
import tarfile
from fractions import Fraction

import av
import numpy as np
import pytest

from matpho.errors import BadVideo, SetupProblem
from matpho.sim import archive, footage
from matpho.sim.background import ClipSource
from matpho.sim.encode import Rendition, write
from matpho.sim.reel import Reel

pytestmark = pytest.mark.unit


def pictures(count):
    for i in range(count):
        picture = np.full((96, 128, 3), 60, np.uint8)
        picture[20:60, (i * 3) % 100 : (i * 3) % 100 + 20] = 200
        yield picture


@pytest.fixture
def clip(tmp_path):
    assert write(pictures(50), 10.0, [Rendition(tmp_path / "c.mp4", 128, 96, 24)]) == 50
    return tmp_path / "c.mp4"


def test_streams_are_as_a_camera_sends_them(tmp_path):
    main, sub = tmp_path / "main.mp4", tmp_path / "sub.mp4"
    write(pictures(50), 10.0, [Rendition(main, 256, 192, 24), Rendition(sub, 128, 96, 24)])
    for file, width in ((main, 256), (sub, 128)):
        with av.open(str(file)) as container:
            stream = container.streams.video[0]
            packets = [p for p in container.demux(stream) if p.size]
            assert (stream.codec_context.name, stream.width, len(packets)) == ("h264", width, 50)
            assert [i for i, p in enumerate(packets) if p.is_keyframe] == [0, 20, 40]
            assert all(p.pts == p.dts for p in packets)
            assert stream.average_rate == Fraction(10)


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    def failing():
        yield from pictures(5)
        raise RuntimeError("lost")

    with pytest.raises(RuntimeError):
        write(failing(), 10.0, [Rendition(tmp_path / "c.mp4", 128, 96, 24)])
    assert list(tmp_path.iterdir()) == []


def test_a_reel_reads_the_very_packets(clip):
    reel = Reel(clip)
    with av.open(str(clip)) as container:
        wanted = [bytes(p) for p in container.demux(video=0) if p.size]
    with clip.open("rb") as stream:
        assert [reel.read(stream.fileno(), c) for c in reel.coded] == wanted
    assert reel.length_s == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("at", "key"), [(0.0, 0.0), (0.1, 2.0), (2.0, 2.0), (4.1, 5.0), (5.0, 5.0), (7.3, 9.0), (-1, 0.0)]
)
def test_viewers_join_at_the_next_key_frame_of_any_lap(clip, at, key):
    assert Reel(clip).next_key(at) == pytest.approx(key)


def test_what_is_no_video_is_refused(tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video at all")
    with pytest.raises(BadVideo):
        Reel(bad)
    with pytest.raises(BadVideo):
        ClipSource(bad)


def deb(member, data, packed="xz"):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode=f"w:{packed}") as out:
        for name, content in (("./usr/share/doc/other.txt", b"x"), (member, data)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            out.addfile(entry, io.BytesIO(content))
    parts = [("debian-binary", b"2.0\n"), ("control.tar.xz", b"abc"), (f"data.tar.{packed}", tar.getvalue())]
    whole = b"!<arch>\n"
    for name, content in parts:
        whole += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        whole += b"\n" * (len(content) % 2)
    return whole


@pytest.mark.parametrize("zipped", [False, True])
def test_one_file_comes_out_of_a_package_without_dpkg(tmp_path, monkeypatch, zipped):
    monkeypatch.setattr(archive.shutil, "which", lambda _name: None)
    package = tmp_path / "p.deb"
    data = b"picture" * 1000
    name = "./usr/share/doc/opencv-doc/examples/data/vtest.avi"
    package.write_bytes(deb(name + (".gz" if zipped else ""), gzip.compress(data) if zipped else data))
    with archive.data_member(package, ("vtest.avi", "vtest.avi.gz")) as member:
        assert member is not None
        assert member.read() == data
    with archive.data_member(package, ("none.avi",)) as member:
        assert member is None


def test_a_file_that_is_no_package_holds_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(archive.shutil, "which", lambda _name: None)
    package = tmp_path / "p.deb"
    package.write_bytes(b"hello")
    with archive.data_member(package, ("vtest.avi",)) as member:
        assert member is None


def test_the_clip_is_taken_from_an_installed_package_once_and_checked(tmp_path, monkeypatch):
    installed, cache = tmp_path / "vtest.avi", tmp_path / "cache"
    installed.write_bytes(b"the real clip")
    monkeypatch.setattr(footage, "_INSTALLED", (installed,))
    assert footage.find(cache, apt=False) is None  # the hash is not a known one
    assert not any(cache.glob("*"))
    known = frozenset({hashlib.sha256(b"the real clip").hexdigest()})
    monkeypatch.setattr(footage, "KNOWN_SHA256", known)
    found = footage.find(cache, apt=False)
    assert found is not None
    assert found.clip == cache / "vtest.avi"
    installed.unlink()
    again = footage.find(cache, apt=False)
    assert again is not None
    assert "cache" in again.origin.en


def test_a_spoilt_cache_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(footage, "_INSTALLED", ())
    (tmp_path / "vtest.avi").write_bytes(b"half")
    assert footage.find(tmp_path, apt=False) is None


def test_a_named_clip_must_be_there(tmp_path):
    with pytest.raises(SetupProblem) as caught:
        footage.find(tmp_path, clip=tmp_path / "none.avi")
    assert "none.avi" in caught.value.vi


def test_the_cache_follows_the_environment(tmp_path):
    assert footage.cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "matpho"
    assert footage.cache_folder({}).name == "matpho"
