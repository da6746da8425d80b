import random

import pytest

from matpho.domain.geometry import Box
from matpho.domain.time import SECOND, Instant, Span
from matpho.domain.trace import box_at, stays

pytestmark = pytest.mark.unit

REGION = Box(0.4, 0.4, 0.2, 0.2)


def s(value):
    return Instant(round(value * SECOND))


def moving(*places, size=0.1):
    return [(s(t), Box(x, y, size, size)) for t, x, y in places]


def test_a_thing_that_crosses_is_inside_from_first_to_last_touch():
    # its right edge (x + 0.1) meets 0.4 at x = 0.3, its left edge leaves 0.6 at x = 0.6
    trace = moving((0, 0.0, 0.45), (10, 0.9, 0.45))
    assert stays(trace, REGION) == [Span(s(0.3 / 0.09), s(0.6 / 0.09))]


def test_one_that_jumps_between_its_boxes_over_the_region_was_there():
    assert stays(moving((0, 0.0, 0.45), (1, 0.9, 0.45)), REGION)
    assert stays(moving((0, 0.0, 0.1), (1, 0.9, 0.1)), REGION) == []


def test_two_visits_are_two_stays_and_one_that_remains_is_one():
    there_and_back = moving((0, 0.0, 0.45), (10, 0.9, 0.45), (20, 0.0, 0.45))
    assert len(stays(there_and_back, REGION)) == 2
    assert stays(moving((0, 0.45, 0.45), (5, 0.5, 0.45), (9, 0.45, 0.45)), REGION) == [Span(s(0), s(9))]


def test_touching_edges_is_not_inside():
    assert stays(moving((0, 0.3, 0.45), (5, 0.3, 0.5)), Box(0.4, 0.4, 0.2, 0.2)) == []
    assert stays([(s(1), Box(0.3, 0.45, 0.1, 0.1))], Box(0.4, 0.4, 0.2, 0.2)) == []


def test_one_box_alone_is_a_stay_without_length():
    assert stays([(s(1), Box(0.45, 0.45, 0.1, 0.1))], REGION) == [Span(s(1), s(1))]
    assert stays([], REGION) == []


def test_where_it_was_between_its_boxes():
    trace = moving((0, 0.0, 0.0), (10, 0.5, 0.2))
    assert box_at(trace, s(5)) == Box(0.25, 0.1, 0.1, 0.1)
    assert box_at(trace, s(-1)) == trace[0][1]
    assert box_at(trace, s(99)) == trace[1][1]
    with pytest.raises(ValueError, match="without boxes"):
        box_at([], s(0))


def test_stays_agree_with_looking_at_every_moment():
    rng = random.Random(7)
    for _ in range(60):
        trace = [
            (s(t), Box(rng.uniform(-0.1, 0.9), rng.uniform(-0.1, 0.9), rng.uniform(0, 0.3), rng.uniform(0, 0.3)))
            for t in range(6)
        ]
        region = Box(rng.uniform(0, 0.8), rng.uniform(0, 0.8), rng.uniform(0.02, 0.2), rng.uniform(0.02, 0.2))
        found = stays(trace, region)
        for n in range(501):
            at = s(n / 100)
            told = any(span.start <= at <= span.end for span in found)
            near_edge = any(abs(at - edge) < SECOND // 50 for span in found for edge in (span.start, span.end))
            assert told == (box_at(trace, at).overlap(region) > 0) or near_edge
