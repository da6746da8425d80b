"""Journals made shorter: readers go on as if nothing had happened, and what still matters is restated."""

import os
import signal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matpho.domain.camera import StreamRole
from matpho.domain.gaps import import_path
from matpho.domain.ids import CameraId
from matpho.domain.messages import (
    GapCause,
    GapSeen,
    RemovalWhy,
    SegmentClosed,
    SegmentOpened,
    SegmentRemoved,
    SegmentUndone,
)
from matpho.domain.time import SECOND, Instant, Span, after
from matpho.domain.words import Said
from matpho.errors import StorageProblem
from matpho.testing.builders import at
from matpho.testing.clock import HandClock
from matpho.testing.footage import packets
from matpho.video import journal
from matpho.video.check import check
from matpho.video.journal import Journal
from matpho.video.ledger import read_ledger
from matpho.video.place import Place
from matpho.video.recorder import CameraRecorder
from matpho.video.removal import Remover
from matpho.video.shortening import joined, leave_word, shorten_recorder, shorten_retention, taken

pytestmark = pytest.mark.unit
CAMERA = CameraId("cho")


def gap(number: int) -> GapSeen:
    return GapSeen(
        CAMERA, StreamRole.MAIN, Instant(number), Instant(number + 1), GapCause.CAMERA, Said("x" * (number % 7), "y")
    )


def numbers(found) -> list[int]:
    return [fact.start for fact, _ in found]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data())
def test_readers_go_on_as_if_nothing_had_happened(tmp_path, data):
    """Whatever is kept, however often: offsets stay good, and from the beginning one reads what was kept, then all."""
    path = tmp_path / "recorder.jsonl"
    path.unlink(missing_ok=True)
    mine = Journal(path)
    ends = [0]
    alive: list[int] = []  # what a reader from the beginning must see of the part that was looked through
    looked = number = 0
    for _ in range(data.draw(st.integers(1, 4))):
        for _ in range(data.draw(st.integers(1, 12))):
            ends.append(mine.append(gap(number)))
            number += 1
        upto = data.draw(st.integers(looked, len(ends) - 1))
        keep = set(data.draw(st.lists(st.integers(0, number), max_size=6)))
        before = [numbers(journal.read(path, e)) for e in ends[upto:]]
        if mine.shorten(ends[upto], lambda fact, keep=keep: fact.start in keep, [Span(Instant(0), Instant(upto))]):
            alive = [n for n in (*alive, *range(looked, upto)) if n in keep]
            looked = upto
            assert journal.accounted(path) == [Span(Instant(0), Instant(upto))]
        assert [numbers(journal.read(path, e)) for e in ends[upto:]] == before
        assert numbers(journal.read(path)) == [*alive, *range(looked, number)]
    assert journal.end(path) == ends[-1]
    mine.close()
    again = Journal(path)
    assert again.append(gap(number)) == journal.end(path)
    again.close()
    offset, portions = 0, []  # the desk reads in portions and stores the offset of the last fact of each
    while portion := list(journal.read(path, offset))[:2]:
        portions += numbers(portion)
        offset = portion[-1][1]
    assert portions == [*alive, *range(looked, number + 1)]


def test_one_who_waited_for_the_lock_of_the_old_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "recorder.jsonl"
    mine = Journal(path)
    end = mine.append(gap(1))
    with pytest.raises(StorageProblem):
        Journal(path)
    assert mine.shorten(end, lambda _: False, []) == 1
    with pytest.raises(StorageProblem):
        Journal(path)
    mine.close()
    old = path.stat()
    monkeypatch.setattr(os.path, "samestat", lambda a, b: (a.st_ino, b.st_ino) == (old.st_ino, -1))
    with pytest.raises(StorageProblem):
        Journal(path)


def test_an_offset_that_is_no_end_of_a_line_changes_nothing(tmp_path):
    mine = Journal(tmp_path / "recorder.jsonl")
    end = mine.append(gap(1))
    mine.append(gap(2))
    before = (tmp_path / "recorder.jsonl").read_bytes()
    for wrong in (end + 3, 10**6):
        with pytest.raises(StorageProblem):
            mine.shorten(wrong, lambda _: False, [])
    assert (tmp_path / "recorder.jsonl").read_bytes() == before
    mine.close()


@pytest.fixture
def place(tmp_path):
    """Six recorded files of five seconds, the first four removed and known to the desk."""
    here = Place(tmp_path / "recordings", tmp_path / "journal")
    record(here, 0)
    told = read_ledger(here.journals / CAMERA / "recorder.jsonl")
    removals = [
        SegmentRemoved(CAMERA, StreamRole.MAIN, c.path, c.start, c.end, c.size_bytes, c.end, RemovalWhy.AGE)
        for c in sorted(told.closed.values(), key=lambda c: c.start)[:4]
    ]
    remover = Remover(here)
    remover.tell(removals)
    remover.delete(removals)
    mark(here)
    return here


def record(place: Place, number: int) -> None:
    clock = HandClock()
    start = after(clock.now(), number * 60)
    recorder = CameraRecorder(
        CAMERA, journals=place.journals, recordings=place.recordings, clock=HandClock(start), segment_s=5
    )
    info, script = packets(pictures=300, start=start)
    recorder.began(info)
    for packet in script:
        recorder.packet(packet)
    recorder.stop()


def mark(place: Place) -> None:
    folder = place.journals / CAMERA
    leave_word(folder, {p.stem: journal.end(p) for p in folder.glob("*.jsonl")})


def test_what_concerns_removed_footage_goes_and_the_check_still_accounts_for_every_second(place):
    path = place.journals / CAMERA / "recorder.jsonl"
    before = check(place.journals, place.recordings)
    assert before.well
    mine = Journal(path)
    size = mine.size
    assert shorten_recorder(mine, place.recordings) == 8  # four openings, four closings
    assert mine.size < size
    mine.close()
    short = Journal(place.journals / CAMERA / "retention.jsonl")
    assert shorten_retention(short, place.recordings) == 4
    short.close()
    after_it = check(place.journals, place.recordings)
    assert after_it.well, after_it.problems
    assert (after_it.segments, after_it.recorded_s) == (before.segments, before.recorded_s)
    record(place, 1)  # a recorder goes on from a shortened journal
    later = check(place.journals, place.recordings)
    assert later.well, later.problems
    assert later.recorded_s == pytest.approx(40)
    assert later.gap_s == pytest.approx(30)


@pytest.mark.parametrize("undone", [False, True])
def test_a_gap_that_an_import_fills_stays_told_as_long_as_that_may_be_taken_back(place, undone):
    record(place, 1)
    folder = place.journals / CAMERA
    start, end = at(40), at(50)
    path = import_path(CAMERA, "2026-01-01", start, "01k3t9a7hnqy4xr2")
    told = read_ledger(folder / "recorder.jsonl")
    (between,) = (g for g in told.gaps.values() if g.end == at(60))
    imports = [SegmentOpened(CAMERA, StreamRole.MAIN, path, start, "h264", 160, 120)]
    imports += [SegmentClosed(CAMERA, path, start, end, 1000, 100)]
    imports += [SegmentUndone(CAMERA, path, start, end, (between,))] if undone else []
    mine = Journal(folder / "import.jsonl")
    mine.append_all(imports)
    mine.close()
    removals = [
        SegmentRemoved(CAMERA, StreamRole.MAIN, c.path, c.start, c.end, c.size_bytes, c.end, RemovalWhy.AGE)
        for c in told.closed.values()
    ]
    remover = Remover(place)
    remover.tell(removals)
    remover.delete(removals)
    mark(place)
    recorder = Journal(folder / "recorder.jsonl")
    assert shorten_recorder(recorder, place.recordings) > 0
    recorder.close()
    kept = read_ledger(folder / "recorder.jsonl")
    assert not kept.opened
    assert (between in kept.gaps.values()) is not undone


def test_nothing_that_the_desk_has_not_stored_goes(place):
    (place.journals / CAMERA / "taken.json").unlink()
    mine = Journal(place.journals / CAMERA / "recorder.jsonl")
    assert shorten_recorder(mine, place.recordings) == 0
    (place.journals / CAMERA / "taken.json").write_text("[1, 2")
    assert taken(place.journals / CAMERA) == {}
    assert shorten_recorder(mine, place.recordings) == 0
    mine.close()


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_killed_while_a_journal_is_made_shorter(place, call):
    path = place.journals / CAMERA / "recorder.jsonl"
    whole = path.read_bytes()
    child = os.fork()
    if child == 0:
        mine = Journal(path)
        target = os if call == "fsync" else type(path)
        setattr(target, call, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        shorten_recorder(mine, place.recordings)
        os._exit(9)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert path.read_bytes() == whole
    mine = Journal(path)
    assert shorten_recorder(mine, place.recordings) == 8
    mine.close()
    assert check(place.journals, place.recordings).well


def test_spans_that_touch_are_one():
    spans = [
        Span(Instant(5), Instant(7)),
        Span(Instant(0), Instant(5)),
        Span(Instant(9 * SECOND), Instant(10 * SECOND)),
    ]
    assert joined(spans) == [Span(Instant(0), Instant(7)), spans[2]]
