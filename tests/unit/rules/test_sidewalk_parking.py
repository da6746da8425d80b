"""Sidewalk parking: from static objects and from tracks that stand."""

import pytest
from tests.unit.rules.scenes import every, place, play, scene, standing, t, thing, track

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Scene
from matpho.rules.sidewalk_parking import SidewalkParking

pytestmark = pytest.mark.unit


def test_a_motorbike_that_came_and_stays_is_told_after_two_minutes():
    rule = SidewalkParking(place(Purpose.SIDEWALK))
    (hit,) = play(
        rule, every(1, 0, 125), lambda at: scene(at, static=[thing(now=at, group=Group.TWO_WHEELER, alone_since=None)])
    )
    assert hit.at == t(120)
    assert hit.why.vi.startswith("Xe hai bánh đỗ trên vỉa hè")


def test_one_that_stood_there_from_the_start_is_known_by_its_track():
    rule = SidewalkParking(place(Purpose.SIDEWALK))

    def parked(at: float) -> Scene:
        return scene(at, tracks=[track(3, standing(0.3, 0.8), at, group=Group.VEHICLE)])

    (hit,) = play(rule, every(1, 0, 125), parked)
    assert hit.at == t(120)
    assert "A vehicle" in hit.why.en


def test_track_and_static_object_of_one_motorbike_are_one_hit():
    box = Box(0.2, 0.7, 0.06, 0.08)
    rule = SidewalkParking(place(Purpose.SIDEWALK))

    def both(at: float) -> Scene:
        bike = track(3, box, at, group=Group.TWO_WHEELER)
        return scene(at, tracks=[bike], static=[thing(box=box, now=at, group=Group.TWO_WHEELER)])

    assert len(play(rule, every(1, 0, 125), both)) == 1


@pytest.mark.parametrize(("wheel", "told"), [(Box(0.21, 0.72, 0.03, 0.05), 1), (Box(0.24, 0.72, 0.06, 0.05), 2)])
def test_a_wheel_that_is_called_a_car_is_no_second_vehicle(wheel: Box, told: int):
    rule = SidewalkParking(place(Purpose.SIDEWALK))

    def parked(at: float) -> Scene:
        bike = track(3, Box(0.2, 0.7, 0.06, 0.08), at, group=Group.TWO_WHEELER)
        return scene(at, tracks=[bike, track(4, wheel, at, group=Group.VEHICLE)])

    hits = play(rule, every(1, 0, 125), parked)
    assert len(hits) == told
    assert "Xe hai bánh" in hits[0].why.vi


@pytest.mark.parametrize(
    ("group", "ground"),
    [(Group.PERSON, (0.3, 0.8)), (Group.TWO_WHEELER, (0.8, 0.8)), (Group.BAG, (0.3, 0.8))],
)
def test_people_bags_and_what_stands_on_the_road_are_not(group: Group, ground: tuple[float, float]):
    rule = SidewalkParking(place(Purpose.SIDEWALK))
    box = standing(*ground)
    assert (
        play(
            rule,
            every(1, 0, 200),
            lambda at: scene(at, tracks=[track(1, box, at, group=group)], static=[thing(box=box, group=group)]),
        )
        == []
    )


def test_what_rolls_on_slowly_does_not_park():
    rule = SidewalkParking(place(Purpose.SIDEWALK))
    rolling = play(
        rule,
        every(1, 0, 200),
        lambda at: scene(at, tracks=[track(1, standing(0.1 + 0.0015 * at, 0.8), at, group=Group.TWO_WHEELER)]),
    )
    assert rolling == []
