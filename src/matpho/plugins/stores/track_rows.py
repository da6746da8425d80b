"""A track's path as the database keeps it: its boxes packed, and which cells of a coarse grid it swept.

A box is 12 bytes: milliseconds since the track's start, then x, y, w, h in ten-thousandths of the frame (a fifth of a
pixel at 1920). The grid has 16 × 9 cells in three integers of 48 bits, because a database compares those beside an
index; a search looks at the packed boxes only of tracks that swept a cell of its region.
"""

import struct
from itertools import pairwise
from math import ceil

from matpho.domain.geometry import Box
from matpho.domain.time import Instant
from matpho.domain.trace import Trace, between
from matpho.errors import Corrupt

COLUMNS, ROWS, BANDS = 16, 9, 3
_ROWS_OF_BAND = ROWS // BANDS
_BOX = struct.Struct("<Ihhhh")
_UNIT = 10_000
_MILLI = 1_000_000
_LATEST = (1 << 32) - 1
Cells = tuple[int, int, int]


def packed(start: Instant, trace: Trace) -> bytes:
    """The boxes as bytes, for :func:`unpacked`."""
    return b"".join(
        _BOX.pack(min(_LATEST, max(0, round((at - start) / _MILLI))), *map(_short, (box.x, box.y, box.w, box.h)))
        for at, box in trace
    )


def _short(value: float) -> int:
    return max(-32_768, min(32_767, round(value * _UNIT)))


def unpacked(start: Instant, path: bytes) -> tuple[tuple[Instant, Box], ...]:
    """The boxes of :func:`packed`; raises Corrupt for bytes that are none."""
    try:
        return tuple(
            (Instant(start + t * _MILLI), Box(x / _UNIT, y / _UNIT, w / _UNIT, h / _UNIT))
            for t, x, y, w, h in _BOX.iter_unpack(path)
        )
    except (struct.error, ValueError) as e:
        raise Corrupt("the path of a track is damaged", "đường đi của một vết di chuyển bị hỏng") from e


def cells_of(box: Box) -> Cells:
    """The cells that a box covers a part of; what lies outside the frame counts as its edge."""
    left, right = _place(box.x, COLUMNS), _place(box.right, COLUMNS)
    row = ((1 << (right - left + 1)) - 1) << left
    bands = [0] * BANDS
    for number in range(_place(box.y, ROWS), _place(box.bottom, ROWS) + 1):
        bands[number // _ROWS_OF_BAND] |= row << (number % _ROWS_OF_BAND * COLUMNS)
    return bands[0], bands[1], bands[2]


def _place(share: float, count: int) -> int:
    return max(0, min(count - 1, int(share * count)))


def swept(trace: Trace) -> Cells:
    """Every cell that the thing covered a part of at any moment, between its boxes too; never too few."""
    found = (0, 0, 0)
    for _, box in trace[:1]:
        found = cells_of(box)
    for (_, a), (_, b) in pairwise(trace):
        moved = max(
            max(abs(b.x - a.x), abs(b.right - a.right)) * COLUMNS, max(abs(b.y - a.y), abs(b.bottom - a.bottom)) * ROWS
        )
        pieces = max(1, ceil(2 * moved))
        last = a
        for n in range(1, pieces + 1):
            here = between(a, b, n / pieces)
            found = _both(found, cells_of(last.join(here)))
            last = here
    return found


def _both(a: Cells, b: Cells) -> Cells:
    return a[0] | b[0], a[1] | b[1], a[2] | b[2]
