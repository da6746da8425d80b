import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.testing.street import ground
from matpho.vision.light import gain, spread

pytestmark = pytest.mark.unit

SCENE = ground(2).astype(np.uint8)
NOTHING = np.zeros(SCENE.shape, np.uint8)


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(0.45, 2.0))
def test_the_factor_of_the_whole_picture(factor: float) -> None:
    cells, whole = gain(np.clip(SCENE * factor, 0, 255).astype(np.uint8), SCENE, NOTHING)
    assert whole == pytest.approx(factor, rel=0.1)
    assert np.allclose(cells, factor, rtol=0.1)


def test_half_in_shadow_is_seen_as_half() -> None:
    picture = SCENE.copy()
    picture[:, :160] = 0.6 * picture[:, :160]
    cells, _ = gain(picture, SCENE, NOTHING)
    factor = spread(cells, SCENE.shape)
    assert factor[120, 40] == pytest.approx(0.62, abs=0.05)
    assert factor[120, 280] == pytest.approx(1.0, abs=0.05)


def test_what_is_taken_does_not_count() -> None:
    picture, taken = SCENE.copy(), NOTHING.copy()
    picture[80:200, 60:220], taken[80:200, 60:220] = 20, 255
    cells, whole = gain(picture, SCENE, taken)
    assert whole == pytest.approx(1.0, abs=0.01)
    assert np.allclose(cells, 1.0, atol=0.03)


def test_with_nothing_free_there_is_no_factor() -> None:
    cells, whole = gain(SCENE // 2, SCENE, np.full_like(NOTHING, 255))
    assert whole == 1.0
    assert (cells == 1.0).all()
