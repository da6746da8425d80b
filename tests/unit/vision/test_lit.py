"""Where the picture ends: black bars of sub streams are found, a dark sky and a covered lens are none."""

import numpy as np
import pytest

from matpho.domain.geometry import WHOLE, Box
from matpho.domain.observation import Group, Observation
from matpho.domain.time import Instant, after
from matpho.vision.frame import Frame
from matpho.vision.lit import LitArea, at_its_edge, lit_part

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 640, 360
PILLARS = Box(0.125, 0.0, 0.75, 1.0)


def street(level: float = 110.0, *, lit: Box = WHOLE, bar: int = 16, noise: float = 3.0) -> np.ndarray:
    dice = np.random.default_rng(4)
    tiles = np.kron(dice.uniform(0.6, 1.4, (9, 16)), np.ones((40, 40)))
    picture = level * tiles + dice.normal(0, 4, (HEIGHT, WIDTH))
    shown = bar + dice.normal(0, noise, (HEIGHT, WIDTH))
    rows, columns = (
        slice(int(lit.y * HEIGHT), int(lit.bottom * HEIGHT)),
        slice(int(lit.x * WIDTH), int(lit.right * WIDTH)),
    )
    shown[rows, columns] = picture[rows, columns]
    return np.clip(shown, 0, 255).astype(np.uint8)


def near(box: Box | None, expected: Box) -> bool:
    return box is not None and all(
        abs(a - b) < 0.006
        for a, b in zip((box.x, box.y, box.w, box.h), (expected.x, expected.y, expected.w, expected.h), strict=True)
    )


@pytest.mark.parametrize("lit", [WHOLE, PILLARS, Box(0.0, 0.125, 1.0, 0.75), Box(0.05, 0.1, 0.9, 0.8)])
@pytest.mark.parametrize("bar", [0, 16])
def test_bars_are_found_where_they_are(lit: Box, bar: int):
    assert near(lit_part(street(lit=lit, bar=bar)), lit)


def test_black_on_one_side_only_is_dark_and_no_bar():
    assert lit_part(street(lit=Box(0.0, 0.2, 1.0, 0.8))) == WHOLE, "a night sky"
    assert lit_part(street(lit=Box(0.1, 0.0, 0.7, 1.0))) == WHOLE, "walls of two widths"


def test_in_the_dark_nothing_is_said_and_nothing_forgotten():
    assert lit_part(street(12)) is None
    area = LitArea()
    area.update(frame(street(lit=PILLARS), 0))
    assert near(area.update(frame(street(12), 1)), PILLARS)


def frame(luma: np.ndarray, s: float) -> Frame:
    return Frame(after(Instant(0), s), luma)


def test_more_picture_is_believed_at_once_and_less_only_after_a_while():
    area = LitArea()
    whole, narrow = street(), street(lit=PILLARS)
    assert area.update(frame(whole, 0)) == WHOLE
    for s in (1, 2):
        area.update(frame(whole, s))
    assert area.update(frame(narrow, 20)) == WHOLE
    assert area.update(frame(narrow, 40)) == WHOLE
    assert near(area.update(frame(narrow, 60)), PILLARS)
    assert near(area.update(frame(whole, 61)), PILLARS), "it is measured rarely"
    assert area.update(frame(whole, 80)) == WHOLE


def test_boxes_end_where_the_picture_does():
    def seen(box: Box) -> Observation:
        return Observation(Group.VEHICLE, "car", box, 0.8)

    over, nearly, inside = seen(Box(0.1, 0.5, 0.2, 0.3)), seen(Box(0.7, 0.5, 0.169, 0.3)), seen(Box(0.4, 0.5, 0.2, 0.5))
    assert at_its_edge([over], WHOLE) == [over]
    a, b, c = (o.box for o in at_its_edge([over, nearly, inside], PILLARS))
    assert (a.x, a.right) == (pytest.approx(0.125), pytest.approx(0.3))
    assert b.right == pytest.approx(0.875)
    assert (c.x, c.bottom) == (pytest.approx(0.4), 1.0)
    assert at_its_edge([seen(Box(0.02, 0.5, 0.05, 0.1))], PILLARS) == []
