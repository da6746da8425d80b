from dataclasses import replace

import pytest

from matpho.testing.footage import packets
from matpho.video.fragments import read_map
from matpho.video.live_mux import LiveMuxer

pytestmark = pytest.mark.unit


def lengths(tmp_path, script, info):
    """The announced lengths of the pictures, in ticks of 90 kHz."""
    muxer = LiveMuxer(info)
    file = tmp_path / "live.mp4"
    file.write_bytes(muxer.init + b"".join(muxer.fragment(p) for p in script))
    mapped = read_map(file)
    return [(f.shown_end - f.shown_start) * 90_000 // mapped.timescale for f in mapped.fragments]


def test_pictures_last_as_long_as_they_do_whatever_the_camera_announces(tmp_path):
    info, script = packets(pictures=20, fps=10)
    lying = [replace(p, duration=p.duration // 4) for p in script]
    assert lengths(tmp_path, lying, info) == [2250, *[9000] * 19]


def test_a_pause_is_no_length_of_a_picture(tmp_path):
    info, script = packets(pictures=20, fps=10)
    late = [
        replace(p, dts=p.dts + 40 * p.duration, pts=p.pts + 40 * p.duration) if n > 10 else p
        for n, p in enumerate(script)
    ]
    assert lengths(tmp_path, late, info)[1:] == [9000] * 19
