"""One box per thing: what a detector gives twice, and what rides on what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.vision.sightings import GROUPS, Sightings, cleaned, overlaps, sightings

pytestmark = pytest.mark.unit


def seen(x: float, y: float, *, w: float, h: float, score: float = 0.8, group: Group = Group.PERSON) -> Observation:
    return Observation(group, group.value, Box(x, y, w, h), score)


def one_each(*observations: Observation) -> Sightings:
    return cleaned(sightings(observations))


def groups(found: Sightings) -> list[Group]:
    return [GROUPS[code] for code in found.groups]


BIKE = seen(0.30, 0.50, w=0.10, h=0.15, group=Group.TWO_WHEELER)
RIDER = seen(0.32, 0.40, w=0.06, h=0.17)


def test_rider_and_motorbike_become_one_two_wheeler_only_where_that_is_certain():
    fused = one_each(BIKE, RIDER)
    assert groups(fused) == [Group.TWO_WHEELER]
    assert fused.ridden.tolist() == [True]
    assert fused.boxes[0] == pytest.approx([0.30, 0.40, 0.10, 0.25])
    neighbour = seen(0.345, 0.41, w=0.06, h=0.17)
    assert len(one_each(BIKE, RIDER, neighbour)) == 3
    beside = seen(0.45, 0.45, w=0.06, h=0.22)
    assert len(one_each(BIKE, beside)) == 2


def test_a_rider_or_a_machine_that_was_seen_twice_is_one_and_is_fused_all_the_same():
    again = seen(0.325, 0.405, w=0.05, h=0.16, score=0.5)
    machine_again = seen(0.305, 0.52, w=0.09, h=0.12, score=0.3, group=Group.TWO_WHEELER)
    fused = one_each(BIKE, RIDER, again, machine_again)
    assert groups(fused) == [Group.TWO_WHEELER]
    assert fused.boxes[0] == pytest.approx([0.30, 0.40, 0.10, 0.25])


def test_the_machine_of_a_two_wheeler_that_was_seen_whole_is_not_another_one():
    whole = seen(0.30, 0.40, w=0.08, h=0.25, score=0.5, group=Group.TWO_WHEELER)
    machine = seen(0.305, 0.52, w=0.07, h=0.13, score=0.6, group=Group.TWO_WHEELER)
    found = one_each(whole, machine)
    assert found.boxes.tolist() == [pytest.approx([0.30, 0.40, 0.08, 0.25])]
    assert found.scores.tolist() == [0.6]
    behind = seen(0.305, 0.42, w=0.07, h=0.13, score=0.6, group=Group.TWO_WHEELER)
    assert len(one_each(whole, behind)) == 2, "its wheels stand elsewhere"


def test_a_person_and_a_machine_with_the_same_box_are_both_the_whole():
    whole = seen(0.30, 0.40, w=0.08, h=0.25, group=Group.TWO_WHEELER)
    rider = seen(0.30, 0.41, w=0.075, h=0.24)
    found = one_each(whole, rider)
    assert groups(found) == [Group.TWO_WHEELER]
    assert found.ridden.tolist() == [True]
    assert found.seated.tolist() == [False]


def test_a_weak_vehicle_box_around_a_surer_one_is_a_car_and_the_road_by_it():
    car = seen(0.30, 0.40, w=0.10, h=0.10, score=0.7, group=Group.VEHICLE)
    loose = seen(0.29, 0.39, w=0.20, h=0.14, score=0.36, group=Group.VEHICLE)
    lorry = seen(0.28, 0.30, w=0.20, h=0.21, score=0.6, group=Group.VEHICLE)
    assert len(one_each(car, loose)) == 1
    assert len(one_each(car, lorry)) == 2


def test_a_persons_box_that_holds_the_machine_too_is_its_rider():
    whole = seen(0.30, 0.30, w=0.10, h=0.30)
    machine = seen(0.31, 0.46, w=0.08, h=0.14, score=0.3, group=Group.TWO_WHEELER)
    assert groups(one_each(whole, machine)) == [Group.TWO_WHEELER]


def test_only_feet_above_the_foot_of_the_wheels_are_a_riders_for_certain():
    assert one_each(BIKE, RIDER).seated.tolist() == [True]
    whole = seen(0.30, 0.30, w=0.10, h=0.30)
    machine = seen(0.31, 0.46, w=0.08, h=0.14, score=0.3, group=Group.TWO_WHEELER)
    assert one_each(whole, machine).seated.tolist() == [False], "from behind, who pushes looks the same"
    assert one_each(BIKE).seated.tolist() == [False]


def test_the_rider_of_the_next_one_is_not_put_on_top():
    far_up = seen(0.31, 0.32, w=0.06, h=0.19)
    assert len(one_each(BIKE, far_up)) == 2


def test_a_motorbike_seen_as_a_car_too_is_one_thing_and_huge_vehicles_are_none():
    car = seen(0.30, 0.49, w=0.11, h=0.16, group=Group.VEHICLE, score=0.5)
    assert groups(one_each(BIKE, car)) == [Group.TWO_WHEELER]
    assert len(one_each(seen(0.0, 0.0, w=0.9, h=0.9, group=Group.VEHICLE))) == 0
    assert len(one_each()) == 0


boxes = st.tuples(*[st.floats(0, 0.7)] * 2, *[st.floats(0.01, 0.3)] * 2)


@given(st.lists(st.tuples(boxes, st.sampled_from(list(Group)), st.floats(0.1, 1)), max_size=12))
def test_nothing_is_made_up_and_nothing_else_is_lost(things: list[tuple[tuple[float, ...], Group, float]]):
    given_things = [Observation(g, g.value, Box(*b), s) for b, g, s in things]
    found = one_each(*given_things)
    assert len(found) <= len(given_things)
    assert (np.diff(found.scores[~found.ridden]) <= 0).all()
    kept = [g for g in groups(found) if g not in (Group.PERSON, Group.TWO_WHEELER, Group.VEHICLE)]
    assert sorted(kept) == sorted(g for _, g, _ in things if g not in (Group.PERSON, Group.TWO_WHEELER, Group.VEHICLE))


@given(boxes, boxes)
def test_areas_in_common_are_those_of_the_boxes(a: tuple[float, ...], b: tuple[float, ...]):
    assert overlaps(np.array([a]), np.array([b]))[0, 0] == pytest.approx(Box(*a).overlap(Box(*b)), abs=1e-12)
