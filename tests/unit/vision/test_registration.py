import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.testing.street import ground
from matpho.vision.registration import Registration, shifted

pytestmark = pytest.mark.unit

SCENE = cv2.GaussianBlur(ground(7, rough=20.0), (0, 0), 1.0).astype(np.uint8)
NOTHING = np.zeros(SCENE.shape, np.uint8)


@settings(max_examples=20, deadline=None)
@given(dx=st.floats(-4, 4), dy=st.floats(-4, 4))
def test_a_shift_is_found_and_undone(dx: float, dy: float) -> None:
    registration = Registration()
    registration.align(SCENE, SCENE, NOTHING)
    back = registration.align(shifted(SCENE, dx, dy), SCENE, NOTHING)
    inner = (slice(10, -10), slice(10, -10))
    if max(abs(dx), abs(dy)) > 0.5:
        assert registration.shift == pytest.approx((dx, dy), abs=0.25)
    assert cv2.absdiff(back, SCENE)[inner].mean() < 2.5


def test_a_car_driving_through_moves_nothing() -> None:
    registration = Registration()
    car = np.tile(np.linspace(30, 220, 12, dtype=np.float32), (50, 8)).astype(np.uint8)
    for left in range(0, 200, 10):
        picture = SCENE.copy()
        picture[100:150, left : left + 96] = car
        registration.align(picture, SCENE, NOTHING)
        assert max(map(abs, registration.shift)) < 0.5


def test_a_turned_camera_is_no_shift() -> None:
    registration = Registration()
    registration.align(SCENE, SCENE, NOTHING)
    registration.align(ground(99, rough=20.0).astype(np.uint8), SCENE, NOTHING)
    assert registration.shift == (0.0, 0.0)
