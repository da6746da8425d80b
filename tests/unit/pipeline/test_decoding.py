import io
import threading
import time
from dataclasses import replace
from itertools import pairwise

import av
import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause
from matpho.domain.time import SECOND, Instant, seconds
from matpho.pipeline.decoding import BEHIND_S, KEPT_S, LATE_S, DueFrames
from matpho.testing.builders import NO_ROUTE
from matpho.testing.footage import packets
from matpho.video.encoded import EncodedHub
from matpho.video.live_parts import LiveFragment, LiveInit

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
    assert round(5.0 * KEPT_S) <= len(kept) <= round(5.0 * (KEPT_S + LATE_S)) + 1
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
    frames.lost(GapCause.NETWORK, NO_ROUTE)
    frames.packet(stamped(script)[0])
    assert frames.decoded == 0


def test_a_late_analysis_knows_when_the_picture_before_came():
    """What was dropped for being late was there: only the hole before a frame is the camera's."""
    info, script = packets(pictures=100, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    first = stamped(script)
    for packet in first[:10]:
        frames.packet(packet)
    taken(frames)
    last = frames.seen
    for packet in first[10:]:
        frames.packet(packet)
    assert frames.dropped > 20
    late = frames.take()
    assert late is not None
    assert last < frames.before < late.at
    assert seconds(late.at - frames.before) == pytest.approx(0.1, abs=0.02)


class Watching:
    def __init__(self):
        self.watched, self.seen = False, []

    def picture(self, frame, at):
        self.seen.append((frame.width, at))


def test_every_picture_is_shown_to_who_watches_and_none_before_and_after():
    info, script = packets(pictures=30, fps=10)
    onlooker = Watching()
    frames = DueFrames(2.0, onlooker)
    frames.began(info)
    for number, packet in enumerate(stamped(script)):
        onlooker.watched = 10 <= number < 22
        frames.packet(packet)
        taken(frames)
        if number == 9:
            assert onlooker.seen == []
    assert 12 <= len(onlooker.seen) <= 16, "those that waited for the next due one are shown with it"
    assert frames.due <= 8


def test_an_h265_picture_comes_out_as_h264_for_browsers_that_cannot_play_it():
    info, script = packets(pictures=30, fps=10, codec="libx265", size=(320, 192))
    hub, parts = EncodedHub(CameraId("nga-ba"), StreamRole.SUB, ()), []
    frames = DueFrames(5.0, hub)
    frames.began(info)
    hub.subscribe(parts.append)
    for packet in stamped(script):
        frames.packet(packet)
    init = next(p for p in parts if isinstance(p, LiveInit))
    assert (init.codec[:5], init.width, init.height, init.masked) == ("avc1.", 320, 192, False)
    film = init.data + b"".join(p.data for p in parts if isinstance(p, LiveFragment))
    with av.open(io.BytesIO(film), "r", format="mp4") as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert len(list(container.decode(video=0))) == 30
    hub.unsubscribe(parts.append)
    assert not hub.watched


def test_who_is_behind_and_has_nothing_that_moves_goes_on_with_the_newest_picture():
    info, script = packets(pictures=60, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    come = stamped(script)
    for packet in come[:10]:
        frames.packet(packet)
    frames.catch_up()
    assert (len(taken(frames)), frames.dropped) == (6, 0)  # so many gather while a reader naps
    for packet in come[10:45]:
        frames.packet(packet)
    frames.catch_up()
    left = taken(frames)
    assert len(left) <= 2
    assert seconds(come[44].at - left[-1].at) < 0.2
    assert frames.due == 6 + len(left) + frames.dropped
    assert frames.dropped > 10


def test_packets_wait_undecoded_until_the_analysis_comes_for_them():
    info, script = packets(pictures=20, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    for packet in stamped(script)[:12]:
        frames.packet(packet)
    assert (frames.decoded, frames.due) == (0, 0)
    first = frames.take()
    assert first is not None
    assert first.at == 1_000 * SECOND
    assert (frames.decoded, frames.due) == (12, 7)
    assert len(taken(frames)) == 6


def test_frames_that_must_not_wait_are_decoded_as_their_packets_come():
    info, script = packets(pictures=20, fps=10)
    hurry = [False]
    frames = DueFrames(5.0, at_once=lambda: hurry[0])
    frames.began(info)
    come = stamped(script)
    for packet in come[:5]:
        frames.packet(packet)
    assert frames.decoded == 0
    hurry[0] = True
    frames.packet(come[5])
    assert frames.decoded == 6
    frames.packet(come[6])
    assert frames.decoded == 6, "one that is not due waits for the next due one"


def test_an_analysis_that_is_late_is_helped_by_the_reader():
    info, script = packets(pictures=40, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    come = stamped(script)
    helped = next(n for n, packet in enumerate(come) if frames.packet(packet) or frames.decoded)
    assert seconds(come[helped].at - come[0].at) == pytest.approx(LATE_S, abs=0.11)
    assert frames.decoded == helped + 1


def test_a_stall_of_three_seconds_costs_nothing_and_a_longer_one_of_a_calm_camera_all_but_the_newest():
    info, script = packets(pictures=60, fps=10)
    come = stamped(script)
    for stall_s, lost in ((BEHIND_S, 0), (BEHIND_S + 0.4, 17)):
        frames = DueFrames(5.0)
        frames.began(info)
        for packet in come[: round(10 * stall_s) + 1]:
            frames.packet(packet)
        frames.catch_up()
        got = taken(frames)
        assert frames.dropped == lost
        assert len(got) == frames.due - lost >= 5 * stall_s - lost
        assert seconds(come[round(10 * stall_s)].at - got[-1].at) < 0.2


def test_what_came_before_a_loss_can_still_be_taken_and_a_new_stream_begins_after_it():
    info, script = packets(pictures=30, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    come = stamped(script)
    for packet in come[:10]:
        frames.packet(packet)
    frames.lost(GapCause.NETWORK, NO_ROUTE)
    assert frames.due == 6
    frames.began(info)
    later = stamped(script, start=1_010 * SECOND)
    for packet in later[:4]:
        frames.packet(packet)
    assert [f.at // SECOND for f in taken(frames)] == [1_000] * 6 + [1_010] * 3


def test_a_picture_that_waits_is_seen_and_one_that_cannot_be_decoded_is_not():
    """Silence is what the camera does, not what the analysis has had time for; a stream of rubbish is silence."""
    info, script = packets(pictures=20, fps=10)
    frames = DueFrames(5.0)
    frames.began(info)
    come = stamped(script)
    for packet in come[:5]:
        frames.packet(packet)
    assert frames.seen == come[4].at
    taken(frames)
    assert frames.seen == come[4].at
    rubbish = replace(come[6], payload=type(come[6].payload)(b"\x00\x00\x00\x01\x41\xff\xff\xff"))
    frames.packet(rubbish)
    assert frames.seen == come[6].at
    taken(frames)
    assert frames.seen == come[4].at


class Unhurried:
    """A stream's decoder that lets the reader run before each picture of the analysis: who comes between is found."""

    def __init__(self, decoder):
        self._decoder = decoder

    def decode(self, payload):
        if threading.current_thread() is threading.main_thread():
            time.sleep(0.001)
        return self._decoder.decode(payload)


def test_two_threads_that_decode_in_turns_lose_and_double_nothing():
    """The reader decodes while it must, the analysis whenever it comes: every due picture comes once, in order."""
    info, script = packets(pictures=300, fps=10, size=(160, 96))
    hurry = [False]
    frames = DueFrames(5.0, at_once=lambda: hurry[0])
    frames.began(info)
    frames._decoder = Unhurried(frames._decoder)
    come = stamped(script)

    def read():
        for number, packet in enumerate(come):
            hurry[0] = number // 7 % 2 == 1
            frames.packet(packet)
            time.sleep(0.0005)  # as packets come
            while len(frames._waiting) > 8 or len(frames._queue) > 4:  # together no more than HELD_S leaves
                time.sleep(0.0005)

    reader = threading.Thread(target=read)
    reader.start()
    got = []
    while reader.is_alive():
        new = taken(frames)
        got += new
        if not new:
            time.sleep(0.0002)  # as an analysis does that has nothing to do
    reader.join()
    got += taken(frames)
    assert frames.decoded == 300
    assert frames.dropped == 0
    assert [f.at for f in got] == sorted({f.at for f in got})
    assert len(got) == frames.due == 151
