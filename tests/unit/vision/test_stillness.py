"""What stirs: people at rest do, and the ground's own flicker (rain, noise at night) is taken off."""

import numpy as np
import pytest

from matpho.vision.background import Look
from matpho.vision.stillness import Stillness

pytestmark = pytest.mark.unit

SHAPE = (96, 128)
PLACE = (slice(40, 70), slice(50, 80))
MASK = np.ones((30, 30), np.bool_)


def unrest(noise: float, sway: float, looks: int = 40) -> float:
    """Mean unrest of a body at ``PLACE`` in pictures of so much ``noise``; ``sway``: share of it that moves."""
    dice, stillness, told = np.random.default_rng(11), Stillness(SHAPE), []
    foreground = np.zeros(SHAPE, np.uint8)
    foreground[PLACE] = 255
    for number in range(looks):
        level = 100 + dice.normal(0, noise, SHAPE)
        level[PLACE] -= 60
        moved = round(30 * sway)
        level[40 : 40 + moved, 50:80] += 40 * (number // 2 % 2)  # at every second look
        seen = np.clip(level, 0, 255).astype(np.uint8)
        look = Look(seen, seen, foreground, np.full(SHAPE, max(9, round(3 * noise)), np.uint8), 0.07)
        stillness.update(look, 0.4 * number, 0.4)
        told.append(stillness.unrest(PLACE, MASK))
    return float(np.mean(told[2:]))


@pytest.mark.parametrize("noise", [0.5, 4.0, 8.0])
def test_noise_is_no_life(noise: float):
    assert abs(unrest(noise, 0.0)) < 0.02


@pytest.mark.parametrize("noise", [0.5, 4.0, 8.0])
def test_who_sways_is_told_in_noise_as_well(noise: float):
    assert unrest(noise, 0.2) > 0.07


def test_nothing_is_said_before_there_is_something_to_compare_with():
    assert Stillness(SHAPE).unrest(PLACE, MASK) == 0.0
