import errno
import os
import resource
import shutil
from dataclasses import replace
from itertools import pairwise

import pytest

from matpho.domain.address import parse
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.time import SECOND, Instant
from matpho.plugins.sources.file import FileSource
from matpho.testing.builders import NO_ROUTE
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import draw, packets
from matpho.video import journal, recovery
from matpho.video.check import check
from matpho.video.folders import cannot_write
from matpho.video.fragments import read_map
from matpho.video.ledger import read_ledger
from matpho.video.place import Place
from matpho.video.recorder import STOPPED, CameraRecorder
from matpho.video.recovery import BOOT_ID, down_cause
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit
CAMERA = CameraId("cho")


class Home:
    def __init__(self, folder):
        self.journals, self.recordings = folder / "journal", folder / "recordings"
        self.clock = HandClock()
        self.recorder = None

    def start(self, **settings):
        self.recorder = CameraRecorder(
            CAMERA,
            journals=self.journals,
            recordings=self.recordings,
            clock=self.clock,
            **{"segment_s": 5.0, **settings},
        )
        return self.recorder

    def play(self, info, script):
        self.recorder.began(info)
        self.go_on(script)

    def go_on(self, script):
        for packet in script:
            self.clock.at = Instant(packet.at + packet.duration_ns)
            self.clock._passed_s += packet.duration_ns / SECOND
            self.recorder.packet(packet)

    def kill(self):
        """What kill -9 leaves: files as they are, locks gone."""
        self.recorder._journal.close()
        if self.recorder._writer:
            os.close(self.recorder._writer._file)

    def facts(self):
        return [fact for fact, _ in journal.read(self.journals / CAMERA / "recorder.jsonl")]

    def report(self):
        return check(self.journals, self.recordings)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def kinds(facts):
    return [type(f).__name__[:7] for f in facts]


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


def test_after_kill_9_the_file_is_closed_where_it_really_ends(home):
    info, script = packets(pictures=75, gop=10)
    home.start(segment_s=60)
    home.play(info, script)
    home.kill()
    info, later = packets(pictures=30, start=Instant(NOON + 12 * SECOND))
    home.start(segment_s=60)
    home.play(info, later)
    home.recorder.stop()
    facts = home.facts()
    assert kinds(facts) == ["Segment", "Segment", "GapSeen", "Segment", "GapSeen", "Segment", "GapSeen"]
    assert isinstance(facts[1], SegmentClosed)
    assert facts[1].repaired
    assert (facts[1].end - NOON, facts[1].frames) == (7 * SECOND, 70)
    assert (facts[4].start, facts[4].end, facts[4].cause) == (
        Instant(NOON + 7 * SECOND),
        Instant(NOON + 12 * SECOND),
        GapCause.RESTART,
    )
    report = home.report()
    assert report.well, report.problems
    assert report.unaccounted_s == 0


def test_torn_bytes_are_cut_off(home):
    info, script = packets(pictures=45, gop=10)
    home.start(segment_s=60)
    home.play(info, script)
    path = home.recorder._writer.path
    home.kill()
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\x00\x00\x10\x00moof")
    home.start().stop()
    assert path.stat().st_size == whole
    assert home.report().well


def test_a_kill_between_journal_and_file_leaves_nothing_open(home, monkeypatch):
    info, script = packets(pictures=30, gop=10)
    home.start(segment_s=1)
    home.play(info, script[:10])

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(SegmentWriter, "create", die)
        with pytest.raises(Killed):
            home.go_on(script[10:])
    home.kill()
    home.start().stop()
    closed = [f for f in home.facts() if isinstance(f, SegmentClosed)]
    assert (closed[-1].frames, closed[-1].end) == (0, closed[-1].start)
    report = home.report()
    assert report.well, report.problems


def test_a_full_disk_is_a_gap_and_is_tried_again(home, monkeypatch):
    info, script = packets(pictures=200, gop=10)
    home.start(segment_s=60)
    home.play(info, script[:35])
    real = os.write

    def full(handle, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        home.go_on(script[35:80])
    assert os.write is real
    home.go_on(script[80:])
    home.recorder.stop()
    gaps = {f.start: f for f in home.facts() if isinstance(f, GapSeen)}
    first = min(gaps)
    assert gaps[first].cause is GapCause.DISK
    assert first - NOON == 3 * SECOND  # the fragment of the fourth second was never written
    assert 8 * SECOND <= gaps[first].end - NOON <= 14 * SECOND
    assert "No space left" in gaps[first].detail.en
    report = home.report()
    assert report.well, report.problems


def test_the_reserve_for_evidence_is_left_alone(home, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5_000))
    info, script = packets(pictures=20)
    home.start(reserve_bytes=6_000)
    home.play(info, script)
    home.recorder.stop()
    assert next(f.cause for f in home.facts() if isinstance(f, GapSeen)) is GapCause.DISK
    assert not [f for f in home.facts() if isinstance(f, SegmentOpened)]


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


def test_a_machine_that_was_down_is_told_apart_from_a_restart(tmp_path):
    boot, mark = tmp_path / "boot_id", tmp_path / "j" / "recorder.boot"
    boot.write_text("one\n")
    assert down_cause(mark, boot) is GapCause.RESTART
    assert down_cause(mark, boot) is GapCause.RESTART
    boot.write_text("two\n")
    assert down_cause(mark, boot) is GapCause.POWER
    assert down_cause(mark, boot) is GapCause.RESTART
    assert BOOT_ID.name == "boot_id"


def test_each_stretch_of_a_gap_has_its_own_cause(home):
    info, script = packets(pictures=30)
    home.start()
    home.play(info, script)
    home.kill()
    home.clock.go(20)
    home.start()
    restarted = home.clock.now()
    home.recorder.lost(GapCause.NETWORK, NO_ROUTE)
    home.recorder.lost(GapCause.CAMERA, NO_ROUTE)
    info, later = packets(pictures=30, start=Instant(restarted + 60 * SECOND))
    home.play(info, later)
    home.recorder.stop()
    ended = [f for f in home.facts() if isinstance(f, GapSeen) and f.end is not None]
    assert [(g.cause, g.end) for g in ended] == [
        (GapCause.RESTART, restarted),
        (GapCause.NETWORK, restarted + 60 * SECOND),
    ]
    assert home.report().well, home.report().problems


def test_a_disk_that_fills_up_while_the_camera_is_away_is_told(home, monkeypatch):
    info, script = packets(pictures=30)
    home.start()
    home.play(info, script)
    home.recorder.lost(GapCause.CAMERA, NO_ROUTE)
    later = packets(pictures=200, start=Instant(NOON + 30 * SECOND))[1]

    def full(*_):
        raise OSError(28, "No space left on device")

    home.recorder.began(info)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        patched.setattr(os, "write", full)
        home.go_on(later[:20])
    home.go_on(later[20:])
    home.recorder.stop()
    causes = [f.cause for f in home.facts() if isinstance(f, GapSeen) and f.end is not None]
    assert causes == [GapCause.CAMERA, GapCause.DISK]
    assert home.report().well, home.report().problems


def test_a_disk_that_really_refuses(home):
    """The kernel's own refusal, with its short writes: no file may grow beyond a limit for a while."""
    info, script = packets(pictures=300, gop=10)
    home.start(segment_s=60)
    home.play(info, script[:45])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (home.recorder._writer.size + 1000, hard))
    try:
        home.go_on(script[45:120])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    home.go_on(script[120:])
    home.recorder.stop()
    gaps = [f for f in home.facts() if isinstance(f, GapSeen) and f.end is not None]
    assert gaps
    assert {g.cause for g in gaps} == {GapCause.DISK}
    report = home.report()
    assert report.well, report.problems
    assert report.recorded_s + report.gap_s == pytest.approx(30)
    assert report.recorded_s > 20


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


def test_a_disk_that_is_unmounted_while_recording_is_the_cause_and_costs_no_file(home):
    """Its folder is gone, and an empty one stands there; the file goes on being written where nobody sees it."""
    info, script = packets(pictures=200, gop=10)
    home.start()
    place = Place(home.recordings, home.journals)
    place.adopt()
    home.play(info, script[:80])
    away = home.recordings.rename(home.recordings.with_name("unmounted"))
    home.recordings.mkdir()
    home.go_on(script[80:])
    home.recorder.stop()
    assert list(home.recordings.iterdir()) == []
    home.recordings.rmdir()
    away.rename(home.recordings)
    closed = [f for f in home.facts() if isinstance(f, SegmentClosed)]
    assert [(c.end - c.start) / SECOND for c in closed] == [5.0, 5.0], "whole, as it is on the disk"
    gaps = [f for f in home.facts() if isinstance(f, GapSeen)]
    assert {g.cause for g in gaps} == {GapCause.DISK}
    assert gaps[0].start == closed[-1].end
    assert home.report().well, home.report().problems


def test_after_a_crash_a_read_only_disk_is_the_cause_and_not_a_restart(home, monkeypatch):
    info, script = packets(pictures=100, gop=10)
    home.start(segment_s=60)
    home.play(info, script[:55])
    home.kill()

    def refused(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patched:
        patched.setattr(recovery, "cut", refused)
        patched.setattr(
            SegmentWriter, "create", lambda _: (_ for _ in ()).throw(cannot_write(home.recordings, OSError()))
        )
        home.start(segment_s=60)
        later = packets(pictures=60, start=Instant(NOON + 20 * SECOND))
        home.play(*later)
    home.play(*packets(pictures=80, start=Instant(NOON + 40 * SECOND)))
    home.recorder.stop()
    ended = [f for f in home.facts() if isinstance(f, GapSeen) and f.end is not None]
    assert [(g.cause, (g.end - NOON) // SECOND) for g in ended] == [(GapCause.RESTART, 20), (GapCause.DISK, 44)]
    assert home.report().well, home.report().problems


def test_a_file_whose_closing_was_lost_does_not_end_the_gap_after_it(home):
    """A rotten line of the journal held it; the camera was switched off since."""
    info, script = packets(pictures=100, gop=10)
    home.start()
    home.play(info, script)
    home.recorder.stop(GapCause.OFF, STOPPED)
    path = home.journals / CAMERA / "recorder.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lost = next(n for n, line in enumerate(lines) if b"SegmentClosed" in line)
    path.write_bytes(b"".join([*lines[:lost], b"?" + lines[lost][1:], *lines[lost + 1 :]]))
    home.start()
    home.recorder.stop()
    gaps = {f.start: f for f in home.facts() if isinstance(f, GapSeen)}
    assert [(g.cause, g.end) for g in gaps.values()] == [(GapCause.OFF, None)]
