"""A recorder whose disk is full, refuses, or is taken away."""

import errno
import os
import resource
import shutil

import pytest
from tests.unit.video.recorder_home import RecorderHome

from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.system_words import not_written
from matpho.domain.time import SECOND, Instant
from matpho.errors import StorageProblem
from matpho.testing.builders import NO_ROUTE
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.video import recovery
from matpho.video.place import Place
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit


@pytest.fixture
def home(tmp_path):
    return RecorderHome(tmp_path)


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
            SegmentWriter,
            "create",
            lambda _: (_ for _ in ()).throw(not_written(StorageProblem, home.recordings, OSError())),
        )
        home.start(segment_s=60)
        later = packets(pictures=60, start=Instant(NOON + 20 * SECOND))
        home.play(*later)
    home.play(*packets(pictures=80, start=Instant(NOON + 40 * SECOND)))
    home.recorder.stop()
    ended = [f for f in home.facts() if isinstance(f, GapSeen) and f.end is not None]
    assert [(g.cause, (g.end - NOON) // SECOND) for g in ended] == [(GapCause.RESTART, 20), (GapCause.DISK, 44)]
    assert home.report().well, home.report().problems
