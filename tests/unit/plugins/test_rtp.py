import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.plugins.sources.rtp import Reports, Unwrapped, read_packet
from matpho.testing.rtp_packets import rtp, sender_report

pytestmark = pytest.mark.unit


def test_a_packet_is_read():
    packet = read_packet(rtp(b"abc", sequence=65_535, stamp=2**32 - 1, marker=True, sender=9))
    assert (packet.payload_type, packet.marker, packet.sequence) == (96, True, 65_535)
    assert (packet.stamp, packet.sender, packet.payload) == (2**32 - 1, 9, b"abc")


def test_padding_extension_and_sources_are_no_payload():
    plain = rtp(b"", sequence=1, stamp=2)
    extension = b"\xbe\xde\x00\x01abcd"
    data = bytes((0x80 | 32 | 16 | 2,)) + plain[1:] + b"srcAsrcB" + extension + b"\x41xyz" + b"\x00\x00\x03"
    assert read_packet(data).payload == b"\x41xyz"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80" * 12,
        b"\x40" + rtp(b"abc", sequence=1, stamp=2)[1:],
        b"\xa0" + rtp(b"abc\x04", sequence=1, stamp=2)[1:],
        b"\x8f" + rtp(b"abc", sequence=1, stamp=2)[1:],
        b"\x90" + rtp(b"abc", sequence=1, stamp=2)[1:],
    ],
)
def test_what_is_none_is_none(data):
    assert read_packet(data) is None


@given(st.binary(max_size=100))
def test_no_bytes_raise(data):
    packet = read_packet(data)
    assert packet is None or packet.payload
    Reports(90_000).hear(data, 1.0, Unwrapped())


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(-(2**31) + 1, 2**31 - 1), max_size=20))
def test_a_counter_goes_on_over_its_end(first, steps):
    stamps = Unwrapped()
    assert stamps.of(first) == first
    at = first
    for step in steps:
        at += step
        assert stamps.near(at % 2**32) == at
        assert stamps.of(at % 2**32) == at


def test_the_camera_s_clock_by_its_report():
    reports, stamps = Reports(90_000), Unwrapped()
    stamps.of(2**32 - 90_000)
    assert reports.clock(0) is None
    noon = 1_767_225_600_250_000_000
    reports.hear(b"\x80\xca\x00\x00" + b"\x00" * 0 + sender_report(0, noon), 5.0, stamps)
    assert reports.clock(2**32 - 45_000) == pytest.approx(noon - 500_000_000, abs=2)
    assert reports.clock(2**32 + 90_000) == pytest.approx(noon + 1_000_000_000, abs=2)


def test_our_report_tells_what_came_and_when_theirs_did():
    reports = Reports(90_000)
    for sequence in (65_534, 65_535, 0, 1):
        reports.seen(sequence, 7)
    reports.hear(sender_report(0, 1_767_225_600_000_000_000), 10.0, Unwrapped())
    report = reports.mine(12.5)
    kind, size, _, about, lost, highest, _, middle, delay = struct.unpack_from(">xBHIIIIIII", report)
    assert (kind, size, about, lost, highest) == (201, 7, 7, 0, 65_537)
    assert middle == (1_767_225_600 + 2_208_988_800 & 0xFFFF) << 16
    assert delay == 2.5 * 65_536
    assert report[32:34] == b"\x81\xca"
    assert len(report) == 32 + 4 * (int.from_bytes(report[34:36], "big") + 1)
