from dataclasses import replace
from itertools import pairwise

import pytest

from matpho.domain.messages import GapCause
from matpho.domain.time import SECOND, Instant
from matpho.pipeline.decoding import KEPT_S, DueFrames
from matpho.testing.footage import packets

pytestmark = pytest.mark.unit


def stamped(script, start=1_000 * SECOND):
    """The packets with the instants a reader would give them."""
    return [replace(p, at=Instant(start + p.offset_ns - script[0].offset_ns)) for p in script]


def taken(frames):
    found = []
    while (frame := frames.take()) is not None:
        found.append(frame)
    return found


def test_frames_come_at_the_wanted_rate_with_their_instants():
    info, script = packets(pictures=40, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    got = []
    for packet in stamped(script):
        frames.packet(packet)
        got += taken(frames)
    steps = [(b.at - a.at) / SECOND for a, b in pairwise(got)]
    assert frames.decoded == 40
    assert 18 <= len(got) <= 22
    assert all(step == pytest.approx(0.2, abs=0.11) for step in steps)
    assert got[0].at == 1_000 * SECOND
    assert got[0].luma.shape == (info.height, info.width)


def test_a_late_analysis_loses_the_oldest_and_it_is_counted():
    info, script = packets(pictures=60, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    for packet in stamped(script):
        frames.packet(packet)
    kept = taken(frames)
    assert len(kept) == round(5.0 * KEPT_S)
    assert frames.dropped > 0
    assert frames.due == len(kept) + frames.dropped
    assert kept[-1].at > kept[0].at


def test_a_frame_does_not_hold_the_decoder_s_picture():
    """A held picture stays in the decoder's pool for good: thirty cameras would keep a hundred megabytes."""
    info, script = packets(pictures=12, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    for packet in stamped(script):
        frames.packet(packet)
    got = taken(frames)
    assert got
    assert all(plane is not None and plane.base is None for f in got for plane in (f.luma, f.u, f.v))
    assert frames.cpu_s > 0


def test_a_damaged_packet_costs_pictures_not_the_stream():
    info, script = packets(pictures=40, fps=10)
    frames = DueFrames(10.0)
    frames.began(info)
    good = 0
    for number, packet in enumerate(stamped(script)):
        if number == 7:
            packet = replace(packet, payload=type(packet.payload)(b"\x00\x00\x00\x01\x41\xff\xff\xff"))  # noqa: PLW2901
        frames.packet(packet)
        good += len(taken(frames))
    assert good >= 30


def test_nothing_is_decoded_before_a_stream_began_or_after_it_was_lost():
    info, script = packets(pictures=12, fps=10)
    frames = DueFrames(10.0)
    frames.packet(stamped(script)[0])
    assert frames.decoded == 0
    frames.began(info)
    frames.lost(GapCause.NETWORK, "gone")
    frames.packet(stamped(script)[0])
    assert frames.decoded == 0


def test_every_picture_is_shown_to_who_asks():
    info, script = packets(pictures=12, fps=10)
    seen = []
    frames = DueFrames(2.0, lambda picture, at: seen.append((picture.width, at)))
    frames.began(info)
    for packet in stamped(script):
        frames.packet(packet)
    assert len(seen) == 12
    assert len(taken(frames)) <= 4
