"""One recording file: fragmented MP4 written whole fragments at a time, never decoded."""

import contextlib
import os
from pathlib import Path
from typing import Any

import av
import av.error

from matpho.domain.time import Instant
from matpho.errors import BadVideo, StorageProblem
from matpho.video.folders import make_durable, sync_entries
from matpho.video.seal import seal
from matpho.video.source import Packet, StreamInfo

SYNC_EVERY_S = 5.0  # what a power cut may cost beyond the last fragment; a killed process loses only the fragment
FRAGMENT_US = "4000000"  # cameras with very long groups of pictures get a fragment at least this often
_MOVFLAGS = "frag_keyframe+empty_moov+default_base_moof+skip_trailer"
_TAGS = {"hevc": "hvc1"}


class _Sink:
    """What the muxer writes into: bytes collected until the fragment is whole."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        whole = b"".join(self.parts)
        self.parts.clear()
        return whole


class SegmentWriter:
    """Writes the packets of one stretch to one file.

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
        self._sink = _Sink()
        self._file = -1
        try:
            self._muxer, self._stream = self._open_muxer()
        except (av.error.FFmpegError, ValueError) as e:
            raise BadVideo(f"{info.codec} cannot be recorded as MP4", f"không ghi được {info.codec} thành MP4") from e

    def create(self) -> None:
        """Create the file and write the header; never over a file that exists."""
        try:
            make_durable(self.path.parent)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
            sync_entries(self.path.parent)
        except OSError as e:
            raise _problem(self.path, e) from e
        self._flush()

    def _open_muxer(self) -> tuple[Any, Any]:
        muxer = av.open(
            self._sink,
            "w",
            format="mp4",
            options={"movflags": _MOVFLAGS, "frag_duration": FRAGMENT_US, "flush_packets": "1"},
            buffer_size=1 << 20,
        )
        stream = muxer.add_stream_from_template(self.info.template)
        stream.time_base = self.info.time_base
        if tag := _TAGS.get(self.info.codec):
            stream.codec_context.codec_tag = tag
        muxer.start_encoding()
        return muxer, stream

    def add(self, packet: Packet, now_s: float) -> None:
        """Append one packet; ``now_s`` is monotonic and paces the syncing."""
        if self._first_dts is None:
            self._first_dts = packet.dts
            self._synced_s = now_s
        dts = max(packet.dts - self._first_dts, self._last_dts + 1)  # a stutter must not end the recording
        pts = max(packet.pts - self._first_dts, dts)
        self._last_dts = dts
        payload = packet.payload
        payload.dts, payload.pts, payload.duration = dts, pts, packet.duration
        payload.time_base = packet.time_base
        payload.stream = self._stream
        try:
            self._muxer.mux_one(payload)
        except av.error.FFmpegError as e:
            raise StorageProblem("the stream cannot be written as MP4", "không ghi được luồng thành MP4") from e
        self.frames += 1
        self.end = max(self.end, Instant(packet.at + packet.duration_ns))
        if self._sink.parts:
            self._flush()
            if now_s - self._synced_s >= SYNC_EVERY_S:
                self._synced_s = now_s
                self._guard(os.fdatasync)

    def _flush(self) -> None:
        whole = self._sink.take()
        if not whole:
            return
        data = memoryview(whole + seal(whole))
        written = 0
        try:
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError as e:
            with contextlib.suppress(OSError):  # a disk that refuses even this leaves torn bytes: readers stop there
                os.ftruncate(self._file, self.size)
            raise _problem(self.path, e) from e
        self.size += written

    def _guard(self, call: Any) -> None:
        try:
            call(self._file)
        except OSError as e:
            raise _problem(self.path, e) from e

    def close(self) -> None:
        """Write the last fragment and bring file and folder to the disk. The file is closed even when that fails."""
        if self._file < 0:
            return
        try:
            self._muxer.close()
            self._flush()
            self._guard(os.fsync)
        finally:
            os.close(self._file)
            self._file = -1
        sync_folder(self.path.parent)

    def abandon(self) -> None:
        """After a failed write: let go of the file as it is, without another word to the disk."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        with contextlib.suppress(av.error.FFmpegError, OSError):
            self._muxer.close()


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk; raises StorageProblem."""
    try:
        sync_entries(folder)
    except OSError as e:
        raise _problem(folder, e) from e


def _problem(path: Path, e: OSError) -> StorageProblem:
    return StorageProblem(f"{path} cannot be written: {e.strerror}", f"không ghi được {path}: {e.strerror}")
