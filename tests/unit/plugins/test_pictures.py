"""Pictures out of RTP packets, over bytes made here: both codecs, every form of packet, loss, and nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.plugins.sources import units as units_module
from matpho.plugins.sources.pictures import Pictures
from matpho.plugins.sources.rtp import RtpPacket, read_packet
from matpho.plugins.sources.units import units_of
from matpho.testing.rtp_packets import payloads, rtp

pytestmark = pytest.mark.unit

START = b"\x00\x00\x00\x01"
HEADS = {  # unit heads by name; a slice's next byte says whether it is its picture's first
    "h264": {"sps": b"\x67", "pps": b"\x68", "sei": b"\x06", "key": b"\x65", "other": b"\x41"},
    "hevc": {"sps": b"\x42\x01", "pps": b"\x44\x01", "sei": b"\x4e\x01", "key": b"\x26\x01", "other": b"\x02\x01"},
}
BOTH = pytest.mark.parametrize("codec", ["h264", "hevc"])


def unit(codec, name, size=20, *, first=True):
    body = bytes((0x88 if first else 0x08,)) + bytes((n * 7 + 3) % 251 + 1 for n in range(size))
    return HEADS[codec][name] + body


def annex_b(*found):
    return b"".join(START + u for u in found)


class Camera:
    """Packs pictures one after another."""

    def __init__(self, codec, stamp=0, sequence=65_533):
        self.codec, self.stamp, self.sequence = codec, stamp, sequence
        self.pictures = Pictures(codec, 90_000)

    def packets(self, *found, marker=True, together=False, step=9000):
        packed = payloads(self.codec, found, together=together)
        made = []
        for n, payload in enumerate(packed):
            last = marker and n == len(packed) - 1
            made.append(read_packet(rtp(payload, sequence=self.sequence, stamp=self.stamp, marker=last)))
            self.sequence += 1
        self.stamp += step
        return made

    def send(self, *found, without=(), **more):
        got = []
        for n, packet in enumerate(self.packets(*found, **more)):
            if n not in without:
                got += self.pictures.feed(packet)
        return got


@BOTH
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("size", [1, 20, 299, 300, 301, 5000])
def test_a_picture_is_given_at_its_marker(codec, together, size):
    camera = Camera(codec, stamp=2**32 - 9000)
    key = [unit(codec, "sps"), unit(codec, "pps"), unit(codec, "key", size)]
    (first,) = camera.send(*key, together=together)
    (second,) = camera.send(unit(codec, "sei"), unit(codec, "other", size), together=together)
    assert (first.data, first.key) == (annex_b(*key), True)
    assert (second.data, second.key) == (annex_b(unit(codec, "sei"), unit(codec, "other", size)), False)
    assert second.stamp - first.stamp == 9000
    assert camera.pictures.strikes == camera.pictures.lost == 0


@BOTH
def test_slices_of_one_picture_stay_together(codec):
    slices = [unit(codec, "other", 900), unit(codec, "other", 900, first=False), unit(codec, "other", 9, first=False)]
    (picture,) = Camera(codec).send(*slices)
    assert picture.data == annex_b(*slices)


@BOTH
def test_without_markers_the_next_time_stamp_tells(codec):
    camera = Camera(codec)
    assert camera.send(unit(codec, "key"), marker=False) == []
    (first,) = camera.send(unit(codec, "other"), marker=False)
    (second,) = camera.send(unit(codec, "other"), marker=False)
    assert (first.stamp, first.key, second.stamp, second.key) == (0, True, 9000, False)


@BOTH
@pytest.mark.parametrize("marker", [False, True])
def test_parameter_sets_with_their_own_stamp_belong_to_what_follows(codec, marker):
    camera = Camera(codec)
    assert camera.send(unit(codec, "sps"), unit(codec, "pps"), marker=marker, step=1) == []
    (picture,) = camera.send(unit(codec, "key"))
    assert picture.data == annex_b(unit(codec, "sps"), unit(codec, "pps"), unit(codec, "key"))
    assert picture.stamp == 1


@BOTH
@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_lost_fragment_costs_its_unit(codec, lost):
    camera = Camera(codec)
    camera.send(unit(codec, "key"))
    assert camera.send(unit(codec, "other", 1000), without=(lost,)) == []
    (after,) = camera.send(unit(codec, "other"))
    assert after.stamp == 18_000
    assert camera.pictures.lost >= 1
    assert camera.pictures.strikes == 0


@BOTH
def test_a_lost_end_leaves_the_slices_that_are_whole(codec):
    camera = Camera(codec)
    whole, torn = unit(codec, "key", 50), unit(codec, "key", 1000, first=False)
    assert camera.send(whole, torn, without=(4,)) == []
    (picture, after) = camera.send(unit(codec, "other"))
    assert (picture.data, picture.stamp) == (annex_b(whole), 0)
    assert after.stamp == 9000


@BOTH
def test_a_new_sender_may_begin_anywhere(codec):
    camera = Camera(codec)
    camera.send(unit(codec, "key"))
    for packet in camera.packets(unit(codec, "key")):
        packet.sender, packet.stamp = 8, 2**32 - 3000
        found = camera.pictures.feed(packet)
    assert len(found) == 1
    assert camera.pictures.strikes == 0


@BOTH
def test_a_clock_that_is_set_back_far_is_passed_on(codec):
    camera = Camera(codec, stamp=10**6)
    camera.send(unit(codec, "key"))
    camera.stamp = 5000
    (picture,) = camera.send(unit(codec, "key"))
    assert picture.stamp == 5000
    assert camera.pictures.strikes == 0


@BOTH
def test_the_same_picture_again_is_passed_on(codec):
    """Some servers repeat one when they are late; who reads drops it."""
    camera = Camera(codec)
    camera.send(unit(codec, "key"), step=0)
    assert len(camera.send(unit(codec, "key"))) == 1
    assert camera.pictures.strikes == 0


@BOTH
def test_pictures_in_another_order_are_a_strike_and_not_given(codec):
    camera = Camera(codec)
    for stamp, given_back in ((0, 1), (27_000, 1), (9000, 0), (18_000, 0)):
        camera.stamp = stamp
        assert len(camera.send(unit(codec, "other"))) == given_back
    assert camera.pictures.strikes == 2
    assert "order" in camera.pictures.unfit


def test_strikes_that_are_far_between_are_damage():
    camera = Camera("h264")
    for _ in range(5):
        for _ in range(100):
            camera.send(unit("h264", "other"))
        camera.stamp -= 18_000
        assert camera.send(unit("h264", "other"), step=27_000) == []
        assert camera.pictures.strikes <= 1


@BOTH
def test_a_marker_in_the_middle_of_a_picture_is_a_strike(codec):
    camera = Camera(codec)
    camera.send(unit(codec, "key", 50), step=0)
    camera.send(unit(codec, "key", 50, first=False))
    assert camera.pictures.strikes == 1
    assert "marker" in camera.pictures.unfit


@pytest.mark.parametrize(
    ("codec", "payload"), [("h264", b"\x59\x00\x00ab"), ("h264", b"\x1dab"), ("hevc", b"\x64\x01ab")]
)
def test_a_form_that_was_not_announced_is_a_strike(codec, payload):
    camera = Camera(codec)
    camera.pictures.feed(RtpPacket(96, True, 1, 0, 7, payload))  # noqa: FBT003 - the marker
    assert camera.pictures.strikes == 1
    (picture,) = camera.send(unit(codec, "key"))
    assert picture.data == annex_b(unit(codec, "key"))


@BOTH
def test_a_picture_without_end_is_let_go(codec, monkeypatch):
    monkeypatch.setattr(units_module, "MOST_BYTES", 5000)
    camera = Camera(codec)
    assert camera.send(unit(codec, "key", 20_000)) == []
    for _ in range(100):
        assert camera.send(unit(codec, "sei", 250), step=0) == []
        assert sum(map(len, camera.pictures._units.parts)) <= 5000
    camera.stamp += 1
    (picture,) = camera.send(unit(codec, "key"))
    assert picture.key


@BOTH
def test_too_many_little_units_are_let_go(codec, monkeypatch):
    monkeypatch.setattr(units_module, "MOST_PARTS", 100)
    camera = Camera(codec)
    for _ in range(500):
        camera.send(unit(codec, "sei", 1), step=0)
        assert len(camera.pictures._units.parts) <= 101


@given(
    st.sampled_from(["h264", "hevc"]),
    st.lists(
        st.tuples(
            st.integers(0, 65_535), st.integers(0, 2**32 - 1) | st.integers(0, 3), st.booleans(), st.binary(max_size=40)
        ),
        max_size=60,
    ),
)
def test_no_bytes_raise_and_what_is_given_are_units(codec, found):
    pictures = Pictures(codec, 90_000)
    for sequence, stamp, marker, payload in found:
        if payload:
            for picture in pictures.feed(RtpPacket(96, marker, sequence, stamp, 7, payload)):
                assert picture.data.startswith(START)


@given(
    st.sampled_from(["h264", "hevc"]),
    st.lists(st.lists(st.integers(1, 1500), min_size=1, max_size=6), min_size=1, max_size=8),
    st.booleans(),
    st.integers(0, 2**32 - 1),
    st.integers(0, 65_535),
)
def test_whatever_is_packed_comes_out_again(codec, sizes, together, stamp, sequence):
    camera = Camera(codec, stamp, sequence)
    for some in sizes:
        found = [unit(codec, "other", size, first=n == 0) for n, size in enumerate(some)]
        (picture,) = camera.send(*found, together=together)
        assert picture.data == annex_b(*found)
    assert camera.pictures.strikes == 0


@given(st.sampled_from(["h264", "hevc"]), st.lists(st.binary(min_size=1, max_size=60), max_size=40))
def test_no_payload_raises(codec, found):
    units = units_of(codec)
    for payload in found:
        units.feed(payload)
    assert not units.key or units.slices
