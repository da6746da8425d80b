"""Only the key pictures of a recording, for looking through it fast: cut out of their fragments, never decoded.

The fragment that is written here holds one picture that lasts until the next key picture.
"""

import struct
from pathlib import Path

from matpho.errors import Corrupt
from matpho.video.fragments import Fragment
from matpho.video.moof import Sample, fragment_head


def key_fragment(path: Path, fragment: Fragment, lasts: int, sequence: int) -> bytes:
    """The first picture of ``fragment`` as a fragment of its own that lasts ``lasts`` ticks.

    Raises Corrupt when the fragment cannot be understood, OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(fragment.offset)
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind != b"moof" or length > fragment.size:
            raise Corrupt("a fragment of a recording is damaged", "một mảnh của tệp ghi hình bị hỏng")
        offset, size = first_sample(file.read(length - 8))
        file.seek(fragment.offset + offset)
        data = file.read(size)
    if len(data) != size:
        raise Corrupt("a fragment of a recording is cut short", "một mảnh của tệp ghi hình bị cụt")
    return fragment_head(fragment.shown_start, [Sample(lasts, size, key=True)], sequence) + data


def first_sample(moof: bytes) -> tuple[int, int]:
    """Where the first picture lies, from the beginning of the ``moof`` on, and its size. ``moof`` without its head.

    Raises Corrupt.
    """
    try:
        traf = _child(moof, b"traf")
        tfhd, trun = _child(traf, b"tfhd"), _child(traf, b"trun")
        bits = int.from_bytes(tfhd[1:4], "big")
        at = 8 + 8 * bool(bits & 1) + 4 * bool(bits & 2) + 4 * bool(bits & 8)
        size = struct.unpack_from(">I", tfhd, at)[0] if bits & 0x10 else 0
        bits = int.from_bytes(trun[1:4], "big")
        offset = struct.unpack_from(">i", trun, 8)[0] if bits & 1 else len(moof) + 16
        at = 8 + 4 * bool(bits & 1) + 4 * bool(bits & 4) + 4 * bool(bits & 0x100)
        if bits & 0x200:
            size = struct.unpack_from(">I", trun, at)[0]
    except (struct.error, IndexError) as e:
        raise Corrupt("a fragment of a recording is damaged", "một mảnh của tệp ghi hình bị hỏng") from e
    return offset, size


def _child(data: bytes, wanted: bytes) -> bytes:
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8:
            break
        if kind == wanted:
            return data[at + 8 : at + length]
        at += length
    return b""
