import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.testing.street import Patch, ground
from matpho.vision.imprint import Imprint

pytestmark = pytest.mark.unit

EMPTY = cv2.blur(ground(6), (3, 3))
FULL = ground(6)
Patch(100, 100, 24, 20, 50.0).draw(FULL, 0.0)
FULL = cv2.blur(FULL, (3, 3))
MASK = np.zeros(EMPTY.shape, np.uint8)
MASK[100:120, 100:124] = 255


def taken() -> Imprint:
    return Imprint.take(MASK, FULL, EMPTY, MASK)


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.3, 1.8), lift=st.floats(-20, 30))
def test_light_changes_neither_answer(gain: float, lift: float) -> None:
    assert taken().likeness(FULL * gain + lift).stands
    assert taken().likeness(EMPTY * gain + lift).cleared


def test_hidden_is_neither() -> None:
    hidden = FULL.copy()
    hidden[90:130, 90:140] = np.arange(50, dtype=np.float32) * 3
    likeness = taken().likeness(hidden)
    assert not likeness.stands
    assert not likeness.cleared


def test_place_and_samples() -> None:
    imprint = taken()
    assert imprint.bounds == (100, 100, 24, 20)
    assert imprint.area_px == 480
    points = imprint.samples()
    assert points.shape == (64, 2)
    assert (points > 100).all()
    assert (points < (124, 120)).all()
    assert imprint.covers(MASK) == 1.0
    assert imprint.meets((0, 0, 101, 101))
    assert not imprint.meets((0, 0, 80, 80))


def test_at_the_border_of_the_picture() -> None:
    mask = np.zeros(EMPTY.shape, np.uint8)
    mask[-6:, -6:] = 255
    assert Imprint.take(mask, FULL, EMPTY, mask).bounds == (314, 234, 6, 6)


def test_nothing_has_no_imprint() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Imprint.take(np.zeros_like(MASK), FULL, EMPTY, MASK)
