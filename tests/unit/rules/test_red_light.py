"""Running a red light: who crosses on red is told once, with the moment of the front; all else is silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.rules.scenes import CAMERA, t
from tests.unit.rules.streets import LINE, RED, Course, at_s, body, drive, junction, phases, stop_line

from matpho.domain.geometry import Box, Point
from matpho.domain.observation import Group, LampColour, Scene, Track, TrackPoint
from matpho.rules.red_light import RedLight

pytestmark = pytest.mark.unit

OVER = drive((0.5, 0.85), (0.0, -0.15), begin=1.0)  # its rear is on the line at 2.67 s


def test_who_crosses_on_red_is_told_once_when_no_green_can_come_any_more():
    told = junction(RedLight(stop_line()), [OVER], until=12, finish=False)
    assert len(told) == 1
    assert told[0].kind == "red_light"
    assert 2.2 <= at_s(told[0].start) <= 2.5  # the front, a third of the height ahead of the rear
    assert 6.0 <= at_s(told[0].at) <= 7.5
    assert told[0].figures["red_s"] == pytest.approx(at_s(told[0].start), abs=0.01)
    assert "đã đỏ 2 giây" in told[0].why.vi


@pytest.mark.parametrize("colour", [LampColour.AMBER, LampColour.GREEN, LampColour.UNKNOWN])
def test_amber_green_and_what_cannot_be_read_are_silent(colour: LampColour):
    assert junction(RedLight(stop_line()), [OVER], until=12, lamp=phases((0.0, colour))) == []


def test_who_crosses_within_the_grace_after_red_began_is_not_told():
    amber_then_red = phases((0.0, LampColour.AMBER), (2.1, LampColour.RED))
    assert junction(RedLight(stop_line()), [OVER], until=12, lamp=amber_then_red) == []
    strict = stop_line(rules={"red_light": {"min_duration_s": 0.1}})
    assert len(junction(RedLight(strict), [OVER], until=12, lamp=amber_then_red)) == 1


def test_who_waits_at_the_line_or_creeps_over_it_is_silent():
    def waits(s: float) -> tuple[float, float]:
        return 0.4, max(0.64, 0.9 - 0.1 * s)

    def creeps(s: float) -> tuple[float, float]:
        return 0.6, 0.7 - 0.018 * s

    assert junction(RedLight(stop_line()), [waits, creeps], until=20) == []


def test_who_stops_just_over_the_line_is_silent():
    def stops(s: float) -> tuple[float, float]:
        return 0.5, max(0.56, 0.9 - 0.15 * s)

    assert junction(RedLight(stop_line()), [stops], until=12) == []


def test_who_is_made_out_only_once_before_the_line_is_told_if_its_course_leads_back_there():
    late = drive((0.5, 0.66), (0.0, -0.3), begin=1.0)
    told = junction(RedLight(stop_line()), [late], until=12)
    assert len(told) == 1
    assert 1.0 <= at_s(told[0].start) <= 1.2


def test_the_look_before_a_track_counted_is_a_look_too():
    fast = drive((0.5, 0.73), (0.0, -0.3), begin=1.0)
    assert len(junction(RedLight(stop_line()), [fast], until=12, counts=3)) == 1


def jumps(s: float) -> tuple[float, float] | None:
    """A box that was drawn too low once, of one who drives on beyond the line."""
    return None if s < 1 else (0.5, 0.7 if s == 1 else 0.55 - 0.12 * (s - 1))


def passes_beyond(s: float) -> tuple[float, float] | None:
    """Across the junction and slightly away, with one box at its begin that reaches over the line."""
    return None if s < 1 else (0.2 + 0.2 * (s - 1), 0.66 if s == 1 else 0.62 - 0.035 * (s - 1))


@pytest.mark.parametrize("course", [jumps, passes_beyond])
def test_one_box_before_the_line_that_fits_no_course_over_it_is_no_crossing(course: Course):
    assert junction(RedLight(stop_line()), [course], until=12) == []


@pytest.mark.parametrize(
    "course",
    [
        drive((0.5, 0.3), (0.0, 0.15)),  # comes towards it
        drive((0.05, 0.5), (0.15, 0.0)),  # crosses the junction beyond it
        drive((0.97, 0.9), (0.0, -0.15)),  # passes far beside its end
        drive((0.5, 0.55), (0.0, -0.1)),  # was beyond it when it was first seen
    ],
)
def test_who_does_not_cross_it_from_before_is_silent(course: Course):
    assert junction(RedLight(stop_line()), [course], until=12) == []


@pytest.mark.parametrize("grows", [False, True])
def test_a_box_that_takes_in_the_rider_ahead_does_not_put_the_line_further_off(grows: bool):  # noqa: FBT001
    """One stops a body behind others who wait beyond the line: the box grows upwards over them."""
    rule, told, path = RedLight(stop_line()), [], []
    for i in range(50):
        y = max(0.5, 0.72 - 0.03 * i * 0.4)
        tall = 0.16 + (0.1 * min(1.0, max(0.0, (i - 15) / 5)) if grows else 0.0)
        path.append(TrackPoint(t(0.2 * i), body(0.5, y, Group.TWO_WHEELER, tall), seen=True))
        track = Track(1, Group.TWO_WHEELER, "motorcycle", 0.8, t(0), tuple(path))
        told += rule.update(Scene(CAMERA, t(0.2 * i), (track,), (), lamps={LINE: RED(0.2 * i)}))
    assert len(told) == 1


def test_people_on_foot_are_silent():
    assert junction(RedLight(stop_line()), [OVER], until=12, group=Group.PERSON) == []


def test_rider_and_machine_on_two_tracks_are_one_and_two_riders_are_two():
    twin = drive((0.503, 0.86), (0.0, -0.15), begin=1.0)
    other = drive((0.35, 0.85), (0.0, -0.15), begin=1.0)
    assert len(junction(RedLight(stop_line()), [OVER, twin], until=12)) == 1
    assert len(junction(RedLight(stop_line()), [OVER, other], until=12)) == 2


def test_a_little_past_the_drawn_end_is_on_the_line_still():
    beside = drive((0.17, 0.85), (0.0, -0.15))
    assert len(junction(RedLight(stop_line()), [beside], until=12)) == 1


def test_a_car_that_comes_towards_the_camera_is_told_when_its_bumper_crosses():
    place = stop_line(direction=(0.0, 1.0))
    coming = drive((0.5, 0.3), (0.0, 0.1))
    told = junction(RedLight(place), [coming], until=14, group=Group.VEHICLE, height=0.2)
    assert [round(at_s(hit.start), 1) for hit in told] == [3.0]


def test_a_car_that_leaves_the_picture_before_its_rear_is_clear_is_told_if_it_drives():
    low = stop_line(direction=(0.0, 1.0), line=(Point(0.2, 0.7), Point(0.8, 0.7)))
    drives, creeps = drive((0.5, 0.3), (0.0, 0.2), end=3.7), drive((0.5, 0.6), (0.0, 0.06), end=7.3)
    told = junction(RedLight(low), [drives], until=14, group=Group.VEHICLE, height=0.25)
    assert [round(at_s(hit.start), 1) for hit in told] == [2.0]
    assert junction(RedLight(low), [creeps], until=14, group=Group.VEHICLE, height=0.25) == []
    stops = drive((0.5, 0.3), (0.0, 0.2), end=3.2)
    assert junction(RedLight(low), [stops], until=14, group=Group.VEHICLE, height=0.25) == [], "still in the picture"


def test_a_car_leaves_the_picture_over_a_black_bar_too():
    low, lit = stop_line(direction=(0.0, 1.0), line=(Point(0.2, 0.6), Point(0.8, 0.6))), Box(0.0, 0.1, 1.0, 0.8)
    drives = drive((0.5, 0.2), (0.0, 0.2), end=3.7)
    told = junction(RedLight(low), [drives], until=14, group=Group.VEHICLE, height=0.25, cut=True, lit=lit)
    assert [round(at_s(hit.start), 1) for hit in told] == [2.0]


def test_the_end_of_the_stream_tells_what_was_held():
    short = junction(RedLight(stop_line()), [OVER], until=5)
    assert [hit.kind for hit in short] == ["red_light"]


def test_a_dark_lamp_after_the_crossing_does_not_take_it_back():
    goes_dark = phases((0.0, LampColour.RED), (3.5, LampColour.UNKNOWN))
    assert len(junction(RedLight(stop_line()), [OVER], until=12, lamp=goes_dark)) == 1


@pytest.mark.parametrize(
    ("hidden", "then", "told"),
    [
        pytest.param((1.5, 5.0), LampColour.RED, 1, id="red before and after a bus"),
        pytest.param((1.5, 7.4), LampColour.RED, 1, id="seen again after it would have been told"),
        pytest.param((1.5, 9.0), LampColour.RED, 0, id="long enough for a green between"),
        pytest.param((1.5, 5.0), LampColour.GREEN, 0, id="green when it is seen again"),
        pytest.param((1.5, 99.0), LampColour.RED, 0, id="never seen again"),
    ],
)
def test_a_lamp_that_a_bus_hides_for_some_seconds_was_red_if_it_was_so_before_and_after(
    hidden: tuple[float, float], then: LampColour, told: int
):
    lamp = phases((0.0, LampColour.RED), (hidden[0], LampColour.UNKNOWN), (hidden[1], then))
    found = junction(RedLight(stop_line()), [OVER], until=16, lamp=lamp)
    assert len(found) == told
    for hit in found:
        assert hit.figures["red_s"] == pytest.approx(at_s(hit.start), abs=0.01)


def test_a_lamp_that_is_hidden_twice_in_one_red_phase_is_red_all_along():
    changes = [(0.0, LampColour.RED), (1.0, LampColour.UNKNOWN), (1.8, LampColour.RED), (2.2, LampColour.UNKNOWN)]
    found = junction(RedLight(stop_line()), [OVER], until=16, lamp=phases(*changes, (4.0, LampColour.RED)))
    assert len(found) == 1
    assert found[0].figures["red_s"] == pytest.approx(at_s(found[0].start), abs=0.01)


@given(
    angle=st.sampled_from([(0.0, -1.0), (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (0.7, -0.7), (-0.6, 0.8)]),
    order=st.sampled_from([(-1, 1), (1, -1)]),
    speed=st.floats(0.12, 0.5),
)
def test_any_direction_and_either_order_of_the_ends(angle: tuple[float, float], order: tuple[int, int], speed: float):
    aspect = 16 / 9
    across = (-angle[1], angle[0])
    one, other = (Point(0.5 + k * 0.25 * across[0] / aspect, 0.55 + k * 0.25 * across[1]) for k in order)
    start = (0.5 - 0.35 * angle[0] / aspect, 0.6 - 0.35 * angle[1])
    along = drive(start, (speed * angle[0] / aspect, speed * angle[1]))
    against = drive((1 - start[0], 1.2 - start[1]), (-speed * angle[0] / aspect, -speed * angle[1]))
    rule = RedLight(stop_line(line=(one, other), direction=angle))
    told = junction(rule, [along, against], until=0.75 / speed + 1)
    assert [hit.track_ids for hit in told] == [(1,)]
