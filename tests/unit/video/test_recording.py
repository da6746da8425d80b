import threading
import time
from dataclasses import replace

import pytest

from matpho.domain.camera import Camera, RecordMode, StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, Link, SegmentClosed, SegmentOpened
from matpho.domain.time import SECOND, SystemClock
from matpho.plugins.sources import open_source
from matpho.testing.footage import draw
from matpho.video import journal
from matpho.video.check import check
from matpho.video.journal import Journal
from matpho.video.place import Place
from matpho.video.recording import OTHER_MODE, run_recorder

pytestmark = pytest.mark.unit


class Ward:
    """A recorder in a thread; files stand in for cameras, at their own pace."""

    def __init__(self, home, cameras):
        self.home, self.cameras, self.states, self.stop = home, cameras, [], threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        run_recorder(
            lambda: self.cameras,
            journals=self.home / "journal",
            recordings=self.home / "recordings",
            live_socket=self.home / "run" / "live.sock",
            open_source=open_source,
            tell=self.states.append,
            clock=SystemClock(),
            stop=self.stop,
        )

    def facts(self, camera="cho"):
        return [f for f, _ in journal.read(self.home / "journal" / camera / "recorder.jsonl")]

    def end(self):
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def ward(tmp_path):
    film = draw(tmp_path / "film.mp4", pictures=300, gop=10)
    running = []

    def start(*cameras):
        running.append(Ward(tmp_path, cameras))
        return running[-1]

    start.camera = Camera(id=CameraId("cho"), name="Chợ", main=str(film))
    yield start
    for one in running:
        one.end()


def wait_for(what, timeout_s=10.0):
    end = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def opened(ward):
    return [f for f in ward.facts() if isinstance(f, SegmentOpened)]


def test_a_camera_that_is_taken_away_and_brought_back(ward, tmp_path):
    running = ward(ward.camera)
    wait_for(lambda: len(opened(running)) == 1)
    time.sleep(1.5)
    running.cameras = ()
    wait_for(lambda: isinstance(running.facts()[-1], GapSeen))
    assert running.facts()[-1].cause is GapCause.OFF
    running.cameras = (ward.camera,)
    wait_for(lambda: len(opened(running)) == 2)
    other = draw(tmp_path / "other.mp4", pictures=300, size=(320, 192))
    running.cameras = (replace(ward.camera, main=str(other)),)
    wait_for(lambda: opened(running)[-1].width == 320)
    running.end()
    assert {s.link for s in running.states} >= {Link.LIVE, Link.OFF}
    report = check(tmp_path / "journal", tmp_path / "recordings")
    assert report.well, report.problems
    assert [g.cause for g in running.facts() if isinstance(g, GapSeen)][-1] is GapCause.RESTART


def test_an_address_that_is_not_allowed_is_told_once(ward):
    running = ward(replace(ward.camera, main="http://admin:hunter2@cam/1"), replace(ward.camera, id=CameraId("ok")))
    wait_for(lambda: any(s.camera_id == "ok" and s.link is Link.LIVE for s in running.states))
    time.sleep(1.2)
    told = [s for s in running.states if s.camera_id == "cho"]
    assert [s.link for s in told] == [Link.LOST]
    assert "hunter2" not in str(told)


def test_a_journal_held_by_another_recorder_is_left_alone(ward, tmp_path):
    held = Journal(tmp_path / "journal" / "cho" / "recorder.jsonl")
    running = ward(ward.camera)
    wait_for(lambda: running.states)
    assert "another process" in running.states[0].detail.en
    held.close()
    wait_for(lambda: len(opened(running)) == 1)


def test_what_a_dead_recorder_left_of_a_camera_that_is_gone_is_closed(ward, tmp_path):
    running = ward(ward.camera)
    wait_for(lambda: len(opened(running)) == 1)
    running.end()
    path = tmp_path / "journal" / "cho" / "recorder.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0])  # as if it had been killed while recording
    assert [type(f) for f in running.facts()] == [SegmentOpened]
    later = ward()
    wait_for(lambda: len(later.facts()) == 3)
    assert isinstance(later.facts()[1], SegmentClosed)
    assert later.facts()[1].repaired
    assert check(tmp_path / "journal", tmp_path / "recordings").well


def test_the_stream_that_is_kept_changes_while_recording_and_every_second_stays_accounted_for(ward, tmp_path):
    light = draw(tmp_path / "light.mp4", pictures=300, size=(320, 192))
    camera = replace(ward.camera, sub=str(light))
    running = ward(camera)
    wait_for(lambda: len(opened(running)) == 1)
    time.sleep(1.2)
    running.cameras = (replace(camera, record=RecordMode.SUB),)
    wait_for(lambda: len(opened(running)) == 2)
    assert [(o.role, o.width) for o in opened(running)] == [(StreamRole.MAIN, 160), (StreamRole.SUB, 320)]
    time.sleep(1.2)
    running.cameras = (replace(camera, record=RecordMode.ON_INCIDENT),)
    wait_for(lambda: len(opened(running)) == 3)
    assert opened(running)[-1].role is StreamRole.MAIN
    running.end()
    report = check(tmp_path / "journal", tmp_path / "recordings")
    assert report.well, report.problems
    details = [g.detail for g in running.facts() if isinstance(g, GapSeen)]
    assert OTHER_MODE in details


def test_nothing_is_written_into_the_folder_that_an_unmounted_disk_leaves(ward, tmp_path):
    place = Place(tmp_path / "recordings", tmp_path / "journal")
    place.adopt()
    running = ward(ward.camera)
    wait_for(lambda: len(opened(running)) == 1)
    running.end()
    place.recordings.rename(tmp_path / "unmounted")
    place.recordings.mkdir()
    began = time.time_ns()
    again = ward(ward.camera)
    wait_for(lambda: again.states)
    time.sleep(1.2)
    assert "nothing is written there" in again.states[0].detail.en
    assert list(place.recordings.iterdir()) == []
    assert len(opened(again)) == 1
    place.recordings.rmdir()
    (tmp_path / "unmounted").rename(place.recordings)
    wait_for(lambda: len(opened(again)) == 2)
    longest = time.time_ns() - began
    again.end()
    away = [g for g in again.facts() if isinstance(g, GapSeen) and g.cause is GapCause.DISK and g.end is not None]
    assert [SECOND < g.end - g.start < longest for g in away] == [True], "the disk was away, the program was not"
    report = check(tmp_path / "journal", tmp_path / "recordings")
    assert report.well, report.problems
