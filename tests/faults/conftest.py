"""The fault suite's wards: two cameras, each on a server of its own, recorded by a running system.

Counts are options so that a quick look is possible; what was really run is in the report.
"""

import ctypes
import os
import random
import subprocess
from pathlib import Path

import pytest

from matpho.errors import SetupProblem
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.fault_ledger import Ledger
from matpho.testing.footage import draw
from matpho.testing.system import RunningSystem, free_port, wait_for

from .helpers import recorded_bytes

CAMERAS = {"nga-ba": "Ngã ba", "cong-truong": "Cổng trường"}
DISK_MB = 96
TOML = "[recording]\nsegment_s = 10\nreserve_mb = 16\n"
NEW_MOUNTS = 0x00020000  # CLONE_NEWNS of unshare(2)
REPORTS = Path(__file__).parents[2] / "bench" / "reports"
COUNTS = {
    "kills": (100, "kill -9 of a process chosen by chance"),
    "cuts": (60, "moments at which the power is cut"),
    "starts": (60, "of these, after how many the whole system is started"),
    "reconnects": (1000, "connections that the camera ends after the first key picture"),
    "fills": (8, "random moments at which the disk fills up"),
}


def pytest_addoption(parser):
    for name, (number, what) in COUNTS.items():
        parser.addoption(f"--{name}", type=int, default=number, help=f"fault suite: {what} (default {number})")


@pytest.fixture(scope="session")
def counts(request):
    """How many of each, by name."""
    return {name: request.config.getoption(f"--{name}") for name in COUNTS}


@pytest.fixture
def chance():
    """The same chance in every run."""
    return random.Random(2026)


@pytest.fixture(scope="module")
def ledger(request):
    """The rows of a module's scenario, written to the report when it ends, whatever fails."""
    found = Ledger(request.module.SCENARIO, request.module.TOLD)
    yield found
    found.write(REPORTS)


@pytest.fixture(scope="session")
def own_mounts():
    """Whether this process (with its children) may mount what nobody else sees: root only."""
    if os.getuid() != 0 or ctypes.CDLL(None).unshare(NEW_MOUNTS) != 0:
        return False
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    return True


@pytest.fixture(scope="session")
def mount_small(own_mounts):
    """Puts a small disk in place of a folder."""
    mounted = []

    def mount(folder):
        if not own_mounts:
            pytest.fail("A SMALL DISK CAN BE MOUNTED BY ROOT ONLY: run this scenario as root")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], check=True)
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=False)


class Ward:
    """The running system and the camera servers, which can be stopped, killed and given another film.

    ``through`` turns a camera's address into one that goes another way, such as a proxy's.
    """

    def __init__(self, home, films, *, toml=TOML, cameras=tuple(CAMERAS), through=lambda address: address, under=()):
        self.films, self.cameras, self.through = films, cameras, through
        self.ports = {camera: free_port() for camera in cameras}
        self.servers = {}
        for camera in cameras:
            self.serve(camera)
        self.system = RunningSystem(home, toml, under=under)

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

    def __enter__(self):
        """Start, set up, add the cameras and wait until all are recorded."""
        try:
            self.system.__enter__()
            self.system.set_up()
            for camera in self.cameras:
                self.add(camera)
            for camera in self.cameras:
                wait_for(lambda c=camera: self.well(c) and self.bytes(c) > 0, 60, f"{camera} recording")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def add(self, camera):
        """Put a camera in service."""
        addresses = {role: self.through(self.servers[camera].address(camera, role)) for role in ("main", "sub")}
        self.system.add_camera({"id": camera, "name": CAMERAS[camera], **addresses})

    def __exit__(self, *error):
        self.system.__exit__(None, None, None)
        for server in self.servers.values():
            server.stop()

    def bytes(self, camera):
        """What has been recorded of a camera."""
        return recorded_bytes(self.system.settings.recordings / camera)

    def links(self, camera):
        """The link of main and sub, as the page shows them."""
        found = next(c for c in self.system.get("/api/cameras") if c["id"] == camera)
        return {role: (found[role]["state"] or {}).get("link") for role in ("main", "sub")}

    def well(self, camera):
        """Whether both streams of a camera are live."""
        return set(self.links(camera).values()) == {"live"}

    def grows(self, camera, limit_s=30, since=None):
        """Wait until the recording of a camera grows."""
        before = self.bytes(camera) if since is None else since
        wait_for(lambda: self.bytes(camera) > before, limit_s, f"recording of {camera}")


@pytest.fixture(scope="session")
def films(tmp_path_factory):
    """What the cameras show."""
    folder = tmp_path_factory.mktemp("films")
    return {
        "main": draw(folder / "main.mp4", size=(640, 480), pictures=120, gop=20),
        "sub": draw(folder / "sub.mp4", size=(320, 240), pictures=120, gop=20),
        "hevc": draw(folder / "hevc.mp4", codec="libx265", size=(640, 480), pictures=120, gop=20),
        "quick": draw(folder / "quick.mp4", size=(160, 120), pictures=120, gop=6),
        "small": draw(folder / "small.mp4", size=(480, 360), pictures=120, gop=20),
    }


@pytest.fixture(scope="module")
def ward(tmp_path_factory, mount_small, films):
    """Set up, both cameras recording onto a small disk."""
    home = tmp_path_factory.mktemp("w") / "h"
    mount_small(home / "recordings")
    with Ward(home, films) as running:
        yield running
