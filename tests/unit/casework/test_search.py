from datetime import UTC, time
from zoneinfo import ZoneInfo

import pytest

from matpho.casework.search import SearchForm, visit_of, wanted_spans
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import SECOND, Instant, Span, from_iso, to_iso
from matpho.errors import BadInput

pytestmark = pytest.mark.unit

HANOI, BERLIN = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin")
REGION = Box(0.4, 0.4, 0.2, 0.2)


def form(start, end, hours=None, weekdays=()):
    span = Span(from_iso(start), from_iso(end))
    return SearchForm(cameras=(CameraId("c"),), span=span, region=REGION, hours=hours, weekdays=frozenset(weekdays))


def told(spans):
    return [(to_iso(s.start)[:16], to_iso(s.end)[:16]) for s in spans]


def test_without_hours_it_is_the_whole_span():
    asked = form("2026-11-20T00:00:00Z", "2026-11-27T00:00:00Z")
    assert wanted_spans(asked, HANOI) == (asked.span,)


def test_a_night_goes_over_midnight_and_is_cut_to_the_span():
    asked = form("2026-11-20T20:00:00+07:00", "2026-11-22T23:00:00+07:00", (time(22), time(5)))
    assert told(wanted_spans(asked, HANOI)) == [
        ("2026-11-20T15:00", "2026-11-20T22:00"),
        ("2026-11-21T15:00", "2026-11-21T22:00"),
        ("2026-11-22T15:00", "2026-11-22T16:00"),
    ]


def test_the_night_that_began_the_day_before_counts():
    asked = form("2026-11-20T01:00:00+07:00", "2026-11-20T12:00:00+07:00", (time(22), time(5)))
    assert told(wanted_spans(asked, HANOI)) == [("2026-11-19T18:00", "2026-11-19T22:00")]


def test_weekdays_are_those_on_which_the_hours_begin():
    week = form("2026-11-16T00:00:00+07:00", "2026-11-23T00:00:00+07:00", (time(22), time(2)), (5,))
    assert told(wanted_spans(week, HANOI)) == [("2026-11-21T15:00", "2026-11-21T19:00")]
    whole_days = form("2026-11-16T00:00:00+07:00", "2026-11-23T00:00:00+07:00", None, (5, 6))
    assert told(wanted_spans(whole_days, HANOI)) == [("2026-11-20T17:00", "2026-11-22T17:00")]


def test_hours_follow_the_wall_clock_through_a_change_of_clocks():
    asked = form("2026-10-24T00:00:00Z", "2026-10-26T12:00:00Z", (time(6), time(8)))
    assert told(wanted_spans(asked, BERLIN)) == [
        ("2026-10-24T04:00", "2026-10-24T06:00"),
        ("2026-10-25T05:00", "2026-10-25T07:00"),
        ("2026-10-26T05:00", "2026-10-26T07:00"),
    ]


def test_a_search_over_a_year_is_refused():
    with pytest.raises(BadInput):
        wanted_spans(form("2025-11-20T00:00:00Z", "2026-11-20T00:00:00Z"), UTC)


def track(*places):
    boxes = tuple((Instant(t * SECOND), Box(x, 0.45, 0.1, 0.1)) for t, x in places)
    return TrackEnded(CameraId("c"), 3, Group.PERSON, boxes[0][0], boxes[-1][0], boxes)


def test_a_visit_is_from_first_to_last_moment_inside_within_the_hours():
    there_and_back = track((0, 0.0), (10, 0.9), (20, 0.0))
    whole = visit_of(there_and_back, REGION, (Span(Instant(0), Instant(100 * SECOND)),))
    assert whole.span.start == pytest.approx(10 / 3 * SECOND, abs=1000)
    assert whole.span.end == pytest.approx(20 * SECOND - 10 / 3 * SECOND, abs=1000)
    assert whole.inside_s == pytest.approx(2 * (0.3 / 0.09), abs=0.01)
    assert whole.box.overlap(REGION) > 0
    late = visit_of(there_and_back, REGION, (Span(Instant(12 * SECOND), Instant(100 * SECOND)),))
    assert late.span.start > 12 * SECOND
    assert visit_of(there_and_back, REGION, (Span(Instant(8 * SECOND), Instant(12 * SECOND)),)) is None


def test_the_moment_shown_is_inside_the_hours():
    stood = track((0, 0.45), (1000, 0.45))
    visit = visit_of(stood, REGION, (Span(Instant(900 * SECOND), Instant(950 * SECOND)),))
    assert visit.at == 925 * SECOND
