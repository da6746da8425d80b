"""The receiving end of a relayed stream: a source of packets that is the recorder's one connection."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.errors import BadVideo, Corrupt, SourceLost, SourceStalled
from matpho.video.live_parts import HEAD_BYTES, LiveForm, LiveFragment, LiveInit, LiveLost, LivePart, decode, head_of
from matpho.video.live_server import NOT_READ
from matpho.video.parameters import probed
from matpho.video.relayed import CODECS, RelayedHeader, packet_of
from matpho.video.source import Packet, StreamInfo

WAIT_S = 8.0  # for the recorder to start, and for the camera to answer it
SILENT_S = 12.0  # the recorder itself tells of a silent camera sooner
_RETRY_S = 0.3


class RelayedSource:
    """A stream read by another process; implements :class:`matpho.video.source.PacketSource`."""

    live = True

    def __init__(self, line: "_Line", header: RelayedHeader, first: LiveFragment) -> None:
        """Begin with the header and the key picture after it; raises BadVideo and Corrupt."""
        self._line, self._header = line, header
        self._first = packet_of(first.data, header.time_base, key=first.key)
        bare = StreamInfo(
            header.codec, header.width, header.height, header.extradata, header.time_base, None, header.fps
        )
        self._info = probed(bare, header.extradata, bytes(self._first.payload))

    @property
    def info(self) -> StreamInfo:
        """The stream as the recorder knows it."""
        return self._info

    def __iter__(self) -> Iterator[Packet]:
        """Packets in decoding order. Raises SourceLost when the recorder or its camera is gone, SourceStalled."""
        yield self._first
        while True:
            part = self._line.part(time.monotonic() + SILENT_S)
            if isinstance(part, LiveFragment):
                yield packet_of(part.data, self._header.time_base, key=part.key)
            elif isinstance(part, LiveLost):
                raise SourceLost(part.detail.en, part.detail.vi)
            elif isinstance(part, LiveInit) and RelayedHeader.decode(part.data) != self._header:
                raise SourceLost("the camera changed its picture", "camera đã đổi kiểu hình")

    def close(self) -> None:
        """Stop listening."""
        self._line.close()


def open_relayed(path: Path, camera_id: CameraId, role: StreamRole, *, wait_s: float = WAIT_S) -> RelayedSource | None:
    """The stream that another process serves at ``path``; None when nobody there reads it, for ``wait_s`` long.

    Raises SourceLost when it is read but the camera does not answer, BadVideo for what cannot be passed on.
    """
    until, lost = time.monotonic() + wait_s, None
    while True:
        try:
            return _opened(_Line(path, camera_id, role), until)
        except (OSError, Corrupt):
            lost = None  # no recorder, or one that has just gone
        except SourceLost as e:
            lost = None if isinstance(e, _NotRead) else e
        if time.monotonic() >= until:
            if lost is not None:
                raise lost
            return None
        time.sleep(min(_RETRY_S, wait_s))


class _NotRead(SourceLost):
    """Nobody reads this stream."""


def _opened(line: "_Line", until: float) -> RelayedSource:
    """As :func:`_begun`; the line is closed when that fails."""
    try:
        return _begun(line, until)
    except BaseException:
        line.close()
        raise


def _begun(line: "_Line", until: float) -> RelayedSource:
    """Wait for header and key picture; raises SourceLost with what was last heard."""
    header: RelayedHeader | None = None
    lost: SourceLost = _not_read()
    while True:
        try:
            part = line.part(until)
        except SourceStalled:
            raise lost from None
        if isinstance(part, LiveLost):
            header, lost = None, _not_read() if part.detail == NOT_READ else SourceLost(part.detail.en, part.detail.vi)
        elif isinstance(part, LiveInit):
            header = RelayedHeader.decode(part.data)
            if header.codec not in CODECS:
                raise BadVideo(f"{header.codec} is not passed on", f"không chuyển tiếp được {header.codec}")
        elif isinstance(part, LiveFragment) and part.key and header is not None:
            return RelayedSource(line, header, part)


def _not_read() -> _NotRead:
    return _NotRead("nobody reads this stream", "chưa có ai đọc luồng này")


class _Line:
    """The socket; one part at a time."""

    def __init__(self, path: Path, camera_id: CameraId, role: StreamRole) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(2.0)
            self._socket.connect(str(path))
            asked = {"camera": camera_id, "role": role.value, "form": LiveForm.PACKETS.value}
            self._socket.sendall(json.dumps(asked).encode() + b"\n")
        except BaseException:
            self.close()
            raise
        self._held = bytearray()

    def part(self, until: float) -> LivePart:
        """The next part; raises SourceStalled when none is whole by then, SourceLost at the end, Corrupt."""
        kind, length = head_of(self._exactly(HEAD_BYTES, until))
        return decode(kind, self._exactly(length, until))

    def _exactly(self, count: int, until: float) -> bytes:
        while len(self._held) < count:
            self._socket.settimeout(max(0.001, until - time.monotonic()))
            try:
                more = self._socket.recv(262_144)
            except TimeoutError:
                raise SourceStalled("the recorder sends nothing", "bộ ghi không gửi gì") from None
            except OSError:
                more = b""
            if not more:
                raise SourceLost("the recorder is being restarted", "bộ ghi đang khởi động lại")
            self._held += more
        found = bytes(self._held[:count])
        del self._held[:count]
        return found

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()
