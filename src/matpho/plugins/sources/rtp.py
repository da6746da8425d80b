"""Packets of RTP and their reports (RFC 3550): read, and the receiver's reports written."""

import secrets
import struct
from dataclasses import dataclass

from matpho.domain.time import SECOND, Instant

_HEAD = struct.Struct(">BBHII")
_SENDER = struct.Struct(">IIIII")
_NTP_1970 = 2_208_988_800  # seconds from 1900, where NTP begins, to 1970
_SENDER_REPORT, _RECEIVER_REPORT, _DESCRIPTION = 200, 201, 202


@dataclass(slots=True)
class RtpPacket:
    """``sequence`` counts packets modulo 2^16, ``stamp`` the stream's clock modulo 2^32; ``marker`` ends a picture."""

    payload_type: int
    marker: bool
    sequence: int
    stamp: int
    sender: int
    payload: bytes


def read_packet(data: bytes) -> RtpPacket | None:
    """One packet; None of what is none."""
    if len(data) < 13:
        return None
    first, second, sequence, stamp, sender = _HEAD.unpack_from(data)
    if first >> 6 != 2:
        return None
    begin, end = 12, len(data)
    if first & 0x3F:  # padding, an extension, contributing sources
        begin += 4 * (first & 15)
        if first & 16:
            begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
        if first & 32:
            end -= data[-1]
        if begin >= end:
            return None
    return RtpPacket(second & 127, second > 127, sequence, stamp, sender, data[begin:end])


class Unwrapped:
    """A counter of 32 bits that goes on beyond its end; a step is at most half of its range, forward or back."""

    def __init__(self) -> None:
        self._last: int | None = None

    def of(self, stamp: int) -> int:
        """The whole number of a time stamp, near to the last one."""
        last = stamp if self._last is None else self._last
        self._last = last + ((stamp - last + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
        return self._last

    def near(self, stamp: int) -> int:
        """The same, without going there."""
        if self._last is None:
            return stamp
        return self._last + ((stamp - self._last + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


class Reports:
    """The camera's clock by its sender reports, and what we report back so that it goes on sending."""

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._mine = secrets.randbits(32)
        self._at: tuple[int, Instant] | None = None  # a time stamp, and what the camera's clock said then
        self._middle, self._heard_s = 0, 0.0
        self._sequence, self._rounds, self._sender = 0, 0, 0

    def hear(self, data: bytes, now_s: float, stamps: Unwrapped) -> None:
        """Take a compound packet of the camera's; what is damaged is passed over."""
        at = 0
        while at + 8 <= len(data) and data[at] >> 6 == 2:
            size = 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
            if data[at + 1] == _SENDER_REPORT and size >= 28 and at + 28 <= len(data):
                _, seconds, fraction, stamp, _ = _SENDER.unpack_from(data, at + 4)
                if seconds:
                    told = (seconds - _NTP_1970) * SECOND + (fraction * SECOND >> 32)
                    self._at = stamps.near(stamp), Instant(told)
                    self._middle, self._heard_s = (seconds & 0xFFFF) << 16 | fraction >> 16, now_s
            at += size

    def clock(self, stamp: int) -> Instant | None:
        """What the camera's clock said at an unwrapped time stamp; None before its first report."""
        if self._at is None:
            return None
        return Instant(self._at[1] + (stamp - self._at[0]) * SECOND // self._rate)

    def seen(self, sequence: int, sender: int) -> None:
        """A packet came."""
        self._sender = sender
        if sequence < self._sequence & 0xFFFF and self._sequence & 0xFFFF > 0xF000:
            self._rounds += 1
        self._sequence = self._rounds << 16 | sequence

    def mine(self, now_s: float) -> bytes:
        """A receiver's report with its name (6.4.2, 6.5): no loss told, for TCP hides it."""
        delay = min(round((now_s - self._heard_s) * 65_536), 0xFFFF_FFFF) if self._middle else 0
        highest = self._sequence & 0xFFFF_FFFF
        report = struct.pack(
            ">BBHIIIIIII", 0x81, _RECEIVER_REPORT, 7, self._mine, self._sender, 0, highest, 0, self._middle, delay
        )
        name = struct.pack(">BBHIBB6s4x", 0x81, _DESCRIPTION, 4, self._mine, 1, 6, b"matpho")
        return report + name
