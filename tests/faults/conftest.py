"""The fault suite's ward: two cameras, each on a server of its own, recording onto a disk small enough to fill."""

import ctypes
import os
import subprocess

import pytest

from matpho.errors import SetupProblem
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.fault_ledger import Ledger
from matpho.testing.footage import draw
from matpho.testing.system import RunningSystem, free_port, wait_for

CAMERAS = {"nga-ba": "Ngã ba", "cong-truong": "Cổng trường"}
DISK_MB, RESERVE_MB = 96, 16
NEW_MOUNTS = 0x00020000  # CLONE_NEWNS of unshare(2)


@pytest.fixture(scope="session")
def ledger():
    """The rows of this run."""
    return Ledger()


@pytest.fixture(scope="session")
def small_disk(tmp_path_factory):
    """The home folder; its recordings lie on a tmpfs that only this process and its children see (None: not root)."""
    home = tmp_path_factory.mktemp("ward") / "home"
    recordings = home / "recordings"
    recordings.mkdir(parents=True)
    if os.getuid() != 0 or ctypes.CDLL(None).unshare(NEW_MOUNTS) != 0:
        yield home, None
        return
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(recordings)], check=True)
    yield home, recordings
    subprocess.run(["umount", "-l", str(recordings)], check=False)


class Ward:
    """The running system and the two camera servers, which can be stopped, killed and given another film."""

    def __init__(self, home, films):
        self.films = films
        self.ports = {camera: free_port() for camera in CAMERAS}
        self.servers = {}
        for camera in CAMERAS:
            self.serve(camera)
        self.system = RunningSystem(home, f"[recording]\nsegment_s = 10\nreserve_mb = {RESERVE_MB}\n")

    def serve(self, camera, *, main="main"):
        """Start a camera's server, always on the same port; ``main`` names the film of the main stream."""
        streams = [
            ServedStream(camera=camera, role="main", file=str(self.films[main])),
            ServedStream(camera=camera, role="sub", file=str(self.films["sub"])),
        ]
        server = StagedCameras(streams, port=self.ports[camera], login="xem", password="bí mật:1")
        wait_for(lambda: self._started(server), 20, "the camera server")
        self.servers[camera] = server

    @staticmethod
    def _started(server):
        try:
            server.start()
        except SetupProblem:
            return False  # the port is not free again yet
        return True

    def bytes(self, camera):
        """What has been recorded of a camera."""
        return sum(f.stat().st_size for f in (self.system.settings.recordings / camera).glob("*/*.mp4"))

    def links(self, camera):
        """The link of main and sub, as the page shows them."""
        found = next(c for c in self.system.get("/api/cameras") if c["id"] == camera)
        return {role: (found[role]["state"] or {}).get("link") for role in ("main", "sub")}

    def well(self, camera):
        """Whether both streams of a camera are live."""
        return set(self.links(camera).values()) == {"live"}


@pytest.fixture(scope="session")
def ward(tmp_path_factory, small_disk):
    """Set up, both cameras recording."""
    folder = tmp_path_factory.mktemp("films")
    films = {
        "main": draw(folder / "main.mp4", size=(640, 480), pictures=120, gop=20),
        "sub": draw(folder / "sub.mp4", size=(320, 240), pictures=120, gop=20),
        "hevc": draw(folder / "hevc.mp4", codec="libx265", size=(640, 480), pictures=120, gop=20),
    }
    ward = Ward(small_disk[0], films)
    with ward.system:
        ward.system.set_up()
        for camera, name in CAMERAS.items():
            addresses = {role: ward.servers[camera].address(camera, role) for role in ("main", "sub")}
            ward.system.post("/api/cameras", {"id": camera, "name": name, **addresses}, status=201)
        for camera in CAMERAS:
            wait_for(lambda c=camera: ward.well(c) and ward.bytes(c) > 0, 40, f"{camera} recording")
        yield ward
    for server in ward.servers.values():
        server.stop()
