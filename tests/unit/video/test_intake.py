"""Footage from a card fills gaps once, as it is, and nothing else."""

import math
from dataclasses import replace

import pytest

from matpho.domain.address import Address, AddressKind
from matpho.domain.camera import StreamRole
from matpho.domain.gaps import is_import, without
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.time import Instant, Span, after, seconds
from matpho.domain.words import NOTHING_SAID
from matpho.errors import BadVideo, StorageProblem
from matpho.plugins.sources.file import FileSource
from matpho.testing.builders import NO_ROUTE
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import decoded, draw, packets
from matpho.testing.recorded import record_with_gap
from matpho.video.check import check
from matpho.video.intake import Intake
from matpho.video.journal import Journal
from matpho.video.ledger import camera_ledger
from matpho.video.recorder import CameraRecorder

pytestmark = pytest.mark.unit
CAMERA = CameraId("cho")


@pytest.fixture
def home(tmp_path):
    record_with_gap(CAMERA, journals=tmp_path / "journal", recordings=tmp_path / "recordings")
    return tmp_path


def intake(home, now_s=60.0, **more):
    return Intake(
        CAMERA,
        journals=home / "journal",
        recordings=home / "recordings",
        clock=HandClock(after(NOON, now_s)),
        segment_s=5,
        **more,
    )


def bring(home, path, start_s, **more):
    with intake(home, **more) as opened:
        source = FileSource(Address(kind=AddressKind.FILE, path=str(path)))
        try:
            return opened.take(source, after(NOON, start_s))
        finally:
            source.close()


def spans(taken):
    return [(round(seconds(s.start - NOON), 2), round(seconds(s.end - NOON), 2)) for s in taken.filled]


def report(home):
    found = check(home / "journal", home / "recordings")
    assert not found.problems
    assert found.unaccounted_s == 0
    return found


def imported(home):
    return sorted(p for p in (home / "recordings").rglob("*.mp4") if is_import(p.name))


@pytest.mark.parametrize(
    ("ending", "codec"), [("mp4", "libx264"), ("mkv", "libx264"), ("avi", "libx264"), ("mp4", "libx265")]
)
def test_a_file_over_both_ends_fills_exactly_the_gap(home, tmp_path, ending, codec):
    card = draw(tmp_path / "card" / f"a.{ending}", pictures=600, codec=codec)
    before = {p: p.read_bytes() for p in (home / "recordings").rglob("*.mp4")}
    taken = bring(home, card, 0)
    assert spans(taken)[0][0] == 10.0
    assert spans(taken)[-1][1] == 40.0
    assert taken.seconds == pytest.approx(30.0, abs=0.01)
    found = report(home)
    assert found.recorded_s == pytest.approx(50.0, abs=0.05)
    assert found.gap_s == pytest.approx(0.0, abs=0.05)
    assert all(p.read_bytes() == data for p, data in before.items())
    assert sum(len(decoded(p.read_bytes())) for p in imported(home)) == 300


def test_what_is_copied_is_what_was_on_the_card(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=600)
    bring(home, card, 0)
    originals = decoded(card.read_bytes())
    found = [f for p in imported(home) for f in decoded(p.read_bytes())]
    assert all((a.to_ndarray() == b.to_ndarray()).all() for a, b in zip(originals[100:400], found, strict=True))


def test_twice_changes_nothing(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=200, gop=7)
    first = bring(home, card, 13.3)
    assert first.seconds == pytest.approx(20.0, abs=0.01)
    kept = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    assert bring(home, card, 13.3).filled == []
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file()} == kept
    assert report(home).gap_s == pytest.approx(10.0, abs=0.1)


def test_files_that_overlap_by_a_picture_leave_no_hole_between_them(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=101)
    assert bring(home, card, 12).seconds == pytest.approx(10.1, abs=0.01)
    assert spans(bring(home, card, 22))[0][0] == pytest.approx(22.1)
    assert spans(bring(home, card, 17)) == []
    assert report(home).recorded_s == pytest.approx(20 + 20.2, abs=0.2)


def test_only_whole_starts_are_taken(home, tmp_path):
    """The first key picture in the gap begins the file; what came before it needs pictures we do not take."""
    card = draw(tmp_path / "a.mp4", pictures=300, gop=40)
    assert spans(bring(home, card, 8.5))[0][0] == 12.5
    report(home)


def test_b_pictures_at_the_end_are_left_out_whole(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=600, bframes=2, gop=20)
    taken = bring(home, card, 0.05)
    assert spans(taken)[0][0] == pytest.approx(10.05, abs=2.0)
    assert 39.5 <= spans(taken)[-1][1] <= 40.0
    for path in imported(home):
        assert decoded(path.read_bytes())
    report(home)


def test_a_gap_that_still_lasts_is_filled_and_stays_open(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=600)
    assert spans(bring(home, card, 52, now_s=100))[-1][1] == 90.0, "the last ten seconds are the recorder's"
    missing = camera_ledger(home / "journal", CAMERA).missing
    assert missing[-1].end is None
    assert seconds(missing[-1].start - NOON) == 90.0
    found = report(home)
    assert found.gap_s == pytest.approx(30 + 2, abs=0.1)


def test_nothing_outside_the_gaps_is_taken(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=50)
    for start_s in (-100, 2, 43):
        assert bring(home, card, start_s).filled == []
    assert not imported(home)


def test_a_leap_on_the_card_stays_a_gap(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=100)

    class Leaping:
        live = False

        def __init__(self):
            self.source = FileSource(Address(kind=AddressKind.FILE, path=str(card)))
            self.info = self.source.info

        def __iter__(self):
            for n, packet in enumerate(self.source):
                leap = round(8 / packet.time_base) if n >= 50 else 0
                yield replace(packet, pts=packet.pts + leap, dts=packet.dts + leap)

        def close(self):
            self.source.close()

    source = Leaping()
    with intake(home) as opened:
        taken = opened.take(source, after(NOON, 15))
    source.close()
    assert spans(taken) == [(15.0, 20.0), (28.0, 33.0)]
    assert report(home).gap_s == pytest.approx(20.0, abs=0.1)


def test_a_dry_run_writes_nothing(home, tmp_path):
    kept = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    card = draw(tmp_path / "card" / "a.mp4", pictures=600)
    assert bring(home, card, 0, dry=True).seconds == pytest.approx(30.0, abs=0.01)
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file() and "card" not in p.parts} == kept


def test_what_an_import_left_when_it_was_killed_is_cleared(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=600)
    start = after(NOON, 10)
    name = f"cho/2026-01-01/{start}-import.mp4"
    journal = Journal(home / "journal" / CAMERA / "import.jsonl")
    journal.append(SegmentOpened(CAMERA, StreamRole.MAIN, name, start, "h264", 160, 120))
    journal.close()
    (home / "recordings" / f"cho/2026-01-01/.{start}-import.part").write_bytes(b"half")
    assert bring(home, card, 0).seconds == pytest.approx(30.0, abs=0.01)
    assert not list(home.rglob("*.part"))
    report(home)


def test_two_at_once_are_refused(home):
    with intake(home), pytest.raises(StorageProblem):
        intake(home)


def test_the_reserve_for_evidence_stays(home, tmp_path):
    card = draw(tmp_path / "a.mp4", pictures=600)
    with pytest.raises(StorageProblem):
        bring(home, card, 0, reserve_bytes=1 << 60)
    assert not imported(home)
    report(home)


def test_what_would_have_to_be_encoded_anew_is_refused(home, tmp_path):
    card = draw(tmp_path / "a.avi", codec="mpeg4")
    with pytest.raises(BadVideo, match="mpeg4"):
        bring(home, card, 12)


def test_a_mended_import_is_a_gap_again(home, tmp_path):
    bring(home, draw(tmp_path / "card" / "a.mp4", pictures=600), 0)
    imported(home)[0].unlink()
    broken = check(home / "journal", home / "recordings")
    assert [p.code for p in broken.problems] == ["unreadable", "unaccounted"]
    mended = check(home / "journal", home / "recordings", repair=True)
    assert mended.well
    assert mended.gap_s >= 4.9


def gap(start, end):
    return GapSeen(
        CAMERA, StreamRole.MAIN, Instant(start), None if end is None else Instant(end), GapCause.CAMERA, NOTHING_SAID
    )


@pytest.mark.parametrize(
    ("end", "filled", "left"),
    [
        (9, [], [(1, 9)]),
        (9, [(3, 5)], [(1, 3), (5, 9)]),
        (9, [(0, 5)], [(1, 1), (5, 9)]),
        (9, [(3, 12)], [(1, 3), (12, 12)]),
        (None, [(3, 5), (5, 6)], [(1, 3), (5, 5), (6, None)]),
        (9, [(9, 11), (0, 1)], [(1, 9)]),
    ],
)
def test_what_is_left_of_a_gap(end, filled, left):
    parts = without(gap(1, end), [Span(Instant(a), Instant(b)) for a, b in filled])
    assert [(p.start, p.end) for p in parts] == left


def test_told_facts_carry_true_figures(home, tmp_path):
    bring(home, draw(tmp_path / "a.mp4", pictures=600), 0)
    ledger = camera_ledger(home / "journal", CAMERA)
    for path in imported(home):
        closed = ledger.closed[path.relative_to(home / "recordings").as_posix()]
        assert isinstance(closed, SegmentClosed)
        assert closed.size_bytes == path.stat().st_size
        assert closed.frames == len(decoded(path.read_bytes()))
        assert math.isclose(seconds(closed.end - closed.start), closed.frames / 10, abs_tol=0.01)


@pytest.fixture
def thin(tmp_path):
    """A camera behind a thin line: its sub stream (64×48) was recorded 0 to 20 s and 30 to 40 s after noon."""
    clock = HandClock()
    recorder = CameraRecorder(
        CAMERA,
        journals=tmp_path / "journal",
        recordings=tmp_path / "recordings",
        clock=clock,
        segment_s=5,
        role=StreamRole.SUB,
    )
    for begin, length in ((0, 20), (30, 10)):
        info, script = packets(pictures=10 * length, start=after(NOON, begin), size=(64, 48))
        recorder.began(info)
        for packet in script:
            recorder.packet(packet)
        clock.at = after(NOON, begin + length)
        recorder.lost(GapCause.NETWORK, NO_ROUTE)
    recorder.stop()
    return tmp_path


def roles(home):
    ledger = camera_ledger(home / "journal", CAMERA)
    return {o.role for o in ledger.opened.values() if is_import(o.path)}


def test_a_card_s_sharp_footage_is_laid_over_the_sub_stream_when_it_is_asked_for(thin, tmp_path):
    card = draw(tmp_path / "card.mp4", pictures=300)
    plain = bring(thin, card, 5)
    assert plain.seconds == pytest.approx(10.0, abs=0.1), "the gap alone"
    assert plain.blunt_s == pytest.approx(20.0, abs=0.1), "and it says for how long the card has more"
    before = {p: p.read_bytes() for p in (thin / "recordings").rglob("*.mp4")}
    taken = bring(thin, card, 5, sharp=True)
    assert taken.seconds == pytest.approx(20.0, abs=0.2)
    assert all(p.read_bytes() == data for p, data in before.items()), "what was recorded stays"
    assert StreamRole.MAIN in roles(thin)
    assert bring(thin, card, 5, sharp=True).filled == [], "a second time changes nothing"
    assert report(thin).gap_s == pytest.approx(0.0, abs=0.1)


def test_where_a_gap_and_the_sub_stream_touch_the_sharp_footage_is_one_stretch(thin, tmp_path):
    taken = bring(thin, draw(tmp_path / "card.mp4", pictures=300), 5, sharp=True)
    assert spans(taken)[0][0] == 5.0
    assert spans(taken)[-1][1] == 35.0
    assert taken.seconds == pytest.approx(30.0, abs=0.1)
    assert roles(thin) == {StreamRole.MAIN}
    report(thin)


def test_a_card_whose_picture_is_no_larger_is_not_laid_over_anything(thin, tmp_path):
    card = draw(tmp_path / "card.mp4", pictures=150, size=(64, 48))
    assert bring(thin, card, 2, sharp=True).filled == []
    assert bring(thin, card, 2).blunt_s == 0.0


def test_the_main_stream_is_never_blunt(home, tmp_path):
    card = draw(tmp_path / "card.mp4", pictures=100, size=(320, 240))
    assert bring(home, card, 0, sharp=True).filled == []
