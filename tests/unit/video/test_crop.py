import io

import av
import pytest

from matpho.casework.ports import RecordedFile
from matpho.domain.geometry import Box, polygon
from matpho.domain.time import SECOND, after
from matpho.errors import NotFound
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.video.crop import around, key_picture, small
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit
ALL = polygon([(0, 0), (1, 0), (1, 1), (0, 1)])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two minutes that are six seconds each, a key picture every two."""
    made = []
    for number in range(2):
        start = after(NOON, 6 * number)
        info, script = packets(pictures=60, start=start, gop=20)
        writer = SegmentWriter(tmp_path_factory.mktemp("rec") / f"{start}.mp4", info, start)
        writer.create()
        for packet in script:
            writer.add(packet, 0.0)
        writer.close()
        made.append(RecordedFile(path=writer.path, start=start, end=writer.end))
    return made


def shape(jpeg):
    with av.open(io.BytesIO(jpeg)) as container:
        frame = next(container.decode(video=0))
    return frame.width, frame.height, frame.to_ndarray(format="gray")


@pytest.mark.parametrize(("asked", "given"), [(0.9, 0), (1.1, 2), (5.2, 6), (9.5, 10), (15.0, 10)])
def test_the_nearest_key_picture_is_taken_whichever_side(files, asked, given):
    at, frame = key_picture(files, after(NOON, asked))
    assert abs(at - after(NOON, given)) < SECOND // 100
    assert frame.width > 0


def test_nothing_near_is_no_picture(files):
    with pytest.raises(NotFound):
        key_picture(files, after(NOON, 60))
    with pytest.raises(NotFound):
        key_picture([], NOON)


def test_a_cut_out_holds_the_box_with_room_and_stays_inside():
    for box in (
        Box(0, 0, 0.02, 0.05),
        Box(0.9, 0.9, 0.1, 0.1),
        Box(0.4, 0.1, 0.1, 0.8),
        Box(0, 0, 1, 1),
        Box(0.3, 0.4, 0.3, 0.1),
    ):
        cut = around(box, 16 / 9)
        assert cut.x >= 0
        assert cut.y >= 0
        assert cut.right <= 1.000001
        assert cut.bottom <= 1.000001
        assert cut.overlap(box) == pytest.approx(box.area)


def test_the_place_is_asked_for_the_instant_of_the_picture(files):
    asked = []

    def place(at):
        asked.append(at)
        return Box(0.2, 0.2, 0.1, 0.1)

    width, height, _ = shape(small(files, after(NOON, 2.7), place=place, masks=(), width=64))
    assert width / height == pytest.approx(4 / 3, rel=0.2)
    assert abs(asked[0] - after(NOON, 2)) < SECOND // 100


def test_masks_are_in_the_pixels_of_both_sizes(files):
    for place in (None, lambda _: Box(0.2, 0.2, 0.1, 0.1)):
        _, _, open_picture = shape(small(files, NOON, place=place, masks=(), width=640))
        _, _, hidden = shape(small(files, NOON, place=place, masks=(ALL,), width=640))
        assert open_picture.min() > 40
        assert hidden.max() < 12
