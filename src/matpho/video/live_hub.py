"""One stream to its viewers: nothing is done while nobody watches, and one conversion serves all who do."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

import av.error

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause
from matpho.domain.words import Said
from matpho.video.live_mux import LiveMuxer
from matpho.video.live_parts import LiveFragment, LiveInit, LiveLost, LivePart
from matpho.video.source import Packet, StreamInfo

log = logging.getLogger(__name__)

GOP_BYTES = 6_000_000  # a longer group of pictures is not kept: its viewers wait for the next key picture
Sink = Callable[[LivePart], None]

CONNECTING = Said("Đang kết nối camera…", "Connecting to the camera…")
UNPLAYABLE = Said("Luồng này không xem trực tiếp được", "This stream cannot be shown live")
_LOST = {
    GapCause.NETWORK: Said("Không kết nối được camera", "The camera cannot be reached"),
    GapCause.CAMERA: Said("Camera mất tín hiệu", "The camera sends no picture"),
}


class Watchable(Protocol):
    """What a live server can serve."""

    @property
    def camera_id(self) -> CameraId:
        """Whose picture it is."""
        ...

    @property
    def role(self) -> StreamRole:
        """Which of its streams."""
        ...

    def subscribe(self, sink: Sink) -> None:
        """Begin to call ``sink`` with parts, the newest LiveInit (or LiveLost) first."""
        ...

    def unsubscribe(self, sink: Sink) -> None:
        """Stop calling it."""
        ...


class Viewers:
    """The sinks of one picture, and what a newcomer must be given first. Guarded by the caller's lock."""

    def __init__(self) -> None:
        self._sinks: list[Sink] = []
        self._init: LiveInit | None = None
        self._since_key: list[LiveFragment] = []
        self._lost: LiveLost | None = LiveLost(CONNECTING)

    def __bool__(self) -> bool:
        return bool(self._sinks)

    def add(self, sink: Sink) -> None:
        """A newcomer gets the header and everything since the last key picture, so that it sees one at once."""
        self._sinks.append(sink)
        if self._init is not None:
            sink(self._init)
            for fragment in self._since_key:
                sink(fragment)
        elif self._lost is not None:
            sink(self._lost)

    def remove(self, sink: Sink) -> None:
        """Somebody has left."""
        if sink in self._sinks:
            self._sinks.remove(sink)

    def show(self, part: LivePart) -> None:
        """Tell everybody."""
        if isinstance(part, LiveInit):
            self._init, self._lost, self._since_key = part, None, []
        elif isinstance(part, LiveLost):
            self._init, self._lost, self._since_key = None, part, []
        elif isinstance(part, LiveFragment):
            self._since_key = [part] if part.key else [*self._since_key, part]
        for sink in self._sinks:
            sink(part)

    def forget(self) -> None:
        """Nobody watches: keep nothing."""
        self._init, self._since_key = None, []


class Muxer(Protocol):
    """Makes the parts of a stream. ``init`` is what a viewer needs first, ``codec`` its name for a browser."""

    init: bytes
    codec: str

    def fragment(self, packet: Packet) -> bytes:
        """One picture."""
        ...


class LiveHub:
    """Remuxes a stream for those who watch it. A :class:`matpho.video.reader.PacketListener`."""

    def __init__(
        self, camera_id: CameraId, role: StreamRole, make_muxer: Callable[[StreamInfo], Muxer] = LiveMuxer
    ) -> None:
        self._make_muxer = make_muxer
        self.camera_id, self.role = camera_id, role
        self._lock = threading.Lock()
        self._viewers = Viewers()
        self._info: StreamInfo | None = None
        self._muxer: Muxer | None = None
        self._gop: list[Packet] = []
        self._gop_bytes = 0

    @property
    def watched(self) -> bool:
        """Whether anybody sees this stream now."""
        return bool(self._viewers)

    def began(self, info: StreamInfo) -> None:
        """A new time line."""
        with self._lock:
            self._info, self._muxer, self._gop, self._gop_bytes = info, None, [], 0

    def packet(self, packet: Packet) -> None:
        """Keep the packet for newcomers; pass it on when somebody watches."""
        with self._lock:
            if packet.key:
                self._gop, self._gop_bytes = [], 0
            self._gop_bytes += packet.size
            if self._gop_bytes <= GOP_BYTES:
                self._gop.append(packet)
            if not self._viewers:
                return
            if self._muxer is None:
                self._begin()  # shows this packet too: it is in the group
            else:
                self._show(packet)

    def lost(self, cause: GapCause, detail: Said) -> None:  # noqa: ARG002 - viewers get a sentence in their language
        """Tell viewers that the picture is gone."""
        with self._lock:
            self._info, self._muxer, self._gop, self._gop_bytes = None, None, [], 0
            self._viewers.show(LiveLost(_LOST.get(cause, CONNECTING)))

    def subscribe(self, sink: Sink) -> None:
        """Begin to watch."""
        with self._lock:
            if not self._viewers and self._info is not None:
                self._begin()
            self._viewers.add(sink)

    def unsubscribe(self, sink: Sink) -> None:
        """Stop watching."""
        with self._lock:
            self._viewers.remove(sink)
            if not self._viewers:
                self._muxer = None
                self._viewers.forget()

    def _begin(self) -> None:
        """Start the muxer with the group of pictures that is running."""
        if self._info is None or self._gop_bytes > GOP_BYTES or not self._gop:
            return
        try:
            self._muxer = self._make_muxer(self._info)
        except av.error.FFmpegError as e:
            log.warning("%s/%s cannot be shown live: %s", self.camera_id, self.role, type(e).__name__)
            self._info = None
            self._viewers.show(LiveLost(UNPLAYABLE))
            return
        info = self._info
        self._viewers.show(LiveInit(self._muxer.codec, info.width, info.height, masked=False, data=self._muxer.init))
        for packet in self._gop:
            self._show(packet)

    def _show(self, packet: Packet) -> None:
        assert self._muxer is not None
        self._viewers.show(LiveFragment(packet.key, packet.at, self._muxer.fragment(packet)))
