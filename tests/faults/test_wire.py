"""A wire that does damage between camera and recorder: wrong bytes, a lying clock, a thousand reconnects."""

import time

import psutil
import pytest

from matpho.domain.address import parse
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause
from matpho.domain.time import SystemClock
from matpho.plugins.sources.rtsp import RtspSource
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.proxy import Damage, Wire
from matpho.testing.system import wait_for
from matpho.video import reader as reader_module
from matpho.video.check import check
from matpho.video.reader import StreamReader
from matpho.video.recorder import CameraRecorder

from .conftest import Ward
from .helpers import balance, begin, close

pytestmark = [pytest.mark.integration, pytest.mark.timeout(7200)]

SCENARIO = "wire"
TOLD = (
    "nga-ba is reached through a relay that changes bytes, shifts the camera's clock or hangs up; cong-truong directly."
)
CAMERA, OTHER = "nga-ba", "cong-truong"


@pytest.fixture(scope="module")
def wired(tmp_path_factory, films):
    """A ward, and the wire to one of its cameras."""
    found = []

    def through(address):
        if f"/{CAMERA}/" not in address:
            return address
        if not found:
            found.append(Wire(address).__enter__())
        return found[0].of(address)

    with Ward(tmp_path_factory.mktemp("w") / "h", films, through=through) as ward:
        yield ward, found[0]
    found[0].__exit__(None, None, None)


def offset_ms(ward, camera):
    """The camera's clock as the page shows it."""
    found = next(c for c in ward.system.get("/api/cameras") if c["id"] == camera)
    return (found["main"]["state"] or {}).get("clock_offset_ms")


@pytest.mark.parametrize("hours", [1, -1])
def test_a_camera_whose_clock_is_wrong(wired, ledger, hours):
    """The sender reports of a camera that is an hour off: told, and not believed."""
    ward, wire = wired
    fault, since = begin(f"camera's clock {hours:+} h")
    at = time.monotonic()
    wire.damage = Damage(clock_s=3600 * hours)
    before = wire.reports
    try:
        told = wait_for(
            lambda: (ms := offset_ms(ward, CAMERA)) is not None and abs(ms - 3.6e6 * hours) < 3000 and ms,
            40,
            "the offset",
        )
        ward.grows(CAMERA, 20)
    finally:
        wire.damage = Damage()
    fault.lasted_s = round(time.monotonic() - at, 1)
    assert wire.reports > before
    back = time.monotonic()
    wait_for(lambda: abs(offset_ms(ward, CAMERA)) < 3000, 40, "the offset gone")
    fault.recovered_s = round(time.monotonic() - back, 2)
    fault.note = f"told as {told / 1000:+.1f} s; the recording's time line did not move"
    close(ward, ledger, fault, since)
    assert fault.lost_s == {CAMERA: 0, OTHER: 0}, fault


@pytest.mark.parametrize(("what", "share"), [("flip", 0.02), ("flip", 0.3), ("header", 0.01)])
def test_wrong_bytes(wired, ledger, what, share):
    ward, wire = wired
    name = {"flip": "RTP packets with a flipped bit", "header": "interleaved frame headers with a flipped bit"}[what]
    fault, since = begin(f"{share:.0%} of {name}")
    pids = {n: ward.system.pid(n) for n in ("recorder", "vision-0", "desk")}
    at = time.monotonic()
    wire.damage = Damage(**{what: share})
    try:
        time.sleep(20)
    finally:
        wire.damage = Damage()
    fault.lasted_s = round(time.monotonic() - at, 1)
    back = time.monotonic()
    wait_for(lambda: ward.well(CAMERA), 60, "nga-ba live")
    ward.grows(CAMERA, 40)
    fault.recovered_s = round(time.monotonic() - back, 2)
    fault.note = f"{wire.flipped} packets, {wire.broken} headers so far"
    close(ward, ledger, fault, since, settle_s=2.5)
    assert {n: ward.system.pid(n) for n in pids} == pids, "no process fell over it"
    assert fault.lost_s[OTHER] == 0
    assert set(fault.causes) <= {GapCause.CAMERA, GapCause.NETWORK}


def test_a_slow_and_lossy_relay(wired, ledger):
    ward, wire = wired
    fault, since = begin("every frame held for 30 ms")
    at = time.monotonic()
    wire.damage = Damage(wait_s=0.03)
    try:
        time.sleep(15)
    finally:
        wire.damage = Damage()
    fault.lasted_s = round(time.monotonic() - at, 1)
    back = time.monotonic()
    wait_for(lambda: ward.well(CAMERA), 60, "nga-ba live")
    ward.grows(CAMERA, 40)
    fault.recovered_s = round(time.monotonic() - back, 2)
    close(ward, ledger, fault, since, settle_s=2.5)
    assert fault.lost_s[OTHER] == 0


def size():
    """Resident megabytes, open files and threads of this process: the least of some moments, for connections open."""
    process, seen = psutil.Process(), []
    for _ in range(30):
        seen.append((process.memory_info().rss / 1e6, process.num_fds(), process.num_threads()))
        time.sleep(0.1)
    return tuple(map(min, zip(*seen, strict=True)))


def test_a_thousand_reconnects(films, tmp_path, ledger, counts, monkeypatch):
    """Four readers and recorders in this process, without the pauses that would make it last for hours.

    Each connection is cut at its fifth key picture (FFmpeg wants to see two seconds before it gives a packet); memory,
    open files and facts must not pile up.
    """
    monkeypatch.setattr(reader_module, "_BACKOFF_S", (0.02,))
    clock, wanted = SystemClock(), counts["reconnects"]
    names = [CameraId(f"c{n}") for n in range(4)]
    streams = [ServedStream(camera=n, role="main", file=str(films["quick"])) for n in names]
    fault, _ = begin(f"{wanted} connections cut at their fifth key picture")
    at = time.monotonic()
    with StagedCameras(streams) as server, Wire(server.address(names[0], "main")) as wire:
        wire.damage = Damage(cut_after=4)
        places = {"journals": tmp_path / "j", "recordings": tmp_path / "r"}
        recorders = [CameraRecorder(n, clock=clock, segment_s=10, **places) for n in names]
        readers = [
            StreamReader(
                n, StreamRole.MAIN, parse(wire.of(server.address(n, "main"))), open_source=RtspSource, listeners=(r,),
                tell=lambda _: None, clock=clock,
            )
            for n, r in zip(names, recorders, strict=True)
        ]  # fmt: skip
        for one in readers:
            one.start()
        wait_for(lambda: wire.cuts >= wanted // 5, 3 * wanted, "the first reconnects")
        before = size()
        wait_for(lambda: wire.cuts >= wanted, 5 * wanted, f"{wanted} reconnects")
        after = size()
        for one, kept in zip(readers, recorders, strict=True):
            assert one.stop(15)
            kept.stop()
        cuts = wire.cuts
    fault.lasted_s = round(time.monotonic() - at, 1)
    told = check(places["journals"], places["recordings"])
    grown = [round(b - a, 1) for a, b in zip(before, after, strict=True)]
    fault.note = (
        f"{cuts} cuts; after the first fifth grown by {grown[0]} MB, {grown[1]:.0f} files, {grown[2]:.0f} threads; "
        f"{told.segments} files, unaccounted {told.unaccounted_s} s"
    )
    ledger.faults.append(fault)
    assert told.well, told.problems[:5]
    assert told.segments >= wanted * 0.8, "each connection left a recording"
    assert grown[0] < 25, grown
    assert grown[1] <= 8, grown
    assert grown[2] <= 4, grown


def test_at_the_end_of_the_wire_the_books_balance(wired, ledger):
    balance(wired[0].system, ledger)
