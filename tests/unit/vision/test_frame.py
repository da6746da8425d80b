import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.domain.geometry import Box
from matpho.domain.time import Instant
from matpho.vision.frame import MIDDLE, SMALL, Frame
from matpho.vision.sampling import Sampling

pytestmark = pytest.mark.unit


@settings(max_examples=40, deadline=None)
@given(st.integers(SMALL[0], 500), st.integers(SMALL[1], 400), st.integers(0, 2**32 - 1))
def test_a_small_picture_is_what_areas_give_whatever_the_way(width, height, seed):
    luma = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    luma = cv2.GaussianBlur(luma, (0, 0), 3)
    for size in ((97, 53), (40, 30), SMALL):
        direct = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
        ours = Frame(Instant(0), luma).shrunk(*size)
        assert ours.shape == (size[1], size[0])
        assert np.abs(ours.astype(int) - direct).mean() < 0.75


def test_it_is_made_once_and_the_half_serves_all():
    frame = Frame(Instant(0), np.zeros((360, 640), np.uint8))
    assert frame.shrunk(*SMALL) is frame.shrunk(*SMALL)
    assert frame.shrunk(*MIDDLE) is frame.shrunk(320, 180)


@pytest.mark.parametrize(
    ("size", "working"),
    [
        ((640, 360), (320, 180)),
        ((640, 480), (320, 240)),
        ((352, 288), (352, 288)),
        ((1280, 720), (320, 180)),
        ((768, 576), (384, 288)),
        ((320, 240), (320, 240)),
        ((360, 640), (180, 320)),
    ],
)
def test_the_static_model_works_on_about_as_many_pixels_and_on_whole_parts_where_it_can(size, working):
    made = Sampling(size, 76_800)
    assert (made.width, made.height) == working
    picture = made.picture(Frame(Instant(0), np.full((size[1], size[0]), 90, np.uint8)))
    assert picture.shape == made.shape
    assert float(picture.mean()) == pytest.approx(90)


@settings(max_examples=60, deadline=None)
@given(st.integers(4, 90), st.integers(4, 90), *[st.floats(0, 1)] * 4, st.booleans())
def test_a_part_has_the_colours_of_the_whole_at_its_place(width, height, x, y, w, h, grey):
    dice = np.random.default_rng(5)
    luma = dice.integers(0, 256, (height, width)).astype(np.uint8)
    chroma = [dice.integers(0, 256, ((height + 1) // 2, (width + 1) // 2)).astype(np.uint8) for _ in "uv"]
    frame = Frame(Instant(0), luma) if grey else Frame(Instant(0), luma, *chroma)
    part, whole = frame.part(Box(x, y, w * (1 - x), h * (1 - y))), frame.bgr()
    assert min(part.shape[:2]) >= 2
    left, top = min(int(x * width), width - 2) // 2 * 2, min(int(y * height), height - 2) // 2 * 2
    there = whole[top : top + part.shape[0], left : left + part.shape[1]]
    assert np.array_equal(part[: there.shape[0], : there.shape[1]], there)
    assert abs(part.shape[1] - w * (1 - x) * width) <= 4
    exact = frame.snapped(Box(x, y, w * (1 - x), h * (1 - y)))
    assert (exact.w * width, exact.h * height) == pytest.approx((part.shape[1], part.shape[0]))
    assert (exact.x * width, exact.y * height) == pytest.approx((max(left, 0), max(top, 0)))
