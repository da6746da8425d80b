"""How much of a pavement's width is left."""

import pytest

from matpho.rules.passage import passage

pytestmark = pytest.mark.unit

STRAIGHT = [(0.0, 0.0), (20.0, 0.0), (20.0, 3.0), (0.0, 3.0)]


def box(x: float, y: float, w: float, h: float) -> list[tuple[float, float]]:
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def test_the_widest_gap_beside_a_thing_is_what_is_left():
    left = passage(STRAIGHT, [box(8, 0.5, 1, 1)])
    assert left is not None
    assert left.width == pytest.approx(3.0)
    assert left.free == pytest.approx(1.5)
    assert left.taken == pytest.approx(1 / 3)


def test_a_slanting_pavement_is_as_wide_as_it_is_across():
    slanting = [(0.0, 0.0), (10.0, 10.0), (8.0, 12.0), (-2.0, 2.0)]
    left = passage(slanting, [box(3.5, 5.5, 1, 1)])
    assert left is not None
    assert left.width == pytest.approx(8**0.5, rel=0.01)


def test_things_opposite_each_other_narrow_it_together_and_those_further_along_do_not():
    opposite = passage(STRAIGHT, [box(8, 0, 1, 1), box(8.5, 2.2, 1, 0.8)])
    assert opposite is not None
    assert opposite.free == pytest.approx(1.2)
    along = passage(STRAIGHT, [box(8, 0, 1, 1), box(12, 2.2, 1, 0.8)])
    assert along is not None
    assert along.free == pytest.approx(2.0)


def test_a_thing_across_it_leaves_nothing_and_one_outside_says_nothing():
    across = passage(STRAIGHT, [box(8, -1, 1, 5)])
    assert across is not None
    assert across.taken == pytest.approx(1.0)
    assert passage(STRAIGHT, [box(8, 5, 1, 1)]) is None
    assert passage(STRAIGHT, []) is None
