"""The check of one camera: its files against its journal, its journal against time, the index against both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from matpho.domain.camera import StreamRole
from matpho.domain.gaps import is_import
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, LineGivenUp, SegmentClosed, SegmentOpened, SegmentRemoved
from matpho.domain.system_words import because
from matpho.domain.time import SECOND, Instant, Span, seconds, to_iso
from matpho.domain.words import Said
from matpho.errors import Corrupt
from matpho.video import journal
from matpho.video.fragments import FileMap, read_map
from matpho.video.ledger import Ledger, camera_ledger, read_ledger, uncovered
from matpho.video.seal import sound_bytes

_LATE_S = 3.5  # a told end may lie this far behind the last picture's: the next segment's first picture came late
_EARLY_S = 0.5
_MISSING = Said("không còn trên ổ đĩa", "it is gone")
FOUND = Said("do lệnh kiểm tra tìm ra", "found by the check")
Cure = SegmentOpened | SegmentClosed | GapSeen | LineGivenUp
Mend = tuple[Cure, ...]


@dataclass(frozen=True, slots=True)
class CameraIndex:
    """What the database says of one camera: the end of each recording file by its path (None while it grows).

    ``offset`` is how far the desk has read the journal, in bytes: later facts need not be in the database yet;
    ``imports`` and ``removals`` the same of the journals of what was brought in later and of what was removed.
    """

    ends: Mapping[str, Instant | None]
    offset: int
    imports: int = 0
    removals: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``code`` is stable, ``path`` relative to the recordings, ``mend`` what cures it."""

    code: str
    camera_id: CameraId
    path: str
    said: Said
    mend: Mend = ()


class CameraCheck:
    """Checks at construction; the figures and ``problems`` are there then."""

    def __init__(self, camera_id: CameraId, journals: Path, recordings: Path, index: CameraIndex | None = None) -> None:
        self.camera_id = camera_id
        self.problems: list[Problem] = []
        self.segments = self.growing = self.bytes = 0
        self.removed = self.lines_lost = 0
        self.recorded_s = self.gap_s = self.removed_s = self.unaccounted_s = 0.0
        self._recordings, self._journals = recordings, journals
        folder = recordings / camera_id
        files = sorted(folder.rglob("*.mp4")) if folder.is_dir() else []  # before the journal, which names files first
        self._ledger = camera_ledger(journals, camera_id)
        self._spans: list[Span] = journal.accounted(journals / camera_id / "recorder.jsonl")
        self._journal_lines()
        self._stray_files(files)
        for path, opened in self._ledger.opened.items():
            self._segment(path, opened)
        self._gaps()
        self._time()
        if index is not None:
            told = camera_ledger(journals, camera_id, index.offset, index.imports, index.removals)
            self._index(index, told)

    def _problem(self, code: str, path: str, vi: str, en: str, *mend: Cure) -> None:
        self.problems.append(Problem(code, self.camera_id, path, Said(vi, en), mend))

    def _gap(self, start: Instant, end: Instant | None, cause: GapCause = GapCause.RESTART) -> GapSeen:
        return GapSeen(self.camera_id, StreamRole.MAIN, start, end, cause, FOUND)

    def _journal_lines(self) -> None:
        """A line that rotted on the disk; once it is on record it is counted, and no problem for ever."""
        for line, at in self._ledger.damaged.items():
            if line in self._ledger.given_up:
                self.lines_lost += 1
                continue
            self._problem(
                "journal_damaged",
                "",
                f"dòng nhật ký trước byte {at} bị hỏng",
                f"journal line before byte {at} is damaged",
                LineGivenUp(self.camera_id, line),
            )

    def _stray_files(self, files: list[Path]) -> None:
        """Invariant 1: no file without a journal entry."""
        for path in files:
            name = path.relative_to(self._recordings).as_posix()
            if name in self._ledger.opened:
                continue
            mend = self._adoption(path, name)
            self._problem(
                "stray_file", name, "tệp không có trong nhật ký", "the journal does not name this file", *mend
            )
            if mend:
                self._spans.append(Span(mend[1].start, mend[1].end))

    def _adoption(self, path: Path, name: str) -> tuple[SegmentOpened, SegmentClosed] | tuple[()]:
        found = _map(path, sealed=True)
        if isinstance(found, Said) or not found.fragments or not path.stem.isdecimal():
            return ()
        start = Instant(int(path.stem))
        end = Instant(start + found.duration_ns)
        return (
            SegmentOpened(self.camera_id, StreamRole.MAIN, name, start, "", 0, 0),
            SegmentClosed(self.camera_id, name, start, end, found.whole_bytes, found.frames, repaired=True),
        )

    def _segment(self, path: str, opened: SegmentOpened) -> None:
        """Invariant 2: what was told as closed is there, whole, with its end."""
        closed = self._ledger.closed.get(path)
        if (closed is not None and not closed.frames) or path in self._ledger.undone:
            return  # told as empty; or taken back, and what is still there goes with the next import or start
        if path in self._ledger.removed:
            self._removed(self._ledger.removed[path], closed)
            return
        self.segments += 1
        found = _map(self._recordings / path)
        if found is _MISSING and self._gone_meanwhile(path):
            self.segments -= 1
            if path in self._ledger.removed:
                self._removed(self._ledger.removed[path], closed)
            return
        if closed is None:
            self._growing(path, opened, found)
            return
        if isinstance(found, Said):
            empty = replace(closed, end=closed.start, size_bytes=0, frames=0, repaired=True)
            gap = self._gap(closed.start, closed.end, GapCause.DISK)
            self._problem(
                "unreadable",
                path,
                f"tệp không đọc được: {found.vi}",
                f"the file cannot be read: {found.en}",
                empty,
                gap,
            )
            return
        self.bytes += found.file_bytes
        end = Instant(closed.start + found.duration_ns)
        if found.whole_bytes < closed.size_bytes or not _agrees(closed.end, end):
            short = replace(closed, end=end, size_bytes=found.whole_bytes, frames=found.frames, repaired=True)
            rest = self._gap(end, Instant(max(end, closed.end)), GapCause.DISK)
            self._problem(
                "damaged",
                path,
                f"nhật ký ghi hết lúc {to_iso(closed.end)}, tệp chỉ đến {to_iso(end)}",
                f"told to end at {to_iso(closed.end)}, the file ends at {to_iso(end)}",
                short,
                rest,
            )
        self._cover(closed.start, Instant(max(closed.end, closed.start)))

    def _gone_meanwhile(self, path: str) -> bool:
        """Whether retention went on, or an import was taken back, beside the check; both tell first, so what is missing
        is in a journal by now.
        """
        self._ledger.removed |= read_ledger(self._journals / self.camera_id / "retention.jsonl").removed
        if is_import(path):
            self._ledger.undone |= read_ledger(self._journals / self.camera_id / "import.jsonl").undone
        return self._ledger.gone(path)

    def _removed(self, removal: SegmentRemoved, closed: SegmentClosed | None) -> None:
        """Invariant 4: a file goes only after the journal said so. One that is still there goes at the next start."""
        self.removed += 1
        end = removal.end if closed is None else max(closed.end, removal.end)
        self._spans.append(Span(removal.start, max(removal.start, end)))
        self.removed_s += seconds(max(0, end - removal.start))

    def _growing(self, path: str, opened: SegmentOpened, found: FileMap | Said) -> None:
        """A segment without an end is being written; a dead recorder's is closed when the next one starts."""
        self.growing += 1
        if isinstance(found, Said):
            return  # named, and not a byte written yet
        self.bytes += found.file_bytes
        self._cover(opened.start, Instant(opened.start + found.duration_ns))
        if path != self._ledger.newest:
            end = Instant(opened.start + found.duration_ns)
            closed = SegmentClosed(
                self.camera_id, path, opened.start, end, found.whole_bytes, found.frames, repaired=True
            )
            self._problem("never_closed", path, "tệp chưa được đóng", "the file was never closed", closed)

    def _cover(self, start: Instant, end: Instant) -> None:
        self._spans.append(Span(start, end))
        self.recorded_s += seconds(end - start)

    def _gaps(self) -> None:
        """Half of invariant 3: only the newest gap may be open, and nothing is recorded after it."""
        written = self._ledger.written
        for gap in self._ledger.missing:
            end = gap.end
            if end is None:
                later = [o.start for o in written if o.start >= gap.start]
                if not later:
                    continue  # not over yet
                end = min(later)
                self._problem(
                    "gap_left_open",
                    "",
                    f"khoảng trống từ {to_iso(gap.start)} chưa có lúc kết thúc",
                    f"the gap from {to_iso(gap.start)} was never ended",
                    replace(gap, end=end),
                )
            if end > gap.start:
                self._spans.append(Span(gap.start, end))
                self.gap_s += seconds(end - gap.start)

    def _time(self) -> None:
        """The other half: no instant between the first and the last recording is unaccounted for."""
        for hole in uncovered(self._spans):
            self.unaccounted_s += hole.length_s
            self._problem(
                "unaccounted",
                "",
                f"không rõ vì sao thiếu {hole.length_s:.3f} giây từ {to_iso(hole.start)}",
                f"{hole.length_s:.3f} s from {to_iso(hole.start)} are unaccounted for",
                self._gap(hole.start, hole.end),
            )

    def _index(self, index: CameraIndex, told: Ledger) -> None:
        """The database says what the journal said by the time it was read."""
        for path in index.ends:
            if path not in self._ledger.opened and path not in self._ledger.closed:
                self._problem(
                    "index_unknown", path, "chỉ mục có tệp mà nhật ký không có", "the index names an unknown file"
                )
        for path in index.ends.keys() & (told.removed.keys() | told.undone.keys()):
            self._problem(
                "removed_indexed", path, "chỉ mục vẫn có tệp đã xoá", "the index still names a file that was removed"
            )
        for path in told.opened:
            if self._ledger.gone(path):
                continue
            closed = told.closed.get(path)
            if path not in index.ends:
                self._problem("not_indexed", path, "tệp chưa có trong chỉ mục", "the index lacks this file")
            elif closed is not None and index.ends[path] != closed.end:
                self._problem("index_differs", path, "chỉ mục và nhật ký khác nhau", "index and journal differ")


def _map(path: Path, *, sealed: bool = False) -> FileMap | Said:
    """The file's map, as far as its seals hold where that is asked, or why there is none."""
    try:
        return read_map(path, sound_bytes(path) if sealed else None)
    except FileNotFoundError:
        return _MISSING
    except Corrupt as e:
        return Said(e.vi, e.en)
    except OSError as e:
        return because(e)


def _agrees(told: Instant, real: Instant) -> bool:
    return -_EARLY_S * SECOND <= told - real <= _LATE_S * SECOND
