"""A fragment's boxes, written by hand: ``moof`` and the head of ``mdat`` (ISO/IEC 14496-12, 8.8; -15, 4.3.3).

FFmpeg's muxer would copy each picture three times and hold megabytes per stream; these are a hundred bytes a fragment.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

KEY, NOT_KEY = 0x02000000, 0x01010000  # sample_depends_on, sample_is_non_sync_sample
_SAMPLE = struct.Struct(">IIIi")


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of a fragment: how long it lasts and how much later than decoded it is shown, in ticks; its bytes."""

    lasts: int
    size: int
    key: bool
    shift: int = 0


def fragment_head(decode_start: int, samples: Sequence[Sample], sequence: int) -> bytes:
    """What comes before the bytes of the samples, the first of them decoded at ``decode_start`` ticks."""
    rows = b"".join(_SAMPLE.pack(max(1, s.lasts), s.size, KEY if s.key else NOT_KEY, s.shift) for s in samples)
    moof = _moof(decode_start, len(samples), rows, 0, sequence)
    moof = _moof(decode_start, len(samples), rows, len(moof) + 8, sequence)
    return moof + struct.pack(">I4s", 8 + sum(s.size for s in samples), b"mdat")


def length_prefixed(data: bytes) -> list[bytes]:
    """Annex B to the form that MP4 keeps, in pieces: each unit behind its length."""
    pieces: list[bytes] = []
    for raw in data.split(b"\x00\x00\x01")[1:]:
        if unit := raw.rstrip(b"\x00"):
            pieces += (len(unit).to_bytes(4, "big"), unit)
    return pieces


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _moof(start: int, count: int, rows: bytes, data_offset: int, sequence: int) -> bytes:
    return _box(
        b"moof",
        _box(b"mfhd", struct.pack(">II", 0, sequence)),
        _box(
            b"traf",
            _box(b"tfhd", struct.pack(">II", 0x020000, 1)),
            _box(b"tfdt", struct.pack(">IQ", 0x01000000, max(0, start))),
            _box(b"trun", struct.pack(">IIi", 0x01000F01, count, data_offset), rows),
        ),
    )
