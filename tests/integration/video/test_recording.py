import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.time import SECOND, Instant, Span
from matpho.testing.footage import decoded, draw
from matpho.video import clip, journal
from matpho.video.check import check
from matpho.video.live import LiveFragment, LiveInit, LiveLost, watch

pytestmark = pytest.mark.integration
GOP_S = 1.0


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    draw(folder / "h264.mp4", pictures=60, gop=10)
    draw(folder / "h265.mp4", pictures=60, gop=10, codec="libx265", size=(320, 192))
    draw(folder / "large" / "h264.mp4", pictures=60, gop=10, size=(320, 192))
    return folder


class Recorder:
    """The recorder as a process, as it runs in a ward."""

    def __init__(self, home, **cameras):
        self.home, self.cameras, self.process = home, cameras, None
        self.start()

    def start(self):
        command = [sys.executable, str(Path(__file__).with_name("recorder_main.py")), str(self.home)]
        with (self.home / "out.txt").open("ab") as out:
            self.process = subprocess.Popen(
                [*command, *(f"{name}={address}" for name, address in self.cameras.items())],
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait(15)

    def facts(self, camera="a"):
        return [f for f, _ in journal.read(self.home / "journal" / camera / "recorder.jsonl")]

    def opened(self, camera="a"):
        return [f for f in self.facts(camera) if isinstance(f, SegmentOpened)]

    def growing_bytes(self, camera="a"):
        path = self.home / "recordings" / self.opened(camera)[-1].path
        return path.stat().st_size if path.exists() else 0

    def log(self):
        return (self.home / "out.txt").read_text()


@pytest.fixture
def recorder(tmp_path):
    running = []

    def start(**cameras):
        running.append(Recorder(tmp_path, **cameras))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait(10)


def wait_for(what, timeout_s=25.0):
    end = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def report(home):
    return check(home / "journal", home / "recordings")


def test_kill_9_costs_at_most_the_last_fragment(rtsp_server, media, recorder, tmp_path):
    server = rtsp_server(media)
    running = recorder(a=server.url("h264.mp4", "u:hunter2"), b=server.url("h265.mp4"))
    wait_for(lambda: len(running.opened("a")) >= 2 and len(running.opened("b")) >= 2)
    time.sleep(2.3)  # two fragments of each
    killed = time.time_ns()
    running.end(signal.SIGKILL)
    began = time.monotonic()
    running.start()
    for camera in ("a", "b"):  # the gap's end is told after the file that ends it
        wait_for(lambda c=camera: any(f.end and f.end > killed for f in running.facts(c) if isinstance(f, GapSeen)))
    assert time.monotonic() - began < 10
    beside = report(tmp_path)
    assert beside.well, beside.problems
    time.sleep(2)
    running.end(signal.SIGTERM)
    assert running.process.returncode == 0
    for camera in ("a", "b"):
        gap = next(f for f in running.facts(camera) if isinstance(f, GapSeen) and f.end is not None)
        assert gap.cause is GapCause.RESTART
        assert gap.start <= gap.end
        lost_s = (killed - gap.start) / SECOND
        assert 0 <= lost_s < GOP_S + 0.6, "more than the last fragment is lost"
        repaired = [f for f in running.facts(camera) if isinstance(f, SegmentClosed) and f.repaired]
        assert [f.end for f in repaired] == [gap.start]
        data = (tmp_path / "recordings" / repaired[0].path).read_bytes()
        assert len(decoded(data)) == repaired[0].frames
    done = report(tmp_path)
    assert done.well, done.problems
    assert done.unaccounted_s == 0
    assert "hunter2" not in running.log()


def test_a_camera_that_stalls_dies_and_changes_its_picture(rtsp_server, media, recorder, tmp_path):
    server = rtsp_server(media)
    running = recorder(a=server.url("h264.mp4"))
    wait_for(lambda: running.opened() and running.growing_bytes() > 4000)
    server.stall()
    stalled = time.time_ns()
    wait_for(lambda: any(isinstance(f, GapSeen) for f in running.facts()))
    assert time.time_ns() - stalled < 10 * SECOND
    server.resume()
    server.kill()
    server.folder = media / "large"
    server.start()
    wait_for(lambda: running.opened()[-1].width == 320, 40)
    wait_for(lambda: running.growing_bytes() > 4000)
    running.end(signal.SIGTERM)
    gap = next(f for f in running.facts() if isinstance(f, GapSeen) and f.end is not None)
    assert gap.cause in {GapCause.CAMERA, GapCause.NETWORK}
    assert abs(gap.start - stalled) < 2.5 * SECOND
    done = report(tmp_path)
    assert done.well, done.problems


def test_a_clip_of_the_growing_recording(rtsp_server, media, recorder, tmp_path):
    running = recorder(a=rtsp_server(media).url("h264.mp4"))
    wait_for(lambda: len(running.opened()) >= 2)
    time.sleep(2.8)  # the fragments of the second file that the clip needs
    first = running.opened()[0]

    class Kept:
        def __init__(self, opened):
            self.path, self.start, self.end = tmp_path / "recordings" / opened.path, opened.start, None

    span = Span(Instant(first.start + SECOND * 3 // 2), Instant(first.start + SECOND * 9 // 2))
    made = clip.cut([Kept(o) for o in running.opened()], span, tmp_path / "clip.mp4")
    assert len(made.used) == 2
    assert made.in_s == pytest.approx(0.5, abs=0.2)
    frames = decoded((tmp_path / "clip.mp4").read_bytes())
    assert len(frames) == pytest.approx(made.span.length_s * 10, abs=1)
    running.end(signal.SIGTERM)


def test_live_pictures_come_at_once_and_survive_the_recorder(rtsp_server, media, recorder, tmp_path):
    running = recorder(a=rtsp_server(media).url("h264.mp4"))
    wait_for(lambda: running.opened() and running.growing_bytes() > 2000)

    async def story():
        stream = watch(tmp_path / "run" / "recorder-live.sock", CameraId("a"), StreamRole.MAIN)
        began = time.monotonic()
        init = await asyncio.wait_for(anext(stream), 5)
        assert isinstance(init, LiveInit)
        fragments = [await asyncio.wait_for(anext(stream), 5)]
        first_s = time.monotonic() - began
        while len(fragments) < 40:
            fragments.append(await asyncio.wait_for(anext(stream), 5))
        ages_ms = []
        for _ in range(15):
            part = await asyncio.wait_for(anext(stream), 5)
            ages_ms.append((time.time_ns() - part.captured) / 1e6)
            fragments.append(part)
        running.end(signal.SIGKILL)
        part = await asyncio.wait_for(anext(stream), 5)
        while not isinstance(part, LiveLost):
            part = await asyncio.wait_for(anext(stream), 5)
        running.start()
        while not isinstance(part, LiveInit):
            part = await asyncio.wait_for(anext(stream), 15)
        back = await asyncio.wait_for(anext(stream), 5)
        await stream.aclose()
        return init, fragments, first_s, sorted(ages_ms)[7], back

    init, fragments, first_s, age_ms, back = asyncio.run(story())
    assert first_s < 1
    assert age_ms < 200
    assert fragments[0].key
    assert isinstance(back, LiveFragment)
    assert back.key
    assert len(decoded(init.data + b"".join(f.data for f in fragments))) == len(fragments)


def test_an_unreachable_camera_is_tried_again_without_noise(rtsp_server, media, recorder, tmp_path):
    server = rtsp_server(media)
    url = server.url("h264.mp4")
    server.kill()
    running = recorder(a=url)
    wait_for(lambda: any(isinstance(f, GapSeen) for f in running.facts()))
    assert running.facts()[0].cause is GapCause.CAMERA, "its machine refuses: there is a way to it"
    server.start()
    wait_for(running.opened)
    wait_for(lambda: running.growing_bytes() > 2000)
    running.end(signal.SIGTERM)
    with contextlib.suppress(ProcessLookupError):
        running.process.kill()
    assert report(tmp_path).well, report(tmp_path).problems
    assert "Traceback" not in running.log()
