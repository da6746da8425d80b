"""Parameter sets of H.264 and H.265: finding them, noticing a change, naming the codec for a browser.

NAL unit types: ITU-T H.264 table 7-1, H.265 table 7-1. Codec strings: RFC 6381 and ISO/IEC 14496-15 annex E.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import av

from matpho.errors import BadVideo
from matpho.video.source import StreamInfo

_SETS = {"h264": (7, 8), "hevc": (32, 33, 34)}  # SPS, PPS; VPS, SPS, PPS
_SPS = {"h264": 7, "hevc": 33}
_RAW = {"h264": "h264", "hevc": "hevc"}


def nal_type(codec: str, unit: bytes) -> int:
    """The NAL unit type, or -1 of an empty unit."""
    if not unit:
        return -1
    return unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63


def units(data: bytes, longest: int = 16) -> Iterator[bytes]:
    """NAL units of an Annex B byte stream, at most ``longest`` of them (parameter sets come first)."""
    start = data.find(b"\x00\x00\x01")
    for _ in range(longest):
        if start < 0:
            return
        end = data.find(b"\x00\x00\x01", start + 3)
        yield data[start + 3 : end if end >= 0 else len(data)].rstrip(b"\x00")
        start = end


def in_band(codec: str, data: bytes) -> bytes:
    """The parameter sets inside an Annex B key frame, as Annex B again; empty when it does not hold an SPS."""
    wanted = _SETS.get(codec)
    if wanted is None or not data.startswith((b"\x00\x00\x00\x01", b"\x00\x00\x01")):
        return b""
    found = [u for u in units(data) if nal_type(codec, u) in wanted]
    if not any(nal_type(codec, u) == _SPS[codec] for u in found):
        return b""
    return b"".join(b"\x00\x00\x00\x01" + u for u in found)


def is_annex_b(data: bytes) -> bool:
    """Whether extradata are start-code separated (as RTSP gives them)."""
    return data.startswith((b"\x00\x00\x00\x01", b"\x00\x00\x01"))


def same_picture(codec: str, one: bytes, other: bytes) -> bool:
    """Whether two Annex B parameter sets describe the same picture: the same SPS.

    Picture parameter sets alone are no change: they travel with the pictures too, and some cameras send others
    with every key picture.
    """
    return _all_sps(codec, one) == _all_sps(codec, other)


def _all_sps(codec: str, data: bytes) -> frozenset[bytes]:
    return frozenset(u for u in units(data) if nal_type(codec, u) == _SPS.get(codec))


def detached(stream: Any) -> Any:
    """A stream with the same parameters that does not die with the connection: it belongs to an unwritten container."""
    keeper = av.open(io.BytesIO(), "w", format="matroska")
    copy = keeper.add_stream_from_template(stream)
    copy.time_base = stream.time_base
    return copy


def probed(info: StreamInfo, sets: bytes, key_frame: bytes) -> StreamInfo:
    """The stream after its parameters changed in the middle: size and sets are read from that key frame.

    Raises BadVideo when the key frame cannot be understood.
    """
    try:
        with av.open(io.BytesIO(sets + key_frame), format=_RAW[info.codec]) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            if context.width and context.height:
                return replace(
                    info,
                    width=context.width,
                    height=context.height,
                    extradata=bytes(context.extradata or sets),
                    template=detached(stream),
                )
    except (av.error.FFmpegError, IndexError):
        pass
    raise BadVideo("the camera changed to a picture that cannot be read", "camera đổi sang hình không đọc được")


def codec_string(info: StreamInfo) -> str:
    """The codec as ``MediaSource.isTypeSupported`` takes it; empty for what no browser plays."""
    sps = _sps(info.codec, info.extradata)
    if info.codec == "h264" and len(sps) >= 4:
        return f"avc1.{sps[1:4].hex().upper()}"
    if info.codec == "hevc" and len(sps) >= 15:
        return _hevc_string(sps)
    return ""


def _sps(codec: str, extradata: bytes) -> bytes:
    if is_annex_b(extradata):
        return next((u for u in units(extradata) if nal_type(codec, u) == _SPS.get(codec)), b"")
    if codec == "h264" and len(extradata) > 8 and extradata[0] == 1:  # avcC: ISO/IEC 14496-15, 5.3.3.1
        return extradata[8 : 8 + int.from_bytes(extradata[6:8], "big")]
    if codec == "hevc" and len(extradata) > 23 and extradata[0] == 1:  # hvcC: 8.3.3.1
        return _hvcc_sps(extradata)
    return b""


def _hvcc_sps(record: bytes) -> bytes:
    at = 23
    for _ in range(record[22]):
        kind, count = record[at] & 63, int.from_bytes(record[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            if kind == 33:
                return record[at + 2 : at + 2 + size]
            at += 2 + size
    return b""


def _hevc_string(sps: bytes) -> str:
    """``hvc1.profile.compatibility.tier+level.constraints`` from profile_tier_level (H.265, 7.3.3)."""
    plain = sps.replace(b"\x00\x00\x03", b"\x00\x00")
    space, tier, profile = plain[3] >> 6, plain[3] >> 5 & 1, plain[3] & 31
    compatibility = int(f"{int.from_bytes(plain[4:8], 'big'):032b}"[::-1], 2)
    constraints = plain[8:14].rstrip(b"\x00")
    parts = [
        "hvc1",
        f"{['', 'A', 'B', 'C'][space]}{profile}",
        f"{compatibility:X}",
        f"{'LH'[tier]}{plain[14]}",
        *(f"{b:X}" for b in constraints),
    ]
    return ".".join(parts)
