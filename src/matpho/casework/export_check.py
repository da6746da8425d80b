"""Proves an export without the system it came from: every file against the manifest, nothing missing, nothing added."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from matpho.casework.export_maker import FORMAT, MANIFEST
from matpho.domain.words import Said
from matpho.errors import BadInput

_BLOCK = 1 << 20
_LONGEST_MANIFEST = 16 << 20


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was found. ``manifest_sha256`` is what the ward's audit trail tells of this export."""

    manifest: dict[str, Any]
    manifest_sha256: str
    files: int
    bytes: int
    problems: tuple[Said, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class _Box(Protocol):
    """A folder or an archive."""

    def names(self) -> set[str]: ...
    def open(self, name: str) -> Any: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> set[str]:
        return {p.relative_to(self._path).as_posix() for p in self._path.rglob("*") if p.is_file()}

    def open(self, name: str) -> Any:
        return (self._path / name).open("rb")


class _Archive:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> set[str]:
        return {info.filename for info in self._archive.infolist() if not info.is_dir()}

    def open(self, name: str) -> Any:
        return self._archive.open(name)


@contextmanager
def _opened(path: Path) -> Iterator[_Box]:
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as e:
        raise BadInput(f"{path} is neither a folder nor a ZIP", f"{path} không phải thư mục hay tệp ZIP") from e
    with archive:
        yield _Archive(archive)


def check_export(path: Path) -> ExportReport:
    """Read all of an export, a ZIP or the folder it was unpacked to. Raises BadInput when it is none."""
    with _opened(path) as box:
        names = box.names()
        if MANIFEST not in names:
            raise BadInput(f"{path} has no {MANIFEST}", f"{path} không có {MANIFEST}")
        with box.open(MANIFEST) as file:
            text = file.read(_LONGEST_MANIFEST)
        manifest = _manifest(text)
        problems: list[Said] = []
        total = 0
        for told in manifest["files"]:
            name, wanted = str(told["file"]), str(told["sha256"])
            if name not in names or ".." in PurePosixPath(name).parts:
                problems.append(Said(f"thiếu {name}", f"{name} is missing"))
                continue
            try:
                with box.open(name) as file:
                    digest, size = _digest(file)
            except (OSError, zipfile.BadZipFile):
                problems.append(Said(f"không đọc được {name}", f"{name} cannot be read"))
                continue
            total += size
            if digest != wanted or size != told["size_bytes"]:
                problems.append(Said(f"{name} đã bị thay đổi", f"{name} has been changed"))
        added = names - {MANIFEST} - {str(told["file"]) for told in manifest["files"]}
        problems += [Said(f"{name} không có trong bản kê", f"{name} is not in the manifest") for name in sorted(added)]
    return ExportReport(manifest, hashlib.sha256(text).hexdigest(), len(manifest["files"]), total, tuple(problems))


def _manifest(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
        fits = found["format"] == FORMAT and all({"file", "sha256", "size_bytes"} <= set(f) for f in found["files"])
    except (ValueError, KeyError, TypeError) as e:
        raise BadInput("the manifest cannot be read", "không đọc được bản kê") from e
    if not fits:
        raise BadInput("this is no manifest of an export", "đây không phải bản kê của một bản xuất")
    return dict(found)


def _digest(file: IO[bytes]) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        found.update(block)
        size += len(block)
    return found.hexdigest(), size
