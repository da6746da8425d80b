"""When the detector looks: the average is kept, nothing is forgotten, calm is cheap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Point, Polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.time import Instant, after
from matpho.pipeline.pace import FILE, LIVE, Activity, Pace, Schedule, live_pace, without_gate

pytestmark = pytest.mark.unit

WHOLE = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))
BUSY = Activity(moving=True, tracks=True, unsure=False, things=False)
NEW = Activity(moving=True, tracks=True, unsure=True, things=False)
PARKED = Activity(moving=False, tracks=True, unsure=False, things=False)
LYING = Activity(moving=False, tracks=True, unsure=False, things=True)
EMPTY = Activity(moving=False, tracks=False, unsure=False, things=False)


def looks(schedule: Schedule, scenes: list[Activity], *, fps: float = 5.0, price: int = 1) -> list[float]:
    """The seconds at which it looked, one scene a frame."""
    found = []
    for number, scene in enumerate(scenes):
        at = after(Instant(0), number / fps)
        if schedule.due(at, scene):
            schedule.looked(at, price, wanted=price)
            found.append(number / fps)
    return found


def camera(*purposes: Purpose) -> Camera:
    zones = tuple(Zone(id=ZoneId(f"z{n}"), purpose=p, polygon=WHOLE) for n, p in enumerate(purposes))
    return Camera(id=CameraId("cam"), name="c", zones=zones)


@given(
    st.lists(st.sampled_from([BUSY, NEW, PARKED, LYING, EMPTY]), min_size=50, max_size=300),
    st.floats(3, 25),
    st.integers(1, 2),
)
def test_a_live_camera_never_costs_more_than_one_inference_a_second_on_average(scenes, fps, price):
    schedule = Schedule(LIVE)
    had = looks(schedule, scenes, fps=fps, price=price)
    assert len(had) * price <= len(scenes) / fps / LIVE.moving_s + 2 + price
    assert schedule.scheduled == len(had) * price


def test_looks_that_others_asked_for_take_what_was_saved_up_and_delay_none_that_is_due():
    schedule, had = Schedule(LIVE), []
    for number in range(300):
        at = after(Instant(0), number / 5)
        if schedule.due(at, BUSY):
            schedule.looked(at, 1, wanted=1)
            had.append(number / 5)
        if number % 10 == 5:
            schedule.spent()
    assert 59 <= len(had) <= 62
    assert schedule.scheduled == len(had) + 30
    burst = Schedule(LIVE)
    burst.looked(Instant(0), 1, wanted=1)
    for _ in range(50):
        burst.spent()
    assert next(n for n in range(1, 100) if burst.due(after(Instant(0), n / 5), NEW)) == 5, "not in quick succession"


def test_a_look_at_two_pictures_is_still_paid_for_when_others_look_too():
    schedule = Schedule(LIVE)
    for at_s in (0.0, 1.0):
        schedule.looked(after(Instant(0), at_s), 2, wanted=2)
    schedule.spent()
    assert next(n for n in range(6, 100) if schedule.due(after(Instant(0), n / 5), BUSY)) == 15, "two seconds later"


def test_a_busy_street_gets_its_look_every_second():
    assert 59 <= len(looks(Schedule(LIVE), [BUSY] * 300)) <= 62


def test_what_has_just_come_is_looked_at_twice_in_quick_succession():
    first, second, *_ = looks(Schedule(LIVE), [NEW] * 10)
    assert second - first == pytest.approx(0.4)


def test_a_parked_car_is_looked_at_less_and_less_but_what_was_left_is_not():
    assert looks(Schedule(LIVE), [PARKED] * 950) == pytest.approx([0, 4, 12, 28, 60, 120, 180])
    assert len(looks(Schedule(LIVE), [LYING] * 300)) == 30


def test_where_nothing_moves_and_nothing_is_followed_the_looks_grow_rare_too():
    assert looks(Schedule(LIVE), [EMPTY] * 950) == pytest.approx([0, 20, 60, 120, 180])
    assert looks(Schedule(FILE), [EMPTY] * 60) == pytest.approx([0, 4, 8])


def test_after_a_rest_the_first_motion_is_looked_at_at_once():
    had = looks(Schedule(LIVE), [PARKED] * 200 + [BUSY] * 20)
    assert 40.0 in had


def test_a_file_is_looked_at_at_every_frame_that_moves():
    assert len(looks(Schedule(FILE), [BUSY] * 50)) == 50


def test_what_the_budget_refuses_is_still_counted_as_asked_for():
    schedule = Schedule(LIVE)
    schedule.looked(Instant(0), 1, wanted=1)
    for number in range(5, 55):  # ten seconds of refusals
        at = after(Instant(0), number / 5)
        assert schedule.due(at, BUSY)
        schedule.owed(at)
    assert schedule.scheduled == 11
    schedule.looked(after(Instant(0), 11), 1, wanted=1)
    assert schedule.scheduled == 11


def test_a_crop_that_the_budget_refused_is_missing_in_the_count():
    schedule = Schedule(LIVE)
    schedule.looked(Instant(0), 1, wanted=2)
    assert schedule.scheduled == 2


def test_the_most_demanding_zone_that_has_a_rule_sets_the_pace():
    assert live_pace(camera()) == LIVE
    assert live_pace(camera(Purpose.NO_DUMPING, Purpose.WATCH)) == LIVE
    assert live_pace(camera(Purpose.NO_DUMPING, Purpose.RESTRICTED)).moving_s == 0.3


@pytest.mark.parametrize("scene", [BUSY, PARKED, EMPTY])
def test_without_the_gate_it_looks_at_the_most_demanding_pace_whatever_happens(scene):
    assert 59 <= len(looks(Schedule(without_gate(LIVE)), [scene] * 300)) <= 62
    junction = without_gate(Pace(moving_s=1.0, tracked_s=2.0, quiet_s=20.0, focus_s=0.2))
    assert len(looks(Schedule(junction), [scene] * 50)) == 50


def test_zones_that_no_rule_watches_cost_nothing(monkeypatch):
    traffic = camera(Purpose.STOP_LINE)
    monkeypatch.setattr("matpho.pipeline.pace.without_rule", lambda _: ("stop_line",))
    assert live_pace(traffic) == LIVE
    monkeypatch.setattr("matpho.pipeline.pace.without_rule", lambda _: ())
    assert live_pace(traffic).moving_s == 0.2


def test_three_looks_at_a_part_lie_between_two_at_the_whole_picture_unless_looks_are_rare():
    def wholes(every_s: float) -> list[float]:
        schedule, found = Schedule(LIVE), []
        for number in range(round(40 / every_s)):
            now = after(Instant(0), number * every_s)
            part = schedule.may_be_part(now)
            schedule.looked(now, 1, wanted=1, whole=not part)
            if not part:
                found.append(number * every_s)
        return found

    assert wholes(1.0)[:6] == [0, 1, 2, 3, 7, 11]  # the first ones are all at the whole picture
    assert wholes(2.0)[:6] == [0, 2, 4, 6, 14, 22]
    assert wholes(10.0) == [0, 10, 20, 30]
