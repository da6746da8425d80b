"""What comes to the desk from imports and backups: gaps end the same in any order, the trail tells who brought what."""

import itertools
import json

import pytest

from matpho.casework.commands import TakeFacts
from matpho.domain.camera import StreamRole
from matpho.domain.messages import (
    FootageImported,
    GapCause,
    GapSeen,
    HouseKept,
    ImportUndone,
    SegmentClosed,
    SegmentOpened,
    SegmentUndone,
)
from matpho.domain.people import PROGRAM
from matpho.domain.time import Span
from matpho.domain.words import NOTHING_SAID, Said
from matpho.testing.builders import NO_ROUTE, at, camera

pytestmark = pytest.mark.unit
CAMERA = camera().id

HARM = Said("có hư hỏng", "harm")


def gap(end):
    return GapSeen(CAMERA, StreamRole.MAIN, at(10), None if end is None else at(end), GapCause.NETWORK, NO_ROUTE)


def imported(begin, end, frames=9):
    path = f"{CAMERA}/2026-01-01/{at(begin)}-import.mp4"
    return (
        SegmentOpened(CAMERA, StreamRole.MAIN, path, at(begin), "h264", 640, 360),
        SegmentClosed(CAMERA, path, at(begin), at(end), 1000, frames),
    )


def gaps(office):
    with office.store.read() as unit:
        found = unit.recordings.gaps(CAMERA, StreamRole.MAIN, Span(at(0), at(1000)))
    return [(round((g.start - at(0)) / 1e9), None if g.end is None else round((g.end - at(0)) / 1e9)) for g in found]


def take(office, journal, facts, start):
    end = start + len(facts)
    office.desk.handle(TakeFacts(journal=journal, start=start, end=end, facts=tuple(facts)), PROGRAM)
    return end


RECORDER = [gap(None), gap(60)]
IMPORTS = [*imported(20, 30), *imported(30, 40), *imported(55, 60)]


@pytest.mark.parametrize("order", sorted(set(itertools.permutations("rriiiiii"))))
def test_a_gap_ends_the_same_however_the_journals_are_read(office, order):
    """The recorder's journal and that of the imports are read by turns, in every possible way."""
    sources = {"r": (f"{CAMERA}/recorder", iter(RECORDER)), "i": (f"{CAMERA}/import", iter(IMPORTS))}
    offsets = dict.fromkeys("ri", 0)
    for letter in order:
        journal, facts = sources[letter]
        offsets[letter] = take(office, journal, [next(facts)], offsets[letter])
    assert gaps(office) == [(10, 20), (40, 55)]


def test_a_gap_that_lasts_stays_open_behind_what_was_brought_in(office):
    take(office, "r", [gap(None)], 0)
    take(office, "i", imported(20, 30), 0)
    assert gaps(office) == [(10, 20), (30, None)]


def test_an_import_that_was_lost_again_is_a_gap_again(office):
    """What the check tells of an imported file that cannot be read."""
    take(office, "r", [gap(60)], 0)
    take(office, "i", imported(20, 30), 0)
    _, empty = imported(20, 20, frames=0)
    hole = GapSeen(CAMERA, StreamRole.MAIN, at(20), at(30), GapCause.DISK, NO_ROUTE)
    take(office, "r", [empty, hole], 1)
    assert gaps(office) == [(10, 20), (20, 30), (30, 60)]


def undone(begin, end, *under):
    path = f"{CAMERA}/2026-01-01/{at(begin)}-import.mp4"
    return SegmentUndone(CAMERA, path, at(begin), at(end), under)


@pytest.mark.parametrize("told", [gap(None), gap(60)], ids=["open", "over"])
@pytest.mark.parametrize("order", sorted(set(itertools.permutations("rriiiii"))))
def test_what_is_taken_back_is_missing_again_however_the_journals_are_read(office, order, told):
    """Of two files the first is taken back, when its gap still lasted or when it was over."""
    sources = {
        "r": (f"{CAMERA}/recorder", iter(RECORDER)),
        "i": (f"{CAMERA}/import", iter([*imported(20, 30), *imported(30, 40), undone(20, 30, told)])),
    }
    offsets = dict.fromkeys("ri", 0)
    for letter in order:
        journal, facts = sources[letter]
        offsets[letter] = take(office, journal, [next(facts)], offsets[letter])
    assert gaps(office) == [(10, 30), (40, 60)]
    with office.store.read() as unit:
        assert [s.start for s in unit.recordings.all_segments()] == [at(30)]


@pytest.mark.parametrize("order", list(itertools.permutations([(20, 30.1), (30, 40), (40, 60), (58, 70)])))
def test_gaps_are_as_they_were_in_whatever_order_files_are_taken_back(office, order):
    """Files that overlap by a little, one over the seam of two gaps, one up to a gap's very end."""
    later = GapSeen(CAMERA, StreamRole.MAIN, at(60), at(90), GapCause.CAMERA, NO_ROUTE)
    before = take(office, "r", [gap(60), later], 0)
    assert before == 2
    brought = sorted(order)
    take(office, "i", [fact for span in brought for fact in imported(*span)], 0)
    assert gaps(office) == [(10, 20), (70, 90)]
    facts = [
        undone(*span, *(g for g in (gap(60), later) if g.start < at(span[1]) and g.end > at(span[0]))) for span in order
    ]
    take(office, "i", facts, 2 * len(brought))
    with office.store.read() as unit:
        assert unit.recordings.gaps(CAMERA, StreamRole.MAIN, Span(at(0), at(1000))) == (gap(60), later)


def test_sharp_footage_over_a_gap_and_beyond_is_taken_back(office):
    """It lay over what the sub stream had recorded, too: the gap ends where it did."""
    small = GapSeen(CAMERA, StreamRole.SUB, at(20), at(30), GapCause.NETWORK, NO_ROUTE)
    take(office, "r", [small], 0)
    take(office, "i", [*imported(5, 35), undone(5, 35, small)], 0)
    with office.store.read() as unit:
        assert unit.recordings.gaps(CAMERA, StreamRole.SUB, Span(at(0), at(1000))) == (small,)


def test_who_took_what_back_is_audited_once(office):
    fact = ImportUndone(CAMERA, "01k3t9a7hnqy4xr2", at(95), 3, 30.0, 1000)
    take(office, "i", [fact], 0)
    take(office, "i", [fact], 0)
    with office.store.read() as unit:
        (row,) = [r for r in unit.audit.rows() if r.action == "undo_import"]
    assert row.thing == f"camera:{CAMERA}"
    assert row.detail == {"import": "01k3t9a7hnqy4xr2", "files": 3, "length_s": 30.0, "uid": 1000}


def test_who_brought_what_is_audited_once(office):
    fact = FootageImported(CAMERA, at(90), "ab" * 32, at(20), at(30), 10.0, "name", 1000)
    take(office, "i", [fact], 0)
    take(office, "i", [fact], 0)
    with office.store.read() as unit:
        rows = [r for r in unit.audit.rows() if r.action == "import_footage"]
    assert len(rows) == 1
    assert rows[0].thing == f"camera:{CAMERA}"
    assert rows[0].detail["sha256"] == "ab" * 32
    assert rows[0].detail["uid"] == 1000


def test_the_newest_drill_is_a_note_and_every_one_is_in_the_trail(office):
    for number, well in enumerate((True, False)):
        fact = HouseKept(at(number), "drill", well, "cd" * 32, 7, 4000, 1.5, 0, NOTHING_SAID if well else HARM)
        take(office, "_house/backup", [fact], number)
    with office.store.read() as unit:
        rows = [r for r in unit.audit.rows() if r.action == "drill"]
        note = json.loads(unit.notes.get("last_drill"))
    assert [r.detail["well"] for r in rows] == [True, False]
    assert (note["well"], note["detail_vi"], note["detail"], note["at"]) == (False, HARM.vi, HARM.en, at(1))
