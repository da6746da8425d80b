"""Reading fragmented MP4 by its boxes: how much of a file is whole, and which picture lies where.

ISO/IEC 14496-12: ``moof`` (8.8.4), ``tfhd`` (8.8.7), ``trun`` (8.8.8), ``tfdt`` (8.8.12). Only what our own muxer
writes is understood: one video track. No picture is decoded, so a minute of video is walked in about a millisecond.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from matpho.errors import Corrupt

_SYNC_MASK = 0x00010000  # sample_is_non_sync_sample


@dataclass(frozen=True, slots=True)
class Fragment:
    """One whole moof + mdat. Times are in units of the track's timescale, from the start of the file.

    ``shown_end`` is the end of the picture shown last.
    """

    offset: int
    size: int
    decode_start: int
    shown_start: int
    shown_end: int
    samples: int
    key: bool


@dataclass(frozen=True, slots=True)
class FileMap:
    """A recording file: ``whole_bytes`` are header and whole fragments; what lies behind them is torn."""

    timescale: int
    whole_bytes: int
    file_bytes: int
    fragments: tuple[Fragment, ...]

    @property
    def frames(self) -> int:
        """Pictures in whole fragments."""
        return sum(f.samples for f in self.fragments)

    @property
    def duration_ns(self) -> int:
        """From the first picture's start to the end of the last one shown."""
        if not self.fragments:
            return 0
        first = min(f.shown_start for f in self.fragments[:2])
        last = max(f.shown_end for f in self.fragments[-2:])
        return (last - first) * 1_000_000_000 // self.timescale

    @property
    def torn(self) -> bool:
        """Whether bytes of an unfinished fragment follow."""
        return self.file_bytes > self.whole_bytes


def read_map(path: Path, until: int | None = None) -> FileMap:
    """Walk a file, or its first ``until`` bytes. Raises Corrupt when it is none of ours, OSError when unreadable."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        timescale, whole, fragments = 0, 0, []
        pending: tuple[int, Fragment] | None = None
        defaults = (0, 0)
        for kind, at, length, head in boxes(file, 0, size if until is None else min(size, until)):
            if kind == b"moov":
                timescale, defaults = _moov(_payload(file, at, length, head))
                whole = at + length
            elif kind == b"moof" and timescale:
                pending = (at, _moof(_payload(file, at, length, head), at, length, defaults))
            elif kind == b"mdat" and pending:
                f = pending[1]
                fragments.append(
                    Fragment(f.offset, f.size + length, f.decode_start, f.shown_start, f.shown_end, f.samples, f.key)
                )
                pending, whole = None, at + length
            elif kind in (b"ftyp", b"free", b"mfra", b"styp", b"sidx") and pending is None:
                whole = at + length
    if not timescale:
        raise Corrupt(f"{path.name}: no header of a recording", f"{path.name}: không có phần đầu của tệp ghi hình")
    return FileMap(timescale, whole, size, tuple(fragments))


def boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Top-level boxes: kind, offset, length, header length; stops at the first that is not whole."""
    while at + 8 <= end:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            if at + 16 > end:
                return
            length, head = struct.unpack(">Q", file.read(8))[0], 16
        if length < head or at + length > end:
            return
        yield kind, at, length, head
        at += length


def _payload(file: BinaryIO, at: int, length: int, head: int) -> bytes:
    if length > 16_000_000:
        raise Corrupt("a header of a recording is too long", "phần đầu của tệp ghi hình quá dài")
    file.seek(at + head)
    return file.read(length - head)


def _inside(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8 or at + length > len(data):
            return
        yield kind, data[at + 8 : at + length]
        at += length


def _find(data: bytes, *path: bytes) -> bytes:
    for wanted in path:
        data = next((body for kind, body in _inside(data) if kind == wanted), b"")
    return data


def _moov(data: bytes) -> tuple[int, tuple[int, int]]:
    """Timescale of the media, and default duration and flags of samples (``trex``)."""
    try:
        mdhd = _find(data, b"trak", b"mdia", b"mdhd")
        timescale = struct.unpack_from(">I", mdhd, 20 if mdhd[0] else 12)[0]
        trex = _find(data, b"mvex", b"trex")
        duration, _, flags = struct.unpack_from(">III", trex, 12) if len(trex) >= 24 else (0, 0, 0)
    except (struct.error, IndexError) as e:
        raise Corrupt("the header of a recording is damaged", "phần đầu của tệp ghi hình bị hỏng") from e
    return timescale, (duration, flags)


def _moof(data: bytes, offset: int, length: int, defaults: tuple[int, int]) -> Fragment:
    try:
        traf = _find(data, b"traf")
        duration, flags = _tfhd(_find(traf, b"tfhd"), *defaults)
        tfdt = _find(traf, b"tfdt")
        start = struct.unpack_from(">Q" if tfdt[0] else ">I", tfdt, 4)[0]
        at, samples, key, shown_start, shown_end = start, 0, False, None, start
        for kind, body in _inside(traf):
            if kind != b"trun":
                continue
            for span, sample_flags, shift in _trun(body, duration, flags):
                key = key or (samples == 0 and not sample_flags & _SYNC_MASK)
                shown = at + shift
                shown_start = shown if shown_start is None else min(shown_start, shown)
                shown_end = max(shown_end, shown + span)
                at, samples = at + span, samples + 1
    except (struct.error, IndexError) as e:
        raise Corrupt("a fragment of a recording is damaged", "một mảnh của tệp ghi hình bị hỏng") from e
    return Fragment(offset, length, start, start if shown_start is None else shown_start, shown_end, samples, key)


def _tfhd(data: bytes, duration: int, flags: int) -> tuple[int, int]:
    bits = int.from_bytes(data[1:4], "big")
    at = 8 + 8 * bool(bits & 1) + 4 * bool(bits & 2)
    if bits & 8:
        duration = struct.unpack_from(">I", data, at)[0]
        at += 4
    at += 4 * bool(bits & 0x10)
    if bits & 0x20:
        flags = struct.unpack_from(">I", data, at)[0]
    return duration, flags


def _trun(data: bytes, duration: int, flags: int) -> Iterator[tuple[int, int, int]]:
    """Duration, flags and composition offset of each sample."""
    version, bits = data[0], int.from_bytes(data[1:4], "big")
    count = struct.unpack_from(">I", data, 4)[0]
    at = 8 + 4 * bool(bits & 1)
    first = None
    if bits & 4:
        first = struct.unpack_from(">I", data, at)[0]
        at += 4
    for n in range(count):
        span, sample_flags, shift = duration, flags, 0
        if bits & 0x100:
            span = struct.unpack_from(">I", data, at)[0]
            at += 4
        at += 4 * bool(bits & 0x200)
        if bits & 0x400:
            sample_flags = struct.unpack_from(">I", data, at)[0]
            at += 4
        if bits & 0x800:
            shift = struct.unpack_from(">i" if version else ">I", data, at)[0]
            at += 4
        yield span, first if n == 0 and first is not None else sample_flags, shift
