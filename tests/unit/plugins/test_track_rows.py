import random

import pytest

from matpho.domain.geometry import Box
from matpho.domain.time import SECOND, Instant
from matpho.domain.trace import stays
from matpho.errors import Corrupt
from matpho.plugins.stores.track_rows import cells_of, packed, swept, unpacked

pytestmark = pytest.mark.unit

START = Instant(1_795_413_600_000_000_000)


def walk(rng, steps=12):
    x, y, w, h = rng.uniform(-0.05, 0.9), rng.uniform(0, 0.8), rng.uniform(0.01, 0.2), rng.uniform(0.02, 0.4)
    trace = []
    for n in range(steps):
        trace.append((Instant(START + n * SECOND // 3), Box(x, y, w, h)))
        x, y = x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.05)
        w, h = max(0.0, w + rng.gauss(0, 0.01)), max(0.0, h + rng.gauss(0, 0.01))
    return trace


def test_a_path_comes_back_to_a_fifth_of_a_pixel_and_a_millisecond():
    trace = walk(random.Random(1))
    back = unpacked(START, packed(START, trace))
    for (at, box), (at_back, box_back) in zip(trace, back, strict=True):
        assert abs(at - at_back) <= 500_000
        assert all(
            abs(a - b) <= 0.5001e-4
            for a, b in zip((box.x, box.y, box.w, box.h), (box_back.x, box_back.y, box_back.w, box_back.h), strict=True)
        )
    assert len(packed(START, trace)) == 12 * len(trace)


def test_wild_numbers_stay_within_their_bytes():
    wild = [(Instant(START - 5), Box(-9, 40, 100, 0)), (Instant(START + 10**18), Box(0, 0, 0, 0))]
    assert len(unpacked(START, packed(START, wild))) == 2


def test_damaged_bytes_are_named_as_such():
    with pytest.raises(Corrupt):
        unpacked(START, b"12345")


def test_cells_of_corners_edges_and_beyond():
    assert cells_of(Box(0, 0, 0.01, 0.01)) == (1, 0, 0)
    assert cells_of(Box(0.99, 0.99, 0.01, 0.01)) == (0, 0, 1 << 47)
    assert cells_of(Box(-0.5, -0.5, 0.1, 0.1)) == (1, 0, 0)
    assert cells_of(Box(0, 0, 1, 1)) == ((1 << 48) - 1,) * 3


def test_no_track_that_was_in_a_region_is_missed_by_the_cells():
    rng = random.Random(3)
    hits = 0
    for _ in range(400):
        trace = unpacked(START, packed(START, walk(rng)))
        cells = swept(trace)
        region = Box(rng.uniform(0, 0.9), rng.uniform(0, 0.9), rng.uniform(0.001, 0.1), rng.uniform(0.001, 0.1))
        if stays(trace, region):
            hits += 1
            assert any(a & b for a, b in zip(cells, cells_of(region), strict=True))
    assert hits > 50


def test_the_cells_of_a_walk_straight_down_are_a_column():
    trace = [(START, Box(0.51, 0.02, 0.02, 0.02)), (Instant(START + SECOND), Box(0.51, 0.9, 0.02, 0.02))]
    column = sum(1 << (8 + 16 * row) for row in range(3))
    assert swept(trace) == (column, column, column)
