"""Stretches of recording files as input: header and whole fragments only, also of a file that is still growing."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import av
import av.error

from matpho.domain.system_words import not_read
from matpho.domain.time import SECOND, Instant, Span
from matpho.errors import BadVideo, Corrupt, StorageProblem
from matpho.video.fragments import FileMap, Fragment, read_map


class RecordedFile(Protocol):
    """One recording file to take pictures from. ``end`` is None while it grows."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def start(self) -> Instant:
        """When its first picture was captured."""
        ...

    @property
    def end(self) -> Instant | None:
        """Where it ends."""
        ...


@dataclass(frozen=True, slots=True)
class Footage:
    """One file with its map. Instants follow from the file's start and its own time stamps."""

    path: Path
    start: Instant
    map: FileMap

    def instant(self, ticks: int) -> Instant:
        """When the picture with this time stamp (track units) was captured."""
        first = min(f.shown_start for f in self.map.fragments[:2])
        return Instant(self.start + (ticks - first) * SECOND // self.map.timescale)

    @property
    def span(self) -> Span:
        """From the first picture to the end of the last."""
        return Span(self.start, Instant(self.start + self.map.duration_ns))

    def around(self, span: Span) -> tuple[Fragment, ...]:
        """Fragments that hold ``span``, beginning with a key picture; as much as there is."""
        fragments = self.map.fragments
        begin, end = 0, len(fragments)
        for index, fragment in enumerate(fragments):
            at = self.instant(fragment.shown_start)
            if fragment.key and at <= span.start:
                begin = index
            if at >= span.end and index > begin:
                end = index
                break
        return fragments[begin:end]


def load(files: Sequence[RecordedFile]) -> list[Footage]:
    """Files with pictures, by start; missing and unreadable ones are left out.

    Raises BadVideo when there were files but none can be read, StorageProblem when the disk fails.
    """
    found, bad = [], 0
    for file in sorted(files, key=lambda f: f.start):
        try:
            mapped = read_map(file.path)
        except (Corrupt, FileNotFoundError):
            bad += 1
            continue
        except OSError as e:
            raise not_read(StorageProblem, file.path.name, e) from e
        if mapped.fragments:
            found.append(Footage(file.path, file.start, mapped))
    if bad and not found:
        raise BadVideo("the recording cannot be read", "không đọc được bản ghi hình")
    return found


class _Slice(io.RawIOBase):
    """The header and a stretch of fragments of a file, as if they were a file of their own."""

    def __init__(self, path: Path, head: int, begin: int, end: int) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._head, self._begin, self._size = head, begin, head + end - begin
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        limit = self._head if self._at < self._head else self._size
        count = max(0, limit - self._at if size < 0 else min(size, limit - self._at))
        self._file.seek(self._at if self._at < self._head else self._at - self._head + self._begin)
        data = self._file.read(count)
        self._at += len(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


def opened(footage: Footage, fragments: Sequence[Fragment]) -> Any:
    """An ``av`` input container over just these fragments; their time stamps stay. Raises BadVideo."""
    head = footage.map.fragments[0].offset
    last = fragments[-1]
    source = _Slice(footage.path, head, fragments[0].offset, last.offset + last.size)
    try:
        return av.open(source, "r", format="mp4")
    except (av.error.FFmpegError, OSError, ValueError) as e:
        source.close()
        raise BadVideo(f"{footage.path.name} cannot be read", f"không đọc được {footage.path.name}") from e
