"""Packets of a live sub stream to frames that are due for analysis, in the reader's own thread.

Every packet is decoded, because pictures depend on the ones before; only due ones are copied out. Those in between
wait for the due one and are decoded with it: a decoder that is woken twice as seldom finds its tables in the
processor's cache. The queue is bounded: when analysis is late the oldest frame goes, and it is counted, never silently.
Of a camera where nothing moves all but the newest go, and earlier: that leaves the time for those where something does.
"""

import logging
import threading
import time
from collections import deque
from typing import Any, Protocol

import av
import av.error

from matpho.domain.messages import GapCause
from matpho.domain.time import SECOND, Instant
from matpho.domain.words import Said
from matpho.pipeline.planes import to_frame
from matpho.video.source import Packet, StreamInfo
from matpho.vision.frame import SMALL, Frame

log = logging.getLogger(__name__)

KEPT_S = 2.0
BEHIND_S = 1.8  # of due frames that wait: nearly all that may, for a short stall is made up for with nothing lost
_MOST_WAITING = 50  # packets: no more of an odd stream are held undecoded


class Onlooker(Protocol):
    """Who wants every picture while ``watched``, not the due ones only."""

    @property
    def watched(self) -> bool:
        """Whether it wants them now."""
        ...

    def picture(self, frame: Any, at: Instant) -> None:
        """One decoded ``av.VideoFrame``, which it must not write into."""
        ...


class DueFrames:
    """A :class:`matpho.video.reader.PacketListener` that leaves due frames for the analysis thread.

    ``onlooker`` is shown every decoded picture while it is watched.
    """

    def __init__(self, fps: float, onlooker: Onlooker | None = None) -> None:
        self.decoded = self.damaged = self.due = self.dropped = 0
        self.cpu_s = 0.0
        self._step_ns = round(SECOND / fps)
        self._queue: deque[tuple[Frame, Instant]] = deque()
        self.seen = self.before = Instant(0)  # when the newest picture was taken, and the one before the taken frame
        self._most, self._behind = max(2, round(fps * KEPT_S)), max(2, round(fps * BEHIND_S))
        self._lock = threading.Lock()
        self._decoder: Any = None
        self._onlooker, self._shown = onlooker, False
        self._waiting: list[Packet] = []
        self._next = 0

    def began(self, info: StreamInfo) -> None:
        """A new time line, perhaps of another codec or size: a fresh decoder."""
        self._decoder = av.CodecContext.create(info.codec, "r")
        self._decoder.thread_count = 1
        if info.extradata:
            self._decoder.extradata = info.extradata
        self._waiting.clear()
        self._next = 0

    def packet(self, packet: Packet) -> None:
        """Decode up to this packet when its picture is due; a damaged one costs its picture only."""
        if self._decoder is None:
            return
        self._waiting.append(packet)
        self._shown = self._onlooker is not None and self._onlooker.watched
        if not self._shown and not self._is_due(packet.at) and len(self._waiting) < _MOST_WAITING:
            return
        began_s = time.thread_time()
        for waiting in self._waiting:
            self._decode(waiting)
        self._waiting.clear()
        self.cpu_s += time.thread_time() - began_s

    def _decode(self, packet: Packet) -> None:
        payload = packet.payload
        payload.pts, payload.dts, payload.time_base = packet.pts, packet.dts, packet.time_base
        try:
            pictures = self._decoder.decode(payload)
        except (av.error.FFmpegError, ValueError):
            self.damaged += 1
            return
        for picture in pictures:
            shift = 0
            if picture.pts is not None and picture.pts != packet.pts:
                shift = int((picture.pts - packet.pts) * packet.time_base * SECOND)
            self._picture(picture, Instant(packet.at + shift))

    def lost(self, cause: GapCause, detail: Said) -> None:
        """The stream is gone; frames not yet taken stay."""
        del cause, detail
        self._decoder = None
        self._waiting.clear()

    def _is_due(self, at: Instant) -> bool:
        return at >= self._next - self._step_ns // 10  # a tenth early is due: cameras are not exact

    def _picture(self, picture: Any, at: Instant) -> None:
        self.decoded += 1
        before, self.seen = self.seen, at
        if self._shown and self._onlooker is not None:
            self._onlooker.picture(picture, at)
        if not self._is_due(at):
            return
        self._next = max(self._next + self._step_ns, at + self._step_ns // 2)
        frame = to_frame(picture, at)
        frame.shrunk(*SMALL)  # here, where the picture is in the processor's cache
        with self._lock:
            self._queue.append((frame, before))
            self.due += 1
            while len(self._queue) > self._most:
                self._queue.popleft()
                self.dropped += 1

    def catch_up(self) -> None:
        """Leave out all but the newest frame where analysis is behind: they are counted as dropped."""
        if len(self._queue) <= self._behind:
            return
        with self._lock:
            while len(self._queue) > 1:
                self._queue.popleft()
                self.dropped += 1

    def take(self) -> Frame | None:
        """The oldest due frame, or None; called by the analysis thread. ``before`` is of this frame then."""
        try:
            frame, self.before = self._queue.popleft()
        except IndexError:  # one call of the deque's own: the reader's thread may drop the oldest meanwhile
            return None
        return frame
