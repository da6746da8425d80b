"""Ways of traffic: one, two and four of them; a queue, people and those who turn round are none."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.casework.lanes import FEWEST, ways_through
from matpho.domain.geometry import Box, polygon
from matpho.domain.ids import CameraId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

ROAD = polygon([(0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95)])


def ride(number, turn, *, start=(0.5, 0.5), length=0.3, group=Group.TWO_WHEELER, aspect=1.0):
    """A track that goes ``length`` (of the picture's height) in the direction ``turn`` (radians)."""
    points = [
        (start[0] + length * k / 6 * math.cos(turn) / aspect, start[1] + length * k / 6 * math.sin(turn))
        for k in range(-3, 4)
    ]
    boxes = tuple((at(number + k), Box(x - 0.02, y - 0.04, 0.04, 0.04)) for k, (x, y) in enumerate(points))
    return TrackEnded(CameraId("c"), number, group, at(number), at(number + 7), boxes)


def many(n, turn, seed=1, **more):
    chance = random.Random(seed)
    return [ride(k + 100 * seed, turn + chance.gauss(0, 0.15), **more) for k in range(n)]


def angle(way, aspect=1.0):
    return math.atan2(way.direction[1], way.direction[0] * aspect)


@settings(max_examples=30)
@given(st.floats(-3.1, 3.1), st.sampled_from([1.0, 16 / 9, 4 / 3]))
def test_one_way_is_found_whatever_the_direction_and_shape_of_the_picture(turn, aspect):
    traffic = ways_through(ROAD, many(30, turn, aspect=aspect), aspect)
    (way,) = traffic.ways
    assert abs((angle(way, aspect) - turn + math.pi) % (2 * math.pi) - math.pi) < 0.15
    assert math.hypot(*way.direction) == pytest.approx(1.0)
    assert (way.n, traffic.passages) == (30, 30)


def test_two_ways_on_their_own_sides():
    up = many(30, -math.pi / 2, seed=1, start=(0.7, 0.5))
    down = many(20, math.pi / 2, seed=2, start=(0.3, 0.5))
    first, second = ways_through(ROAD, up + down, 1.0).ways
    assert (first.n, second.n) == (30, 20)
    assert angle(first) == pytest.approx(-math.pi / 2, abs=0.15)
    assert first.middle.x > 0.6
    assert second.middle.x < 0.4
    assert first.share == pytest.approx(0.6)


def test_a_crossing_has_four():
    turns = (0.0, math.pi / 2, math.pi, -math.pi / 2)
    tracks = [t for n, turn in enumerate(turns) for t in many(20, turn, seed=n + 1)]
    assert len(ways_through(ROAD, tracks, 1.0).ways) == 4


def test_too_little_traffic_says_nothing_and_how_little():
    traffic = ways_through(ROAD, many(FEWEST - 1, 0.0), 1.0)
    assert (traffic.ways, traffic.passages) == ((), FEWEST - 1)


def test_who_waits_walks_or_turns_round_makes_no_lane():
    waiting = many(40, 0.0, length=0.03)
    walking = many(40, 1.0, group=Group.PERSON)
    assert ways_through(ROAD, waiting + walking, 1.0).passages == 0
    with_one = many(40, 0.0) + [ride(999, math.pi)] * 3
    assert len(ways_through(ROAD, with_one, 1.0).ways) == 1


def test_only_what_is_inside_the_outline_counts():
    left = polygon([(0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0)])
    assert ways_through(left, many(30, -math.pi / 2, start=(0.7, 0.5)), 1.0).passages == 0
    assert ways_through(left, many(30, -math.pi / 2, start=(0.2, 0.5)), 1.0).passages == 30
