"""A stream as it came, handed from the process that reads it to one that analyses it: one connection serves both.

A camera that keeps its sub stream, or has one stream only, is recorded and analysed from the same pictures. Cheap
cameras serve few connections and thin uplinks carry one: so the recorder reads, and passes packets on.
"""

import json
import struct
from dataclasses import dataclass
from fractions import Fraction

from av import Packet as AvPacket

from matpho.domain.time import Instant
from matpho.errors import Corrupt
from matpho.video.source import Packet, StreamInfo

CODECS = ("h264", "hevc")  # what the receiving side can read the parameters of
_HEAD = struct.Struct(">qqqq")  # pts, dts, duration, the camera's clock (0: it does not tell)


@dataclass(frozen=True, slots=True)
class RelayedHeader:
    """What the receiving side must know before the first packet."""

    codec: str
    width: int
    height: int
    extradata: bytes
    time_base: Fraction
    fps: float

    def encode(self) -> bytes:
        """As JSON."""
        about = {"codec": self.codec, "width": self.width, "height": self.height, "extradata": self.extradata.hex()}
        base = [self.time_base.numerator, self.time_base.denominator]
        return json.dumps(about | {"time_base": base, "fps": self.fps}).encode()

    @classmethod
    def decode(cls, data: bytes) -> "RelayedHeader":
        """Raises Corrupt."""
        try:
            a = json.loads(data)
            extradata, base = bytes.fromhex(a["extradata"]), Fraction(*a["time_base"])
            return cls(a["codec"], a["width"], a["height"], extradata, base, a["fps"])
        except (ValueError, KeyError, TypeError, ZeroDivisionError) as e:
            raise Corrupt("a relayed stream's header is damaged", "phần đầu luồng chuyển tiếp bị hỏng") from e


class PacketForm:
    """Packets as bytes; takes the place of :class:`matpho.video.live_mux.LiveMuxer` in a hub."""

    def __init__(self, info: StreamInfo) -> None:
        self.codec = info.codec
        header = RelayedHeader(info.codec, info.width, info.height, info.extradata, info.time_base, info.fps)
        self.init = header.encode()

    @staticmethod
    def fragment(packet: Packet) -> bytes:
        """One packet with its time stamps."""
        return _HEAD.pack(packet.pts, packet.dts, packet.duration, packet.camera_at or 0) + bytes(packet.payload)


def packet_of(data: bytes, time_base: Fraction, *, key: bool) -> Packet:
    """The packet of :meth:`PacketForm.fragment`; raises Corrupt."""
    try:
        pts, dts, duration, camera_at = _HEAD.unpack_from(data)
    except struct.error as e:
        raise Corrupt("a relayed packet is damaged", "gói hình chuyển tiếp bị hỏng") from e
    payload = AvPacket(data[_HEAD.size :])
    payload.pts, payload.dts, payload.time_base, payload.is_keyframe = pts, dts, time_base, key
    told = Instant(camera_at) if camera_at else None
    return Packet(payload, pts, dts, duration, time_base, key, payload.size, told)
