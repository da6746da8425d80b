"""What a maintainer is told of the picture."""

import numpy as np
import pytest

from matpho.domain.ids import CameraId
from matpho.domain.observation import Fault, PictureState
from matpho.domain.time import SECOND, Instant
from matpho.vision.frame import Frame
from matpho.vision.quality import PictureQuality

pytestmark = pytest.mark.unit

NAME = CameraId("cong-cho")


def street(seed=0, noise=2.0):
    rng = np.random.default_rng(7)
    scene = np.kron(rng.integers(30, 220, (18, 32)), np.ones((20, 20)))
    luma = scene + np.random.default_rng(seed).normal(0, noise, scene.shape)
    return np.clip(luma, 0, 255).astype(np.uint8)


def frame(s, luma):
    return Frame(Instant(s * SECOND), luma)


def test_it_speaks_once_in_five_seconds():
    quality = PictureQuality(NAME)
    told = [quality.look(frame(s, street(s)), PictureState()) is not None for s in range(11)]
    assert told == [s % 5 == 0 for s in range(11)]


def test_a_live_sensor_is_never_frozen_and_a_repeated_picture_is():
    quality = PictureQuality(NAME)
    for s in range(0, 60, 5):
        seen = quality.look(frame(s, street(s)), PictureState())
    assert seen.frozen_s == 0
    still = street(99)
    for s in range(60, 125, 5):
        seen = quality.look(frame(s, still ^ np.uint8(s % 2)), PictureState())  # the encoder rounds by one level
    assert seen.frozen_s == 60
    assert quality.look(frame(125, street(3)), PictureState()).frozen_s == 0


def test_dark_blurred_and_covered_show():
    clear = PictureQuality(NAME).look(frame(0, street(noise=0)), PictureState())
    soft = np.asarray(np.kron(street(noise=0)[::40, ::40], np.ones((40, 40))), dtype=np.uint8)
    for _ in range(40):
        soft = ((soft.astype(int) + np.roll(soft, 1, 0) + np.roll(soft, 1, 1) + np.roll(soft, -1, 1)) // 4).astype(
            np.uint8
        )
    blurred = PictureQuality(NAME).look(frame(0, soft), PictureState(Fault.DEFOCUSED, Instant(0), 0.9))
    black = PictureQuality(NAME).look(frame(0, np.full((360, 640), 16, np.uint8)), PictureState())
    assert blurred.sharpness < 0.5 * clear.sharpness
    assert blurred.fault == "defocused"
    assert black.brightness == 16
    assert black.contrast == 0


def test_a_picture_of_another_size_is_another_picture():
    quality = PictureQuality(NAME)
    quality.look(frame(0, street()), PictureState())
    quality.look(frame(5, street()), PictureState())
    assert quality.look(frame(10, street()[:180, :320]), PictureState()).frozen_s == 0
