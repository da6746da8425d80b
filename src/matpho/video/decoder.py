"""Packets of a stream to decoded pictures, for those who analyse or mask them."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import av
import av.error

from matpho.domain.messages import GapCause
from matpho.domain.time import SECOND, Instant
from matpho.video.planes import Plane, planes
from matpho.video.source import Packet, StreamInfo

log = logging.getLogger(__name__)

FrameSink = Callable[[Instant, Any], None]


class DecodedPicture(NamedTuple):
    """One picture of a live stream: when it was captured, luma, and half-size chroma or None where it is grey."""

    at: Instant
    luma: Plane
    u: Plane | None
    v: Plane | None


class StreamDecoder:
    """Decodes in the reader's thread and keeps the newest few pictures for one consumer.

    A :class:`matpho.video.reader.PacketListener`. Every picture is decoded (later ones need it), ``fps`` of them per
    second are kept, and a consumer that is late loses the oldest (``dropped``). ``on_frame`` sees each decoded
    ``av.VideoFrame`` and must not write into it. ``on_lost`` hears that the stream is gone.
    """

    def __init__(
        self,
        *,
        fps: float,
        on_frame: FrameSink | None = None,
        on_lost: Callable[[GapCause, str], None] | None = None,
        keep: int = 3,
    ) -> None:
        self.damaged = self.decoded = self.dropped = 0
        self._gap_ns = round(SECOND / fps)
        self._on_frame, self._on_lost = on_frame, on_lost
        self._kept: deque[tuple[Instant, Any]] = deque()
        self._keep = keep
        self._ready = threading.Condition()
        self._context: Any = None
        self._info: StreamInfo | None = None
        self._due = Instant(0)

    def began(self, info: StreamInfo) -> None:
        """A new time line: a fresh decoder."""
        self._info = info
        self._context = av.CodecContext.create(info.codec, "r")
        self._context.thread_count = 1
        if info.extradata:
            self._context.extradata = info.extradata
        self._due = Instant(0)

    def packet(self, packet: Packet) -> None:
        """Decode one packet."""
        if self._context is None:
            return
        payload = packet.payload
        payload.pts, payload.dts, payload.time_base = packet.pts, packet.dts, packet.time_base
        try:
            frames = self._context.decode(payload)
        except (av.error.FFmpegError, ValueError):
            self.damaged += 1
            return
        for frame in frames:
            self.decoded += 1
            shift = 0 if frame.pts is None else int((frame.pts - packet.pts) * packet.time_base * SECOND)
            self._give(Instant(packet.at + shift), frame)

    def _give(self, at: Instant, frame: Any) -> None:
        if self._on_frame is not None:
            self._on_frame(at, frame)
        if at < self._due - self._gap_ns // 10:
            return
        self._due = Instant(max(self._due + self._gap_ns, at + self._gap_ns // 2))
        with self._ready:
            self._kept.append((at, frame))
            while len(self._kept) > self._keep:
                self._kept.popleft()
                self.dropped += 1
            self._ready.notify()

    def lost(self, cause: GapCause, detail: str) -> None:
        """The stream is gone; pictures not yet taken stay."""
        self._context = None
        if self._on_lost is not None:
            self._on_lost(cause, detail)

    def take(self, timeout_s: float) -> DecodedPicture | None:
        """The oldest picture kept; None when none comes within ``timeout_s``. For one consumer thread."""
        with self._ready:
            if not self._kept and not self._ready.wait_for(lambda: bool(self._kept), timeout_s):
                return None
            at, frame = self._kept.popleft()
        luma, u, v = planes(frame)
        return DecodedPicture(at, luma, u, v)
