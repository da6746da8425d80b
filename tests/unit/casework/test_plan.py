from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.casework.plan import MOST_AGAIN, EvidenceTimes, plan, replan, shown
from matpho.domain.evidence import EvidenceKind, EvidenceState
from matpho.domain.time import Span, seconds
from matpho.testing.builders import at, incident, masked_camera

pytestmark = pytest.mark.unit

TIMES = EvidenceTimes()


def _by_slot(one):
    return {wanted.slot: wanted for wanted in plan(one, TIMES)}


def test_a_short_thing_gets_one_clip_around_all_of_it():
    wanted = _by_slot(incident(start=at(0), at=at(20), end=at(40)))
    assert wanted["clip"].span == Span(at(-10), at(50))
    assert wanted["still_before"].span.start < at(0)
    assert wanted["still_during"].span.start == at(20)
    assert wanted["still_after"].span.start > at(40)
    assert "clip_start" not in wanted


def test_of_a_thing_that_stays_the_stills_around_it_are_chosen_from_some_seconds():
    stays = _by_slot(incident(kind="illegal_dumping", start=at(0), at=at(20), end=None))
    assert stays["still_before"].span == Span(at(-10), at(-2))
    assert stays["still_after"].span == Span(at(22), at(30))
    ended = _by_slot(incident(kind="illegal_dumping", start=at(0), at=at(20), end=at(60)))
    assert ended["still_after"].span == Span(at(62), at(70))
    passes = _by_slot(incident(kind="intrusion", start=at(0), at=at(20), end=None))
    for wanted in (stays["still_during"], passes["still_before"], passes["still_after"]):
        assert wanted.span.start == wanted.span.end


def test_while_it_lasts_the_clip_ends_after_the_noticing():
    wanted = _by_slot(incident(start=at(0), at=at(20), end=None))
    assert wanted["clip"].span == Span(at(-10), at(30))
    assert wanted["still_after"].span.end == at(30)


def test_a_long_thing_noticed_early_is_cut_at_the_longest():
    assert _by_slot(incident(start=at(0), at=at(20), end=at(900)))["clip"].span == Span(at(-10), at(80))


def test_a_thing_noticed_late_gets_two_clips():
    wanted = _by_slot(incident(start=at(0), at=at(300), end=None))
    assert wanted["clip_start"].span == Span(at(-10), at(35))
    assert wanted["clip"].span == Span(at(265), at(310))


@given(start=st.integers(-5000, 0), noticed=st.integers(0, 5000), lasts=st.none() | st.integers(0, 9000))
def test_no_plan_is_longer_than_allowed_and_the_noticing_is_always_in(start, noticed, lasts):
    one = incident(start=at(start), at=at(noticed), end=None if lasts is None else at(start + lasts))
    clips = [w for w in plan(one, TIMES) if w.kind is EvidenceKind.CLIP]
    assert sum(w.span.length_s for w in clips) <= TIMES.longest_clip_s
    main = next(w.span for w in clips if w.slot == "clip")
    assert main.start <= one.at < main.end
    whole = next(w.span for w in plan(one, TIMES) if w.kind is EvidenceKind.MANIFEST)
    assert all(whole.start <= w.span.start and w.span.end <= whole.end for w in plan(one, TIMES))


def _ready(rows):
    return tuple(replace(row, state=EvidenceState.READY) for row in rows)


def test_each_file_is_asked_for_once():
    rows = replan(incident(), (), TIMES, at(21), masked_camera().masks)
    assert [row.slot for row in rows] == ["clip", "still_before", "still_during", "still_after", "manifest"]
    assert all(row.masks == masked_camera().masks for row in rows)
    assert all(seconds(row.next_try - row.wanted.end) >= 2 or row.next_try == at(21) for row in rows)
    assert replan(incident(), rows, TIMES, at(22), ()) == ()


def test_a_longer_thing_aims_anew_what_is_not_made_yet():
    rows = replan(incident(), (), TIMES, at(21), ())
    again = replan(incident(end=at(60)), rows, TIMES, at(61), ())
    assert [(row.slot, row.id in {r.id for r in rows}) for row in again] == [
        ("clip", True),
        ("still_after", True),
        ("manifest", True),
    ]


def test_a_longer_thing_gets_new_rows_beside_finished_ones():
    rows = _ready(replan(incident(), (), TIMES, at(21), ()))
    again = replan(incident(end=at(60)), rows, TIMES, at(61), ())
    assert [row.slot for row in again] == ["clip", "still_after", "manifest"]
    assert not {row.id for row in again} & {row.id for row in rows}


def test_what_is_kept_is_never_made_smaller():
    rows = _ready(replan(incident(end=at(60)), (), TIMES, at(61), ()))
    assert replan(incident(end=None), rows, TIMES, at(62), ()) == ()


def test_a_thing_that_comes_and_goes_does_not_fill_the_disk():
    rows = ()
    for n in range(50):
        rows += _ready(replan(incident(end=at(60 + 60 * n)), rows, TIMES, at(70 + 60 * n), ()))
    assert max(sum(row.slot == slot for row in rows) for slot in ("clip", "still_after", "manifest")) <= MOST_AGAIN


def test_replaced_files_are_not_shown():
    rows = _ready(replan(incident(), (), TIMES, at(21), ()))
    assert shown((replace(rows[0], state=EvidenceState.REPLACED), *rows[1:])) == rows[1:]
