"""Twenty people watch one camera: the camera notices nothing, and our processes stay small."""

import json
import threading
import time

import psutil
import pytest
from websockets.sync.client import connect

from matpho.testing.system import wait_for

pytestmark = pytest.mark.integration
VIEWERS, STALLED = 16, 4


class Viewer(threading.Thread):
    """One browser's socket; one that is stalled never reads."""

    def __init__(self, system, stream, *, stalled=False):
        super().__init__(daemon=True)
        self.system, self.stream, self.stalled = system, stream, stalled
        self.pictures, self.ages, self.left = 0, [], threading.Event()
        self.start()

    def run(self):
        cookies = "; ".join(f"{k}={v}" for k, v in self.system.http.cookies.items())
        address = f"ws://127.0.0.1:{self.system.port}/api/cameras/nga-ba/live?stream={self.stream}"
        more = {"max_queue": 1} if self.stalled else {}
        more |= {"additional_headers": {"Cookie": cookies}, "origin": self.system.address, "max_size": None}
        with connect(address, **more) as socket:
            if self.stalled:
                self.left.wait(60)
            while not self.left.is_set():
                message = socket.recv()
                if isinstance(message, bytes):
                    self.pictures += 1
                elif (told := json.loads(message))["type"] == "age":
                    self.ages.append(told["age_ms"])


def connections(cameras):
    """How many connections the cameras' server has from outside."""
    found = psutil.Process(cameras.pid).net_connections("tcp")
    return sum(c.status == psutil.CONN_ESTABLISHED for c in found)


def rss_mb(system):
    return {name: psutil.Process(system.pid(name)).memory_info().rss / 1e6 for name in system.workers}


def test_twenty_viewers_cost_one_connection_per_stream_and_bounded_memory(system, cameras):
    assert connections(cameras) == 4  # main and sub of two cameras
    one = Viewer(system, "sub")
    wait_for(lambda: one.pictures > 10, 20, "the first viewer's picture")
    before = rss_mb(system)
    others = [Viewer(system, "main" if n % 4 == 0 else "sub") for n in range(VIEWERS - 1)]
    stalled = [Viewer(system, "sub", stalled=True) for _ in range(STALLED)]
    try:
        wait_for(lambda: all(v.pictures > 10 for v in others), 30, "all viewers' pictures")
        watched = [v.pictures for v in others]
        time.sleep(6.0)
        assert connections(cameras) == 4
        assert all(v.pictures - had > 30 for v, had in zip(others, watched, strict=True)), "ten pictures a second"
        assert sorted(a for v in others for a in v.ages[-4:])[len(others) * 2] < 500, "and fresh"
        grown = {name: now - before[name] for name, now in rss_mb(system).items()}
        assert all(more < 60 for more in grown.values()), grown
    finally:
        for viewer in (one, *others, *stalled):
            viewer.left.set()
        for viewer in (one, *others, *stalled):
            viewer.join(10)
    audit = system.get("/api/audit?limit=100")["items"]
    assert sum(row["action"] == "view_live" for row in audit) == VIEWERS + STALLED


def link(system, camera, role):
    """How the stream is, by the page; and when its newest picture came."""
    state = next(c for c in system.get("/api/cameras") if c["id"] == camera)[role]["state"] or {}
    return state.get("link"), state.get("last_packet")


def test_a_stream_that_is_recorded_and_analysed_is_fetched_once(system, cameras):
    """A thin uplink does not carry the sub stream twice, nor a cheap camera serve it twice."""
    answer = system.http.put("/api/cameras/nga-ba", json={"record": "sub"})
    assert answer.status_code == 200, answer.text
    wait_for(lambda: connections(cameras) == 3, 30, "one connection to the camera that keeps its sub stream")
    files = list((system.settings.recordings / "nga-ba").glob("*/*.mp4"))
    viewer = Viewer(system, "sub")
    try:
        wait_for(lambda: viewer.pictures > 20, 30, "its live picture")
        wait_for(lambda: len(list((system.settings.recordings / "nga-ba").glob("*/*.mp4"))) > len(files), 30, "a file")
        assert connections(cameras) == 3
        system.kill("recorder")
        had = viewer.pictures
        wait_for(lambda: viewer.pictures > had + 30, 40, "the picture after the recorder's death")
        wait_for(lambda: link(system, "nga-ba", "sub")[0] == "live", 20, "its stream")
        assert connections(cameras) == 3
        viewer.ages.clear()
        wait_for(lambda: len(viewer.ages) > 4, 30, "ages of its pictures")
        assert sorted(viewer.ages)[2] < 700
    finally:
        viewer.left.set()
        viewer.join(10)
