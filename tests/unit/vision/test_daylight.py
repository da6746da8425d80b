"""By which light a picture was taken."""

import numpy as np
import pytest

from matpho.domain.observation import Light
from matpho.domain.time import Instant, after
from matpho.vision.daylight import Daylight
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit


def frame(at_s: float, level: int, *, colour: int = 6) -> Frame:
    rng = np.random.default_rng(3)
    luma = np.clip(rng.normal(level, 20, (120, 160)), 0, 255).astype(np.uint8)
    chroma = np.full((60, 80), 128 + colour, np.uint8)
    return Frame(after(Instant(0), at_s), luma, chroma, chroma)


@pytest.mark.parametrize(
    ("level", "colour", "light"),
    [
        (118, 6, Light.DAY),
        (110, 0, Light.DAY),
        (65, 6, Light.DUSK),
        (30, 6, Light.NIGHT),
        (65, 0, Light.INFRARED),
        (30, 0, Light.INFRARED),
    ],
)
def test_level_and_colour_tell_the_light(level: int, colour: int, light: Light):
    assert Daylight().look(frame(0, level, colour=colour)) is light


def test_a_grey_source_that_is_dark_is_infrared():
    assert Daylight().look(Frame(Instant(0), np.full((120, 160), 40, np.uint8))) is Light.INFRARED


def test_a_lorry_before_the_lens_is_no_night_and_a_night_that_stays_is():
    daylight = Daylight()
    for s in range(0, 30, 5):
        daylight.look(frame(s, 118))
    assert daylight.look(frame(30, 20)) is Light.DAY
    assert daylight.look(frame(35, 118)) is Light.DAY
    assert [daylight.look(frame(s, 20)) for s in range(40, 60, 5)][-1] is Light.NIGHT


def test_it_costs_nothing_between_two_measurements():
    daylight = Daylight()
    daylight.look(frame(0, 118))
    assert daylight.look(frame(4.9, 20)) is Light.DAY
