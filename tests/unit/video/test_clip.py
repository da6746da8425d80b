import io
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest

from matpho.domain.geometry import polygon
from matpho.domain.time import SECOND, Instant, Span, after
from matpho.errors import BadVideo, NotFound
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.video import clip, still
from matpho.video.live_mux import LiveMuxer
from matpho.video.masked_clip import masked_clip
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit
LEFT = polygon([(0, 0), (0.5, 0), (0.5, 1), (0, 1)])


@dataclass(frozen=True)
class Kept:
    path: Path
    start: Instant
    end: Instant | None


def record(folder, offset_s, seconds, *, close=True, **kind):
    """A recording of that many seconds, from so long after noon."""
    start = after(NOON, offset_s)
    info, script = packets(pictures=round(seconds * 10), start=start, **{"gop": 20, **kind})
    writer = SegmentWriter(folder / f"{start}.mp4", info, start)
    writer.create()
    for packet in script:
        writer.add(packet, 0.0)
    if close:
        writer.close()
    else:
        writer.abandon()
    return Kept(writer.path, start, writer.end if close else None)


def span(a, b):
    return Span(after(NOON, a), after(NOON, b))


def times(path):
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


@pytest.mark.parametrize("kind", [{}, {"codec": "libx265"}, {"bframes": 2}])
def test_a_clip_across_files_holds_whole_groups_and_exact_bounds(tmp_path, kind):
    files = [record(tmp_path, 0, 6, **kind), record(tmp_path, 6, 6, **kind), record(tmp_path, 12, 6, **kind)]
    made = clip.cut(files, span(3.3, 13.1), tmp_path / "out.mp4")
    assert made.span == span(2, 14)
    assert (made.in_s, made.out_s) == (pytest.approx(1.3), pytest.approx(11.1))
    assert made.used == tuple(f.path for f in files)
    assert made.note is None
    shown = times(tmp_path / "out.mp4")
    assert len(shown) == 120
    assert np.diff(shown) == pytest.approx(0.1, abs=1e-3)
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # starts to play before it is loaded
    assert b"moof" not in data


def test_pictures_are_copied_bit_by_bit(tmp_path):
    kept = record(tmp_path, 0, 6)
    clip.cut([kept], span(2, 3), tmp_path / "out.mp4")
    with av.open(str(kept.path)) as whole, av.open(str(tmp_path / "out.mp4")) as cut:
        of_whole = [bytes(p) for p in whole.demux(video=0) if p.size][20:40]
        assert [bytes(p) for p in cut.demux(video=0) if p.size] == of_whole


def test_a_growing_file_gives_what_is_there(tmp_path):
    made = clip.cut([record(tmp_path, 0, 7, close=False)], span(1, 30), tmp_path / "out.mp4")
    assert made.span == span(0, 6)
    assert made.out_s == 6.0
    assert len(times(tmp_path / "out.mp4")) == 60


def test_a_gap_stays_as_long_as_it_was(tmp_path):
    made = clip.cut([record(tmp_path, 0, 4), record(tmp_path, 9, 4)], span(1, 12), tmp_path / "out.mp4")
    shown = times(tmp_path / "out.mp4")
    assert max(np.diff(shown)) == pytest.approx(5.1, abs=1e-3)
    assert made.out_s == pytest.approx(12)


def test_another_picture_size_is_left_out_and_told(tmp_path):
    files = [record(tmp_path, 0, 4), record(tmp_path, 4, 8, size=(320, 192))]
    made = clip.cut(files, span(1, 12), tmp_path / "out.mp4")
    assert made.used == (files[1].path,)
    assert made.span == span(4, 12)
    assert (made.in_s, made.out_s) == (0.0, 8.0)
    assert made.note
    assert "4 giây" in made.note.vi


def test_what_was_not_recorded_is_not_found(tmp_path):
    kept = record(tmp_path, 0, 4)
    with pytest.raises(NotFound):
        clip.cut([kept], span(5, 9), tmp_path / "out.mp4")
    with pytest.raises(NotFound):
        clip.cut([], span(5, 9), tmp_path / "out.mp4")
    with pytest.raises(NotFound):
        still.take([kept], after(NOON, 6), tmp_path / "s.jpg")


def test_a_still_in_a_gap_is_the_nearest_picture(tmp_path):
    files = [record(tmp_path, 0, 4), record(tmp_path, 9, 4)]
    assert still.take(files, after(NOON, 8.7), tmp_path / "s.jpg") == after(NOON, 9)
    assert still.take(files, after(NOON, 4.4), tmp_path / "s.jpg") == after(NOON, 3.9)
    with pytest.raises(NotFound):
        still.take(files, after(NOON, 6.5), tmp_path / "s.jpg")


def test_damaged_files_are_left_out(tmp_path):
    good, bad, missing = record(tmp_path, 0, 4), record(tmp_path, 4, 4), Kept(tmp_path / "no.mp4", after(NOON, 8), None)
    bad.path.write_bytes(b"not a recording at all")
    assert clip.cut([good, bad, missing], span(1, 12), tmp_path / "out.mp4").used == (good.path,)
    with pytest.raises(BadVideo):
        clip.cut([bad], span(1, 12), tmp_path / "out.mp4")


@pytest.mark.parametrize("at_s", [0.0, 0.05, 2.34, 3.99, 4.5])
def test_a_still_is_the_picture_shown_then(tmp_path, at_s):
    kept = record(tmp_path, 0, 4)
    at = still.take([kept], after(NOON, at_s), tmp_path / "s.jpg")
    assert at == after(NOON, min(int(at_s * 10 + 1e-6) / 10, 3.9))
    with av.open(str(tmp_path / "s.jpg")) as image:
        frame = next(image.decode(video=0))
    assert (frame.width, frame.height) == (160, 120)
    shade = frame.to_ndarray(format="gray")[:20].mean()
    number = round((at - NOON) / SECOND * 10)
    assert shade == pytest.approx(70 + number % 50, abs=4)


def test_masks_are_in_the_pixels_of_stills_and_clips(tmp_path):
    kept = record(tmp_path, 0, 4)
    still.take([kept], after(NOON, 1), tmp_path / "s.jpg", masks=[LEFT])
    clip.cut([kept], span(0, 4), tmp_path / "c.mp4")
    original = (tmp_path / "c.mp4").read_bytes()
    assert masked_clip(tmp_path / "c.mp4", [LEFT], tmp_path / "m.mp4") == 40
    assert (tmp_path / "c.mp4").read_bytes() == original
    assert times(tmp_path / "m.mp4") == pytest.approx(times(tmp_path / "c.mp4"))
    for name in ("s.jpg", "m.mp4"):
        with av.open(str(tmp_path / name)) as container:
            for frame in container.decode(video=0):
                image = frame.to_ndarray(format="rgb24")
                assert image[:, :80].max() < 14, name
                assert image[:, 90:].max(axis=2).min() > 40, name


def test_a_live_picture_becomes_a_still():
    info, script = packets(pictures=15)
    muxer = LiveMuxer(info)
    fragments = [muxer.fragment(p) for p in script]
    data = still.from_live(muxer.init, fragments)
    with av.open(io.BytesIO(data)) as image:
        assert next(image.decode(video=0)).to_ndarray(format="gray")[:20].mean() == pytest.approx(84, abs=4)
    with pytest.raises(BadVideo):
        still.from_live(muxer.init, [])
    assert replace(info).codec == "h264"
