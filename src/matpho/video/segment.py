"""One recording file: fragmented MP4 written whole fragments at a time, never decoded."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av.error

from matpho.domain.system_words import not_written
from matpho.domain.time import Instant
from matpho.errors import BadVideo, StorageProblem
from matpho.video.folders import make_durable, sync_entries, sync_folder
from matpho.video.moof import Sample, fragment_head
from matpho.video.mp4_form import Mp4Form
from matpho.video.seal import seal
from matpho.video.source import Packet, StreamInfo

SYNC_EVERY_S = 5.0  # what a power cut may cost beyond the last fragment; a killed process loses only the fragment
FRAGMENT_S = 4  # cameras with very long groups of pictures get a fragment at least this often


@dataclass(slots=True)
class _Held:
    """A picture of the running fragment, with its times in the file (ticks of its own time base). Never changed."""

    packet: Packet
    dts: int
    shift: int


class SegmentWriter:
    """Writes the packets of one stretch to one file.

    Pictures are held as they came until their fragment is whole, so that whoever else keeps them shares the bytes.
    Time stamps in the file start at 0 with the first packet's decoding time. Each fragment is one ``write``; a write
    that fails is undone, so that the file on disk always ends with a whole fragment unless the process was killed
    inside that very call. ``create`` comes first. All methods raise StorageProblem when the disk refuses.
    """

    def __init__(self, path: Path, info: StreamInfo, start: Instant) -> None:
        """Prepare the header in memory, touching no disk; raises BadVideo for what MP4 cannot hold."""
        self.path, self.start, self.info = path, start, info
        self.frames = 0
        self.end = start
        self.size = 0
        self._first_dts: int | None = None
        self._last_dts = -1
        self._synced_s = 0.0
        self._held: list[_Held] = []
        self._fragments = 0
        self._file = -1
        try:
            self._form = Mp4Form(info)
        except (av.error.FFmpegError, ValueError) as e:
            raise BadVideo(f"{info.codec} cannot be recorded as MP4", f"không ghi được {info.codec} thành MP4") from e

    def create(self) -> None:
        """Create the file and write the header; never over a file that exists."""
        try:
            make_durable(self.path.parent)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
            sync_entries(self.path.parent)
        except OSError as e:
            raise not_written(StorageProblem, self.path, e) from e
        self._write(self._form.init + seal(self._form.init))

    def add(self, packet: Packet, now_s: float) -> None:
        """Append one packet; ``now_s`` is monotonic and paces the syncing."""
        if self._first_dts is None:
            self._first_dts = packet.dts
            self._synced_s = now_s
        dts = max(packet.dts - self._first_dts, self._last_dts + 1)  # a stutter must not end the recording
        shift = max(packet.pts - self._first_dts - dts, 0)
        self._last_dts = dts
        if self._held and (packet.key or self._is_long(packet, dts)):
            self._flush(dts)
            if now_s - self._synced_s >= SYNC_EVERY_S:
                self._synced_s = now_s
                self._guard(os.fdatasync)
        self._held.append(_Held(packet, dts, shift))
        self.frames += 1
        self.end = max(self.end, Instant(packet.at + packet.duration_ns))

    def ticks_to(self, packet: Packet) -> int:
        """From the last packet that was added to this one of its stream; 0 where it does not follow within a second."""
        if self._first_dts is None:
            return 0
        ticks = packet.dts - self._first_dts - self._last_dts
        numerator, denominator = packet.time_base.as_integer_ratio()
        return ticks if 0 < ticks * numerator <= denominator else 0

    def _is_long(self, packet: Packet, dts: int) -> bool:
        numerator, denominator = packet.time_base.as_integer_ratio()
        return (dts - self._held[0].dts) * numerator >= FRAGMENT_S * denominator

    def _flush(self, next_dts: int) -> None:
        """Write the held pictures as one fragment; the last of them lasts until ``next_dts``."""
        held, self._held = self._held, []
        if not held:
            return
        pieces: list[bytes] = []
        samples: list[Sample] = []
        ends = [h.dts for h in held[1:]] + [next_dts]
        start = first = self._form.ticks(held[0].packet, held[0].dts)
        for picture, end in zip(held, ends, strict=True):
            parts, ticks = self._form.pieces(picture.packet), self._form.ticks
            next_start = ticks(picture.packet, end)
            shift = ticks(picture.packet, picture.dts + picture.shift) - start if picture.shift else 0
            samples.append(Sample(next_start - start, sum(map(len, parts)), picture.packet.key, shift))
            pieces += parts
            start = next_start
        self._fragments += 1
        head = fragment_head(first, samples, self._fragments)
        self._write(b"".join([head, *pieces, seal(head, *pieces)]))

    def _write(self, whole: bytes) -> None:
        data = memoryview(whole)
        written = 0
        try:
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError as e:
            with contextlib.suppress(OSError):  # a disk that refuses even this leaves torn bytes: readers stop there
                os.ftruncate(self._file, self.size)
            raise not_written(StorageProblem, self.path, e) from e
        self.size += written

    def _guard(self, call: Callable[[int], None]) -> None:
        try:
            call(self._file)
        except OSError as e:
            raise not_written(StorageProblem, self.path, e) from e

    def close(self, follower: Packet | None = None) -> None:
        """Write the last fragment and bring file and folder to the disk. The file is closed even when that fails.

        The last picture lasts until its ``follower`` where the stream goes on with that, else as long as it says.
        """
        if self._file < 0:
            return
        try:
            if self._held:
                last = self._held[-1]
                lasts = self.ticks_to(follower) if follower is not None else 0
                self._flush(last.dts + max(1, lasts or last.packet.duration))
            self._guard(os.fsync)
        finally:
            os.close(self._file)
            self._file = -1
        if self.path.parent.exists():  # not so where the disk was unmounted: it has the file, and its name since create
            sync_folder(self.path.parent)

    def abandon(self) -> None:
        """After a failed write: let go of the file as it is, without another word to the disk."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        self._held.clear()
