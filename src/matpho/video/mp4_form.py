"""A stream as MP4 holds it: its initialisation segment, and the bytes and times of its pictures."""

from typing import Any

import av

from matpho.video.moof import length_prefixed
from matpho.video.parameters import is_annex_b
from matpho.video.source import Packet, StreamInfo


class _Sink:
    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        self.data += bytes(data)
        return len(data)


class Mp4Form:
    """One stream. ``init`` is the header that FFmpeg's muxer writes (ftyp and moov)."""

    def __init__(self, info: StreamInfo) -> None:
        """Raises ``av.error.FFmpegError`` or ValueError for what MP4 cannot hold."""
        self.init, self.timescale = _header(info)
        self._annex_b = info.codec in {"h264", "hevc"} and is_annex_b(info.extradata)

    def pieces(self, packet: Packet) -> list[bytes]:
        """The bytes of a picture, in pieces."""
        data = bytes(packet.payload)
        return length_prefixed(data) if self._annex_b else [data]

    def ticks(self, packet: Packet, count: int) -> int:
        """``count`` units of the packet's time base in units of the track's."""
        numerator, denominator = packet.time_base.as_integer_ratio()
        return count * numerator * self.timescale // denominator


def _header(info: StreamInfo) -> tuple[bytes, int]:
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
