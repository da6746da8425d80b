"""A restarted worker goes on with the empty scene that was learned; a camera that is removed leaves no picture."""

import os
import signal
import stat
import time

import av
import numpy as np
import pytest

from matpho.domain.messages import HitSeen
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.system import RunningSystem, free_port, wait_for
from matpho.video import journal

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

WIDTH, HEIGHT, FPS, SECONDS = 320, 240, 10, 8
CAMERA = "bai-rac"
ZONE = {
    "id": "goc",
    "purpose": "no_dumping",
    "polygon": [[0.05, 0.3], [0.95, 0.3], [0.95, 0.98], [0.05, 0.98]],
    "rules": {"illegal_dumping": {"min_duration_s": 6.0, "min_unattended_s": 3.0}},
}


def film(path, *, bag):
    """A textured wall with a lamp that wanders along its top, and a bag that lies there from the first picture on."""
    noise = np.random.default_rng(5)
    wall = np.kron(noise.integers(90, 150, (HEIGHT // 8, WIDTH // 8, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    if bag:
        wall[150:186, 140:184] = (25, 20, 30)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = FPS
        stream.options = {"preset": "ultrafast", "bf": "0", "sc_threshold": "0"}
        for n in range(FPS * SECONDS):
            picture = wall.copy()
            x = n * 3 % (WIDTH - 20)
            picture[10:26, x : x + 20] = (200, 220, 240)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        out.mux(stream.encode(None))
    return str(path)


def hits(system):
    found = [fact for fact, _ in journal.read(system.settings.journals / CAMERA / "vision.jsonl")]
    return [fact.hit for fact in found if isinstance(fact, HitSeen)]


def live(system):
    """Whether the stream that is analysed comes in."""
    camera = next(c for c in system.get("/api/cameras") if c["id"] == CAMERA)
    return (camera["sub"]["state"] or {}).get("link") == "live"


def restart(system):
    """End the worker as a stop does; the supervisor starts the next one."""
    old = system.pid("vision-0")
    os.kill(old, signal.SIGTERM)
    wait_for(lambda: (new := system.pid("vision-0")) and new != old, 30, "the next vision worker")


def test_a_restarted_worker_tells_nothing_of_what_stood_and_finds_what_came_meanwhile(tmp_path):
    empty, later = film(tmp_path / "empty.mp4", bag=False), film(tmp_path / "later.mp4", bag=True)
    port = free_port()

    def serve(file):
        return StagedCameras([ServedStream(camera=CAMERA, role=r, file=file) for r in ("main", "sub")], port=port)

    with RunningSystem(tmp_path / "home") as system:
        scene = system.settings.scenes / f"{CAMERA}.npz"
        with serve(empty) as cameras:
            system.set_up()
            addresses = {role: cameras.address(CAMERA, role) for role in ("main", "sub")}
            system.add_camera({"id": CAMERA, "name": "Bãi rác", "zones": [ZONE], **addresses})
            wait_for(lambda: live(system), 60, "the camera live")
            time.sleep(10)  # four seconds of start-up, and some of learning
            restart(system)
            assert stat.S_IMODE(scene.stat().st_mode) == 0o600
            wait_for(lambda: live(system), 60, "the camera live again")
            time.sleep(12)  # twice as long as a thing must lie
            assert hits(system) == [], "what stood before the restart stands after it"
        restart(system)
        with serve(later):
            (hit,) = wait_for(lambda: hits(system), 120, "the bag that was set down while nobody looked")
            assert hit.kind == "illegal_dumping"
            assert abs(hit.box.x + hit.box.w / 2 - 162 / WIDTH) < 0.05
            answer = system.http.delete(f"/api/cameras/{CAMERA}")
            assert answer.status_code == 204, answer.text
            wait_for(lambda: not list(system.settings.scenes.iterdir()), 20, "no picture left of a removed camera")
