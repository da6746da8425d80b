"""Packets to fMP4 fragments, one picture each, the moment they come.

FFmpeg's muxer writes a picture's fragment only when the next picture arrives: 100 ms more at 10 pictures per
second. The header comes from it; the fragments are written by hand (``moof.py``).
"""

from matpho.video.moof import Sample, fragment_head
from matpho.video.mp4_form import Mp4Form
from matpho.video.parameters import codec_string
from matpho.video.source import Packet, StreamInfo


class LiveMuxer:
    """Fragments of one stream. ``init`` is what a viewer needs first; ``codec`` its name for a browser."""

    def __init__(self, info: StreamInfo) -> None:
        """Write the header; raises ``av.error.FFmpegError`` for what MP4 cannot hold."""
        self._form = Mp4Form(info)
        self.init, self.codec = self._form.init, codec_string(info)
        self._first: int | None = None
        self._step = 0
        self._last_dts: int | None = None
        self._sequence = 0

    def fragment(self, packet: Packet) -> bytes:
        """One picture as moof + mdat."""
        if self._first is None:
            self._first = packet.dts
        duration = self._duration(packet)
        pieces = self._form.pieces(packet)
        self._sequence += 1
        dts = self._form.ticks(packet, packet.dts - self._first)
        shift = self._form.ticks(packet, packet.pts - packet.dts)
        lasts = self._form.ticks(packet, duration)
        sample = Sample(lasts, sum(map(len, pieces)), packet.key, shift)
        return b"".join([fragment_head(dts, [sample], self._sequence), *pieces])

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
