import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from matpho.domain.geometry import Box, Point, Polygon, polygon

pytestmark = pytest.mark.unit

unit = st.floats(0, 1, allow_nan=False)
boxes = st.builds(Box, unit, unit, unit, unit)


def regular(corners: int, radius: float = 0.4) -> Polygon:
    turns = [2 * math.pi * i / corners for i in range(corners)]
    return polygon([(0.5 + radius * math.cos(t), 0.5 + radius * math.sin(t)) for t in turns])


SLIVER = Box(1.0, 1.0, 1.0, 6.874032201532196e-14)


@given(boxes, boxes)
@example(SLIVER, SLIVER)
def test_overlap_is_symmetric_and_bounded(a, b):
    assert a.iou(b) == pytest.approx(b.iou(a))
    assert 0 <= a.iou(b) <= 1
    assert a.overlap(b) <= min(a.area, b.area) + 1e-12


@given(boxes, boxes)
def test_the_joint_box_holds_both(a, b):
    joint = a.join(b)
    for box in (a, b):
        assert joint.overlap(box) == pytest.approx(box.area, abs=1e-9)


@given(boxes, unit, unit)
def test_a_grown_box_stays_in_the_frame_and_holds_the_old_one_where_it_was_inside(box, sideways, upright):
    assume(box.right <= 1 and box.bottom <= 1)
    grown = box.grown(sideways, upright)
    assert grown.x >= 0 and grown.right <= 1 + 1e-9 and grown.y >= 0 and grown.bottom <= 1 + 1e-9  # noqa: PT018
    assert grown.overlap(box) == pytest.approx(box.area, abs=1e-9)


@given(st.integers(3, 40), st.floats(0.05, 0.49))
def test_the_area_of_a_regular_polygon(corners, radius):
    exact = corners * radius**2 * math.sin(2 * math.pi / corners) / 2
    assert regular(corners, radius).area == pytest.approx(exact, rel=1e-6)


@given(st.integers(3, 12), unit, unit)
def test_inside_agrees_with_the_distance_from_the_centre(corners, x, y):
    shape = regular(corners)
    far = math.hypot(x - 0.5, y - 0.5)
    inner = 0.4 * math.cos(math.pi / corners)
    assume(abs(far - inner) > 1e-6 and abs(far - 0.4) > 1e-6)
    if far < inner:
        assert shape.contains(Point(x, y))
    if far > 0.4:
        assert not shape.contains(Point(x, y))


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([(0, 0), (1, 1)], "three points"),
        ([(0, 0), (1, 1), (1, 0), (0, 1)], "crosses itself"),
        ([(0, 0), (1.2, 0), (0, 1)], "outside"),
        ([(0, 0), (float("nan"), 0), (0, 1)], "outside"),
        ([(0, 0), (0.5, 0.5), (1, 1)], "zero"),
    ],
)
def test_a_shape_that_is_none_is_refused_with_its_reason(points, reason):
    with pytest.raises(ValueError, match=reason):
        polygon(points)


def test_the_share_of_points_inside():
    left = polygon([(0, 0), (0.5, 0), (0.5, 1), (0, 1)])
    assert left.share([Point(0.1, 0.5), Point(0.2, 0.5), Point(0.9, 0.5), Point(0.7, 0.1)]) == 0.5
    assert left.share([]) == 0.0


def test_a_box_of_negative_size_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Box(0, 0, -0.1, 0.2)
    with pytest.raises(ValueError, match="negative"):
        Box(0, 0, float("nan"), 0.2)
