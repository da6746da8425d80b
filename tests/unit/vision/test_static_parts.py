import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.vision.imprint import Imprint
from matpho.vision.static_parts import is_part
from matpho.vision.static_thing import Thing

pytestmark = pytest.mark.unit

SHAPE = (100, 100)
BLANK = np.zeros(SHAPE, np.float32)


def thing(number: int, x: int, y: int, w: int, h: int, appeared_s: float = 12.0) -> Thing:
    mask = np.zeros(SHAPE, np.uint8)
    mask[y : y + h, x : x + w] = 255
    imprint = Imprint.take(mask, BLANK, BLANK, mask)
    return Thing(number, imprint, Box(x / 100, y / 100, w / 100, h / 100), appeared_s, appeared_s)


MOTORBIKE = thing(1, 30, 40, 30, 20)


def test_a_mirror_that_came_with_the_motorbike_is_part_of_it() -> None:
    assert is_part(thing(2, 45, 35, 4, 4, 13.5), [MOTORBIKE])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(thing(2, 45, 35, 4, 4, 20.0), id="set down later"),
        pytest.param(thing(2, 45, 20, 4, 4), id="apart"),
        pytest.param(thing(2, 62, 40, 14, 20), id="too large"),
        pytest.param(MOTORBIKE, id="itself"),
    ],
)
def test_what_comes_later_lies_apart_or_is_large_is_a_thing_of_its_own(other: Thing) -> None:
    assert not is_part(other, [MOTORBIKE])


def test_without_the_larger_thing_it_stands_for_itself() -> None:
    assert not is_part(thing(2, 45, 35, 4, 4), [])
