"""A home as one file: a plain tar whose last member lists every other with its SHA-256.

Without that list an archive is partial and refused; a byte that differs is found before anything is put in place.
Members are written and read by this module alone: regular files, below the few folders that a home has.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, Self

from matpho.domain.system_words import not_read, not_written
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.errors import BadInput, Corrupt, StorageProblem

FORMAT = 1
LIST = "MANIFEST.json"
PARTS = frozenset({"db", "journal", "evidence", "recordings", "uplink", "matpho.toml"})
Measure = Callable[[IO[bytes]], int]
"""How many bytes of an open file are to be kept."""
_LONGEST_LIST = 1 << 30
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What an archive holds. ``files`` is path → (size in bytes, SHA-256); ``rows`` how many each table has."""

    made: Instant
    version: str
    revision: str
    recordings: bool
    rows: dict[str, int]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(size for size, _ in self.files.values())

    @property
    def digest(self) -> str:
        """SHA-256 of the list itself: names this archive."""
        return hashlib.sha256(self.dumps()).hexdigest()

    def dumps(self) -> bytes:
        """As it is written."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()


class _Measured:
    """A file as the tar reads it: exactly ``size`` bytes, hashed on their way."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size
        self.sha = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(self._left if count < 0 else min(count, self._left))
        self._left -= len(data)
        self.sha.update(data)
        return data


class ArchiveWriter:
    """Writes an archive aside and moves it into place when :meth:`finish` is called; otherwise nothing is left."""

    def __init__(self, path: Path) -> None:
        """Begin; raises BadInput when something is there already or nothing can be written there."""
        self._path = path
        self._part = path.with_name(f".{os.getpid()}-{path.name}.part")
        if path.exists():
            raise BadInput(f"{path} is there already", f"{path} đã có sẵn")
        try:
            self._file = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as e:
            raise not_written(BadInput, path, e) from e
        self._tar = tarfile.open(fileobj=self._file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed in finish
        self.files: dict[str, tuple[int, str]] = {}

    def __enter__(self) -> Self:
        """As it is."""
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None) -> None:
        """Let go; what was not finished is removed."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def add(self, name: str, source: Path, measure: Measure | None = None) -> None:
        """Add a file that others may be writing: what it has now, or as much of that as ``measure`` says.

        Raises FileNotFoundError, StorageProblem.
        """
        with source.open("rb") as file:  # measured and read through one handle: its writer may replace the file
            size = os.fstat(file.fileno()).st_size if measure is None else measure(file)
            file.seek(0)
            measured = _Measured(file, size)
            self._add(name, size, measured)
        self.files[name] = (size, measured.sha.hexdigest())

    def _add(self, name: str, size: int, file: Any) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        try:
            self._tar.addfile(info, file)
        except OSError as e:
            raise not_written(StorageProblem, self._path, e) from e

    def finish(self, contents: Contents) -> None:
        """Write the list, bring everything to the disk, move it into place. Raises StorageProblem."""
        data = contents.dumps()
        self._add(LIST, len(data), io.BytesIO(data))
        try:
            self._tar.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._part.rename(self._path)
        except OSError as e:
            raise not_written(StorageProblem, self._path, e) from e


def unpack(path: Path, folder: Path) -> Contents:
    """Write an archive's files below ``folder``, which is new, and prove them against the list.

    Raises BadInput for what is no archive of ours or leads out of the folder, Corrupt for one that is damaged or cut
    short, StorageProblem for one that a newer version made or when the disk refuses. ``folder`` may be half full then.
    """
    found: dict[str, tuple[int, str]] = {}
    listed: bytes | None = None
    begun = False
    try:
        with tarfile.open(path, "r|") as tar:
            for member, file in _members(tar):
                begun = begun or member.name.partition("/")[0] in PARTS
                if listed is not None or member.name in found:
                    raise _foreign(path, member.name)
                if member.name == LIST:
                    listed = file.read(_LONGEST_LIST)
                else:
                    found[member.name] = (member.size, _write(folder / _inside(path, member.name), file))
    except tarfile.TarError as e:
        if not begun and listed is None:
            raise BadInput(
                f"{path} is no backup of this program", f"{path} không phải bản sao lưu của chương trình"
            ) from e
        raise _damaged(path, Said("tệp tar không đọc tiếp được", str(e))) from e
    except EOFError as e:
        raise _damaged(path, Said("bị cắt cụt", "cut short")) from e
    except OSError as e:
        if path.is_file() and os.access(path, os.R_OK):
            raise not_written(StorageProblem, folder, e) from e
        raise not_read(BadInput, path, e) from e
    if listed is None:
        raise _damaged(path, Said("bị cắt cụt, thiếu danh sách tệp", "its list of files is missing: it was cut short"))
    contents = _contents(path, listed)
    if contents.files != found:
        wrong = sorted(n for n in contents.files.keys() | found.keys() if contents.files.get(n) != found.get(n))
        raise _damaged(path, Said(*[", ".join(wrong[:3])] * 2))
    return contents


def _members(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for member in tar:
        file = tar.extractfile(member) if member.isreg() else None
        if file is None:
            raise _foreign(Path(str(tar.name)), member.name)
        yield member, file


def _inside(path: Path, name: str) -> str:
    """A member's name, where it stays inside a home."""
    parts = PurePosixPath(name).parts
    plain = all(p not in ("..", "/", ".") and "\\" not in p and "\0" not in p for p in parts)
    if not parts or not plain or parts[0] not in PARTS or name != "/".join(parts):
        raise _foreign(path, name)
    return name


def _write(target: Path, file: IO[bytes]) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sha = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := file.read(_BLOCK):
            sha.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return sha.hexdigest()


def _contents(path: Path, data: bytes) -> Contents:
    try:
        told = json.loads(data)
        number = told["format"]
        if isinstance(number, int) and number > FORMAT:
            raise StorageProblem(
                f"{path} was made by a newer version of the program ({told.get('version')})",
                f"{path} do phiên bản mới hơn của chương trình tạo ({told.get('version')})",
            )
        told["files"] = {name: (int(size), str(sha)) for name, (size, sha) in told["files"].items()}
        return Contents(**told | {"made": Instant(int(told["made"]))})
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise _damaged(path, Said("không đọc được danh sách tệp", "its list of files cannot be read")) from e


def _foreign(path: Path, name: str) -> BadInput:
    return BadInput(
        f"{path} holds {name!r}, which no backup of this program has; nothing was restored",
        f"{path} chứa {name!r}, thứ không bản sao lưu nào có; chưa phục hồi gì",
    )


def _damaged(path: Path, detail: Said) -> Corrupt:
    return Corrupt(
        f"the backup {path} is damaged ({detail.en}); nothing was restored",
        f"bản sao lưu {path} bị hỏng ({detail.vi}); chưa phục hồi gì",
    )
