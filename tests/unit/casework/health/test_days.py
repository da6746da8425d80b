"""A camera's day in figures."""

from zoneinfo import ZoneInfo

import pytest

from matpho.casework.health.days import camera_day, day_span, dirty, local_day, ward_uptime
from matpho.casework.health.records import CameraDay
from matpho.casework.records import Segment
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen
from matpho.domain.time import Span, from_iso
from matpho.domain.words import NOTHING_SAID
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

NAME = CameraId("cong-cho")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def segment(start, end):
    return Segment(
        camera_id=NAME,
        role=StreamRole.MAIN,
        path=f"{start}",
        start=at(start),
        end=None if end is None else at(end),
        codec="h264",
        width=1,
        height=1,
    )


def gap(start, end, cause=GapCause.NETWORK):
    return GapSeen(NAME, StreamRole.MAIN, at(start), None if end is None else at(end), cause, NOTHING_SAID)


def day(segments, gaps, length=1000, now=1000):
    return camera_day(NAME, "2026-01-01", Span(at(0), at(length)), segments, gaps, at(now))


def test_recorded_and_missing_add_up():
    found = day([segment(0, 400), segment(500, None)], [gap(400, 500)])
    assert (found.expected_s, found.recorded_s, found.gaps) == (1000, 900, {"network": 100})
    assert found.uptime == pytest.approx(0.9)


def test_overlaps_count_once_and_gaps_never_take_from_recordings():
    found = day([segment(0, 600), segment(500, 1000)], [gap(550, 700, GapCause.CAMERA), gap(650, 720)])
    assert (found.recorded_s, found.gaps) == (1000, {})


def test_what_nobody_told_of_is_unknown_but_for_the_newest_minute():
    assert day([segment(0, 300)], []).gaps == {"unknown": 640}
    assert day([segment(0, 950)], []).gaps == {}


def test_what_a_person_switched_off_is_no_outage():
    found = day([segment(0, 500)], [gap(500, None, GapCause.OFF)])
    assert (found.expected_s, found.uptime, found.gap_s) == (500, 1.0, 0)


def test_only_the_day_itself_counts():
    assert day([segment(-500, 2000)], []).recorded_s == 1000


def test_local_days_and_the_days_that_clocks_are_changed_on():
    assert local_day(from_iso("2026-11-23T17:30:00Z"), HANOI) == "2026-11-24"
    assert day_span("2026-11-24", HANOI) == Span(from_iso("2026-11-23T17:00:00Z"), from_iso("2026-11-24T17:00:00Z"))
    berlin = ZoneInfo("Europe/Berlin")
    assert day_span("2026-03-29", berlin).length_s == 23 * 3600
    assert day_span("2026-10-25", berlin).length_s == 25 * 3600


def bright(*values):
    return [
        CameraDay(camera_id=NAME, day=f"2026-01-{n:02d}", expected_s=1, recorded_s=1, sharpness=v, looks=900)
        for n, v in enumerate(values, 1)
    ]


def test_a_lens_that_gets_dirty_slowly():
    assert dirty(bright(1.0, 1.0)) == (None, 1.0)
    assert dirty(bright(*[1.0] * 10)) == (False, 1.0)
    slowly = [1.0] * 5 + [1.0 - 0.03 * n for n in range(20)]
    assert dirty(bright(*slowly)) == (True, 0.46)
    assert dirty(bright(*slowly, 1.0))[0] is False  # somebody wiped it
    assert dirty(bright(1.0, 1.0, 1.0, 1.0, 0.3, 1.0, 1.0))[0] is False  # one foggy day


def test_the_ward_as_a_whole():
    days = [
        CameraDay(camera_id=NAME, day="2026-01-01", expected_s=100, recorded_s=100),
        CameraDay(camera_id=CameraId("b"), day="2026-01-01", expected_s=300, recorded_s=100),
    ]
    assert ward_uptime(days) == 0.5
    assert ward_uptime([]) is None
