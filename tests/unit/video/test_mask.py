import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.domain.geometry import Point, polygon
from matpho.testing.footage import picture
from matpho.video.mask import covered, masked_frame
from matpho.video.planes import planes

pytestmark = pytest.mark.unit


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.05, 0.5), st.floats(0.05, 0.5)),
    st.integers(16, 90).map(lambda n: 2 * n),
    st.integers(16, 90).map(lambda n: 2 * n),
)
def test_every_pixel_inside_is_covered(box, width, height):
    x, y, w, h = box
    right, bottom = min(1.0, x + w), min(1.0, y + h)
    shape = polygon([(x, y), (right, y), (right, bottom), (x, bottom)])
    found = covered((shape,), width, height)
    for row in range(0, height, 5):
        for column in range(0, width, 5):
            if shape.contains(Point((column + 0.5) / width, (row + 0.5) / height)):
                assert found[row, column]
    far = (np.arange(width) + 0.5) / width > right + 2.1 / width
    assert not found[:, far].any()


@pytest.mark.parametrize("form", ["yuv420p", "yuvj420p", "nv12", "gray", "rgb24", "yuv422p", "yuv420p10le", "gray10le"])
@pytest.mark.parametrize("size", [(64, 48), (65, 49)])
def test_no_pixel_format_leaks(form, size):
    frame = picture(3, *size).reformat(format=form)
    masked = masked_frame(frame, [polygon([(0, 0), (0.5, 0), (0.5, 1), (0, 1)])])
    assert (masked.width, masked.height) == (64, 48)
    image = masked.to_ndarray(format="rgb24")
    assert image[:, :32].max() < 6
    assert image[:, 36:].min() > 20


def test_no_mask_changes_nothing():
    frame = picture(3, 64, 48).reformat(format="yuv420p")
    for before, after in zip(planes(frame), planes(masked_frame(frame, [])), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize(
    ("form", "chroma"),
    [("yuv420p", True), ("nv12", True), ("yuv444p", True), ("bgr24", True), ("gray", False), ("gray16le", False)],
)
def test_planes_of_every_format_say_the_same(form, chroma):
    reference, *_ = planes(picture(5, 66, 50).reformat(format="yuv420p"))
    luma, u, v = planes(picture(5, 66, 50).reformat(format=form))
    assert luma.shape == (50, 66)
    assert (u is not None, v is not None) == (chroma, chroma)
    if u is not None and v is not None:
        assert u.shape == v.shape == (25, 33)
    span = 255 / 219 if form.startswith("gray") else 1.0
    middle = np.abs((luma.astype(float)) - ((reference.astype(float) - 16) * span if span > 1 else reference))
    assert middle.mean() < 6
