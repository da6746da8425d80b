"""The seal behind each write of a recording: how a power cut's zeros and old blocks are told from pictures.

A file system may bring a file's length to the disk before its bytes, so that boxes look whole and hold nothing. Each
write therefore ends with a ``free`` box (ISO/IEC 14496-12 8.1.2, skipped by every player) that holds the CRC-32 of the
bytes since the seal before it. It is read only where a dead recorder left a file open.
"""

import struct
import zlib
from pathlib import Path

from matpho.video.fragments import boxes

_MARK = b"mpck"
_SEAL = struct.Struct(">I4s4sI")


def seal(*pieces: bytes) -> bytes:
    """The box that goes behind these bytes."""
    told = 0
    for piece in pieces:
        told = zlib.crc32(piece, told)
    return _SEAL.pack(_SEAL.size, b"free", _MARK, told)


def sound_bytes(path: Path) -> int | None:
    """How many bytes, from the first, are as they were written; None for a file without seals.

    Raises OSError.
    """
    sound: int | None = None
    begin = 0
    with path.open("rb") as file:
        size = file.seek(0, 2)
        for kind, at, length, _ in boxes(file, 0, size):
            if kind != b"free" or length != _SEAL.size:
                continue
            file.seek(at)
            _, _, mark, told = _SEAL.unpack(file.read(_SEAL.size))
            if mark != _MARK:
                continue
            file.seek(begin)
            if zlib.crc32(file.read(at - begin)) != told:
                break
            begin = sound = at + length
    return sound
