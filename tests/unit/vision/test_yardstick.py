"""People as a measure: what is called a car must be about as large as one."""

import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Track, TrackPoint
from matpho.domain.time import Instant
from matpho.vision.yardstick import Yardstick

pytestmark = pytest.mark.unit


def person(box: Box, score: float = 0.8) -> Track:
    return Track(1, Group.PERSON, "person", score, Instant(0), (TrackPoint(Instant(0), box, seen=True),))


def called(group: Group, box: Box, score: float = 0.7) -> Observation:
    return Observation(group, group.value, box, score)


SACK = Box(0.6, 0.72, 0.08, 0.08)
CAR = Box(0.5, 0.6, 0.3, 0.2)


def test_without_people_everything_is_believed():
    assert Yardstick().believes(called(Group.VEHICLE, SACK))


def test_a_sack_beside_people_is_no_car_and_no_bicycle_but_may_be_a_bag():
    stick = Yardstick()
    stick.note([person(Box(0.2, 0.5, 0.1, 0.3))])
    assert stick.person_at(SACK) == pytest.approx(0.3)
    assert not stick.believes(called(Group.VEHICLE, SACK))
    assert not stick.believes(called(Group.TWO_WHEELER, SACK))
    assert stick.believes(called(Group.BAG, SACK))
    assert stick.believes(called(Group.VEHICLE, CAR))


def test_people_farther_off_cut_off_or_doubtful_measure_nothing():
    stick = Yardstick()
    stick.note(
        [person(Box(0.2, 0.1, 0.05, 0.1)), person(Box(0.2, 0.7, 0.1, 0.3)), person(Box(0.2, 0.5, 0.1, 0.3), 0.5)]
    )
    assert stick.person_at(SACK) is None


def test_a_bag_is_no_person_but_who_crouches_lies_or_is_surely_seen_is_one():
    stick = Yardstick()
    stick.note([person(Box(0.2, 0.5, 0.1, 0.3))])
    assert not stick.believes(called(Group.PERSON, Box(0.6, 0.72, 0.06, 0.08), 0.4))
    assert stick.believes(called(Group.PERSON, Box(0.6, 0.72, 0.06, 0.08), 0.7))
    assert stick.believes(called(Group.PERSON, Box(0.6, 0.63, 0.06, 0.17), 0.4))
    assert stick.believes(called(Group.PERSON, Box(0.6, 0.72, 0.2, 0.08), 0.4))
