"""A running system with two cameras over real RTSP, drawn here."""

import av
import numpy as np
import pytest

from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.system import RunningSystem, wait_for

FPS, GOP, SECONDS = 10, 10, 12


def draw(path, width, height, seed):
    """A textured wall with a block that wanders: H.264, GOP 1 s, no B-frames."""
    noise = np.random.default_rng(seed)
    wall = np.kron(noise.integers(60, 180, (height // 16, width // 16, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = GOP
        stream.options = {"preset": "ultrafast", "bf": "0", "sc_threshold": "0"}
        for n in range(FPS * SECONDS):
            picture = wall.copy()
            x = n * 4 % (width - 40)
            picture[height // 2 : height // 2 + 60, x : x + 40] = (20, 30, 200)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        out.mux(stream.encode(None))


@pytest.fixture(scope="session")
def cameras(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    streams = []
    for camera, seed in (("nga-ba", 1), ("cong-truong", 2)):
        for role, size in (("main", (640, 480)), ("sub", (320, 240))):
            draw(folder / f"{camera}-{role}.mp4", *size, seed)
            streams.append(ServedStream(camera=camera, role=role, file=str(folder / f"{camera}-{role}.mp4")))
    with StagedCameras(streams, login="xem", password="bí mật:1") as served:
        yield served


@pytest.fixture(scope="module")
def system(tmp_path_factory, cameras):
    """Set up, both cameras added over the API and recording; one for all tests of a module, in their order."""
    home = tmp_path_factory.mktemp("ward") / "home"
    with RunningSystem(home, "[recording]\nsegment_s = 4\n") as running:
        running.set_up()
        for camera, name in (("nga-ba", "Ngã ba"), ("cong-truong", "Cổng trường")):
            addresses = {role: cameras.address(camera, role) for role in ("main", "sub")}
            running.add_camera({"id": camera, "name": name, **addresses})
        wait_for(lambda: recording(running), 30, "both cameras recording")
        yield running


def recording(running):
    """Whether both streams of both cameras are live and a recording has begun."""
    cameras = running.get("/api/cameras")
    live = all((c[r]["state"] or {}).get("link") == "live" for c in cameras for r in ("main", "sub"))
    files = list(running.settings.recordings.glob("*/*/*.mp4"))
    return live and len({f.parts[-3] for f in files}) == 2
