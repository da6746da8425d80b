"""Clocks that are set forward and back: hours, days and folders by the ward's own time.

Việt Nam has one time all year; a ward elsewhere has days of 23 and 25 hours, and an hour that is twice.
"""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day_
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from matpho.casework.health.days import camera_day, day_span, local_day
from matpho.casework.records import Segment
from matpho.casework.timeline import month_of
from matpho.domain.camera import Hours, StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant, after
from matpho.rules.figures import moment, time_of_day
from matpho.settings import load
from matpho.testing.clock import HandClock
from matpho.testing.footage import packets
from matpho.video.recorder import CameraRecorder

pytestmark = pytest.mark.unit

WARD = ZoneInfo("Asia/Ho_Chi_Minh")
CHANGING = ZoneInfo("Europe/Berlin")
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)  # 02:00 becomes 03:00; 03:00 becomes 02:00


def instant(*when: int, zone=UTC) -> Instant:
    return Instant(int(datetime(*when, tzinfo=zone).timestamp()) * SECOND)


def minutes_permitted(hours: Hours, day: date, zone: ZoneInfo) -> int:
    """Minutes of a local day that lie within permitted hours."""
    span = day_span(day.isoformat(), zone)
    starts = range(span.start, span.end, 60 * SECOND)
    return sum(hours.holds(time_of_day(Instant(at), zone)) for at in starts)


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        (WARD, FORWARD, 60),
        (WARD, BACK, 60),
        (CHANGING, date(2026, 3, 28), 60),
        (CHANGING, FORWARD, 30),
        (CHANGING, BACK, 90),
    ],
)
def test_permitted_hours_follow_the_wall_clock(zone: ZoneInfo, day: date, minutes: int):
    hours = Hours(time_of_day_(2, 30), time_of_day_(3, 30))
    assert minutes_permitted(hours, day, zone) == minutes


def test_hours_over_midnight_hold_on_both_sides_of_a_change():
    night = Hours(time_of_day_(22, 0), time_of_day_(6, 0))
    for day, hours in ((FORWARD, 7), (BACK, 9), (date(2026, 7, 1), 8)):
        begin = datetime.combine(day - timedelta(days=1), time_of_day_(12), tzinfo=CHANGING)
        start = Instant(int(begin.timestamp()) * SECOND)
        held = sum(night.holds(time_of_day(after(start, 60 * n), CHANGING)) for n in range(23 * 60))
        assert held == hours * 60, day


def test_what_a_person_reads_is_the_ward_s_time():
    at = instant(2026, 10, 25, 1, 30)
    assert "08:30:00" in moment(at, WARD).vi
    assert "02:30:00" in moment(at, CHANGING).en
    assert "02:30:00" in moment(after(at, -3600), CHANGING).en, "the hour that is twice"


@pytest.mark.parametrize("zone", [WARD, CHANGING, ZoneInfo("America/Santiago"), ZoneInfo("Asia/Kathmandu")])
def test_days_meet_end_to_start_all_year_and_every_instant_has_one(zone: ZoneInfo):
    days = [span for month in range(1, 13) for _, span in month_of(2026, month, zone)]
    names = [day.isoformat() for month in range(1, 13) for day, _ in month_of(2026, month, zone)]
    assert len(days) == 365
    assert all(one.end == following.start for one, following in pairwise(days))
    assert [day_span(name, zone) for name in names] == days
    for name, span in zip(names, days, strict=True):
        assert local_day(span.start, zone) == name
        assert local_day(Instant(span.end - 1), zone) == name


def test_days_are_as_long_as_they_are():
    assert day_span(FORWARD.isoformat(), CHANGING).length_s == 23 * 3600
    assert day_span(BACK.isoformat(), CHANGING).length_s == 25 * 3600
    assert {span.length_s for _, span in month_of(2026, 3, WARD)} == {86_400}


@pytest.mark.parametrize(("day", "hours"), [(FORWARD, 23), (BACK, 25)])
def test_a_camera_day_expects_no_more_and_no_less_than_the_day_has(day: date, hours: int):
    span = day_span(day.isoformat(), CHANGING)
    name = CameraId("x")
    files = [
        Segment(
            camera_id=name, role=StreamRole.MAIN, path=f"x/{n}.mp4", start=after(span.start, 3600 * n),
            end=after(span.start, 3600 * (n + 1)), codec="h264", width=1, height=1,
        )
        for n in range(-1, hours + 1)
    ]  # fmt: skip
    found = camera_day(name, day.isoformat(), span, files, (), span.end)
    assert found.expected_s == hours * 3600
    assert found.recorded_s == hours * 3600


@pytest.mark.parametrize("machine", ["UTC", "Asia/Ho_Chi_Minh", "Pacific/Kiritimati"])
def test_folders_of_recordings_are_days_of_utc_whatever_the_machine_thinks(tmp_path, monkeypatch, machine: str):
    """A file's place never depends on a setting: a changed time zone would lose files."""
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        start = instant(2026, 10, 25, 23, 59, 58)
        info, script = packets(pictures=40, gop=10, start=start)
        recorder = CameraRecorder(
            CameraId("x"), journals=tmp_path / "j", recordings=tmp_path / "r", clock=HandClock(), segment_s=2
        )
        recorder.began(info)
        for packet in script:
            recorder.packet(packet)
        recorder.stop()
    finally:
        monkeypatch.undo()
        time.tzset()
    files = sorted(f.relative_to(tmp_path / "r").as_posix() for f in (tmp_path / "r").rglob("*.mp4"))
    assert files == [f"x/2026-10-25/{start}.mp4", f"x/2026-10-26/{after(start, 2)}.mp4"]


def test_the_ward_s_zone_unless_told_otherwise(tmp_path):
    assert load(tmp_path, {}).time_zone == "Asia/Ho_Chi_Minh"
