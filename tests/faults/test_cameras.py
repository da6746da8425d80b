"""Cameras that fall silent, lose power, change codec and change size while they are recorded."""

import os
import signal
import time

import av
import pytest

from matpho.domain.messages import GapCause
from matpho.testing.system import wait_for

from .helpers import balance, begin, close

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

SCENARIO = "cameras"
TOLD = "Cameras that fall silent, lose power, and change codec or size while they are recorded."


def test_a_camera_that_says_nothing_any_more(ward, ledger):
    fault, since = begin("camera server SIGSTOP")
    pid = ward.servers["nga-ba"].pid
    os.kill(pid, signal.SIGSTOP)
    at = time.monotonic()
    try:
        wait_for(lambda: ward.links("nga-ba")["main"] != "live", 20, "the stall noticed")
        noticed = time.monotonic() - at
        time.sleep(max(0.0, 25 - noticed))
    finally:
        os.kill(pid, signal.SIGCONT)
    fault.lasted_s = round(time.monotonic() - at, 1)
    back = time.monotonic()
    wait_for(lambda: ward.well("nga-ba"), 60, "nga-ba live")
    ward.grows("nga-ba", 30)
    fault.recovered_s = round(time.monotonic() - back, 2)
    fault.note = f"noticed after {noticed:.1f} s"
    close(ward, ledger, fault, since, settle_s=2.5)
    assert noticed <= 15.0
    assert fault.causes == [GapCause.CAMERA]
    assert fault.lost_s["cong-truong"] == 0.0, "the other camera is recorded on"


def test_a_camera_that_is_unplugged(ward, ledger):
    fault, since = begin("camera server kill -9")
    server = ward.servers["nga-ba"]
    os.kill(server.pid, signal.SIGKILL)
    at = time.monotonic()
    wait_for(lambda: ward.links("nga-ba")["main"] != "live", 20, "the loss noticed")
    fault.note = f"noticed after {time.monotonic() - at:.1f} s"
    time.sleep(10)
    server.stop()
    ward.serve("nga-ba")
    fault.lasted_s = round(time.monotonic() - at, 1)
    back = time.monotonic()
    wait_for(lambda: ward.well("nga-ba"), 60, "nga-ba live")
    ward.grows("nga-ba", 30)
    fault.recovered_s = round(time.monotonic() - back, 2)
    close(ward, ledger, fault, since, settle_s=2.5)
    assert set(fault.causes) <= {GapCause.CAMERA, GapCause.NETWORK}
    assert fault.lost_s["nga-ba"] >= 8
    assert fault.lost_s["cong-truong"] == 0.0


def test_a_stream_that_becomes_h265(ward, ledger):
    fault, since = begin("main stream switches from H.264 to H.265")
    ward.servers["cong-truong"].stop()
    at = time.monotonic()
    ward.serve("cong-truong", main="hevc")
    fault.lasted_s = round(time.monotonic() - at, 1)
    back = time.monotonic()
    wait_for(lambda: "hevc" in codecs(ward, "cong-truong"), 60, "a recording in H.265")
    wait_for(lambda: ward.well("cong-truong"), 60, "cong-truong live")
    fault.recovered_s = round(time.monotonic() - back, 2)
    close(ward, ledger, fault, since, settle_s=2.5)
    assert {"h264", "hevc"} <= codecs(ward, "cong-truong")


def codecs(ward, camera):
    """The codecs of a camera's files that can be opened."""
    found = set()
    for file in sorted((ward.system.settings.recordings / camera).glob("*/*.mp4"))[-3:]:
        try:
            with av.open(str(file)) as container:
                found.add(container.streams.video[0].codec_context.name)
        except av.error.InvalidDataError:
            continue  # its header is being written
    return found


def test_a_stream_that_changes_its_size(ward, ledger):
    fault, since = begin("main stream switches from 640×480 to 480×360")
    ward.servers["nga-ba"].stop()
    at = time.monotonic()
    ward.serve("nga-ba", main="small")
    fault.lasted_s = round(time.monotonic() - at, 1)
    back = time.monotonic()
    wait_for(lambda: (480, 360) in sizes(ward, "nga-ba"), 60, "a recording of the new size")
    wait_for(lambda: ward.well("nga-ba"), 60, "nga-ba live")
    fault.recovered_s = round(time.monotonic() - back, 2)
    close(ward, ledger, fault, since, settle_s=2.5)
    assert {(640, 480), (480, 360)} <= sizes(ward, "nga-ba")


def sizes(ward, camera):
    """The picture sizes of a camera's last files that can be opened."""
    found = set()
    for file in sorted((ward.system.settings.recordings / camera).glob("*/*.mp4"))[-4:]:
        try:
            with av.open(str(file)) as container:
                found.add((container.streams.video[0].width, container.streams.video[0].height))
        except av.error.InvalidDataError:
            continue
    return found


def test_at_the_end_of_the_cameras_the_books_balance(ward, ledger):
    balance(ward.system, ledger)
