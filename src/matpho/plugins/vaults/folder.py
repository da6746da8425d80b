"""The evidence vault as a folder: a file is written aside, synced, hashed, and linked into place once.

What is sealed is made read-only. That keeps accidents away, not a determined person with the same account: those are
found by the hashes in the manifest, whose own hash is in the audit trail.
"""

import hashlib
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePosixPath

from matpho.casework.ports import Sealed
from matpho.domain.system_words import because
from matpho.errors import Corrupt, NotFound, StorageProblem

_SCRATCH = ".making"
_BLOCK = 1 << 20


class FolderVault:
    """See ``matpho.casework.ports.EvidenceVault``. Names are ``<incident>/<file>``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            (folder / _SCRATCH).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as e:
            raise _problem(folder, e) from e

    def scratch(self, name: str) -> Path:
        """A place to write a file before it is sealed; what was there is gone."""
        path = self._folder / _SCRATCH / name
        path.unlink(missing_ok=True)
        return path

    def seal(self, folder: str, name: str, source: Path) -> Sealed:
        """Move a finished file in, durably, under its name or the first free one with a number."""
        try:
            self._inside(f"{folder}/{name}").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            source.chmod(0o400)
            sha256, size = _digest(source, sync=True)
            target = self._link(folder, name, source)
            source.unlink()
            _sync(target.parent)
            _sync(self._folder)
        except OSError as e:
            raise _problem(self._folder, e) from e
        return Sealed(target.relative_to(self._folder).as_posix(), sha256, size)

    def _link(self, folder: str, name: str, source: Path) -> Path:
        """A hard link fails where a name is taken, and is there whole or not at all."""
        stem, dot, ending = name.rpartition(".")
        for number in count(1):
            free = name if number == 1 else f"{stem}-{number}{dot}{ending}"
            target = self._inside(f"{folder}/{free}")
            try:
                os.link(source, target)
            except FileExistsError:
                continue
            return target
        raise AssertionError("count() never ends")

    def _inside(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        if not parts or any(part in ("..", "/") or part.startswith(".") for part in parts):
            raise NotFound(f"there is no evidence file {name}", f"không có tệp chứng cứ {name}")
        return self._folder.joinpath(*parts)

    def file(self, name: str) -> Path:
        """Where a sealed file can be read."""
        path = self._inside(name)
        if path.is_symlink() or not path.is_file():
            raise NotFound(f"the evidence file {name} is gone", f"tệp chứng cứ {name} không còn nữa")
        return path

    def verify(self, sealed: Sealed) -> None:
        """Read the whole file and compare."""
        path = self.file(sealed.name)
        try:
            found = _digest(path, sync=False)
        except OSError as e:
            raise _problem(path, e) from e
        if found != (sealed.sha256, sealed.size_bytes):
            raise Corrupt(
                f"the evidence file {sealed.name} is not what was sealed",
                f"tệp chứng cứ {sealed.name} không còn đúng như khi niêm phong",
            )

    def names(self) -> Iterator[str]:
        """All sealed files, by name."""
        for path in sorted(self._folder.glob("*/*")):
            if path.parent.name != _SCRATCH and path.is_file():
                yield path.relative_to(self._folder).as_posix()


def _digest(path: Path, *, sync: bool) -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes of a file's content."""
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        if sync:
            os.fsync(file.fileno())
        while block := file.read(_BLOCK):
            found.update(block)
            size += len(block)
    return found.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _problem(path: Path, e: OSError) -> StorageProblem:
    why = because(e)
    return StorageProblem(
        f"the evidence vault failed at {path}: {why.en}", f"kho chứng cứ gặp lỗi tại {path}: {why.vi}"
    )
