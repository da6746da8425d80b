"""Where packets come from: the port that sources implement, and what they hand over."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from matpho.domain.address import Address
from matpho.domain.time import SECOND, Instant


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a muxer or decoder must know of a video stream.

    ``codec`` is FFmpeg's name (``h264``, ``hevc``, ``mjpeg`` …). ``extradata`` are the parameter sets as the source
    gives them (Annex B from RTSP, avcC/hvcC from MP4). ``template`` is an ``av.VideoStream`` that outlives its
    connection.
    """

    codec: str
    width: int
    height: int
    extradata: bytes
    time_base: Fraction
    template: Any = field(repr=False, compare=False)
    fps: float = 0.0


@dataclass(slots=True)
class Packet:
    """One compressed picture. ``pts`` and ``dts`` count ``time_base`` units and are always set.

    ``at`` is the wall-clock instant of capture as far as the reader knows it; ``camera_at`` what the camera's own
    clock said (key pictures only, where the camera tells). ``payload`` is an ``av.Packet`` whose own time stamps
    nobody relies on.
    """

    payload: Any
    pts: int
    dts: int
    duration: int
    time_base: Fraction
    key: bool
    size: int
    camera_at: Instant | None = None
    at: Instant = field(default=Instant(0))

    @property
    def offset_ns(self) -> int:
        """``pts`` in nanoseconds."""
        numerator, denominator = self.time_base.as_integer_ratio()  # one call: a packet asks often
        return self.pts * numerator * SECOND // denominator

    @property
    def duration_ns(self) -> int:
        """``duration`` in nanoseconds."""
        numerator, denominator = self.time_base.as_integer_ratio()
        return self.duration * numerator * SECOND // denominator


def once(packets: Iterable[Packet]) -> Iterator[Packet]:
    """The packets without those that are the same as the one before: some servers repeat one when they are late."""
    last: Packet | None = None
    for packet in packets:
        same = last is not None and last.dts == packet.dts and last.size == packet.size
        if same and last is not None and bytes(last.payload) == bytes(packet.payload):
            continue
        last = packet
        yield packet


class PacketSource(Protocol):
    """One open connection or file with exactly one video stream; sound and data never leave it.

    Iteration ends at the clean end of the stream and raises SourceLost (SourceStalled when it fell silent).
    """

    @property
    def info(self) -> StreamInfo:
        """The stream as announced when it was opened."""
        ...

    @property
    def live(self) -> bool:
        """Whether packets arrive as they are captured (a camera) or as fast as they are read (a file)."""
        ...

    def __iter__(self) -> Iterator[Packet]:
        """Packets in decoding order, each with time stamps."""
        ...

    def close(self) -> None:
        """Let go of the connection; safe to call twice."""
        ...


OpenSource = Callable[[Address], PacketSource]
"""Opens a source. Raises SourceRefused, SourceLost, SourceStalled or BadVideo, none of which names a password."""
