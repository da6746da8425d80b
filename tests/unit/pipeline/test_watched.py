from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.observation import Group, Track, TrackPoint
from matpho.domain.time import SECOND, Instant, SystemClock
from matpho.errors import SourceLost
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.pace import live_pace
from matpho.pipeline.watched import LONGEST_PATH, Around, WatchedCamera, _summary
from matpho.testing.scripted_detector import ScriptedDetector
from matpho.video.live import LiveServer

pytestmark = pytest.mark.unit


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_a_track_becomes_a_row_of_bounded_length_that_begins_and_ends_where_it_did(seen):
    path = tuple(TrackPoint(Instant(n), Box(n / 1000, 0, 0.1, 0.1), s) for n, s in enumerate(seen))
    told = _summary(CameraId("a"), Track(3, Group.PERSON, "person", 0.7, Instant(0), path))
    observed = [p for p in path if p.seen] or [path[-1]]
    assert 1 <= len(told.boxes) <= LONGEST_PATH
    assert told.boxes[0] == (observed[0].at, observed[0].box)
    assert told.boxes[-1] == (observed[-1].at, observed[-1].box)
    assert [at for at, _ in told.boxes] == sorted({at for at, _ in told.boxes})


def watched_camera(folder: Path, live: LiveServer, purpose: Purpose) -> WatchedCamera:
    """A camera that cannot be reached, with one zone."""

    def nowhere(_address):
        raise SourceLost("nobody is there", "không có ai")

    shape = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))
    camera = Camera(
        id=CameraId("cam"),
        name="c",
        main="rtsp://10.0.0.1/main",
        sub="rtsp://10.0.0.1/sub",
        zones=(Zone(id=ZoneId("z"), purpose=purpose, polygon=shape),),
    )
    around = Around(
        journals=folder / "journals",
        live=live,
        open_source=nowhere,
        open_sub=nowhere,
        tell=lambda _: None,
        clock=SystemClock(),
        analysed_fps=5.0,
        make_pipeline=lambda c: CameraPipeline(c, ScriptedDetector(), [], pace=live_pace(c)),
        scenes=folder / "scenes",
    )
    return WatchedCamera(camera, around)


@pytest.mark.parametrize(
    ("purpose", "nap_s", "together"), [(Purpose.NO_DUMPING, 1.0, 6), (Purpose.RESTRICTED, 0.0, 10)]
)
def test_pictures_gather_while_nobody_watches_unless_something_moves_where_movements_are_measured(
    tmp_path, purpose, nap_s, together
):
    with LiveServer(tmp_path / "live.sock", clock=SystemClock()) as live:
        camera = watched_camera(tmp_path, live, purpose)
        assert camera._nap_s() == nap_s  # something may move: nothing has been seen yet
        assert camera.together == together
        camera._last_at = Instant(10 * SECOND)
        assert camera._nap_s() == 1.0
        assert camera.together == 6
        camera._hub.subscribe(lambda _: None)
        assert camera._nap_s() == 0.0
        camera.stop()


def test_a_camera_that_was_stopped_has_no_work_for_a_thread_that_still_has_its_turn(tmp_path):
    with LiveServer(tmp_path / "live.sock", clock=SystemClock()) as live:
        camera = watched_camera(tmp_path, live, Purpose.NO_DUMPING)
        camera._frames.take = lambda: pytest.fail("its journal is closed")
        camera.stop()
        assert camera.step() is False
