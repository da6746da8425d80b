"""How a journal that was made shorter begins: readers go on counting bytes as if nothing had been taken away.

Line 1 is a :class:`JournalBase`, line 2 an :class:`Accounted`. Then come the lines that were restated because they
still matter, then the bytes from ``offset`` on as they were. Restated lines count as one byte each, the last ending at
``offset``.
"""

import zlib
from dataclasses import dataclass
from typing import BinaryIO

from matpho.domain import codec
from matpho.domain.time import Instant, Span
from matpho.errors import Corrupt

_LONGEST_HEAD = 400
_NAME = b'"is":"JournalBase"'


@dataclass(frozen=True, slots=True)
class JournalBase:
    """``kept`` restated lines of ``kept_bytes``, after an accounted line of ``spans_bytes``; then the rest."""

    offset: int
    kept: int
    kept_bytes: int
    spans_bytes: int


@dataclass(frozen=True, slots=True)
class Accounted:
    """Stretches of time that lines now gone accounted for: recorded and removed since, or told as gaps."""

    spans: tuple[tuple[Instant, Instant], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A journal's beginning, with the place of its parts in the file; all zero for one that is as it was written."""

    base: JournalBase = JournalBase(0, 0, 0, 0)
    length: int = 0

    @property
    def restated(self) -> int:
        """Where restated lines begin in the file."""
        return self.length + self.base.spans_bytes

    @property
    def rest(self) -> int:
        """Where the line with the offset ``base.offset`` begins in the file."""
        return self.restated + self.base.kept_bytes

    def place(self, offset: int) -> int:
        """Where in the file an offset at or behind ``base.offset`` is."""
        return self.rest + offset - self.base.offset

    def offset(self, place: int) -> int:
        """The offset of a place in the file behind the restated lines."""
        return self.base.offset + place - self.rest


def read_head(file: BinaryIO) -> Head:
    """The beginning of an open journal. Raises Corrupt for a damaged one: its offsets could not be trusted."""
    file.seek(0)
    line = file.readline(_LONGEST_HEAD)
    if _NAME not in line[:64]:
        return Head()
    mark, _, body = line.rstrip(b"\n").partition(b" ")
    if mark != b"%08x" % zlib.crc32(body):
        raise Corrupt("the beginning of a journal is damaged", "phần đầu của nhật ký ghi bị hỏng")
    return Head(codec.loads(JournalBase, body), len(line))


def read_accounted(file: BinaryIO, head: Head) -> list[Span]:
    """What the lines that are gone accounted for. Raises Corrupt."""
    if not head.length:
        return []
    file.seek(head.length)
    _, _, body = file.read(head.base.spans_bytes).rstrip(b"\n").partition(b" ")
    told: Accounted = codec.loads(Accounted, body)
    return [Span(start, end) for start, end in told.spans]
