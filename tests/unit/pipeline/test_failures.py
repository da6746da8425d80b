"""Pictures of what went wrong."""

from pathlib import Path

import cv2
import pytest

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.pipeline.failures import draw_failures, failures_of, prepare
from matpho.pipeline.score import Answer, ClipScore, Event
from matpho.testing.footage import draw

pytestmark = pytest.mark.unit

AREA = Polygon((Point(0.1, 0.1), Point(0.9, 0.1), Point(0.9, 0.9)))
CAMERA = Camera(
    id=CameraId("c"),
    name="c",
    zones=(
        Zone(id=ZoneId("a"), purpose=Purpose.RESTRICTED, polygon=AREA),
        Zone(id=ZoneId("b"), purpose=Purpose.STOP_LINE, line=(Point(0.1, 0.8), Point(0.9, 0.8))),
    ),
)
BOX = Box(0.2, 0.2, 0.3, 0.3)


def wrong(clip: str) -> ClipScore:
    told = Answer("intrusion", 1.0, 3.0, 2.0, BOX, advisory=False, why="A person in the yard – since 1 s.")
    event = Event(clip, "intrusion_zone", 4.0, 9.0, BOX, sure=True, answers=("intrusion",))
    beyond = Event(clip, "intrusion_zone", 60.0, 61.0, None, sure=True, answers=("intrusion",))
    return ClipScore(clip, (), (event, beyond), (told,), 0, answers=(told,))


def test_each_failure_says_what_and_why_in_order_of_time():
    false, missed, beyond = failures_of(wrong("a.mp4"))
    assert false.lines == (
        "FALSE intrusion, from 1.0 to 3.0 s, told at 2.0 s",
        "A person in the yard – since 1 s.",
    )
    assert missed.lines[0] == "MISSED intrusion_zone, from 4.0 to 9.0 s"
    assert "intrusion at 1.0 s" in missed.lines[1]
    assert beyond.box is None


def test_who_crossed_a_line_is_shown_where_it_did_and_not_seconds_later():
    crossed = Answer("red_light", 10.0, 11.0, 15.5, BOX, advisory=False)
    lying = Answer("illegal_dumping", 10.0, 60.0, 32.0, BOX, advisory=False)
    shown = failures_of(ClipScore("a.mp4", (), (), (crossed, lying), 0, answers=(crossed, lying)))
    assert [(f.at_s, f.name) for f in shown] == [(10.5, "false-red_light-15.5s"), (32.0, "false-illegal_dumping-32.0s")]


def test_a_picture_of_each_is_written_where_git_does_not_look(tmp_path: Path):
    video = draw(tmp_path / "ngõ 12.mp4", fps=5, pictures=40)
    out = tmp_path / "failures"
    prepare(out)
    written = draw_failures(out, video, CAMERA, wrong("sub/ngõ 12.mp4"))
    assert [p.name for p in written] == [
        "sub-ngo-12.mp4-00-false-intrusion-2.0s.jpg",
        "sub-ngo-12.mp4-01-missed-intrusion-zone-4.0s.jpg",
        "sub-ngo-12.mp4-02-missed-intrusion-zone-60.0s.jpg",
    ]
    assert (out / ".gitignore").read_text() == "*\n"
    picture = cv2.imread(str(written[0]))
    assert picture is not None
    assert picture.shape[0] > 120  # the words stand below the picture
    blue, green, red = picture[24:26, 32:80].reshape(-1, 3).astype(int).mean(0)
    assert red > blue + 20
    assert red > green + 20


def test_pictures_of_an_earlier_measurement_go(tmp_path: Path):
    prepare(tmp_path)
    (tmp_path / "old.jpg").write_bytes(b"old")
    (tmp_path / "notes.txt").write_text("mine")
    prepare(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".gitignore", "notes.txt"]


def test_nothing_wrong_is_no_picture(tmp_path: Path):
    video = draw(tmp_path / "a.mp4", fps=5, pictures=10)
    assert draw_failures(tmp_path, video, CAMERA, ClipScore("a.mp4", (), (), (), 0)) == []
