"""Footage from elsewhere (a camera's card) into the gaps of a camera's recording: copied as it is, never twice.

Only what is missing is taken: the ledger says which stretches are gaps, and a stretch that was brought in is none any
more. Asked for ``sharp`` footage, it takes what was recorded with a smaller picture for missing too (a camera behind a
thin line keeps its sub stream; its card holds the main one).

The crash invariants of docs/design/recording.md hold here too: a file is written aside, named in the journal of the
imports, moved into its place, and then told as closed.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Self

from matpho.domain.camera import StreamRole
from matpho.domain.gaps import import_path
from matpho.domain.ids import CameraId, new_id
from matpho.domain.messages import ImportBegan, SegmentClosed, SegmentOpened
from matpho.domain.time import SECOND, Clock, Instant, Span, seconds
from matpho.errors import BadVideo, StorageProblem
from matpho.video.brought import open_journal
from matpho.video.folders import sync_folder
from matpho.video.ledger import Ledger, camera_ledger
from matpho.video.parameters import in_band, probed
from matpho.video.place import Place
from matpho.video.segment import SegmentWriter
from matpho.video.shortening import joined
from matpho.video.source import Packet, PacketSource, StreamInfo

SHORTEST_S = 1.0  # a shorter gap is not worth a file
NOT_YET_S = 10.0  # a gap that still lasts may end any moment: so much of it is left to the recorder
_LEAST_S = 0.5  # what fills less than this of a gap is left out
_TOUCH_NS = (
    SECOND // 4
)  # the first picture may lie this far before the gap: files of a card overlap by a picture or two
_LEAP_NS = 2 * SECOND  # pictures further apart are two stretches: between them the camera recorded nothing
_CODECS = ("h264", "hevc")


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch that is missing, of the stream that should have been recorded then."""

    span: Span
    role: StreamRole


@dataclass(slots=True)
class Taken:
    """What one file gave. ``span`` is what it shows; ``filled`` what was missing and is there now.

    ``blunt_s`` is for how long of it there is a smaller picture only, and the file's was not asked for.
    """

    span: Span
    filled: list[Span]
    bytes: int = 0
    blunt_s: float = 0.0

    @property
    def seconds(self) -> float:
        """How much was filled."""
        return sum(s.length_s for s in self.filled)


def holes(ledger: Ledger, now: Instant) -> list[Hole]:
    """The gaps of a camera that footage may fill, oldest first."""
    began = sorted(o.start for o in ledger.written)
    found = []
    for gap in ledger.missing:
        end = gap.end
        if end is None:
            later = next((s for s in began if s >= gap.start), None)
            end = Instant(now - round(NOT_YET_S * SECOND)) if later is None else later
        if seconds(end - gap.start) >= SHORTEST_S:
            found.append(Hole(Span(gap.start, end), gap.role))
    return found


def blunt(ledger: Ledger, pixels: int) -> list[Span]:
    """Stretches of which only the sub stream was recorded, in order, where its picture has fewer pixels than that."""
    small: list[Span] = []
    fine: list[Span] = []
    for path, closed in ledger.closed.items():
        opened = ledger.opened.get(path)
        if opened is None or not closed.frames or closed.end <= closed.start or ledger.gone(path):
            continue
        is_small = opened.role is StreamRole.SUB and opened.width * opened.height < pixels
        (small if is_small else fine).append(Span(closed.start, closed.end))
    covered = joined(fine)
    return [part for span in joined(small) for part in _outside(span, covered)]


def _outside(span: Span, covered: Sequence[Span]) -> Iterator[Span]:
    """The parts of a span that others, in order and apart, leave."""
    reached = span.start
    for other in covered:
        if other.end <= reached or other.start >= span.end:
            continue
        if other.start > reached:
            yield Span(reached, other.start)
        reached = other.end
    if reached < span.end:
        yield Span(reached, span.end)


def sharp_holes(ledger: Ledger, now: Instant, pixels: int) -> list[Hole]:
    """Gaps and blunt stretches, as one where they touch: what the main stream may be laid into, oldest first."""
    small, gaps = blunt(ledger, pixels), holes(ledger, now)
    found = []
    for span in joined([*small, *(gap.span for gap in gaps)]):
        role = next((gap.role for gap in gaps if gap.span == span), StreamRole.MAIN)
        if span.length_s >= SHORTEST_S:
            found.append(Hole(span, role))
    return found


class Intake:
    """Takes footage for one camera; one at a time, guarded by the lock of its journal. Use as a context manager.

    With ``dry`` nothing is written, with ``sharp`` a smaller picture counts as none; ``offset_s`` is told beside it.
    Raises StorageProblem when another import of this camera is running.
    """

    def __init__(
        self,
        camera_id: CameraId,
        *,
        journals: Path,
        recordings: Path,
        clock: Clock,
        segment_s: float = 60.0,
        reserve_bytes: int = 0,
        dry: bool = False,
        sharp: bool = False,
        offset_s: float = 0.0,
    ) -> None:
        self._camera_id, self._journals, self._recordings, self._clock = camera_id, journals, recordings, clock
        self._segment_ns, self._reserve = round(segment_s * SECOND), reserve_bytes
        self._dry, self._sharp = dry, sharp
        self._journal = None if dry else open_journal(camera_id, Place(recordings, journals))
        self._is = ImportBegan(camera_id, new_id(clock.now()), clock.now(), offset_s, os.getuid())
        self._told = False

    def __enter__(self) -> Self:
        """As it is."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the journal."""
        if self._journal:
            self._journal.close()

    @property
    def told(self) -> ImportBegan:
        """What this import is called, and what is told of it before its first file."""
        return self._is

    def tell(self, fact: object) -> None:
        """Append a fact to the journal of the imports."""
        if self._journal:
            self._journal.append(fact)

    def _missing(self, ledger: Ledger, pixels: int) -> list[Hole]:
        """What a picture of so many pixels may be taken for."""
        now = self._clock.now()
        return sharp_holes(ledger, now, pixels) if self._sharp else holes(ledger, now)

    def take(self, source: PacketSource, start: Instant) -> Taken:
        """Copy what is missing out of one file whose first picture was captured at ``start``.

        Raises BadVideo for what cannot be recorded as it is, StorageProblem when the disk refuses.
        """
        ledger, pixels = camera_ledger(self._journals, self._camera_id), source.info.width * source.info.height
        missing, taken = self._missing(ledger, pixels), Taken(Span(start, start), [])
        if source.info.codec not in _CODECS:
            raise BadVideo(
                f"{source.info.codec} video cannot be kept without re-encoding it",
                f"không giữ nguyên được video {source.info.codec} mà không mã hóa lại",
            )
        run = _Run(self, source.info, missing, taken)
        try:
            for packet in _dated(source, start):
                end = Instant(packet.at + packet.duration_ns)
                taken.span = Span(start, max(taken.span.end, end))
                run.packet(packet, end)
            run.finish()
        finally:
            run.abandon()
        if not self._sharp:
            taken.blunt_s = sum(_shared(taken.span, span) for span in blunt(ledger, pixels))
        return taken

    def open(self, info: StreamInfo, start: Instant) -> SegmentWriter | None:
        """A writer of a file aside; None when nothing is to be written."""
        if self._dry:
            return None
        folder = self._recordings / self._camera_id / self._day(start)
        with contextlib.suppress(FileNotFoundError):
            if self._reserve and shutil.disk_usage(self._recordings).free < self._reserve:
                raise StorageProblem(
                    "the disk is full up to the reserve for evidence", "ổ đĩa chỉ còn phần dành cho chứng cứ"
                )
        writer = SegmentWriter(folder / f".{start}-import.part", info, start)
        writer.create()
        return writer

    def publish(self, writer: SegmentWriter, role: StreamRole, end: Instant) -> int:
        """Name a finished file, move it into place, tell its end; how many bytes it has."""
        writer.close()
        if not self._told:
            self.tell(self._is)
            self._told = True
        name = import_path(self._camera_id, self._day(writer.start), writer.start, self._is.id)
        target, info = self._recordings / name, writer.info
        opened = SegmentOpened(self._camera_id, role, name, writer.start, info.codec, info.width, info.height)
        self.tell(opened)
        writer.path.rename(target)
        sync_folder(target.parent)
        self.tell(SegmentClosed(self._camera_id, name, writer.start, end, writer.size, writer.frames))
        return writer.size

    @property
    def clock(self) -> Clock:
        """The clock that paces the syncing."""
        return self._clock

    @property
    def segment_ns(self) -> int:
        """How long a file is at least, before the next key picture begins another."""
        return self._segment_ns

    @staticmethod
    def _day(start: Instant) -> str:
        return f"{datetime.fromtimestamp(start // SECOND, UTC):%Y-%m-%d}"


class _Run:
    """The packets of one file on their way into holes."""

    def __init__(self, intake: Intake, info: StreamInfo, missing: Sequence[Hole], taken: Taken) -> None:
        self._intake, self._info, self._missing, self._taken = intake, info, list(missing), taken
        self._hole: Hole | None = None
        self._writer: SegmentWriter | None = None
        self._start = self._end = Instant(0)
        self._first_pts = 0
        self._goes_on = False  # the file begins where the one before it was closed
        self._last_dts: int | None = None

    def packet(self, packet: Packet, end: Instant) -> None:
        """Take it, or leave it."""
        dts_ns = _ns(packet.dts, packet.time_base)
        if self._last_dts is not None and not 0 <= dts_ns - self._last_dts <= _LEAP_NS:
            self.finish()
        self._last_dts = dts_ns
        if self._hole is not None and end > self._hole.span.end + 1_000_000:
            self.finish()
        if packet.key and (self._hole is None or packet.at - self._start >= self._intake.segment_ns):
            self._begin(packet)
        if self._hole is None or packet.pts < self._first_pts:  # pictures shown before their key picture need the last
            return
        if self._writer is not None:
            self._writer.add(packet, self._intake.clock.monotonic_s())
        self._end = max(self._end, end)

    def _begin(self, packet: Packet) -> None:
        """A file begins with this key picture, if it lies in a hole."""
        self._goes_on = self._hole is not None
        self.finish(packet.at)
        hole = next((h for h in self._missing if _fits(h.span, packet.at)), None)
        if hole is None:
            return
        if self._info.extradata == b"" and (sets := in_band(self._info.codec, bytes(packet.payload))):
            self._info = probed(self._info, sets, bytes(packet.payload))  # AVI keeps no parameters beside the pictures
        self._hole, self._start, self._end, self._first_pts = hole, packet.at, packet.at, packet.pts
        self._writer = self._intake.open(self._info, packet.at)

    def finish(self, end: Instant | None = None) -> None:
        """Close the running file; ``end`` is where the next one begins."""
        hole, self._hole = self._hole, None
        if hole is None:
            return
        start = max(self._start, hole.span.start)
        end = self._end if end is None else end
        if seconds(end - start) < _LEAST_S and not self._goes_on:
            self.abandon()
            return
        if self._writer is not None:
            self._taken.bytes += self._intake.publish(self._writer, hole.role, end)
            self._writer = None
        self._taken.filled.append(Span(start, end))
        if hole.span.end > end:
            self._missing.append(Hole(Span(end, hole.span.end), hole.role))
        if start > hole.span.start:
            self._missing.append(Hole(Span(hole.span.start, start), hole.role))
        self._missing.remove(hole)

    def abandon(self) -> None:
        """Remove a file that is not to stay."""
        self._hole = None
        if self._writer is not None:
            self._writer.abandon()
            self._writer.path.unlink(missing_ok=True)
            self._writer = None


def _shared(one: Span, other: Span) -> float:
    """For how many seconds both last."""
    return max(0.0, seconds(min(one.end, other.end) - max(one.start, other.start)))


def _fits(hole: Span, at: Instant) -> bool:
    return hole.start - _TOUCH_NS <= at < hole.end


def _ns(ticks: int, base: Fraction) -> int:
    return int(ticks * base.numerator * SECOND // base.denominator)


def _dated(source: PacketSource, start: Instant) -> Iterator[Packet]:
    """The packets with their instants, each as long as it is shown where the file does not say so."""
    usual = Fraction(1) / Fraction(source.info.fps).limit_denominator(1000) if source.info.fps else Fraction(1, 25)
    first: int | None = None
    for packet in source:
        if first is None:
            first = packet.offset_ns
        if packet.duration_ns < 1_000_000:
            packet = replace(packet, duration=max(1, round(usual / packet.time_base)))  # noqa: PLW2901 - the same one
        packet.at = Instant(start + packet.offset_ns - first)
        yield packet
