"""What a recorder does first: close what a dead one left open, from the bytes that are really there.

After it, the journal again ends in exactly one open thing: the gap that began where the last recording ended.
"""

import errno
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.errors import Corrupt
from matpho.video import journal
from matpho.video.fragments import FileMap, read_map
from matpho.video.seal import sound_bytes

log = logging.getLogger(__name__)

TAIL_BYTES = 262_144  # what is open is always among the last few facts
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MACHINE_DOWN = Said("máy chủ đã tắt", "the machine was down")
RECORDER_DOWN = Said("phần mềm ghi hình không chạy", "the recorder was not running")


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """How a journal ends: segments never closed, the gap that was open, and the end of everything told.

    ``since_gap`` are the paths of those that were opened after the gap began: they would have ended it.
    """

    segments: tuple[SegmentOpened, ...]
    gap: GapSeen | None
    last_end: Instant | None
    since_gap: frozenset[str] = frozenset()


def left_open(facts: Iterable[object]) -> LeftOpen:
    """Replay facts in the order they were written."""
    segments: dict[str, SegmentOpened] = {}
    gap: GapSeen | None = None
    last: Instant | None = None
    since: set[str] = set()
    for fact in facts:
        if isinstance(fact, SegmentOpened):
            segments[fact.path] = fact
            since.add(fact.path)
        elif isinstance(fact, SegmentClosed):
            segments.pop(fact.path, None)
            last = fact.end if last is None else max(last, fact.end)
        elif isinstance(fact, GapSeen):
            gap = fact if fact.end is None else (None if gap and gap.start == fact.start else gap)
            if fact.end is not None:
                last = fact.end if last is None else max(last, fact.end)
            else:
                since.clear()
    return LeftOpen(tuple(segments.values()), gap, last, frozenset(since))


def tail(path: Path) -> list[object]:
    """The last facts of a journal."""
    return journal.last_facts(path, TAIL_BYTES)


def recover(
    left: LeftOpen, recordings: Path, camera_id: CameraId, role: StreamRole, cause: GapCause
) -> tuple[list[SegmentClosed | GapSeen], GapSeen | None]:
    """Facts to append, and the gap that is open now (None for a camera that never recorded).

    Torn bytes behind the last whole fragment are cut off. Raises OSError when the disk refuses.
    """
    facts: list[SegmentClosed | GapSeen] = []
    last, gap = left.last_end, left.gap
    for opened in left.segments:
        closed = close_on_behalf(opened, recordings)
        facts.append(closed)
        last = closed.end if last is None else max(last, closed.end)
        if (
            gap is not None and closed.frames and opened.path in left.since_gap
        ):  # died between opening the segment and ending the gap before it
            facts.append(replace(gap, end=Instant(max(gap.start, opened.start))))
            gap = None
    if gap is None and last is not None:
        detail = MACHINE_DOWN if cause is GapCause.POWER else RECORDER_DOWN
        gap = GapSeen(camera_id, role, last, None, cause, detail)
        facts.append(gap)
    return facts, gap


def close_on_behalf(opened: SegmentOpened, recordings: Path) -> SegmentClosed:
    """Close a segment whose writer died: its end is read from the file, torn bytes are cut off."""
    path = recordings / opened.path
    found = _whole(path)
    if found is None or not found.frames:
        if path.exists():
            log.warning("%s: no whole fragment was written, removed", opened.path)
            _if_writable(opened.path, path.unlink)
        return SegmentClosed(opened.camera_id, opened.path, opened.start, opened.start, 0, 0, repaired=True)
    if found.torn:
        log.warning("%s: cut off %d torn bytes", opened.path, found.file_bytes - found.whole_bytes)
    _if_writable(opened.path, lambda: cut(path, found.whole_bytes))
    end = Instant(opened.start + found.duration_ns)
    return SegmentClosed(
        opened.camera_id, opened.path, opened.start, end, found.whole_bytes, found.frames, repaired=True
    )


def _if_writable(name: str, call: Callable[[], object]) -> None:
    """What a read-only disk refuses is left: readers stop before torn bytes, and recording tells of the disk itself."""
    try:
        call()
    except OSError as e:
        if e.errno != errno.EROFS:
            raise
        log.warning("%s: the disk is read-only, nothing is cut off", name)


def _whole(path: Path) -> FileMap | None:
    try:
        return read_map(path, sound_bytes(path))
    except (Corrupt, FileNotFoundError):
        return None


def cut(path: Path, size: int) -> None:
    """Shorten a file to ``size`` bytes and bring it to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.ftruncate(handle, size)
        os.fsync(handle)
    finally:
        os.close(handle)


def down_cause(mark: Path, boot_id: Path = BOOT_ID) -> GapCause:
    """Whether the machine or only we were down since ``mark`` was last written; then write it anew."""
    now = boot_id.read_text("ascii").strip() if boot_id.exists() else ""
    before = mark.read_text("ascii").strip() if mark.exists() else now
    if before != now or not mark.exists():
        mark.parent.mkdir(parents=True, exist_ok=True)
        fresh = mark.with_suffix(".new")
        fresh.write_text(now, "ascii")
        fresh.replace(mark)
    return GapCause.RESTART if before == now else GapCause.POWER
