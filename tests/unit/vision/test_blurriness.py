"""Blurriness: a drawn street is sharp, the same one through a smeared lens is not; grey noise is no blur."""

import cv2
import numpy as np
import pytest
from tests.unit.vision.fires import street

from matpho.domain.time import Instant
from matpho.pipeline.planes import from_bgr
from matpho.vision.blurriness import blurriness
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit


def smeared(sigma: float, *, seed: int = 3, scale: int = 1) -> float:
    picture = cv2.resize(street(seed), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    return blurriness(from_bgr(cv2.GaussianBlur(picture, (0, 0), sigma * scale), Instant(0)))


@pytest.mark.parametrize("seed", [3, 8, 11])
def test_it_grows_with_the_smear(seed: int):
    levels = [smeared(s, seed=seed) for s in (0.3, 1.5, 3.0, 5.0)]
    assert levels == sorted(levels)
    assert levels[0] < 0.4
    assert levels[2] > 0.6


def test_a_large_picture_is_judged_as_people_see_it():
    assert smeared(3.0, scale=2) == pytest.approx(smeared(3.0), abs=0.05)


def test_noise_is_sharp_and_an_even_picture_has_nothing_to_be_sharp():
    noise = np.random.default_rng(1).integers(0, 255, (180, 320), dtype=np.uint8)
    assert blurriness(Frame(Instant(0), noise)) < 0.2
    assert blurriness(Frame(Instant(0), np.full((180, 320), 90, np.uint8))) == 1.0
