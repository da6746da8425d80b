"""A live picture encoded anew: decoded sub frames as H.264, private areas covered, once for all who watch.

The only place where ordinary viewing encodes (libx264 of the PyAV wheel): for cameras with privacy masks and people
who may not see behind them, and for browsers that cannot play the camera's H.265.
"""

import logging
import threading
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import av.error

from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Polygon
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.video.live_hub import Sink, Viewers
from matpho.video.live_mux import LiveMuxer
from matpho.video.live_parts import LiveFragment, LiveInit, LiveLost
from matpho.video.mask import masked_frame
from matpho.video.parameters import detached
from matpho.video.source import Packet, StreamInfo

log = logging.getLogger(__name__)

KEY_EVERY_S = 2
TICKS = Fraction(1, 90_000)
_LOST = LiveLost(Said("Camera mất tín hiệu", "The camera sends no picture"))


class EncodedHub:
    """A live hub whose pictures are encoded here, with ``masks`` covered wherever there are some.

    Feed it with ``picture`` from a decoder while it is ``watched``; it idles while nobody does.

    Also a :class:`matpho.video.reader.PacketListener`, only to hear that the stream is gone.
    """

    def __init__(self, camera_id: CameraId, role: StreamRole, masks: Sequence[Polygon], *, fps: float = 10.0) -> None:
        self.camera_id, self.role = camera_id, role
        self._masks, self._fps = tuple(masks), fps
        self._lock = threading.Lock()
        self._viewers = Viewers()
        self._encoder: Any = None
        self._muxer: LiveMuxer | None = None
        self._size = (0, 0)
        self._first: Instant | None = None
        self._last_pts = -1

    @property
    def watched(self) -> bool:
        """Whether anybody watches."""
        return bool(self._viewers)

    def picture(self, frame: Any, at: Instant) -> None:
        """One decoded ``av.VideoFrame``; left as it is."""
        with self._lock:
            if not self._viewers:
                return
            picture = masked_frame(frame, self._masks)  # a picture of its own, masks or none
            if self._encoder is None or self._size != (picture.width, picture.height):
                self._begin(picture, at)
            assert self._first is not None
            picture.pts = max(self._last_pts + 1, (at - self._first) * 9 // 100_000)
            picture.time_base = TICKS
            self._last_pts = picture.pts
            for payload in self._encoder.encode(picture):
                self._show(payload, at)

    def began(self, info: StreamInfo) -> None:
        """Nothing to do: what matters is the size of the pictures."""

    def packet(self, packet: Packet) -> None:
        """Nothing to do: pictures come decoded."""

    def lost(self, cause: GapCause, detail: Said) -> None:  # noqa: ARG002 - viewers get a sentence in their language
        """The stream is gone."""
        with self._lock:
            self._forget()
            self._viewers.show(_LOST)

    def subscribe(self, sink: Sink) -> None:
        """Begin to watch; the encoder starts with the next frame when nobody watched before."""
        with self._lock:
            self._viewers.add(sink)

    def unsubscribe(self, sink: Sink) -> None:
        """Stop watching; the last one stops the encoder."""
        with self._lock:
            self._viewers.remove(sink)
            if not self._viewers:
                self._forget()
                self._viewers.forget()

    def _forget(self) -> None:
        self._encoder = self._muxer = self._first = None
        self._last_pts = -1

    def _begin(self, picture: Any, at: Instant) -> None:
        self._forget()
        self._first, self._size = at, (picture.width, picture.height)
        self._encoder = h264_encoder(picture.width, picture.height, round(self._fps * KEY_EVERY_S))

    def _show(self, payload: Any, at: Instant) -> None:
        if self._muxer is None:
            info = encoded_info(self._encoder)
            self._muxer = LiveMuxer(info)
            width, height = self._size
            self._viewers.show(
                LiveInit(self._muxer.codec, width, height, masked=bool(self._masks), data=self._muxer.init)
            )
        duration = payload.duration or round(90_000 / self._fps)
        packet = Packet(payload, payload.pts, payload.dts, duration, TICKS, payload.is_keyframe, payload.size, None, at)
        self._viewers.show(LiveFragment(packet.key, at, self._muxer.fragment(packet)))


def h264_encoder(width: int, height: int, gop: int, *, crf: int = 26) -> Any:
    """A stream whose ``encode`` gives each picture at once as H.264 (libx264 ultrafast, zero latency)."""
    container = av.open(_Nowhere(), "w", format="mp4", options={"movflags": "empty_moov+default_base_moof"})
    stream: Any = container.add_stream("libx264", rate=25)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.codec_context.time_base = stream.time_base = TICKS
    stream.codec_context.gop_size = gop
    stream.codec_context.thread_count = 1
    stream.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": str(crf)}
    container.start_encoding()  # opens the encoder, so that its parameter sets are known
    return stream


def encoded_info(encoder: Any) -> StreamInfo:
    """What a muxer must know of such an encoder."""
    context = encoder.codec_context
    extradata = bytes(context.extradata or b"")
    return StreamInfo("h264", context.width, context.height, extradata, TICKS, detached(encoder))


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)
