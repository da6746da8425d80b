"""A recorder that was killed: what its next start makes of the files and the journal."""

import pytest
from tests.unit.video.recorder_home import CAMERA, RecorderHome

from matpho.domain.messages import GapCause, GapSeen, SegmentClosed
from matpho.domain.time import SECOND, Instant
from matpho.testing.builders import NO_ROUTE
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.video.recorder import STOPPED
from matpho.video.recovery import BOOT_ID, down_cause
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit


@pytest.fixture
def home(tmp_path):
    return RecorderHome(tmp_path)


def kinds(facts):
    return [type(f).__name__[:7] for f in facts]


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
