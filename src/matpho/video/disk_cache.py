"""Things made from recordings and kept on the disk while there is room: previews, renditions.

What is kept lies under the name of its recording (``<camera>/<day>/<start>/``), so that it can be taken away when
the recording is. Nothing in it is an original: everything can be made again.
"""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from matpho.domain.system_words import not_read
from matpho.errors import StorageProblem

_ROOM_AFTER = 0.8  # a full cache is emptied to this share, so that it is not measured again at once


class DiskCache:
    """Files by name below ``folder``, at most ``limit_bytes`` of them; those not used longest go first."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}
        self._size = -1

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under ``name``; else what ``make`` gives, made once for all who ask at the same time.

        Raises whatever ``make`` raises. A disk that keeps nothing costs time only.
        """
        path = self._folder / name
        if (found := _read(path)) is not None:
            return found
        with self._lock:
            one = self._making.setdefault(name, threading.Lock())
        try:
            with one:
                if (found := _read(path)) is not None:
                    return found
                made = make()
                with contextlib.suppress(OSError):
                    self._keep(path, made)
                return made
        finally:
            with self._lock:
                self._making.pop(name, None)

    def _keep(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{os.getpid()}-{threading.get_ident()}-{path.name}")
        try:
            part.write_bytes(data)
            part.chmod(0o600)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        with self._lock:
            if self._size < 0:
                self._size = sum(size for _, size, _ in self._files())
            else:
                self._size += len(data)
            full = self._size > self._limit
        if full:
            self._make_room()

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    told = path.stat()
                    found.append((told.st_mtime, told.st_size, path))
        return sorted(found)

    def _make_room(self) -> None:
        with self._lock:
            files = self._files()
            total = sum(size for _, size, _ in files)
            for _, size, path in files:
                if total <= self._limit * _ROOM_AFTER:
                    break
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= size
            self._size = total

    def follow(self, recordings: Path) -> int:
        """Take away what belongs to recordings that are gone; how many recordings that were. Raises StorageProblem."""
        gone = 0
        try:
            for folder in self._folder.glob("*/*/*"):
                name = folder.relative_to(self._folder)
                if folder.is_dir() and not (recordings / name).with_suffix(".mp4").exists():
                    shutil.rmtree(folder, ignore_errors=True)
                    gone += 1
        except OSError as e:
            raise not_read(StorageProblem, self._folder, e) from e
        if gone:
            with self._lock:
                self._size = -1
        return gone


def _read(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    return data
