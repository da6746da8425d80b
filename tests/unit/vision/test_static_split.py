"""A thing that came within a patch of new light is told from the light; a patch without one is light only."""

import cv2
import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.vision.background import Levels, Look
from matpho.vision.imprint import Imprint
from matpho.vision.static_checks import is_scenery
from matpho.vision.static_settings import StaticSettings
from matpho.vision.static_split import what_light_left
from matpho.vision.static_thing import Thing

pytestmark = pytest.mark.unit

SHAPE = (180, 320)
PATCH = (slice(40, 150), slice(120, 290))
BAG = (slice(90, 112), slice(180, 204))


def ground() -> Levels:
    """Paving: tiles of many greys, smoothed as a working picture is."""
    dice = np.random.default_rng(3)
    tiles = np.kron(dice.uniform(70, 130, (23, 40)), np.ones((8, 8)))[: SHAPE[0], : SHAPE[1]]
    return np.asarray(cv2.blur(np.clip(tiles + dice.normal(0, 2, SHAPE), 0, 255).astype(np.uint8), (3, 3)))


def lit(light: float, bag: float | None) -> Look:
    """The patch in ``light`` times what there was, with a bag of so many grey levels in it."""
    level = ground().astype(np.float32)
    level[PATCH] *= light
    if bag is not None:
        level[BAG] = bag
    seen = np.clip(level, 0, 255).astype(np.uint8)
    foreground = np.zeros(SHAPE, np.uint8)
    foreground[PATCH] = 255
    return Look(seen, seen, foreground, np.full(SHAPE, 10, np.uint8), 0.3)


def region(look: Look) -> Imprint:
    return Imprint.take(look.foreground, look.level, ground(), look.foreground)


@pytest.mark.parametrize("light", [0.6, 1.4, 1.7])
def test_a_bag_in_the_patch_is_what_the_light_leaves(light: float):
    look = lit(light, 25.0)
    left = what_light_left(region(look), look, ground(), 23)
    assert left is not None
    imprint, beneath = left
    x, y, w, h = imprint.bounds
    assert Box(x, y, w, h).iou(Box(180, 90, 24, 22)) > 0.6
    assert np.abs(beneath[BAG].astype(float) - np.clip(light * ground()[BAG], 0, 255)).mean() < 8, (
        "in the patch's light"
    )


@pytest.mark.parametrize("light", [0.6, 1.4, 1.7])
def test_light_alone_leaves_nothing(light: float):
    look = lit(light, None)
    assert what_light_left(region(look), look, ground(), 23) is None


def test_a_wide_patch_with_the_structure_of_the_ground_is_light_whoever_stands_at_its_edge():
    look = lit(1.5, None)
    crowd = np.zeros(SHAPE, np.uint8)
    crowd[30:160, 110:130] = crowd[30:160, 280:300] = 255
    imprint = Imprint.take(look.foreground, look.level, ground(), look.foreground | crowd)
    patch = Thing(1, imprint, Box(0.375, 0.2, 0.53, 0.6), 0.0, 0.0)
    assert imprint.clear < StaticSettings().clear_at_least
    assert is_scenery(patch, StaticSettings())
    assert not is_scenery(patch, StaticSettings(wide=0.5)), "a small one waits until it is seen free of others"
