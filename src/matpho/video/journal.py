"""The journal: facts on disk before anybody acts on them, one line each, safe against kill -9 and power loss.

A line is ``crc32hex SPACE json NEWLINE``. There is one writer per file; readers go by byte offset, so that a desk
that stores its offset with what it ingested takes every fact exactly once.
"""

import fcntl
import logging
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from matpho.domain import codec
from matpho.domain.messages import Fact
from matpho.domain.system_words import because
from matpho.domain.time import Span
from matpho.errors import Corrupt, StorageProblem
from matpho.video.folders import make_durable, sync_entries
from matpho.video.journal_base import Accounted, Head, JournalBase, read_accounted, read_head

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
        self._head = Head()
        try:
            make_durable(path.parent)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._still_there()
            self._end = os.fstat(self._file).st_size
            self._cut_torn_line()
            with path.open("rb") as file:
                self._head = read_head(file)
            sync_entries(path.parent)
        except BlockingIOError as e:
            os.close(self._file)
            raise StorageProblem(
                f"the journal {path} is being written by another process", f"tiến trình khác đang ghi nhật ký {path}"
            ) from e
        except OSError as e:
            raise _problem(path, e) from e

    def _still_there(self) -> None:
        """Raise BlockingIOError when its writer made the journal shorter between our opening and our locking."""
        if not os.path.samestat(os.fstat(self._file), self.path.stat()):
            raise BlockingIOError

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
        return self._head.offset(self._end)

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._end

    def shorten(self, upto: int, keep: Callable[[Any], bool], accounted: Sequence[Span]) -> int:
        """Take away facts before the offset ``upto`` that ``keep`` refuses; how many went.

        ``upto`` is where a reader that stores its offset has got to. ``accounted`` is what all facts that are gone, now
        or earlier, accounted for. A file beside it is written whole and moved over it, so that a crash leaves either
        one. Raises StorageProblem or Corrupt; the journal is as it was then.
        """
        try:
            self._cut_unfinished()
            kept, gone = self._sorted(upto, keep)
            if not gone or upto < self._head.base.offset:
                return 0
            place = self._head.place(upto)
            if place > self._end or os.pread(self._file, 1, place - 1) != b"\n":
                raise Corrupt(f"{self.path}: no line ends at byte {upto}", f"{self.path}: byte {upto} không hết dòng")
            restated = b"".join(kept)
            spans = encode(Accounted(tuple((s.start, s.end) for s in accounted)))
            base = JournalBase(upto, len(kept), len(restated), len(spans))
            rest = os.pread(self._file, self._end - place, place)
            self._replace(encode(base) + spans + restated + rest, Head(base, len(encode(base))))
        except OSError as e:
            raise _problem(self.path, e) from e
        return gone

    def _sorted(self, upto: int, keep: Callable[[Any], bool]) -> tuple[list[bytes], int]:
        kept: list[bytes] = []
        gone = 0
        for line, at in lines(self.path):
            if at > upto:
                break
            try:
                wanted = keep(decode(line))
            except Corrupt:
                wanted = True  # so that the check goes on telling of it
            if wanted:
                kept.append(line + b"\n")
            else:
                gone += 1
        return kept, gone

    def _replace(self, whole: bytes, head: Head) -> None:
        fresh = self.path.with_name(f"{self.path.name}.new")
        file = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # ours before anybody can find it under its name
            rest = memoryview(whole)
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
            fresh.replace(self.path)
        except OSError:
            os.close(file)
            fresh.unlink(missing_ok=True)
            raise
        os.close(self._file)
        self._file, self._end, self._head = file, len(whole), head
        sync_entries(self.path.parent)

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
        head = read_head(file)
        file.seek(head.restated)
        if head.length and offset < head.base.offset:
            for at in range(head.base.offset - head.base.kept + 1, head.base.offset + 1):
                line = file.readline(_LONGEST)
                if at > offset:
                    yield line[:-1], at
            offset = head.base.offset
        file.seek(head.place(offset))
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


def end(path: Path) -> int:
    """The offset behind the last byte of a journal; raises FileNotFoundError."""
    with path.open("rb") as file:
        return read_head(file).offset(os.fstat(file.fileno()).st_size)


def accounted(path: Path) -> list[Span]:
    """What facts that are gone from a journal accounted for; nothing for a missing one."""
    try:
        with path.open("rb") as file:
            return read_accounted(file, read_head(file))
    except FileNotFoundError:
        return []


def last_facts(path: Path, size: int) -> list[Any]:
    """The facts in the last ``size`` bytes of a journal; none of a missing one."""
    try:
        with path.open("rb") as file:
            head = read_head(file)
            begin = os.fstat(file.fileno()).st_size - size
    except FileNotFoundError:
        return []
    offset = head.offset(begin) if begin > head.rest else 0
    found = list(lines(path, offset))
    if begin > head.rest and found:
        del found[0]  # most likely not from its beginning
    return [fact for line, _ in found if (fact := _whole(line)) is not None]


def _whole(line: bytes) -> Any:
    try:
        return decode(line)
    except Corrupt:
        return None


def _problem(path: Path, e: OSError) -> StorageProblem:
    why = because(e)
    return StorageProblem(f"the journal {path} cannot be written: {why.en}", f"không ghi được nhật ký {path}: {why.vi}")
