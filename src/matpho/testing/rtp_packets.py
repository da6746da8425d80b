"""Pictures as a camera packs them for RTP: H.264 (RFC 6184) and H.265 (RFC 7798)."""

import struct
from collections.abc import Sequence

MOST = 300  # bytes of a payload: small, so that small pictures come in fragments too


def payloads(codec: str, units: Sequence[bytes], *, most: int = MOST, together: bool = False) -> list[bytes]:
    """The units of one picture; long ones in fragments, short neighbours as one packet where ``together``."""
    found: list[bytes] = []
    short: list[bytes] = []

    def flush() -> None:
        if len(short) > 1:
            found.append(_aggregate(codec, short))
        else:
            found.extend(short)
        short.clear()

    for unit in units:
        if together and len(unit) + sum(len(u) + 2 for u in short) + 4 <= most:
            short.append(unit)
            continue
        flush()
        found += [unit] if len(unit) <= most else _fragments(codec, unit, most)
    flush()
    return found


def _aggregate(codec: str, units: Sequence[bytes]) -> bytes:
    body = b"".join(len(u).to_bytes(2, "big") + u for u in units)
    return (b"\x78" if codec == "h264" else bytes((48 << 1, 1))) + body


def _fragments(codec: str, unit: bytes, most: int) -> list[bytes]:
    if codec == "h264":
        head, kind, body = bytes((unit[0] & 0xE0 | 28,)), unit[0] & 31, unit[1:]
    else:
        head, kind, body = bytes((unit[0] & 0x81 | 49 << 1, unit[1])), unit[0] >> 1 & 63, unit[2:]
    size = most - len(head) - 1
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    last = len(parts) - 1
    return [head + bytes((kind | 0x80 * (n == 0) | 0x40 * (n == last),)) + part for n, part in enumerate(parts)]


def rtp(
    payload: bytes, *, sequence: int, stamp: int, marker: bool = False, sender: int = 7, payload_type: int = 96
) -> bytes:
    """One packet (RFC 3550, 5.1)."""
    second = payload_type | 0x80 * marker
    return struct.pack(">BBHII", 0x80, second, sequence & 0xFFFF, stamp & 0xFFFF_FFFF, sender) + payload


def sender_report(stamp: int, camera_ns: int, sender: int = 7) -> bytes:
    """A camera's word on its clock (RFC 3550, 6.4.1): nanoseconds since 1970 at a time stamp."""
    seconds, rest = divmod(camera_ns, 1_000_000_000)
    fraction = (rest << 32) // 1_000_000_000
    return struct.pack(">BBHIIIIII", 0x80, 200, 6, sender, seconds + 2_208_988_800, fraction, stamp & 0xFFFF_FFFF, 0, 0)


def framed(channel: int, packet: bytes) -> bytes:
    """As it goes over the RTSP connection (RFC 2326, 10.12)."""
    return b"$" + struct.pack(">BH", channel, len(packet)) + packet
