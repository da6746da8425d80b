"""Keeps the main stream of one camera: packets to segments, and every gap to the journal with its cause.

Three things hold after any crash (docs/design/recording.md):

1. a recording file exists only if the journal named it first;
2. a segment told as closed is on the disk, whole, with the end that was told;
3. from the first recording on, each instant lies in a segment or in a gap, and at most one of them is open.
"""

import logging
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened
from matpho.domain.system_words import because
from matpho.domain.time import SECOND, Clock, Instant
from matpho.domain.words import Said
from matpho.errors import BadVideo, Corrupt, StorageProblem
from matpho.video.fragments import read_map
from matpho.video.journal import Journal
from matpho.video.place import Place
from matpho.video.recovery import down_cause, left_open, recover, tail
from matpho.video.segment import SegmentWriter
from matpho.video.shortening import Shortener
from matpho.video.source import Packet, StreamInfo

log = logging.getLogger(__name__)

_DISK_RETRY_S = 5.0
_UNFIT_RETRY_S = 60.0  # after a stream that MP4 cannot hold
_TOUCH_S = 0.25  # a new time line that begins within this of the old one's end touches it
_SET_RIGHT_S = 3.0  # as much as a clock set right may move pictures that follow each other in the stream
_OURS = {GapCause.RESTART, GapCause.POWER, GapCause.OFF}  # causes that end when this process runs
STOPPED = Said("việc ghi hình được dừng", "recording was stopped")
LEAPT = Said("đồng hồ hoặc luồng hình của camera bị nhảy", "the camera's clock or stream leapt")
_Told = SegmentClosed | GapSeen


class CameraRecorder:
    """Listens to one reader and records. A :class:`matpho.video.reader.PacketListener`.

    Disk trouble never leaves it: it becomes a gap with cause ``disk`` and is tried again every few seconds.
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
        role: StreamRole = StreamRole.MAIN,
    ) -> None:
        """Open the journal and recover what a dead recorder left; raises StorageProblem."""
        self.camera_id, self._role, self._recordings, self._clock = camera_id, role, recordings, clock
        self._segment_ns, self._reserve = round(segment_s * SECOND), reserve_bytes
        self._lock = threading.Lock()
        self._info: StreamInfo | None = None
        self._fresh = True
        self._writer: SegmentWriter | None = None
        self._opened: SegmentOpened | None = None
        self._gap: GapSeen | None = None
        self._untold: list[_Told] = []  # facts that a full disk has kept out of the journal so far
        self._retry_s = 0.0
        self._clock_ms: float | None = None  # the camera's clock minus ours
        self._cut_short: Said | None = None  # why the disk did not take the end of the file that was closed last
        self._stopped = False
        self._place = Place(recordings, journals)
        self._place.require()  # before anything is recovered: on another folder every open file would seem lost
        path = journals / camera_id / "recorder.jsonl"
        left = left_open(tail(path))
        self._journal = Journal(path)
        self._shortener = Shortener(self._journal)
        try:
            cause = down_cause(path.with_suffix(".boot"))
            facts, self._gap = recover(left, recordings, camera_id, role, cause)
            for fact in facts:
                self._journal.append(fact)
        except OSError as e:
            self._journal.close()
            why = because(e)
            raise StorageProblem(
                f"recordings of {camera_id} cannot be recovered: {why.en}",
                f"không khôi phục được bản ghi của {camera_id}: {why.vi}",
            ) from e

    def began(self, info: StreamInfo) -> None:
        """A new time line: the next key frame starts a new file."""
        with self._lock:
            self._info, self._fresh = info, True

    def packet(self, packet: Packet) -> None:
        """Keep one packet."""
        with self._lock:
            if self._stopped:
                return  # a reader that hung in a silent camera came back after we had stopped
            now_s = self._clock.monotonic_s()
            try:
                if self._due(packet, now_s):
                    self._roll(packet)
                if self._writer is not None:
                    self._writer.add(packet, now_s)
                    if packet.camera_at is not None:
                        self._clock_ms = round((packet.camera_at - packet.at) / 1e6, 1)
            except StorageProblem as e:
                log.warning("%s: %s", self.camera_id, e.en)
                self._disk_failed(e, packet, now_s)
            except BadVideo as e:
                log.warning("%s: %s", self.camera_id, e.en)
                self._retry_s = now_s + _UNFIT_RETRY_S
                self._begin_gap(packet.at, GapCause.CAMERA, Said(e.vi, e.en))
                self._try_to_tell()

    def lost(self, cause: GapCause, detail: Said) -> None:
        """The stream is gone: close the file, begin the gap."""
        with self._lock:
            if self._stopped:
                return
            end = self._finish(None)
            if self._gap is not None and self._gap.cause in _OURS:
                self._end_gap(self._clock.now())  # we are back; from here on it is the camera
            self._begin_gap(self._clock.now() if end is None else end, cause, detail)
            self._try_to_tell()

    def without_disk(self, since: Instant, detail: Said) -> None:
        """Before this process could begin, the disk was not there from an instant on: no restart, and no power cut."""
        with self._lock:
            if self._gap is not None and self._gap.cause in _OURS:
                since = max(since, self._gap.start)
                self._end_gap(since)
                self._begin_gap(since, GapCause.DISK, detail)
                self._try_to_tell()

    def stop(self, cause: GapCause = GapCause.RESTART, detail: Said = STOPPED) -> None:
        """Close the file and the journal; the gap stays open until somebody records again. Safe to call twice."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            end = self._finish(None)
            if end is not None:
                self._begin_gap(end, cause, detail)
            self._try_to_tell()
            self._journal.close()

    def _due(self, packet: Packet, now_s: float) -> bool:
        """Whether a new file begins with this packet."""
        if not packet.key or self._info is None:
            return False
        if self._writer is None:
            return now_s >= self._retry_s
        return self._fresh or packet.at - self._writer.start >= self._segment_ns

    def _roll(self, packet: Packet) -> None:
        """Close the running file where the next begins, and open the next."""
        end = self._finish(None if self._leapt(packet) else packet.at, packet)
        if end is not None and packet.at > end:
            lost = (GapCause.DISK, self._cut_short) if self._cut_short else (GapCause.CAMERA, LEAPT)
            self._begin_gap(end, *lost)
        self._tell_untold()
        self._open(packet)
        self._fresh = False

    def _leapt(self, packet: Packet) -> bool:
        """Whether time is missing, or told twice, between the running file and this packet of a new time line.

        Where the stream itself goes on and only our clock for it was set right, later, nothing is missing.
        """
        if self._writer is None or not self._fresh:
            return False
        tolerance_s = _SET_RIGHT_S if self._writer.ticks_to(packet) else _TOUCH_S
        return not 0 <= packet.at - self._writer.end <= tolerance_s * SECOND

    def _open(self, packet: Packet) -> None:
        assert self._info is not None
        self._check_space()
        day = datetime.fromtimestamp(packet.at // SECOND, UTC)
        path = f"{self.camera_id}/{day:%Y-%m-%d}/{packet.at}.mp4"
        info = self._info
        opened = SegmentOpened(self.camera_id, self._role, path, packet.at, info.codec, info.width, info.height)
        writer = SegmentWriter(self._recordings / path, info, packet.at)
        self._journal.append(opened)
        self._opened = opened
        writer.create()
        self._writer = writer
        if self._gap is not None:
            self._end_gap(packet.at)
            self._try_to_tell()
        if self._shortener.due and not self._untold:
            self._shortener.recorder(self._recordings)

    def _check_space(self) -> None:
        self._place.require()
        if not self._reserve:
            return
        self._recordings.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._recordings).free < self._reserve:
            raise StorageProblem(
                "the disk is full up to the reserve for evidence", "ổ đĩa chỉ còn phần dành cho chứng cứ"
            )

    def _finish(self, end: Instant | None, follower: Packet | None = None) -> Instant | None:
        """Close the running file; its end (None: nothing was open).

        ``end`` is where the next file begins, with the packet ``follower``.
        """
        writer, opened = self._writer, self._opened
        if writer is None or opened is None:
            return None
        self._writer = self._opened = self._cut_short = None
        try:
            writer.close(follower)
        except StorageProblem as e:
            log.warning("%s: %s", self.camera_id, e.en)
            self._cut_short = Said(e.vi, e.en)
            return self._salvage(writer, opened)
        closed_at = writer.end if end is None else end
        told = SegmentClosed(self.camera_id, opened.path, writer.start, closed_at, writer.size, writer.frames)
        self._untold.append(replace(told, clock_ms=self._clock_ms))
        self._clock_ms = None
        self._try_to_tell()
        return closed_at

    def _salvage(self, writer: SegmentWriter, opened: SegmentOpened) -> Instant:
        """Close a file that the disk cut short, by what is really in it."""
        writer.abandon()
        end, size, frames = opened.start, 0, 0
        try:
            found = read_map(writer.path)
            end, size, frames = Instant(opened.start + found.duration_ns), found.whole_bytes, found.frames
        except (OSError, Corrupt) as e:
            log.warning("%s: %s", opened.path, e)
        self._untold.append(SegmentClosed(self.camera_id, opened.path, opened.start, end, size, frames, repaired=True))
        return end

    def _disk_failed(self, problem: StorageProblem, packet: Packet, now_s: float) -> None:
        self._retry_s = now_s + _DISK_RETRY_S
        end: Instant | None = None
        if self._writer is not None and self._opened is not None:
            end = self._salvage(self._writer, self._opened)
        elif self._opened is not None:  # the file could not even be created
            start = self._opened.start
            self._untold.append(SegmentClosed(self.camera_id, self._opened.path, start, start, 0, 0, repaired=True))
            end = start
        self._writer = self._opened = None
        if self._gap is not None and self._gap.cause is not GapCause.DISK:
            self._end_gap(packet.at)
        self._begin_gap(packet.at if end is None else end, GapCause.DISK, Said(problem.vi, problem.en))
        self._try_to_tell()

    def _begin_gap(self, start: Instant, cause: GapCause, detail: Said) -> None:
        if self._gap is None:
            self._gap = GapSeen(self.camera_id, self._role, start, None, cause, detail)
            self._untold.append(self._gap)

    def _end_gap(self, end: Instant) -> None:
        assert self._gap is not None
        self._untold.append(replace(self._gap, end=Instant(max(self._gap.start, end))))
        self._gap = None

    def _try_to_tell(self) -> None:
        try:
            self._tell_untold()
        except StorageProblem as e:
            log.warning("%s: %s", self.camera_id, e.en)

    def _tell_untold(self) -> None:
        while self._untold:
            self._journal.append(self._untold[0])
            del self._untold[0]
