"""The staged cameras as a client sees them: live, shared, endless, cut off, guarded, and gone with their parent."""

import itertools
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest

from matpho.errors import SetupProblem
from matpho.sim.encode import Rendition, write
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras

pytestmark = pytest.mark.integration

LENGTH_S = 4.0


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("staged")

    def pictures():
        for i in range(round(LENGTH_S * 10)):
            picture = np.full((96, 128, 3), 40, np.uint8)
            for bit in range(6):  # the picture's number in black and white, to read it back
                picture[10:50, 4 + 20 * bit : 22 + 20 * bit] = 230 if i >> bit & 1 else 10
            yield picture

    write(pictures(), 10.0, [Rendition(folder / "main.mp4", 256, 192, 20), Rendition(folder / "sub.mp4", 128, 96, 20)])
    return folder


def streams(folder, **more):
    return [ServedStream(camera="a", role=role, file=str(folder / f"{role}.mp4"), **more) for role in ("main", "sub")]


def number(frame):
    grey = frame.to_ndarray(format="gray")
    across = grey.shape[1] / 128
    return sum(1 << bit for bit in range(6) if grey[int(30 * across), int((13 + 20 * bit) * across)] > 120)


def watched(address, seconds):
    """Time stamps in seconds, picture numbers, and the error that ended it."""
    stamps, numbers, error = [], [], None
    options = {"rtsp_transport": "tcp", "analyzeduration": "300000"}
    until = time.monotonic() + seconds
    try:
        with av.open(address, options=options, timeout=(5, 5)) as container:
            for packet in container.demux(video=0):
                numbers.extend(map(number, packet.decode()))
                if packet.pts is not None:
                    stamps.append(float(packet.pts * packet.time_base))
                if time.monotonic() > until:
                    break
    except (OSError, av.error.FFmpegError) as e:
        error = e
    return stamps, numbers, error


def test_streams_run_on_over_the_end_of_the_file(clips):
    with StagedCameras(streams(clips)) as served:
        stamps, numbers, error = watched(served.address("a", "sub"), 2.5 * LENGTH_S)
    assert error is None
    assert len(stamps) > 15 * LENGTH_S
    assert np.allclose(np.diff(stamps), 0.1, atol=1e-3)
    assert {0, 39} <= set(numbers)
    steps = {(b - a) % 40 for a, b in itertools.pairwise(numbers)}
    assert steps == {1}


def test_viewers_of_a_camera_see_the_same_moment(clips):
    newest: dict[str, tuple[float, int]] = {}

    def watch(role, wait_s):
        time.sleep(wait_s)
        options = {"rtsp_transport": "tcp", "analyzeduration": "300000"}
        with av.open(served.address("a", role), options=options, timeout=(5, 5)) as container:
            for frame in container.decode(video=0):
                newest[role] = (time.monotonic(), number(frame))
                if time.monotonic() > until:
                    return

    with StagedCameras(streams(clips)) as served:
        until = time.monotonic() + 7
        threads = [threading.Thread(target=watch, args=a) for a in (("main", 0.0), ("sub", 1.3))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (main_at, main), (sub_at, sub) = newest["main"], newest["sub"]
    apart = ((main - sub) - (main_at - sub_at) * 10) % 40
    assert min(apart, 40 - apart) < 8


def test_a_camera_is_cut_off_and_comes_back(clips):
    with StagedCameras(streams(clips, cuts=((1.0, 3.0),))) as served:
        address = served.address("a", "sub")
        started = time.monotonic()
        watched(address, 20)
        lasted = time.monotonic() - started
        _, _, refused = watched(address, 1)
        time.sleep(max(0.0, started + 3.6 - time.monotonic()))
        stamps, _, _ = watched(address, 3)
    assert lasted < 3
    assert refused is not None
    assert stamps


def test_name_and_password_are_asked_for(clips):
    with StagedCameras(streams(clips), login="cán bộ", password="p@ss:w/d") as served:
        address = served.address("a", "sub")
        stamps, _, error = watched(address, 3)
        assert error is None
        assert stamps
        plain = f"rtsp://127.0.0.1:{address.rsplit(':', 1)[1]}"
        assert isinstance(watched(plain, 1)[2], av.error.HTTPUnauthorizedError)
        assert isinstance(watched(plain.replace("//", "//x:y@"), 1)[2], av.error.HTTPUnauthorizedError)
        assert b"p@ss" not in Path(f"/proc/{served.pid}/cmdline").read_bytes()


def test_other_paths_are_not_served(clips):
    with StagedCameras(streams(clips)) as served:
        for camera, role in (("b", "main"), ("a", "third"), ("..", "etc")):
            assert isinstance(watched(served.address(camera, role), 1)[2], av.error.HTTPNotFoundError)


def test_a_server_that_cannot_start_says_why(tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"nothing")
    broken = StagedCameras([ServedStream(camera="a", role="main", file=str(tmp_path / "no.mp4"))])
    with pytest.raises(SetupProblem) as caught:
        broken.start()
    assert "no.mp4" in caught.value.en
    assert broken.pid is None


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_the_server_dies_with_its_parent(clips):
    program = (
        "import os, signal\n"
        "from matpho.sim.server import StagedCameras\n"
        "from matpho.sim.serve import ServedStream\n"
        f"served = StagedCameras([ServedStream(camera='a', role='sub', file={str(clips / 'sub.mp4')!r})])\n"
        "served.start()\n"
        "print(served.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=os.environ)
    pid = int(said.stdout)
    until = time.monotonic() + 10
    while not gone(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert gone(pid)


def test_stopping_leaves_nothing_behind(clips):
    served = StagedCameras(streams(clips))
    served.start()
    pid = served.pid
    served.stop()
    served.stop()
    assert pid is not None
    assert gone(pid)
