"""Scripted cameras that play drawn pictures."""

import pytest

from matpho.testing.footage import packets
from matpho.testing.scripted_camera import Manners, ScriptedCamera


@pytest.fixture(scope="module")
def films():
    """Some pictures are longer than a packet, some shorter."""
    return {
        "h264": packets(pictures=40, gop=20, size=(320, 192))[1],
        "hevc": packets(pictures=40, gop=20, size=(320, 192), codec="libx265")[1],
        "close keys": packets(pictures=20, gop=5, size=(320, 192))[1],
        "reordered": packets(pictures=40, gop=20, size=(320, 192), bframes=2)[1],
    }


@pytest.fixture
def camera(films):
    """``camera(codec="h264", **manners)`` is a camera that plays."""
    made = []

    def make(film=None, context=None, **manners):
        codec = manners.get("codec", "h264")
        made.append(ScriptedCamera(films[film or codec], Manners(**manners), context))
        return made[-1]

    yield make
    for one in made:
        one.__exit__(None, None, None)
