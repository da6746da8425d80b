"""Recorded video for a browser, out of files that our own recorder's writer made."""

import io
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from matpho.domain.geometry import polygon
from matpho.domain.time import SECOND, Instant, after
from matpho.errors import NotFound
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.video.disk_cache import DiskCache
from matpho.video.fragments import read_map
from matpho.video.playback import Asked, End, Head, Hole, Part, Player
from matpho.video.segment import SegmentWriter
from matpho.video.still import take

pytestmark = pytest.mark.unit

CORNER = polygon([(0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5)])


@dataclass
class File:
    path: Path
    start: Instant
    end: Instant | None


def record(folder, start=NOON, *, pictures=60, gop=10, codec="libx264", bframes=0, close=True, size=(160, 120)):
    info, told = packets(pictures=pictures, gop=gop, codec=codec, bframes=bframes, start=start, size=size)
    path = folder / "cong-cho" / "2026-11-23" / f"{start}.mp4"
    writer = SegmentWriter(path, info, start)
    writer.create()
    for packet in told:
        writer.add(packet, 0.0)
    if not close:
        return File(path, start, None)
    writer.close()
    return File(path, start, writer.end)


@pytest.fixture
def player(tmp_path):
    return Player(DiskCache(tmp_path / "r", 1 << 24), DiskCache(tmp_path / "p", 1 << 24), tmp_path / "rec")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "rec"


def shown(pieces):
    """Every picture's wall clock in ms, as a browser would show it."""
    found, head = [], None
    data = b""
    groups = []
    for piece in pieces:
        if isinstance(piece, Head):
            if head is not None:
                groups.append((head, data))
            head, data = piece, piece.data
        elif isinstance(piece, Part):
            data += piece.data
    groups.append((head, data))
    for one, content in groups:
        with av.open(io.BytesIO(content), "r", format="mp4") as container:
            found += [
                round((one.origin + frame.pts * frame.time_base * SECOND - NOON) / 1e6)
                for frame in container.decode(video=0)
            ]
    return found


def kinds(pieces):
    return [type(p).__name__ for p in pieces]


@pytest.mark.parametrize("bframes", [0, 2])
def test_a_stretch_begins_with_the_key_picture_before_and_each_picture_keeps_its_time(player, folder, bframes):
    file = record(folder, bframes=bframes)
    pieces = list(player.pieces([file], Asked(at=after(NOON, 2.35), length_s=1.2)))
    assert pieces[0].codec.startswith("avc1.")
    assert (pieces[0].width, pieces[0].height) == (160, 120)
    parts = [p for p in pieces if isinstance(p, Part)]
    assert abs(parts[0].at - after(NOON, 2.0)) < SECOND // 100
    assert shown(pieces)[:5] == [2000, 2100, 2200, 2300, 2400]
    assert isinstance(pieces[-1], End)
    assert pieces[-1].growing is False
    assert sum(p.pictures for p in parts) == len(shown(pieces))


def test_the_bytes_are_the_files_own(player, folder):
    file = record(folder)
    content = file.path.read_bytes()
    mapped = read_map(file.path)
    starts = (0, *(f.offset for f in mapped.fragments))
    ends = (mapped.fragments[0].offset, *(f.offset + f.size for f in mapped.fragments))
    content = b"".join(content[start:end] for start, end in zip(starts, ends, strict=True))  # without the seals
    pieces = list(player.pieces([file], Asked(at=NOON, length_s=100)))
    assert b"".join(p.data for p in pieces if not isinstance(p, End)) == content


def test_going_on_by_cursor_over_files_shows_every_picture_once(player, folder):
    files = [record(folder), record(folder, after(NOON, 6))]
    seen, cursor, exactly = [], NOON, False
    for _ in range(20):
        pieces = list(player.pieces(files, Asked(at=cursor, length_s=1.5, exactly=exactly)))
        if not any(isinstance(p, Part) for p in pieces):
            break
        seen += shown(pieces)
        cursor, exactly = pieces[-1].next, True
    assert seen == list(range(0, 12_000, 100))
    assert pieces[-1].growing is True


def test_a_gap_is_told_and_what_comes_after_it_follows(player, folder):
    files = [record(folder), record(folder, after(NOON, 20))]
    pieces = list(player.pieces(files, Asked(at=after(NOON, 5.2), length_s=30)))
    assert kinds(pieces)[:4] == ["Head", "Part", "Hole", "Head"]
    hole = next(p for p in pieces if isinstance(p, Hole))
    assert abs(hole.start - after(NOON, 6)) < SECOND // 100
    assert abs(hole.end - after(NOON, 20)) < SECOND // 100
    from_the_gap = list(player.pieces(files[1:], Asked(at=after(NOON, 10), length_s=1)))
    assert kinds(from_the_gap)[0] == "Hole"
    assert 20_000 in shown(from_the_gap)


def test_a_file_that_still_grows_plays_up_to_its_last_whole_fragment(player, folder):
    file = record(folder, close=False)
    pieces = list(player.pieces([file], Asked(at=after(NOON, 3), length_s=60)))
    assert pieces[-1].growing is True
    assert shown(pieces)[-1] < 6000
    assert shown(pieces)[0] == 3000
    with file.path.open("ab") as torn:
        torn.write(b"\x00\x00\x10\x00moof garbage")
    assert shown(player.pieces([file], Asked(at=after(NOON, 3), length_s=60))) == shown(pieces)


def test_only_key_pictures_for_looking_through_fast(player, folder):
    file = record(folder)
    whole = list(player.pieces([file], Asked(at=NOON, length_s=100)))
    pieces = list(player.pieces([file], Asked(at=NOON, length_s=100, keys_only=True)))
    assert shown(pieces) == [0, 1000, 2000, 3000, 4000, 5000]

    def size(some):
        return sum(len(p.data) for p in some if isinstance(p, Part))

    assert size(pieces) < size(whole)
    ends = [p.end for p in pieces if isinstance(p, Part)]
    assert abs(ends[-1] - after(NOON, 6)) < SECOND // 100


def test_a_covered_stretch_hides_the_area_in_the_pixels_and_keeps_the_times(player, folder):
    file = record(folder)
    asked = Asked(at=after(NOON, 2.35), length_s=1.2, masks=(CORNER,))
    pieces = list(player.pieces([file], asked))
    assert {p.made for p in pieces if isinstance(p, Head)} == {"covered"}
    assert shown(pieces)[:4] == [2000, 2100, 2200, 2300]
    head, part = pieces[0], pieces[1]
    with av.open(io.BytesIO(head.data + part.data), "r", format="mp4") as container:
        for frame in container.decode(video=0):
            luma = frame.to_ndarray(format="gray")
            assert luma[:56, :76].max() < 30
            assert luma[70:, 90:].mean() > 50


def test_a_rendition_is_made_once_for_all_who_ask(player, folder, tmp_path):
    file = record(folder)
    asked = Asked(at=NOON, length_s=0.5, masks=(CORNER,))
    first = list(player.pieces([file], asked))
    kept = list((tmp_path / "r").rglob("*.fmp4"))
    assert len(kept) == 1
    told = kept[0].stat().st_ino
    assert list(player.pieces([file], asked)) == first
    assert kept[0].stat().st_ino == told
    assert player.follow() == 0
    file.path.unlink()
    assert player.follow() == 1
    assert not list((tmp_path / "r").rglob("*.fmp4")), "what was made from a recording goes with it"


def test_h265_comes_as_it_is_where_it_plays_and_as_h264_where_not(player, folder):
    file = record(folder, codec="libx265", size=(320, 240))
    own = list(player.pieces([file], Asked(at=NOON, length_s=1, hevc=True)))
    assert own[0].codec.startswith("hvc1.")
    made = list(player.pieces([file], Asked(at=NOON, length_s=1)))
    assert made[0].made == "h264"
    assert made[0].codec.startswith("avc1.")
    assert shown(made)[:3] == [0, 100, 200]


def test_a_preview_is_small_covered_and_kept(player, folder, tmp_path):
    file = record(folder, size=(640, 480))
    captured, picture = player.preview([file], after(NOON, 2.9), (CORNER,))
    assert abs(captured - after(NOON, 2)) < SECOND // 100
    with av.open(io.BytesIO(picture), "r", format="jpeg_pipe") as container:
        luma = next(container.decode(video=0)).to_ndarray(format="gray")
    assert luma.shape == (192, 256)
    assert luma[:90, :120].max() < 40
    assert np.mean(luma[100:, 140:]) > 50
    _, open_picture = player.preview([file], after(NOON, 2.9), ())
    assert open_picture != picture
    assert len(list((tmp_path / "p").rglob("*.jpg"))) == 2
    with pytest.raises(NotFound):
        player.preview([file], after(NOON, 60), ())


def test_a_cache_stays_within_its_room(tmp_path):
    cache = DiskCache(tmp_path, 10_000)
    for number in range(30):
        assert cache.get(f"a/b/{number}/x", lambda: b"y" * 1000) == b"y" * 1000
    assert sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) <= 10_000


def test_a_file_that_another_takes_over_from_is_shown_up_to_there(player, folder):
    small = record(folder / "sub", size=(64, 48))
    sharp = record(folder, after(NOON, 3))
    small.end = sharp.start
    pieces = list(player.pieces([small, sharp], Asked(at=NOON, length_s=8.0)))
    assert [(h.width, h.height) for h in pieces if isinstance(h, Head)] == [(64, 48), (160, 120)]
    assert shown(pieces) == [100 * n for n in range(80)]


def test_a_picture_is_taken_from_the_sharper_file_as_long_as_there_is_one(folder, tmp_path):
    small = record(folder / "sub", size=(64, 48))
    sharp = record(folder, after(NOON, 3))
    later = record(folder / "sub", after(NOON, 6), size=(64, 48))
    small.end = sharp.start
    for at_s, width in ((2.0, 64), (4.0, 160), (7.0, 160), (9.5, 64)):
        out = tmp_path / "one.jpg"
        assert take([small, sharp, later], after(NOON, at_s), out) == after(NOON, at_s)
        with av.open(str(out)) as picture:
            assert picture.streams.video[0].width == width, at_s
