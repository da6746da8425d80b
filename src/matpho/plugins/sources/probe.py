"""Looking at a stream for a few seconds, to say what it is: measured, not believed."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import av
import av.error

from matpho.domain.address import Address, AddressKind
from matpho.domain.camera import StreamRole
from matpho.domain.network import NetworkPolicy
from matpho.domain.probe import Looked, StreamFacts
from matpho.domain.time import Clock, SystemClock
from matpho.errors import BadAddress, BadVideo, SourceLost
from matpho.plugins.sources.describe import describe
from matpho.plugins.sources.rtsp import RtspSource
from matpho.video.anchor import StreamClock
from matpho.video.parameters import codec_string, in_band
from matpho.video.source import Packet, StreamInfo
from matpho.video.still import jpeg

WATCH_S = 6.0
LONGEST_S = 12.0  # a long way between key pictures is watched this long
MOST_BYTES = 64 * 1024 * 1024
_H264 = {0x42: "Baseline", 0x4D: "Main", 0x58: "Extended", 0x64: "High", 0x6E: "High 10", 0x7A: "High 4:2:2"}
_HEVC = {"1": "Main", "2": "Main 10", "3": "Main Still Picture", "4": "Range Extensions"}


@dataclass(slots=True)
class _Measure:
    """What the packets add up to."""

    clock: StreamClock | None = None
    first_ns: int = 0
    last_ns: int = 0
    pictures: int = 0
    size: int = 0  # bytes
    keys_ns: list[int] = field(default_factory=list)
    still: bytes = b""

    def add(self, packet: Packet, arrived: Any, now_s: float) -> None:
        """Count one packet."""
        at = packet.offset_ns
        if not self.pictures:
            self.first_ns = at
            self.clock = StreamClock([(at, arrived)])
        assert self.clock is not None
        self.clock.observe(at, arrived, now_s, packet.camera_at)
        self.last_ns = max(self.last_ns, at)
        self.pictures += 1
        self.size += packet.size
        if packet.key:
            self.keys_ns.append(at)

    @property
    def span_s(self) -> float:
        """Of stream time, from the first picture to the newest."""
        return max(0.0, (self.last_ns - self.first_ns) / 1e9)


def look(
    address: Address,
    role: StreamRole,
    rules: NetworkPolicy | None = None,
    clock: Clock | None = None,
    *,
    watch_s: float = WATCH_S,
    longest_s: float = LONGEST_S,
) -> Looked:
    """Watch a stream and say what it is.

    Stops after ``watch_s`` once two key pictures came, after ``longest_s`` in any case. Raises BadAddress,
    SourceRefused, SourceStalled, SourceLost or BadVideo; none of them names a password.
    """
    if address.kind is not AddressKind.RTSP:
        raise BadAddress("not an RTSP address", "không phải địa chỉ RTSP")
    clock = clock or SystemClock()
    described = describe(address, rules, clock)
    source = RtspSource(address, clock, rules=rules)
    try:
        measure, info = _watch(source, clock, watch_s, longest_s)
    finally:
        source.close()
    if not measure.still:
        raise BadVideo("the camera's picture cannot be decoded", "không giải mã được hình của camera")
    facts = _facts(measure, info, role, address.redacted(), audio=described.audio)
    return Looked(facts=facts, still=measure.still)


def _watch(source: RtspSource, clock: Clock, watch_s: float, longest_s: float) -> tuple[_Measure, StreamInfo]:
    measure, began_s = _Measure(), clock.monotonic_s()
    try:
        for packet in source:
            now_s = clock.monotonic_s()
            measure.add(packet, clock.now(), now_s)
            if packet.key and not measure.still:
                measure.still = _still(source.info, packet)
            watched_s = now_s - began_s
            enough = watched_s >= watch_s and len(measure.keys_ns) >= 2
            if enough or watched_s >= longest_s or measure.size > MOST_BYTES:
                break
    except SourceLost:
        if measure.pictures < 2:
            raise
    return measure, source.info


def _still(info: StreamInfo, packet: Packet) -> bytes:
    """The key picture as JPEG; empty when it cannot be decoded."""
    try:
        decoder: Any = av.CodecContext.create(info.codec, "r")
        decoder.extradata = in_band(info.codec, bytes(packet.payload)[:4096]) or info.extradata
        copy = av.Packet(bytes(packet.payload))
        frames = [*decoder.decode(copy), *decoder.decode(None)]
    except (av.error.FFmpegError, ValueError):
        return b""
    return jpeg(frames[0]) if frames else b""


def _facts(measure: _Measure, info: StreamInfo, role: StreamRole, address: str, *, audio: bool) -> StreamFacts:
    span_s = measure.span_s
    steps = [(b - a) / 1e9 for a, b in zip(measure.keys_ns, measure.keys_ns[1:], strict=False)]
    since_s = (measure.last_ns - measure.keys_ns[-1]) / 1e9 if measure.keys_ns else span_s
    offset_ms = measure.clock.camera_offset_ms if measure.clock else None
    return StreamFacts(
        role=role,
        address=address,
        codec=info.codec,
        profile=profile(info),
        width=info.width,
        height=info.height,
        fps=round((measure.pictures - 1) / span_s, 1) if span_s else 0.0,
        gop_s=round(sum(steps) / len(steps), 2) if steps else None,
        gop_longest_s=round(max([*steps, since_s]), 2),
        kbit_s=round(measure.size * 8 / 1000 / span_s, 1) if span_s else 0.0,
        watched_s=round(span_s, 1),
        audio=audio,
        clock_offset_s=None if offset_ms is None else round(offset_ms / 1000, 2),
        sets=hashlib.sha256(info.extradata).hexdigest()[:16],
    )


def profile(info: StreamInfo) -> str:
    """The codec's profile by its usual name, empty when it is not known (H.264, A.2; H.265, A.3)."""
    text = codec_string(info)
    if text.startswith("avc1."):
        return _H264.get(int(text[5:7], 16), "")
    if text.startswith("hvc1."):
        return _HEVC.get(text.split(".")[1].lstrip("ABC"), "")
    return ""
