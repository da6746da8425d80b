"""Packets of a live sub stream to frames that are due for analysis.

Every packet is decoded, because pictures depend on the ones before; only due ones are copied out. Packets gather until
the analysis takes the next frame: it decodes all that wait and analyses what is due of them, one after another, on
warm memory, and a packet takes a sixtieth of a frame meanwhile. The reader's own thread decodes where that must not
wait (``at_once``, or somebody watches), and where packets have waited for long.

The queue is bounded: when analysis is late the oldest frame goes, and it is counted, never silently. Of a camera where
nothing moves all but the newest go, and earlier: that leaves the time for those where something does.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
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

BEHIND_S = 3.0  # a stall of this length is made up for with nothing lost
LATE_S = 3.2  # packets that the analysis leaves undecoded for so long are decoded by the reader
KEPT_S = 2.0  # of due frames that the reader decodes: of thirty cameras that is 100 MB
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

    Packets come in the reader's thread, frames are taken in that of the analysis; whichever decodes holds the decoder.
    """

    def __init__(
        self,
        fps: float,
        onlooker: Onlooker | None = None,
        *,
        at_once: Callable[[], bool] = lambda: False,
    ) -> None:
        """``onlooker`` is shown every decoded picture while it is watched. ``at_once``: frames must not wait now."""
        self.decoded = self.damaged = self.due = self.dropped = 0
        self.cpu_s = 0.0
        self._step_ns = round(SECOND / fps)
        self._queue: deque[tuple[Frame, Instant]] = deque()
        self.before = Instant(0)  # when the picture before the taken frame was taken
        self._newest = Instant(0)  # of those that were decoded
        self._most, self._room = max(2, round(fps * KEPT_S)), _MOST_WAITING
        self._lock, self._decoding = threading.Lock(), threading.Lock()
        self._decoder: Any = None
        self._onlooker, self._shown = onlooker, False
        self._at_once = at_once
        self._waiting: deque[Packet] = deque()
        self._ripe = False  # whether a due picture is among those that wait
        self._next = 0

    @property
    def seen(self) -> Instant:
        """When the newest picture was taken: one that was decoded, or one that waits."""
        try:
            return max(self._newest, self._waiting[-1].at)
        except IndexError:
            return self._newest

    def began(self, info: StreamInfo) -> None:
        """A new time line, perhaps of another codec or size: a fresh decoder, after what came before."""
        self._decode_waiting()
        with self._decoding:
            self._decoder = av.CodecContext.create(info.codec, "r")
            self._decoder.thread_count = 1
            if info.extradata:
                self._decoder.extradata = info.extradata
            self._next = 0

    def packet(self, packet: Packet) -> None:
        """Take in one packet; a damaged one costs its picture only."""
        if self._decoder is None:
            return
        self._shown = self._onlooker is not None and self._onlooker.watched
        self._waiting.append(packet)
        due = self._is_due(packet.at)
        self._ripe |= due
        if self._shown or (due and self._at_once()) or self._is_late(packet.at):
            self._decode_waiting(self._most)

    def _is_late(self, at: Instant) -> bool:
        """Whether the analysis has let packets lie for too long."""
        try:
            oldest = self._waiting[0].at
        except IndexError:  # it has just come for them
            return False
        return at - oldest > LATE_S * SECOND or len(self._waiting) > _MOST_WAITING

    def _decode_waiting(self, most: int = _MOST_WAITING) -> None:
        """Decode all that wait, whichever thread this is; no more than ``most`` due frames stay."""
        with self._decoding:
            self._room = most
            began_s = time.thread_time()
            self._ripe = False
            while self._waiting and self._decoder is not None:
                self._decode(self._waiting.popleft())
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
        """The stream is gone; what came before stays to be taken."""
        del cause, detail
        self._decode_waiting()
        with self._decoding:
            self._decoder = None

    def _is_due(self, at: Instant) -> bool:
        return at >= self._next - self._step_ns // 10  # a tenth early is due: cameras are not exact

    def _picture(self, picture: Any, at: Instant) -> None:
        self.decoded += 1
        before, self._newest = self._newest, at
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
            while len(self._queue) > self._room:
                self._queue.popleft()
                self.dropped += 1

    def catch_up(self) -> None:
        """Leave out all but the newest frame where analysis is behind: they are counted as dropped."""
        with self._lock:
            full = len(self._queue) >= self._room
            if not full and (not self._queue or self.seen - self._queue[0][0].at <= BEHIND_S * SECOND):
                return
            while len(self._queue) > 1:
                self._queue.popleft()
                self.dropped += 1

    def take(self) -> Frame | None:
        """The oldest due frame, or None; called by the analysis thread. ``before`` is of this frame then.

        Decodes what waits where no frame is ready, unless somebody watches: then the reader is about to.
        """
        if not self._queue and self._ripe and not self._shown:
            self._decode_waiting()
        try:
            frame, self.before = self._queue.popleft()
        except IndexError:  # one call of the deque's own: the reader's thread may drop the oldest meanwhile
            return None
        return frame
