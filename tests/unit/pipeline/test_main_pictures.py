"""Single pictures of main streams over the socket of the process that records."""

import time

import numpy as np
import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.time import SystemClock
from matpho.pipeline.main_pictures import MainPictures
from matpho.testing.builders import at
from matpho.testing.footage import packets
from matpho.video.live import LiveHub, LiveServer
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit
CAMERA = CameraId("cho")
FRAME = Frame(at(2), np.zeros((90, 160), np.uint8))


def waited(pictures, camera, longest_s=5.0):
    """The picture that was asked for, once it is there."""
    until = time.monotonic() + longest_s
    while time.monotonic() < until:
        found = pictures.take(camera, FRAME)
        if found is not None:
            return found
        time.sleep(0.02)
    return None


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_the_newest_key_picture_of_main_comes_once_for_each_asking(tmp_path, codec):
    hub = LiveHub(CAMERA, StreamRole.MAIN)
    info, script = packets(pictures=20, gop=5, codec=codec)
    hub.began(info)
    for packet in script:
        hub.packet(packet)
    pictures = MainPictures(tmp_path / "live.sock")
    try:
        with LiveServer(tmp_path / "live.sock", clock=SystemClock()) as server:
            server.serve(hub)
            pictures.ask(CAMERA)
            pictures.ask(CAMERA)
            found = waited(pictures, CAMERA)
            assert found is not None
            assert found.shape == (120, 160, 3)
            assert found.std() > 5, "a picture, not a blank"
            assert pictures.take(CAMERA, FRAME) is None
            pictures.ask(CAMERA)
            assert waited(pictures, CAMERA) is not None
    finally:
        pictures.stop()


def test_where_there_is_no_main_stream_nothing_comes_and_others_are_served(tmp_path):
    hub = LiveHub(CAMERA, StreamRole.MAIN)
    info, script = packets(pictures=5)
    hub.began(info)
    for packet in script:
        hub.packet(packet)
    pictures = MainPictures(tmp_path / "live.sock")
    try:
        with LiveServer(tmp_path / "live.sock", clock=SystemClock()) as server:
            server.serve(hub)
            pictures.ask(CameraId("nowhere"))
            pictures.ask(CAMERA)
            assert waited(pictures, CAMERA) is not None
            assert pictures.take(CameraId("nowhere"), FRAME) is None
    finally:
        pictures.stop()
    pictures.ask(CAMERA)  # after the end: nothing happens
    assert pictures.take(CAMERA, FRAME) is None


def test_a_picture_of_another_moment_is_not_given(tmp_path):
    hub = LiveHub(CAMERA, StreamRole.MAIN)
    info, script = packets(pictures=5)
    hub.began(info)
    for packet in script:
        hub.packet(packet)
    pictures = MainPictures(tmp_path / "live.sock")
    later = Frame(at(600), FRAME.luma)
    try:
        with LiveServer(tmp_path / "live.sock", clock=SystemClock()) as server:
            server.serve(hub)
            pictures.ask(CAMERA)
            time.sleep(0.5)
            assert pictures.take(CAMERA, later) is None
            pictures.ask(CAMERA)
            assert waited(pictures, CAMERA) is not None
    finally:
        pictures.stop()
