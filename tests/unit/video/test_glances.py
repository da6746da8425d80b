"""Key pictures of a stretch of recordings: the right ones, evenly chosen, in order; what cannot be read is left out."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from matpho.domain.time import Instant, Span, after, seconds
from matpho.errors import BadVideo
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.video.glances import glances, longest_gop_s
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit


@dataclass
class Kept:
    path: Path
    start: Instant
    end: Instant | None = None


def recording(path: Path, *, start: Instant = NOON, pictures: int = 100, gop: int = 10) -> Kept:
    """Ten pictures a second; each file's pictures begin anew."""
    info, script = packets(pictures=pictures, start=start, gop=gop)
    writer = SegmentWriter(path, info, start)
    writer.create()
    for packet in script:
        writer.add(packet, 0.0)
    writer.close()
    return Kept(path, start, writer.end)


def test_every_key_picture_of_the_span_in_order_as_colour_pictures(tmp_path: Path):
    files = [recording(tmp_path / "a.mp4"), recording(tmp_path / "b.mp4", start=after(NOON, 10))]
    found = list(glances(files, Span(after(NOON, 2.5), after(NOON, 15)), 100))
    assert [seconds(at - NOON) for at, _ in found] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    assert {picture.shape for _, picture in found} == {(120, 160, 3)}
    shades = [int(picture[5, 5, 0]) for _, picture in found]
    assert shades[1] - shades[0] == pytest.approx(10, abs=2)  # each drawn picture is one level brighter


def test_of_many_a_few_are_chosen_evenly(tmp_path: Path):
    found = list(glances([recording(tmp_path / "a.mp4")], Span(NOON, after(NOON, 10)), 4))
    assert [seconds(at - NOON) for at, _ in found] == [0, 2, 5, 7]


def test_outside_of_what_is_recorded_there_is_nothing(tmp_path: Path):
    assert list(glances([recording(tmp_path / "a.mp4")], Span(after(NOON, 60), after(NOON, 70)), 9)) == []
    with pytest.raises(BadVideo):
        list(glances([Kept(tmp_path / "none.mp4", NOON)], Span(NOON, after(NOON, 9)), 9))


def test_a_picture_that_is_damaged_is_left_out_and_the_others_are_had(tmp_path: Path):
    kept = recording(tmp_path / "a.mp4")
    data = bytearray(kept.path.read_bytes())
    place = data.find(b"mdat", len(data) // 2) + 60
    data[place : place + 400] = bytes(400)
    kept.path.write_bytes(data)
    found = list(glances([kept], Span(NOON, after(NOON, 10)), 100))
    assert 8 <= len(found) <= 10


def test_the_longest_distance_of_key_pictures(tmp_path: Path):
    often, rarely = recording(tmp_path / "a.mp4", gop=10), recording(tmp_path / "b.mp4", gop=40)
    assert longest_gop_s([often]) == pytest.approx(1.0, abs=0.01)
    assert longest_gop_s([often, rarely]) == pytest.approx(4.0, abs=0.01)
    assert longest_gop_s([recording(tmp_path / "c.mp4", pictures=10, gop=40)]) is None
