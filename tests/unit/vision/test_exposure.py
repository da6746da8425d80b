"""Dim pictures are brought up as a camera with enough light would show them; well exposed ones stay as they are."""

import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, after
from matpho.vision.exposure import LEAST_POWER, MOST_GAIN, Exposure, wanted
from matpho.vision.frame import BLACK, Frame

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 320, 180


def street(light: float = 1.0, power: float = 1.0) -> np.ndarray:
    """Tiles of all levels from 30 to 220, as shares of white, in less ``light``, or with its middle pulled down."""
    dice = np.random.default_rng(7)
    shares = np.kron(dice.uniform(0.06, 0.93, (9, 16)), np.ones((20, 20)))
    return np.rint(BLACK + 219 * (light * shares**power)).astype(np.uint8)


def frame(luma: np.ndarray, s: float = 0.0) -> Frame:
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return Frame(after(Instant(0), s), luma, grey, grey)


def test_a_well_exposed_picture_is_left_alone():
    exposure, picture = Exposure(), frame(street())
    assert exposure.update(picture) is picture
    image = picture.bgr()
    assert exposure.lift(image) is image


@pytest.mark.parametrize("light", [0.3, 0.4, 0.5])
def test_a_dim_one_shows_what_the_bright_one_did(light: float):
    exposure = Exposure()
    bright, dim = frame(street()), frame(street(light))
    lifted = exposure.update(dim)
    off = np.abs(lifted.luma.astype(int) - bright.luma)
    assert off.mean() < 0.15 * np.abs(dim.luma.astype(int) - bright.luma).mean()
    assert lifted.gain == pytest.approx(1 / light, rel=0.15)
    assert np.abs(exposure.lift(dim.bgr()).astype(int) - bright.bgr()).mean() < 20
    assert dim.gain == 1.0, "the picture as it came is not touched"


def test_a_dark_street_with_lamps_has_its_middle_raised_and_its_lamps_kept():
    exposure, dark = Exposure(), frame(street(power=3.0))
    assert exposure.update(dark) is dark, "no gain, for something is bright"
    image, lifted = dark.bgr(), exposure.lift(dark.bgr())
    assert np.median(lifted) > 1.8 * np.median(image)
    brightest = image >= np.percentile(image, 97)
    assert lifted[brightest].mean() < 1.2 * image[brightest].mean()


def test_there_is_an_end_to_it():
    gain, power = wanted(frame(street(0.02)))
    assert gain == MOST_GAIN
    assert power >= LEAST_POWER
    assert wanted(frame(np.full((HEIGHT, WIDTH), 3, np.uint8)))[0] <= MOST_GAIN


def test_black_bars_make_no_picture_dark():
    barred = np.full((HEIGHT, WIDTH), 16, np.uint8)
    barred[:, 70:250] = street()[:, 70:250]
    assert wanted(frame(barred), Box(70 / WIDTH, 0.0, 180 / WIDTH, 1.0)) == (1.0, 1.0)


def test_it_follows_slowly_so_that_headlights_change_little():
    exposure = Exposure()
    exposure.update(frame(street(0.4)))
    before = exposure.gain
    for s in (1.0, 2.0, 3.0):
        exposure.update(frame(street(), s))
    assert 0.8 * before < exposure.gain < before
    for s in range(4, 120):
        last = exposure.update(frame(street(), float(s)))
    assert last.gain == 1.0, "when the light is back for good, the picture is as it comes"
