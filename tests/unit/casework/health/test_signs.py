"""What a camera, the disk and a process show, and what is never blamed on them."""

from dataclasses import replace

import pytest

from matpho.casework.health.signs import (
    DiskFacts,
    analysis_signs,
    disk_signs,
    picture_signs,
    process_signs,
    stream_signs,
)
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import Link, PictureSeen, StreamState
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

NAME = CameraId("cong-cho")
LIVE = StreamState(NAME, StreamRole.MAIN, Link.LIVE, at(0), at(99), 25.0, 4000.0, "h264", 1920, 1080, 40.0)
SEEN = PictureSeen(NAME, at(98), 110.0, 48.0, 0.2, 0.0)


def holding(signs):
    return {code for code, sign in signs.items() if sign.holds}


def test_a_camera_that_is_well_shows_nothing():
    assert holding(stream_signs(LIVE, at(100), 25.0)) == set()
    assert holding(picture_signs(SEEN, at(100))) == set()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"link": Link.LOST}, {"offline"}),
        ({"link": Link.CONNECTING, "last_packet": None}, {"offline"}),
        ({"last_packet": at(80)}, {"offline"}),
        ({"link": Link.REFUSED}, {"refused"}),
        ({"link": Link.OFF}, set()),
        ({"clock_offset_ms": 2500.0}, {"clock"}),
        ({"clock_offset_ms": -3_600_000.0}, {"clock"}),
        ({"clock_offset_ms": 1900.0}, set()),
        ({"clock_offset_ms": None}, set()),
        ({"fps": 8.0}, {"low_fps"}),
        ({"fps": 12.5}, set()),
    ],
)
def test_what_a_stream_shows(change, found):
    assert holding(stream_signs(replace(LIVE, **change), at(100), 25.0)) == found


def test_a_clock_a_little_off_and_a_camera_that_tells_no_time_are_no_sign():
    for offset_ms in (0.0, 1900.0, -1900.0, None):
        sign = stream_signs(replace(LIVE, clock_offset_ms=offset_ms), at(100), 25.0)["clock"]
        assert sign.holds is False, offset_ms


def test_nothing_is_said_of_a_stream_that_nobody_told_of():
    assert {sign.holds for sign in stream_signs(None, at(100), 25.0).values()} == {None}
    assert stream_signs(replace(LIVE, link=Link.LOST), at(100), 25.0)["clock"].holds is None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"frozen_s": 31.0}, {"frozen"}),
        ({"frozen_s": 20.0}, set()),
        ({"brightness": 17.0, "contrast": 1.0}, {"black"}),
        ({"brightness": 17.0, "contrast": 1.0, "frozen_s": 600.0}, {"black"}),
        ({"brightness": 22.0, "contrast": 30.0}, set()),
        ({"fault": "covered"}, {"covered"}),
        ({"fault": "defocused"}, {"blurred"}),
        ({"fault": "turned"}, {"turned"}),
    ],
)
def test_what_a_picture_shows(change, found):
    assert holding(picture_signs(replace(SEEN, **change), at(100))) == found


def test_an_old_look_says_nothing_about_now():
    assert {sign.holds for sign in picture_signs(replace(SEEN, fault="covered"), at(200)).values()} == {None}
    assert {sign.holds for sign in picture_signs(None, at(200)).values()} == {None}


def disk(**changes):
    facts = {"total": 10**12, "free": 3 * 10**11, "reserve": 2 * 10**9, "per_day": 1e10, "kept_days": 5.0}
    return DiskFacts(**(facts | {"wanted_days": 30.0} | changes))


def test_the_disk():
    assert holding(disk_signs(disk())) == set()
    assert disk().days_left == pytest.approx(29.8)
    assert holding(disk_signs(disk(free=2 * 10**9))) == {"disk_full"}
    assert holding(disk_signs(disk(free=4 * 10**10))) == {"disk_forecast"}
    assert holding(disk_signs(disk(free=4 * 10**10, kept_days=28.0))) == set()  # the oldest day goes before it is full
    assert disk_signs(disk())["disk_health"].holds is None
    assert holding(disk_signs(disk(failing=True))) == {"disk_health"}
    assert disk(per_day=0.0).days_left is None
    assert holding(disk_signs(disk(total=0, free=0, there=False))) == {"disk_gone"}
    assert holding(disk_signs(disk(writable=False))) == {"disk_read_only"}


def test_a_process():
    assert holding(process_signs("running", [], at(0))) == set()
    assert holding(process_signs("late", [], at(0))) == {"process"}
    assert holding(process_signs("running", [at(0), at(60), at(90)], at(100))) == {"restarts"}
    assert holding(process_signs("running", [at(0), at(60), at(90)], at(4000))) == set()


def words(*told, every_s=10.0):
    return [(at(n * every_s), due, left_out) for n, (due, left_out) in enumerate(told)]


def late(*told):
    return analysis_signs(words(*told))["analysis_late"]


def test_an_analysis_that_leaves_pictures_out():
    assert late().holds is None
    assert late((0, 0), (1500, 900)).holds is None, "ten seconds are a stall, or the start"
    assert late((0, 0), (1500, 0), (3000, 10), (4500, 20)).holds is False
    found = late((0, 0), (1500, 300), (3000, 310), (4500, 900))
    assert (found.holds, found.figures) == (True, {"left_out": 20})
    assert late((0, 0), (0, 0), (0, 0), (0, 0)).holds is False, "no camera has a picture"


def test_an_analysis_that_was_started_again_counts_from_nothing():
    assert late((9000, 9000), (10500, 10500), (10, 0), (1500, 0)).holds is None
    assert late((9000, 9000), (10, 0), (1500, 0), (3000, 0), (4500, 0)).holds is False
