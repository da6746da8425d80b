"""Old journals and rows hold reasons in English only; the page is Vietnamese."""

import pytest

from matpho.domain.told_before import told_before
from matpho.domain.words import NOTHING_SAID, Said
from matpho.video import camera_check, reader, recorder, recording, recovery

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "said",
    [
        reader.UNREADABLE,
        reader.ENDED,
        recorder.STOPPED,
        recorder.LEAPT,
        recovery.MACHINE_DOWN,
        recovery.RECORDER_DOWN,
        recording.SWITCHED_OFF,
        recording.OTHER_MODE,
        recording.OTHER_ADDRESS,
        recording.RECORDER_STOPPED,
        camera_check.FOUND,
    ],
    ids=lambda said: said.en,
)
def test_what_the_recorder_says_reads_the_same_where_only_its_english_was_kept(said):
    assert told_before(said.en) == said


@pytest.mark.parametrize(
    ("en", "vi"),
    [
        ("the camera answers with error 503", "camera trả lời lỗi 503"),
        ("vp9 cannot be recorded as MP4", "không ghi được vp9 thành MP4"),
        ("/r/cho/1.mp4 cannot be written: No space left on device",
         "không ghi được /r/cho/1.mp4: ổ đĩa đã đầy"),
        ("the journal /j cannot be written: Read-only file system",
         "không ghi được nhật ký /j: ổ đĩa đang ở chế độ chỉ đọc"),
        ("/r cannot be used: moon in the way", "không dùng được /r: moon in the way"),
    ],
)  # fmt: skip
def test_figures_and_names_are_carried_over(en, vi):
    assert told_before(en) == Said(vi, en)


def test_what_the_program_never_said_stays_as_it_is():
    assert told_before("killed by hand") == Said("killed by hand", "killed by hand")
    assert told_before("") == NOTHING_SAID
