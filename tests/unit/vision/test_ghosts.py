import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.testing.street import Patch, Picture, ground
from matpho.vision.ghosts import Evidence, evidence
from matpho.vision.imprint import Imprint

pytestmark = pytest.mark.unit


def pictures(seed: int, thing: Patch) -> tuple[Picture, Picture]:
    empty = ground(seed)
    full = empty.copy()
    thing.draw(full, 0.0)
    return cv2.blur(full, (3, 3)), cv2.blur(empty, (3, 3))


def judged(thing: Patch, picture: Picture, empty: Picture) -> Evidence:
    mask = np.zeros(picture.shape, np.uint8)
    mask[thing.y : thing.y + thing.h, thing.x : thing.x + thing.w] = 255
    return evidence(Imprint.take(mask, picture, empty, mask))


THINGS = st.builds(
    Patch,
    st.integers(30, 250),
    st.integers(30, 190),
    st.integers(8, 50),
    st.integers(8, 40),
    st.sampled_from([40, 190]),
)


@settings(max_examples=40, deadline=None)
@given(thing=THINGS, seed=st.integers(0, 50))
def test_what_came_and_what_went_are_opposites(thing: Patch, seed: int) -> None:
    full, empty = pictures(seed, thing)
    assert judged(thing, full, empty).came > 0.15
    assert judged(thing, empty, full).came < -0.15


def test_a_shadow_keeps_the_structure_of_the_ground() -> None:
    thing = Patch(60, 60, 60, 50, 0.0)
    _, empty = pictures(3, thing)
    shade = empty.copy()
    shade[60:110, 60:120] *= 0.7
    assert judged(thing, shade, empty).structure > 0.6
    full, _ = pictures(3, Patch(60, 60, 60, 50, 50.0))
    assert judged(thing, full, empty).structure < 0.4


def test_a_pole_that_swayed_is_no_thing() -> None:
    empty = cv2.blur(ground(4), (3, 3))
    empty[40:140, 100:104] = 220
    moved = np.roll(empty, 3, axis=1)
    mask = np.zeros(empty.shape, np.uint8)
    mask[40:140, 99:108] = 255
    assert evidence(Imprint.take(mask, moved, empty, mask)).moved > 0.8


def test_somebody_at_the_outline_makes_it_unclear() -> None:
    thing = Patch(60, 60, 30, 30, 50.0)
    full, empty = pictures(5, thing)
    mask = np.zeros(full.shape, np.uint8)
    mask[60:90, 60:90] = 255
    alone = Imprint.take(mask, full, empty, mask)
    foreground = mask.copy()
    foreground[40:120, 92:130] = 255
    assert alone.clear == 1.0
    assert Imprint.take(mask, full, empty, foreground).clear < 0.8
