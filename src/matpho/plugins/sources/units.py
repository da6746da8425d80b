"""NAL units out of RTP payloads: H.264 (RFC 6184, non-interleaved) and H.265 (RFC 7798, one stream in decoding order).

Bytes that make no sense cost their unit and nothing else.
"""

from typing import ClassVar

START = b"\x00\x00\x00\x01"
MOST_BYTES = 8 * 1024 * 1024  # of one picture: more is damage
MOST_PARTS = 20_000


class Units:
    """The units of the picture that is coming in, as the pieces of an Annex B byte stream.

    ``slices``: at least one unit of picture data is whole. ``key``: decoding can start here. ``begins``: the first
    slice is a picture's first. ``odd``: something came that this form of packets does not have.
    """

    head: ClassVar[int]  # bytes of a unit's head

    def __init__(self) -> None:
        self.odd = False
        self.clear()

    def clear(self) -> None:
        """Begin a new picture."""
        self.parts: list[bytes] = []
        self.slices = self.key = self.begins = False
        self._size = 0
        self._open: int | None = None  # where the parts of a unit begin that comes in fragments
        self._first = False

    def lost(self) -> None:
        """Packets are missing: a unit that is coming in fragments cannot be had any more."""
        if self._open is not None:
            del self.parts[self._open :]
            self._open = None

    def feed(self, payload: bytes) -> None:
        """Take the payload of one packet."""
        raise NotImplementedError

    def _kind(self, first: int) -> int:
        raise NotImplementedError

    def _whole(self, kind: int, *, first: bool) -> None:
        """A unit of this type is whole; ``first``: the bit behind its head is set."""
        raise NotImplementedError

    def _put(self, part: bytes) -> bool:
        self._size += len(part)
        if self._size > MOST_BYTES or len(self.parts) > MOST_PARTS:
            self.clear()
            self._size = MOST_BYTES  # and nothing more of this picture
            return False
        self.parts.append(part)
        return True

    def _unit(self, unit: bytes) -> None:
        self.lost()
        if len(unit) > self.head and self._put(START) and self._put(unit):
            self._whole(self._kind(unit[0]), first=unit[self.head] > 127)

    def _several(self, payload: bytes, at: int) -> None:
        """Units one behind the other, each with its length before it."""
        while at + 2 < len(payload):
            stop = at + 2 + (payload[at] << 8 | payload[at + 1])
            if stop > len(payload):
                return
            self._unit(payload[at + 2 : stop])
            at = stop

    def _fragment(self, kind: int, head: bytes, payload: bytes, at: int) -> None:
        """A part of a unit; the byte before ``at`` says whether it is its first or its last."""
        if at >= len(payload):
            return
        flags = payload[at - 1]
        if flags & 0x80:
            self.lost()
            self._open, self._first = len(self.parts), payload[at] > 127
            if not (self._put(START) and self._put(head)):
                return
        if self._open is None or not self._put(payload[at:]):
            return
        if flags & 0x40:
            self._open = None
            self._whole(kind, first=self._first)


class H264Units(Units):
    """RFC 6184: single units, STAP-A, FU-A."""

    head = 1

    def feed(self, payload: bytes) -> None:
        """Take the payload of one packet, by its type (5.2, table 1)."""
        kind = payload[0] & 31
        if kind == 28:
            if len(payload) > 2:
                inner = payload[1] & 31
                self._fragment(inner, bytes((payload[0] & 0xE0 | inner,)), payload, 2)
        elif 1 <= kind <= 23:
            self._unit(payload)
        elif kind == 24:
            self._several(payload, 1)
        else:
            self.odd = True

    def _kind(self, first: int) -> int:
        return first & 31

    def _whole(self, kind: int, *, first: bool) -> None:
        if 1 <= kind <= 5:  # table 7-1; a slice begins with the number of its first macroblock, 0 is one set bit
            self.begins |= first and not self.slices
            self.slices = True
            self.key |= kind == 5


class H265Units(Units):
    """RFC 7798: single units, aggregation packets, fragmentation units, without decoding order numbers."""

    head = 2

    def feed(self, payload: bytes) -> None:
        """Take the payload of one packet, by its type (4.4)."""
        kind = payload[0] >> 1 & 63
        if kind == 49:
            if len(payload) > 3:
                inner = payload[2] & 63
                self._fragment(inner, bytes((payload[0] & 0x81 | inner << 1, payload[1])), payload, 3)
        elif kind == 48:
            self._several(payload, 2)
        elif kind < 48:
            self._unit(payload)
        else:
            self.odd = True

    def _kind(self, first: int) -> int:
        return first >> 1 & 63

    def _whole(self, kind: int, *, first: bool) -> None:
        if kind < 32:  # table 7-1; a slice begins with whether it is the picture's first
            self.begins |= first and not self.slices
            self.slices = True
            self.key |= 16 <= kind <= 23


def units_of(codec: str) -> Units:
    """For ``h264`` or ``hevc``."""
    return H264Units() if codec == "h264" else H265Units()
