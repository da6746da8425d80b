"""Packets to fMP4 fragments, one picture each, the moment they come.

FFmpeg's muxer writes a picture's fragment only when the next picture arrives: 100 ms more at 10 pictures per
second. The header comes from it; the fragments (ISO/IEC 14496-12, 8.8) are 100 bytes that are written here.
"""

import struct
from typing import Any

import av

from matpho.video.parameters import codec_string, is_annex_b
from matpho.video.source import Packet, StreamInfo

_KEY, _NOT_KEY = 0x02000000, 0x01010000  # sample_depends_on, sample_is_non_sync_sample


class _Sink:
    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        self.data += bytes(data)
        return len(data)


def header(info: StreamInfo) -> tuple[bytes, int]:
    """The initialisation segment and the timescale of its track; raises ``av.error.FFmpegError``."""
    sink = _Sink()
    muxer: Any = av.open(sink, "w", format="mp4", options={"movflags": "empty_moov+default_base_moof+frag_custom"})
    stream = muxer.add_stream_from_template(info.template)
    stream.time_base = info.time_base
    if info.codec == "hevc":
        stream.codec_context.codec_tag = "hvc1"
    muxer.start_encoding()
    data, timescale = sink.data, stream.time_base.denominator
    muxer.close()
    return data, timescale


def length_prefixed(data: bytes) -> bytes:
    """Annex B to the form that MP4 keeps: each unit behind its length (ISO/IEC 14496-15, 4.3.3)."""
    parts = [unit for raw in data.split(b"\x00\x00\x01")[1:] if (unit := raw.rstrip(b"\x00"))]
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in parts)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


class LiveMuxer:
    """Fragments of one stream. ``init`` is what a viewer needs first; ``codec`` its name for a browser."""

    def __init__(self, info: StreamInfo) -> None:
        """Write the header; raises ``av.error.FFmpegError`` for what MP4 cannot hold."""
        self.init, self._timescale = header(info)
        self.codec = codec_string(info)
        self._annex_b = info.codec in {"h264", "hevc"} and is_annex_b(info.extradata)
        self._first: int | None = None
        self._step = 0
        self._last_dts: int | None = None
        self._sequence = 0

    def fragment(self, packet: Packet) -> bytes:
        """One picture as moof + mdat."""
        if self._first is None:
            self._first = packet.dts
        duration = self._duration(packet)
        data = bytes(packet.payload)
        if self._annex_b:
            data = length_prefixed(data)
        self._sequence += 1
        dts = self._ticks(packet, packet.dts - self._first)
        shift = self._ticks(packet, packet.pts - packet.dts)
        sample = struct.pack(
            ">IIIi", max(1, self._ticks(packet, duration)), len(data), _KEY if packet.key else _NOT_KEY, shift
        )
        head = self._moof(dts, sample, 0)
        return self._moof(dts, sample, len(head) + 8) + struct.pack(">I4s", 8 + len(data), b"mdat") + data

    def _duration(self, packet: Packet) -> int:
        """How long the picture is to be shown: as long as the one before took to be followed.

        Cameras announce 25 pictures a second and send ten; a browser drops everything up to the next key picture when
        one comes later than twice the announced length of the one before (Media Source Extensions, coded frame
        processing).
        """
        step = packet.dts - self._last_dts if self._last_dts is not None else 0
        self._last_dts = packet.dts
        if 0 < step * packet.time_base.numerator <= packet.time_base.denominator:
            self._step = step
        return max(self._step or packet.duration, 1)

    def _ticks(self, packet: Packet, count: int) -> int:
        return count * packet.time_base.numerator * self._timescale // packet.time_base.denominator

    def _moof(self, dts: int, sample: bytes, data_offset: int) -> bytes:
        return _box(
            b"moof",
            _box(b"mfhd", struct.pack(">II", 0, self._sequence)),
            _box(
                b"traf",
                _box(b"tfhd", struct.pack(">II", 0x020000, 1)),
                _box(b"tfdt", struct.pack(">IQ", 0x01000000, max(0, dts))),
                _box(b"trun", struct.pack(">IIi", 0x01000F01, 1, data_offset), sample),
            ),
        )
