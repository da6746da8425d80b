"""What a camera's recorder writes: files that touch, gaps with their causes, the camera's clock."""

from dataclasses import replace
from itertools import pairwise

import pytest
from tests.unit.video.recorder_home import CAMERA, RecorderHome

from matpho.domain.address import parse
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.time import SECOND, Instant
from matpho.plugins.sources.file import FileSource
from matpho.testing.builders import NO_ROUTE
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import draw, packets
from matpho.video.fragments import read_map
from matpho.video.ledger import read_ledger
from matpho.video.recorder import STOPPED, CameraRecorder

pytestmark = pytest.mark.unit


@pytest.fixture
def home(tmp_path):
    return RecorderHome(tmp_path)


def test_segments_begin_at_key_frames_and_touch_exactly(home):
    info, script = packets(pictures=170, gop=20)
    home.start()
    home.play(info, script)
    home.recorder.stop()
    closed = [f for f in home.facts() if isinstance(f, SegmentClosed)]
    assert [(c.end - c.start) / SECOND for c in closed] == [6.0, 6.0, 5.0]
    assert [c.frames for c in closed] == [60, 60, 50]
    assert all(a.end == b.start for a, b in pairwise(closed))
    assert closed[0].path == f"cho/2026-01-01/{NOON}.mp4"
    assert home.facts()[-1] == GapSeen(CAMERA, home.facts()[-1].role, closed[-1].end, None, GapCause.RESTART, STOPPED)
    report = home.report()
    assert report.well, report.problems
    assert report.recorded_s == pytest.approx(17.0)


def test_the_last_picture_of_a_file_lasts_until_the_next_file_whatever_its_packet_says(home):
    """Cameras announce 25 pictures a second and send ten: a player would show the next file 60 ms too soon."""
    info, script = packets(pictures=130, gop=20)
    home.start()
    home.play(info, [replace(p, duration=p.duration * 2 // 5) for p in script])
    home.recorder.stop()
    closed = [f for f in home.facts() if isinstance(f, SegmentClosed)]
    maps = [read_map(home.recordings / c.path) for c in closed]
    assert [m.duration_ns / SECOND for m in maps] == pytest.approx([6.0, 6.0, 0.94])


def test_packets_before_the_first_key_frame_are_not_kept(home):
    info, script = packets(pictures=40, gop=10)
    home.start()
    home.play(info, script[3:])
    home.recorder.stop()
    assert sum(f.frames for f in home.facts() if isinstance(f, SegmentClosed)) == 30


def test_a_lost_camera_is_a_gap_until_it_is_back(home):
    info, script = packets(pictures=30)
    home.start()
    home.play(info, script)
    home.recorder.lost(GapCause.CAMERA, NO_ROUTE)
    home.recorder.lost(GapCause.NETWORK, NO_ROUTE)
    info, later = packets(pictures=30, start=Instant(NOON + 60 * SECOND))
    home.play(info, later)
    home.recorder.stop()
    gaps = [f for f in home.facts() if isinstance(f, GapSeen)][:-1]
    assert [(g.start - NOON, g.end and g.end - NOON, g.cause) for g in gaps] == [
        (3 * SECOND, None, GapCause.CAMERA),
        (3 * SECOND, 60 * SECOND, GapCause.CAMERA),
    ]
    assert home.report().well
    assert home.report().gap_s == pytest.approx(57.0)


def test_another_picture_size_starts_another_file(home):
    info, script = packets(pictures=20)
    other, later = packets(pictures=20, size=(320, 192), start=Instant(NOON + 2 * SECOND), first_pts=180_000)
    home.start(segment_s=60)
    home.play(info, script)
    home.play(other, later)
    home.recorder.stop()
    opened = [f for f in home.facts() if isinstance(f, SegmentOpened)]
    assert [(o.width, o.height) for o in opened] == [(160, 120), (320, 192)]
    assert home.report().well
    assert home.report().gap_s == 0


@pytest.mark.parametrize("leap_s", [2.0, -1.0])
def test_a_clock_that_leaps_inside_a_connection_is_told(home, leap_s):
    info, script = packets(pictures=40)
    _, later = packets(pictures=40, start=Instant(NOON + round((4 + leap_s) * SECOND)))
    home.start(segment_s=60)
    home.play(info, script)
    home.play(info, later)
    home.recorder.stop()
    report = home.report()
    assert report.well, report.problems
    assert report.gap_s == pytest.approx(max(0.0, leap_s))


def test_a_clock_set_right_in_a_stream_that_goes_on_leaves_nothing_missing(home):
    info, script = packets(pictures=80)
    later = [replace(p, at=Instant(p.at + SECOND * 6 // 10)) for p in script[40:]]
    home.start(segment_s=60)
    home.play(info, script[:40])
    home.play(info, later)
    home.recorder.stop()
    closed = [f for f in home.facts() if isinstance(f, SegmentClosed)]
    assert [c.frames for c in closed] == [40, 40]
    assert closed[0].end == closed[1].start == later[0].at
    assert home.report().well, home.report().problems
    assert home.report().gap_s == 0


def test_pictures_that_are_missing_while_the_clock_is_set_right_stay_a_gap(home):
    info, script = packets(pictures=80)
    later = [replace(p, at=Instant(p.at + SECOND * 6 // 10)) for p in script[60:]]
    home.start(segment_s=60)
    home.play(info, script[:40])
    home.play(info, later)
    home.recorder.stop()
    assert home.report().gap_s == pytest.approx(2.6)


def test_switching_off_has_its_own_cause(home):
    info, script = packets(pictures=20)
    home.start()
    home.play(info, script)
    home.recorder.stop(GapCause.OFF, NO_ROUTE)
    home.recorder.lost(GapCause.CAMERA, NO_ROUTE)
    home.recorder.packet(replace(script[0], at=Instant(NOON + 9 * SECOND)))
    assert home.facts()[-1].cause is GapCause.OFF


def test_a_codec_that_mp4_cannot_hold_is_a_gap(home, tmp_path):
    source = FileSource(parse(str(draw(tmp_path / "old.avi", codec="msmpeg4", pictures=30))))
    home.start()
    home.play(source.info, [replace(p, at=Instant(NOON + p.offset_ns)) for p in source])
    home.recorder.stop()
    source.close()
    assert [f.cause for f in home.facts()] == [GapCause.CAMERA]
    assert not (home.recordings / CAMERA).exists()


def test_the_cameras_clock_is_told_with_each_file(tmp_path):
    """An hour behind, and running a thousandth too fast: the drift shows from file to file."""
    recorder = CameraRecorder(
        CameraId("cho"), journals=tmp_path / "journal", recordings=tmp_path / "rec", clock=HandClock(), segment_s=5
    )
    info, script = packets(pictures=150)
    recorder.began(info)
    first = script[0].at
    for packet in script:
        clock = packet.at - 3_600 * SECOND + (packet.at - first) // 1000
        recorder.packet(replace(packet, camera_at=Instant(clock) if packet.key else None))
    recorder.stop()
    told = read_ledger(tmp_path / "journal" / "cho" / "recorder.jsonl").closed.values()
    clocks = [c.clock_ms for c in told]
    assert len(clocks) == 3
    assert all(c is not None and -3_600_000 <= c < -3_599_980 for c in clocks)
    assert [round(b - a) for a, b in pairwise(clocks)] == [5, 5]
