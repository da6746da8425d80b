"""Wrong way: who drives against the lane is told; who turns, backs, walks or only flickers is not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.rules.scenes import CAMERA, t
from tests.unit.rules.streets import Course, at_s, body, drive, junction, lane

from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.observation import Group, Scene, Track, TrackPoint
from matpho.rules.wrong_way import WrongWay

pytestmark = pytest.mark.unit

AGAINST = drive((0.25, 0.95), (0.0, -0.12))
WITH = drive((0.25, 0.3), (0.0, 0.12))


def test_who_drives_against_the_lane_is_told_soon_and_ended_where_they_leave_it():
    told = junction(WrongWay(lane()), [AGAINST, WITH], until=12)
    assert {hit.id for hit in told} == {told[0].id}
    assert told[0].track_ids == (1,)
    assert at_s(told[0].start) < 0.3
    assert at_s(told[0].at) < 2.0
    assert told[0].figures["advance_units"] >= 1
    assert told[-1].end is not None
    assert 5.5 < at_s(told[-1].end) < 7.0


def test_two_tracks_of_one_road_user_are_one_drive_and_two_riders_are_two():
    twin = drive((0.252, 0.955), (0.0, -0.12), begin=0.4)
    assert {hit.thing for hit in junction(WrongWay(lane()), [AGAINST, twin], until=8)} == {"track:1"}
    beside = drive((0.35, 0.95), (0.0, -0.12), begin=0.4)
    assert len({hit.thing for hit in junction(WrongWay(lane()), [AGAINST, beside], until=8)}) == 2


def test_who_comes_in_aslant_over_the_lower_edge_does_not_drift_sideways():
    """While the edge cuts the box its foot seems to stay on the edge, and only its way to the side shows."""
    aslant = drive((0.4, 1.12), (-0.05, -0.12), end=2.4)
    assert {hit.thing for hit in junction(WrongWay(lane()), [aslant], until=3, height=0.2, cut=True)} == {"track:1"}
    touches = drive((0.4, 1.12), (-0.05, -0.12), end=1.4)
    assert junction(WrongWay(lane()), [touches], until=3, height=0.2, cut=True) == [], "hardly seen whole"


def test_a_black_bar_cuts_like_the_edge_of_the_picture():
    aslant, lit = drive((0.4, 1.02), (-0.05, -0.12), end=2.4), Box(0.0, 0.1, 1.0, 0.8)
    told = junction(WrongWay(lane()), [aslant], until=3, height=0.2, cut=True, lit=lit)
    assert {hit.thing for hit in told} == {"track:1"}


def test_people_on_foot_never_count():
    assert junction(WrongWay(lane()), [AGAINST], until=8, group=Group.PERSON) == []


def test_a_box_whose_pixels_do_not_change_does_not_drive():
    assert junction(WrongWay(lane()), [AGAINST], until=8, stirred=False) == []


def turns(s: float) -> tuple[float, float]:
    """Out of the lane to the right: a quarter circle across it."""
    angle = min(0.9 * s, math.pi / 2)
    return 0.1 + 0.3 * math.sin(angle), 0.7 - 0.05 * (1 - math.cos(angle))


def backs(s: float) -> tuple[float, float]:
    """Into a gap, slowly."""
    return 0.25, 0.8 - min(0.03 * s, 0.15)


def flickers(s: float) -> tuple[float, float]:
    """Up and down by half its height."""
    return 0.25, 0.8 - 0.08 * (round(s * 5) % 2)


@pytest.mark.parametrize("course", [turns, backs, flickers, drive((0.75, 0.95), (0.0, -0.12))])
def test_turning_backing_flicker_and_the_other_lane_are_silent(course: Course):
    assert junction(WrongWay(lane()), [course], until=8, group=Group.VEHICLE) == []


def test_what_it_waits_for_is_a_setting():
    patient = lane(rules={"wrong_way": {"min_duration_s": 20}})
    assert junction(WrongWay(patient), [AGAINST], until=8) == []


@given(st.floats(0, 2 * math.pi), st.floats(0.1, 0.4))
def test_any_direction_of_the_lane(angle: float, speed: float):
    aspect = 16 / 9
    along = (math.cos(angle), math.sin(angle))
    whole = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))
    place = lane(polygon=whole, direction=along)

    def course(sign: int) -> Course:
        start = (0.5 - sign * 0.3 * along[0] / aspect, 0.6 - sign * 0.3 * along[1])
        return drive(start, (sign * speed * along[0] / aspect, sign * speed * along[1]))

    told = junction(WrongWay(place), [course(1), course(-1)], until=0.6 / speed)
    assert {hit.track_ids for hit in told} == {(2,)}


def hides(*, speed: float, back: float, x: float = 0.25) -> list[Course]:
    """Up the lane, out of sight from 1.4 s on, and again from ``back`` on as a new track."""
    seen = drive((x, 0.95), (0.0, -speed), end=1.4)
    out_again = drive((x, 0.95 - speed * back), (0.0, -speed), begin=back)
    return [seen, out_again]


def test_who_comes_out_of_hiding_in_the_lane_goes_on_with_the_ride_that_was_lost():
    told = junction(WrongWay(lane()), hides(speed=0.12, back=3.6), until=6)
    assert len({hit.id for hit in told}) == 1
    assert told[-1].end is not None
    assert 5.5 < at_s(told[-1].end) <= 6.0
    slow = junction(WrongWay(lane(rules={"wrong_way": {"min_advance": 2.2}})), hides(speed=0.12, back=3.6), until=6)
    assert at_s(slow[0].at) > 3.6, "the first part alone was too short"
    assert at_s(slow[0].start) < 0.3, "and yet it is when the ride began"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(drive((0.4, 0.6), (0.0, -0.12), begin=7.0), id="too late"),
        pytest.param(drive((0.4, 0.9), (0.0, -0.12), begin=3.0), id="behind"),
        pytest.param(drive((0.1, 0.75), (0.0, -0.12), begin=3.0), id="beside"),
        pytest.param(drive((0.54, 0.8), (-0.04, -0.15), begin=1.5), id="from outside the lane"),
    ],
)
def test_who_cannot_be_the_one_that_was_lost_is_another_ride(other: Course):
    first = hides(speed=0.12, back=3.0, x=0.4)[0]
    told = junction(WrongWay(lane()), [first, other], until=11)
    assert {hit.thing for hit in told} == {"track:1", "track:2"}


def test_a_ride_does_not_begin_with_a_lawful_vehicle_that_was_lost_behind_it():
    lawful = drive((0.25, 0.65), (0.0, 0.12), end=1.0)
    told = junction(WrongWay(lane()), [lawful, drive((0.25, 0.7), (0.0, -0.12), begin=2.0)], until=5)
    assert {hit.thing for hit in told} == {"track:2"}
    assert at_s(told[0].start) >= 2.0


def test_a_track_that_goes_on_with_another_one_after_a_gap_does_not_hide_its_ride():
    """One leaves with the lane over the lower edge; where it was lost, who comes in there gets its track."""

    def both(s: float) -> tuple[float, float] | None:
        if s < 1:
            return 0.25, 0.8 + 0.15 * s
        return None if s < 2.4 else (0.25, 0.95 - 0.12 * (s - 2.4))

    told = junction(WrongWay(lane()), [both], until=5)
    assert len({hit.id for hit in told}) == 1
    assert at_s(told[0].start) == pytest.approx(2.4, abs=0.05)


def test_a_ride_is_told_from_the_first_look_that_saw_it_in_the_lane():
    """A track counts from its second look on, or later; the looks before that are in its path."""
    late = drive((0.25, 0.95), (0.0, -0.12), begin=1.0)
    told = junction(WrongWay(lane()), [late], until=4, counts=3)
    assert at_s(told[0].start) == pytest.approx(1.0, abs=0.05)


def test_a_ride_does_not_begin_with_who_left_with_the_lane_over_the_edge_that_cut_it():
    """Its foot stays on the edge of the picture, so it hardly seems to move."""
    lawful = drive((0.25, 0.965), (0.0, 0.06), end=1.6)
    other = drive((0.25, 0.9), (0.0, -0.12), begin=3.4)
    told = junction(WrongWay(lane()), [lawful, other], until=7, height=0.2, cut=True)
    assert {hit.thing for hit in told} == {"track:2"}
    assert at_s(told[0].start) >= 3.4


def test_a_ride_that_another_track_takes_over_stays_one_however_long_it_lasts():
    """Seen twice at first; the track that told it is lost, the other one goes on."""
    first, second = drive((0.25, 0.98), (0.0, -0.06), end=3.0), drive((0.252, 0.98), (0.0, -0.06))
    told = junction(WrongWay(lane()), [first, second], until=12)
    assert len({hit.id for hit in told}) == 1
    assert told[-1].end is not None
    assert at_s(told[-1].end) > 10


def test_a_box_that_has_come_to_rest_is_told_no_more():
    """A car leaves sideways; its track is taken over by a painted arrow further on, where nothing changes."""
    rule, told, path = WrongWay(lane()), [], []
    for at, y, changes in ((0.0, 0.95, True), (0.2, 0.91, True), (1.2, 0.75, False), (1.4, 0.74, False)):
        path.append(TrackPoint(t(at), body(0.25, y, Group.TWO_WHEELER, 0.16), seen=True))
        track = Track(1, Group.TWO_WHEELER, "motorcycle", 0.8, t(0), tuple(path))
        stirred = frozenset({1}) if changes else frozenset[int]()
        told += rule.update(Scene(CAMERA, t(at), (track,), (), stirred=stirred))
    assert told == []
