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


def test_small_swings_are_undone_too_while_something_passes() -> None:
    """Half a pixel at a sharp edge is far above the thresholds; a lorry over a quarter of the picture pulls nothing."""
    registration = Registration()
    registration.align(SCENE, SCENE, NOTHING)
    lorry = np.tile(np.linspace(30, 220, 12, dtype=np.float32), (120, 12)).astype(np.uint8)
    for step, (dx, dy) in enumerate([(0.2, 0.0), (0.5, -0.3), (-0.4, 0.6), (1.1, 0.2), (-0.8, -1.0), (0.0, 0.3)]):
        picture = shifted(SCENE, dx, dy)
        picture[60:180, 20 * step : 20 * step + 144] = lorry
        registration.align(picture, SCENE, NOTHING)
        assert registration.shift == pytest.approx((dx, dy), abs=0.06)


def test_another_light_is_no_shift() -> None:
    registration = Registration()
    for factor in (1.0, 0.6, 1.3):
        registration.align(cv2.convertScaleAbs(SCENE, alpha=factor), SCENE, NOTHING)
        assert registration.shift == (0.0, 0.0)


def test_the_chroma_is_moved_back_with_the_picture() -> None:
    registration = Registration()
    registration.align(shifted(SCENE, 2.0, -2.0), SCENE, NOTHING)
    half = cv2.resize(SCENE, (SCENE.shape[1] // 2, SCENE.shape[0] // 2), interpolation=cv2.INTER_AREA)
    back = registration.aligned_chroma(np.stack([shifted(half, 1.0, -1.0)] * 2))
    assert back is not None
    assert cv2.absdiff(back[0], half)[6:-6, 6:-6].mean() < 0.6


def test_a_turned_camera_is_no_shift() -> None:
    registration = Registration()
    registration.align(SCENE, SCENE, NOTHING)
    registration.align(ground(99, rough=20.0).astype(np.uint8), SCENE, NOTHING)
    assert registration.shift == (0.0, 0.0)
