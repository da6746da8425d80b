"""A camera behind NAT, through WireGuard, over 1 Mbit/s with 2 % loss: what fits is whole, what does not is told."""

import json
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import av
import numpy as np
import pytest

from matpho.domain.camera import RecordMode
from matpho.domain.messages import GapCause
from matpho.domain.uplink import advise
from matpho.sim.serve import ServedStream
from matpho.testing.system import RunningSystem, wait_for

from .helpers import balance, begin, close, recorded_bytes
from .household import BOX, Household, require

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
SCENARIO = "uplink"
RATE_KBIT, LOSS, WATCH_S = 1000, 0.02, 60.0
MAIN_KBIT, SUB_KBIT = 2000, 200
CAMERA_ID = "nha-ba-tu"
TOLD = (
    f"A camera behind a household router's NAT, reached through WireGuard; uplink {RATE_KBIT} kbit/s, {LOSS:.0%} loss "
    f"both ways. Main 640×480 with {MAIN_KBIT} kbit/s, sub 320×240 with {SUB_KBIT} kbit/s; {WATCH_S:.0f} s each."
)


def film(path, size, kbit, seconds=12):
    """A film that needs its rate: noise, at a constant rate."""
    noise = np.random.default_rng(kbit)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.bit_rate = kbit * 1000
        stream.codec_context.gop_size = 20
        rate = f"vbv-maxrate={kbit}:vbv-bufsize={kbit}:nal-hrd=cbr:scenecut=0:bframes=0"
        stream.options = {"preset": "ultrafast", "x264-params": rate}
        for _ in range(10 * seconds):
            small = noise.integers(40, 200, (size[1] // 8, size[0] // 8, 3))
            picture = np.kron(small, np.ones((8, 8, 1))).astype(np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    return path


class Path:
    """The ward with its one camera in the household; what the report's helpers ask of a ward."""

    cameras = (CAMERA_ID,)

    def __init__(self, system, household):
        self.system, self.household = system, household

    def bytes(self):
        return recorded_bytes(self.system.settings.recordings / CAMERA_ID)

    def set_record(self, mode):
        """Choose what is recorded, as a person does on the camera's page."""
        found = next(c for c in self.system.get("/api/cameras") if c["id"] == CAMERA_ID)
        form = {"name": found["name"], "record": mode}
        answer = self.system.http.put(f"/api/cameras/{CAMERA_ID}", json=form)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    require()
    folder = tmp_path_factory.mktemp("u")
    main, sub = film(folder / "main.mp4", (640, 480), MAIN_KBIT), film(folder / "sub.mp4", (320, 240), SUB_KBIT)
    streams = [
        ServedStream(camera=CAMERA_ID, role="main", file=str(main)),
        ServedStream(camera=CAMERA_ID, role="sub", file=str(sub)),
    ]
    home = folder / "h"
    with Household(home, folder, rate_kbit=RATE_KBIT, loss=LOSS) as household:
        household.serve(streams, "xem", "bí mật:1")
        with RunningSystem(home, "[recording]\nsegment_s = 10\nreserve_mb = 16\n") as system:
            system.set_up()
            who = f"xem:{quote('bí mật:1', safe='')}@{household.peer.address}:{household.peer.forwards[0].port}"
            addresses = {role: f"rtsp://{who}/{CAMERA_ID}/{role}" for role in ("main", "sub")}
            body = {"id": CAMERA_ID, "name": "Nhà bà Tư", "record": "sub", **addresses}
            system.add_camera(body)
            found = Path(system, household)
            wait_for(lambda: found.bytes() > 0, 60, "the sub stream being recorded")
            yield found


def uplink(path, *words):
    command = [sys.executable, "-m", "matpho.cli.main", "uplink", *words, "--home", str(path.system.home)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def test_the_path_is_found_well(path, ledger):
    told = json.loads(uplink(path, "check", "--json").stdout)
    assert [(p["name"], p["state"]) for p in told] == [("nha-ba-tu", "up")]
    assert told[0]["received"] > 10_000


CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"


def test_nothing_is_open_but_the_camera(path, ledger):
    """The box's own services, and the ward's machine: a path to cameras is no path to either."""
    there, here = path.household.peer.address, path.household.hub.address
    inside = ["ip", "netns", "exec", BOX]
    served = [*inside, sys.executable, "-m", "http.server", "8080", "--bind", "0.0.0.0"]
    box = subprocess.Popen(served, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        near = [*inside, sys.executable, "-c", CONNECT, "127.0.0.1", "8080"]
        wait_for(
            lambda: subprocess.run(near, check=False, capture_output=True).returncode == 0, 10, "the box's service"
        )
        with pytest.raises(OSError, match=r"."):
            socket.create_connection((there, 8080), 3)
    finally:
        box.kill()
        box.wait(5)
    socket.create_connection((there, path.household.peer.forwards[0].port), 3).close()
    with socket.create_server(("0.0.0.0", 0)) as ward:
        port = str(ward.getsockname()[1])
        socket.create_connection((here, int(port)), 3).close()
        far = subprocess.run([*inside, sys.executable, "-c", CONNECT, here, port], check=False, capture_output=True)
        assert b"timed out" in far.stderr.lower() or b"timeout" in far.stderr.lower(), far.stderr


def test_the_sub_stream_is_recorded_as_a_whole(path, ledger):
    fault, since = begin("sub stream through the path")
    sent, at = path.household.sent_bytes(), time.monotonic()
    time.sleep(WATCH_S)
    fault.lasted_s = round(time.monotonic() - at, 1)
    rate = (path.household.sent_bytes() - sent) * 8 / 1000 / fault.lasted_s
    fault.note = f"{rate:.0f} kbit/s went up"
    close(path, ledger, fault, since)
    assert fault.lost_s[CAMERA_ID] == 0.0


def test_a_line_that_is_cut_is_told_and_comes_back(path, ledger):
    fault, since = begin("the household's line down for 20 s")
    path.household.cut(20)
    fault.lasted_s = 20.0
    back, before = time.monotonic(), path.bytes()
    wait_for(lambda: path.bytes() > before, 60, "recording after the cut")
    fault.recovered_s = round(time.monotonic() - back, 2)
    close(path, ledger, fault, since, settle_s=3)
    assert fault.causes == [GapCause.NETWORK]
    assert 10 <= fault.lost_s[CAMERA_ID] <= 75


def test_a_main_stream_that_does_not_fit_is_told(path, ledger):
    advice = advise(RATE_KBIT, MAIN_KBIT, SUB_KBIT)
    assert advice.record is RecordMode.SUB
    assert not advice.fits
    fault, since = begin("main stream that does not fit")
    path.set_record("main")
    at, before = time.monotonic(), path.bytes()
    wait_for(lambda: path.bytes() > before, 90, "some of the main stream recorded")
    time.sleep(WATCH_S)
    fault.lasted_s = round(time.monotonic() - at, 1)
    fault.note = advice.said.en
    path.set_record("sub")
    wait_for(lambda: path.system.get("/api/cameras")[0]["sub"]["state"]["link"] == "live", 60, "the sub stream live")
    close(path, ledger, fault, since, settle_s=5)
    assert fault.lost_s[CAMERA_ID] > 5, "what did not arrive is told as missing"


def test_the_books_balance(path, ledger):
    balance(
        path.system, ledger, **{"uplink kbit/s": RATE_KBIT, "loss": LOSS, "wireguard": "both ends' files as written"}
    )
