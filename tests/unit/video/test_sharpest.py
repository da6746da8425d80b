import cv2
import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, Span, after
from matpho.errors import NotFound
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.video.segment import SegmentWriter
from matpho.video.sharpest import best, take_sharpest

pytestmark = pytest.mark.unit

R = np.random.default_rng(5)
PLACE = cv2.GaussianBlur(R.integers(0, 255, (90, 120), dtype=np.uint8), (0, 0), 1.2)


def blurred(sigma):
    return cv2.GaussianBlur(PLACE, (0, 0), sigma)


def obstructed():
    picture = PLACE.copy()
    picture[:, 20:90] = R.integers(0, 255, (90, 70), dtype=np.uint8)  # sharp, and before the place
    return picture


def test_the_sharpest_is_chosen_but_not_the_one_with_somebody_before_the_place():
    assert best([blurred(3), blurred(2), PLACE, obstructed(), blurred(2.5)]) == 2
    assert best([obstructed(), blurred(2), blurred(2.2), blurred(3)]) == 1


def test_more_light_is_no_obstruction():
    assert best([blurred(2), cv2.add(PLACE, 9), blurred(2), blurred(3)]) == 1


def test_one_picture_is_the_best():
    assert best([PLACE]) == 0


def test_a_key_picture_of_the_span_is_written(tmp_path):
    info, script = packets(pictures=120, start=NOON, gop=20)
    writer = SegmentWriter(tmp_path / "a.mp4", info, NOON)
    writer.create()
    for packet in script:
        writer.add(packet, 0.0)
    writer.close()

    class Kept:
        path, start, end = writer.path, NOON, writer.end

    wanted = Span(after(NOON, 3), after(NOON, 9))
    at = take_sharpest([Kept()], wanted, Box(0.2, 0.2, 0.3, 0.3), tmp_path / "s.jpg")
    assert at in {Instant(after(NOON, s)) for s in (4, 6, 8)}
    assert (tmp_path / "s.jpg").read_bytes()[:2] == b"\xff\xd8"
    with pytest.raises(NotFound):
        take_sharpest([Kept()], Span(after(NOON, 20), after(NOON, 30)), None, tmp_path / "t.jpg")
