"""The journal: facts on disk before anybody acts on them, one line each, safe against kill -9 and power loss.

A line is ``crc32hex SPACE json NEWLINE``. There is one writer per file; readers go by byte offset, so that a desk
that stores its offset with what it ingested takes every fact exactly once.
"""

import fcntl
import logging
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from matpho.domain import codec
from matpho.domain.messages import Fact
from matpho.errors import Corrupt, StorageProblem
from matpho.video.folders import make_durable

log = logging.getLogger(__name__)

_LONGEST = 4_000_000  # a line longer than this is damage, not a fact


def encode(fact: Any) -> bytes:
    """One fact as a line."""
    body = codec.dumps(fact)
    return b"%08x %s\n" % (zlib.crc32(body), body)


def decode(line: bytes) -> Any:
    """The fact of a line without its newline; raises Corrupt."""
    mark, space, body = line.partition(b" ")
    if not space or mark != b"%08x" % zlib.crc32(body):
        raise Corrupt(f"journal line damaged: {line[:60]!r}", f"dòng nhật ký ghi bị hỏng: {line[:60]!r}")
    return codec.loads(Fact, body)


class Journal:
    """The one writer of a journal file (it holds a lock on it). Not for two threads at once.

    Opening it cuts off a torn last line, left by a writer that was killed inside ``append``: nobody was told that
    fact, and readers stop before it.
    """

    def __init__(self, path: Path) -> None:
        """Open for appending, creating folders; raises StorageProblem."""
        self.path = path
        self._torn = False  # a failed write could not be undone yet
        try:
            make_durable(path.parent)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._end = os.fstat(self._file).st_size
            self._cut_torn_line()
            _sync_folder(path.parent)
        except BlockingIOError as e:
            os.close(self._file)
            raise StorageProblem(
                f"the journal {path} is being written by another process", f"tiến trình khác đang ghi nhật ký {path}"
            ) from e
        except OSError as e:
            raise _problem(path, e) from e

    def _cut_torn_line(self) -> None:
        whole = self._end
        while whole:
            begin = max(0, whole - 65_536)
            newline = os.pread(self._file, whole - begin, begin).rfind(b"\n")
            if newline >= 0:
                whole = begin + newline + 1
                break
            whole = begin
        if whole != self._end:
            os.ftruncate(self._file, whole)
            os.fsync(self._file)
            self._end = whole

    def append(self, fact: Any) -> int:
        """Write one fact and wait until it is on disk; the byte offset after it.

        Raises StorageProblem when the disk refuses; the fact is then not in the journal, wholly or in part.
        """
        return self.append_all([fact])

    def append_all(self, facts: Sequence[Any]) -> int:
        """Write facts in one go and wait until they are on disk. Raises StorageProblem; then none is in the journal.

        A process that is killed inside this leaves the first of them, whole.
        """
        try:
            return self._write(b"".join(map(encode, facts)))
        except OSError as e:
            raise _problem(self.path, e) from e

    def _cut_unfinished(self) -> None:
        if self._torn:
            os.ftruncate(self._file, self._end)
            self._torn = False

    def _write(self, line: bytes) -> int:
        self._cut_unfinished()
        try:
            rest = memoryview(line)
            while rest:  # the second call after a short write tells why it was short
                rest = rest[os.write(self._file, rest) :]
            os.fdatasync(self._file)
        except OSError:
            self._torn = True
            self._cut_unfinished()
            raise
        self._end += len(line)
        return self._end

    def close(self) -> None:
        """Close the file; facts are on disk already."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def read(path: Path, offset: int = 0) -> Iterator[tuple[Any, int]]:
    """Facts from ``offset`` on, each with the offset to go on from. A missing file has none.

    A last line without newline is left for later; a damaged line in the middle is logged and skipped.
    """
    for line, at in lines(path, offset):
        try:
            yield decode(line), at
        except Corrupt as e:
            if line:
                log.warning("%s before byte %d: %s", path, at, e.en)


def lines(path: Path, offset: int = 0) -> Iterator[tuple[bytes, int]]:
    """Whole lines without their newline, each with the offset after it; an offset behind the end gives none."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(offset)
        while True:
            line = file.readline(_LONGEST)
            if not line:
                return
            offset += len(line)
            if line.endswith(b"\n"):
                yield line[:-1], offset
            elif len(line) >= _LONGEST:
                yield line, offset
            else:
                return


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _problem(path: Path, e: OSError) -> StorageProblem:
    return StorageProblem(
        f"the journal {path} cannot be written: {e.strerror}", f"không ghi được nhật ký {path}: {e.strerror}"
    )
