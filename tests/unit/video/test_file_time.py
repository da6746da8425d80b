from datetime import UTC, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest

from matpho.domain.time import SECOND
from matpho.video.file_time import file_time

pytestmark = pytest.mark.unit
WARD = ZoneInfo("Asia/Ho_Chi_Minh")
HALF_EIGHT = int(datetime(2026, 11, 24, 8, 30, 0, tzinfo=WARD).timestamp()) * SECOND


def none():
    return None


@pytest.mark.parametrize(
    ("path", "told_by"),
    [
        ("/card/RecM01_20261124_083000_083100_6D28808.mp4", "name"),
        ("/card/20261124083000.avi", "name"),
        ("/card/2026-11-24 08.30.00.mkv", "name"),
        ("/card/cam1@2026-11-24T08-30-00.mp4", "name"),
        (f"/card/clip_{HALF_EIGHT // SECOND}.mp4", "name"),
        (f"/card/2026112408/30M00S_{HALF_EIGHT // SECOND}.mp4", "name"),
        ("/card/2026112408/30M00S.mp4", "name"),
        ("/card/2026Y11M24D08H/30M00S60.mp4", "name"),
        ("/card/2026-11-24/001/dav/08/08.30.00-08.31.00[M][0@0][0].dav", "folder and name"),
        ("/card/20261124/record/083000.mp4", "folder and name"),
    ],
)
def test_names_as_cheap_cameras_write_them(path, told_by):
    found = file_time(PurePosixPath(path), WARD, none)
    assert found is not None
    assert (found.start, found.told_by) == (HALF_EIGHT, told_by)


@pytest.mark.parametrize("path", ["/card/hiv00001.mp4", "/a/20261324_083000.mp4", "/x/20261124_253000.mp4", "/b/1.avi"])
def test_names_that_tell_nothing(path):
    assert file_time(PurePosixPath(path), WARD, none) is None


def test_the_header_is_asked_last_and_is_utc():
    told = file_time(PurePosixPath("/card/hiv00001.mp4"), WARD, lambda: "2026-11-24T01:30:00.000000Z")
    assert (told.start, told.told_by) == (HALF_EIGHT, "header")
    named = file_time(PurePosixPath("/c/20261124_083000.mp4"), WARD, lambda: pytest.fail("not needed"))
    assert named.told_by == "name"


@pytest.mark.parametrize("header", ["1970-01-01T00:00:00Z", "1904-01-01T00:00:00Z", "2000-01-01 00:00:12", "gestern"])
def test_a_clock_that_was_never_set_is_not_believed(header):
    assert file_time(PurePosixPath("/card/hiv00001.mp4"), UTC, lambda: header) is None
