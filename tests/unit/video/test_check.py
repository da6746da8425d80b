import json
from dataclasses import replace
from threading import Timer

import pytest
from click.testing import CliRunner

from matpho.cli.check import command
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.time import SECOND, Instant, Span, after
from matpho.domain.words import NOTHING_SAID
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import packets
from matpho.video import check as checking
from matpho.video.camera_check import CameraCheck, CameraIndex
from matpho.video.check import check
from matpho.video.journal import Journal, encode
from matpho.video.ledger import read_ledger, uncovered
from matpho.video.recorder import CameraRecorder

pytestmark = pytest.mark.unit
CAMERA = CameraId("cho")


@pytest.fixture(autouse=True)
def nobody_records(monkeypatch):
    """What is wrong stays wrong here: no need to wait and look again."""
    monkeypatch.setattr(checking, "_STEP_S", 0.0)


@pytest.fixture
def home(tmp_path):
    """Three files of five seconds, a stop, and nothing wrong."""
    recorder = CameraRecorder(
        CAMERA, journals=tmp_path / "journal", recordings=tmp_path / "recordings", clock=HandClock(), segment_s=5
    )
    info, script = packets(pictures=150)
    recorder.began(info)
    for packet in script:
        recorder.packet(packet)
    recorder.stop()
    return tmp_path


def look(home, **more):
    return check(home / "journal", home / "recordings", **more)


def files(home):
    return sorted((home / "recordings").rglob("*.mp4"))


def journal(home):
    return home / "journal" / CAMERA / "recorder.jsonl"


def index(home, change=dict, offset=None):
    """What a desk that has read the journal up to ``offset`` keeps of it, with a change."""
    offset = journal(home).stat().st_size if offset is None else offset
    ends = {c.path: c.end for c in read_ledger(journal(home), offset).closed.values()}
    return {CAMERA: CameraIndex(change(ends), offset)}


def codes(report):
    return [p.code for p in report.problems]


def test_nothing_is_wrong(home):
    report = look(home, index=index(home))
    assert report.well
    assert (report.cameras, report.segments, report.growing) == (1, 3, 0)
    assert report.recorded_s == pytest.approx(15)
    assert report.bytes == sum(f.stat().st_size for f in files(home))


def test_a_file_that_is_gone_is_told_and_its_time_becomes_a_gap(home):
    files(home)[1].unlink()
    assert codes(look(home)) == ["unreadable", "unaccounted"]
    assert look(home).unaccounted_s == pytest.approx(5)
    report = look(home, repair=True)
    assert report.well, report.problems
    assert report.gap_s == pytest.approx(5)


def test_a_file_cut_short_is_told(home):
    path = files(home)[2]
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert "damaged" in codes(look(home))
    report = look(home, repair=True)
    assert report.repaired
    assert report.well, report.problems


def test_garbage_in_place_of_a_recording_is_told(home):
    files(home)[0].write_bytes(b"\x00" * 4000)
    assert codes(look(home))[0] == "unreadable"


def test_a_stray_file_is_told_and_adopted_on_repair(home):
    data = files(home)[0].read_bytes()
    stray = home / "recordings" / CAMERA / "2026-01-01" / f"{after(NOON, 15)}.mp4"
    stray.write_bytes(data)
    assert codes(look(home)) == ["stray_file"]
    report = look(home, repair=True)
    assert report.segments == 4
    assert stray.read_bytes() == data


def test_a_hole_in_time_is_unaccounted_until_repaired(home):
    ledger = read_ledger(journal(home))
    first = min(ledger.closed.values(), key=lambda c: c.start)
    shorter = replace(first, end=Instant(first.end - 2 * SECOND))
    with journal(home).open("ab") as file:
        file.write(encode(shorter))
    report = look(home)
    assert report.unaccounted_s == pytest.approx(2)
    assert not report.well
    assert look(home, repair=True).unaccounted_s == 0


def test_damage_in_the_journal_is_told(home):
    data = bytearray(journal(home).read_bytes())
    data[12] ^= 0x20
    journal(home).write_bytes(bytes(data))
    assert "journal_damaged" in codes(look(home))
    look(home, repair=True)
    report = look(home)
    assert report.well, "what cannot be brought back is on record, and no alarm for ever"
    assert report.lines_lost == 1
    assert report.recorded_s + report.gap_s == pytest.approx(15)


def test_a_gap_that_nobody_ended_is_told(home):
    writer = Journal(journal(home))
    writer.append(GapSeen(CAMERA, StreamRole.MAIN, after(NOON, 4), None, GapCause.CAMERA, NOTHING_SAID))
    writer.close()
    assert codes(look(home)) == ["gap_left_open"]
    assert look(home, repair=True).well


def test_the_index_must_say_the_same(home):
    first = files(home)[0].relative_to(home / "recordings").as_posix()
    lacking = index(home, lambda ends: {p: e for p, e in ends.items() if p != first})
    assert codes(look(home, index=lacking)) == ["not_indexed"]
    assert codes(look(home, index=index(home, lambda ends: {**ends, first: Instant(1)}))) == ["index_differs"]
    assert codes(look(home, index=index(home, lambda ends: {**ends, "cho/x.mp4": None}))) == ["index_unknown"]
    assert codes(look(home, index=index(home, lambda _: {}))) == ["not_indexed"] * 3
    assert codes(look(home, index={CAMERA: CameraIndex({}, 0)})) == []  # the desk has not read a word yet
    assert "index_unknown" in codes(look(home, index={CameraId("khác"): CameraIndex({"khác/1.mp4": None}, 0)}))


def recording(home, pictures):
    """A recorder at work on its first file after the stop, so many pictures long by now."""
    recorder = CameraRecorder(
        CAMERA, journals=home / "journal", recordings=home / "recordings", clock=HandClock(), segment_s=60
    )
    info, script = packets(pictures=pictures, start=after(NOON, 20))
    recorder.began(info)
    for packet in script:
        recorder.packet(packet)
    return recorder


def test_what_is_being_recorded_is_left_alone(home):
    recorder = recording(home, pictures=55)
    report = look(home, repair=True)
    assert report.well, report.problems
    assert report.growing == 1
    files(home)[0].unlink()
    assert not look(home, repair=True).well
    tried = look(home, repair=True)
    assert (tried.repaired, tried.busy) == (0, [CAMERA])
    said = CliRunner().invoke(command, ["--home", str(home), "--repair"]).output
    assert "dừng hệ thống rồi gõ lại matpho check --repair" in said
    recorder.stop()
    said = CliRunner().invoke(command, ["--home", str(home)]).output
    assert "matpho check --repair: sửa được" in said


def test_between_two_lines_of_a_recorder_nothing_is_wrong_yet(home, monkeypatch):
    """It has told that a file begins, and is about to tell that the gap before it is over."""
    recorder = recording(home, pictures=10)
    told = journal(home).read_bytes()
    *before, over = told.splitlines(keepends=True)
    assert b'"GapSeen"' in over
    journal(home).write_bytes(b"".join(before))
    assert CameraCheck(CAMERA, home / "journal", home / "recordings").problems
    monkeypatch.setattr(checking, "_STEP_S", 0.3)
    late = Timer(0.1, journal(home).write_bytes, [told])
    late.start()
    try:
        assert look(home).well
    finally:
        late.join()
        recorder.stop()


def test_segments_left_open_by_a_crash_are_closed_by_repair(home):
    writer = Journal(journal(home))
    for at_s in (20, 30):
        path = f"{CAMERA}/2026-01-01/{after(NOON, at_s)}.mp4"
        writer.append(SegmentOpened(CAMERA, StreamRole.MAIN, path, after(NOON, at_s), "h264", 160, 120))
        (home / "recordings" / path).write_bytes(files(home)[0].read_bytes())
    writer.close()
    assert {"never_closed", "gap_left_open", "unaccounted"} == set(codes(look(home)))
    look(home, repair=True)
    assert look(home, repair=True).well


def test_uncovered_time():
    def span(a, b):
        return Span(Instant(a * SECOND), Instant(b * SECOND))

    assert list(uncovered([])) == []
    assert list(uncovered([span(0, 5), span(5, 9), span(2, 3)])) == []
    assert list(uncovered([span(8, 9), span(0, 5)])) == [span(5, 8)]


def test_the_command_says_it_in_words_and_json(home):
    run = CliRunner().invoke(command, ["--home", str(home)])
    assert run.exit_code == 0
    assert "unaccounted 0 s" in run.output
    files(home)[1].unlink()
    run = CliRunner().invoke(command, ["--home", str(home), "--json"])
    assert run.exit_code == 1
    told = json.loads(run.output)
    assert told["unaccounted_s"] == pytest.approx(5)
    assert [p["code"] for p in told["problems"]] == ["unreadable", "unaccounted"]
    assert CliRunner().invoke(command, ["--home", str(home), "--repair"]).exit_code == 0
    assert CliRunner().invoke(command, ["--home", str(home / "nowhere")]).exit_code == 3


def test_closed_segments_of_no_length_are_nothing(home):
    writer = Journal(journal(home))
    path = f"{CAMERA}/2026-01-01/{after(NOON, 15)}.mp4"
    writer.append(SegmentOpened(CAMERA, StreamRole.MAIN, path, after(NOON, 15), "h264", 160, 120))
    writer.append(SegmentClosed(CAMERA, path, after(NOON, 15), after(NOON, 15), 0, 0, repaired=True))
    writer.close()
    assert look(home).well


def test_a_file_that_was_never_closed_is_not_taken_for_one_that_grows(home):
    """Its closing was in a line that rotted, and recording has gone on since."""
    closed = next(n for n, line in enumerate(journal(home).read_bytes().splitlines()) if b"SegmentClosed" in line)
    lines = journal(home).read_bytes().splitlines(keepends=True)
    journal(home).write_bytes(
        b"".join([*lines[:closed], lines[closed].replace(b"frames", b"fromes"), *lines[closed + 1 :]])
    )
    assert codes(look(home)) == ["journal_damaged", "never_closed"]
    look(home, repair=True)
    report = look(home)
    assert report.well
    assert (report.growing, report.recorded_s) == (0, pytest.approx(15))
