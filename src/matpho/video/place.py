"""The folder of recordings, and whether it is the one we know: nothing is ever written into a bare mount point.

A disk that was unmounted under us leaves an empty folder of the same name. So the folder carries a mark with a random
word, and the journals' folder keeps the same word: where the two differ, it is another folder, and whoever writes or
deletes there refuses until the disk is back or a person takes the new folder over (``matpho check --new-disk``).
"""

import contextlib
import os
import secrets
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from matpho.domain.system_words import because
from matpho.domain.words import NOTHING_SAID, Said
from matpho.errors import StorageProblem
from matpho.video.folders import sync_folder

MARK = ".matpho-recordings"
KNOWN = "recordings.mark"


class PlaceKind(StrEnum):
    """How the place of the recordings is."""

    WELL = "well"
    LOW = "low"  # old footage goes so that the newest has room
    FULL = "full"  # nothing more may go; recording stops at the reserve
    READ_ONLY = "read_only"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class PlaceState:
    """How the place is, with a sentence where it is not well. Bytes; both 0 where the place has vanished."""

    kind: PlaceKind
    total: int
    free: int
    said: Said = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of recordings and the journals' folder, which knows it."""

    recordings: Path
    journals: Path

    def adopt(self, *, anew: bool = False) -> None:
        """Mark the folder the first time, and remember the mark; ``anew``: also where it is another one.

        Raises StorageProblem where it cannot be written.
        """
        known = self.journals / KNOWN
        if known.exists() and not anew:
            return
        try:
            self.recordings.mkdir(parents=True, exist_ok=True)
            word = _word(self.recordings / MARK) or secrets.token_hex(16)
            _write(self.recordings / MARK, word)
            self.journals.mkdir(parents=True, exist_ok=True)
            _write(known, word)
        except OSError as e:
            why = because(e)
            raise StorageProblem(
                f"{self.recordings} cannot be used: {why.en}", f"không dùng được {self.recordings}: {why.vi}"
            ) from e

    @property
    def there(self) -> bool:
        """Whether the folder is the one that we know (any folder, where none was ever marked)."""
        word = _word(self.journals / KNOWN)
        return not word or _word(self.recordings / MARK) == word

    def require(self) -> None:
        """Raise StorageProblem unless :attr:`there`."""
        if not self.there:
            raise StorageProblem(_vanished(self.recordings).en, _vanished(self.recordings).vi)

    def look(self, low_bytes: int) -> PlaceState:
        """How the place is now. Reads only."""
        if not self.there:
            return PlaceState(PlaceKind.VANISHED, 0, 0, _vanished(self.recordings))
        try:
            usage = shutil.disk_usage(self.recordings)
            read_only = bool(os.statvfs(self.recordings).f_flag & os.ST_RDONLY)
        except OSError:
            return PlaceState(PlaceKind.VANISHED, 0, 0, _vanished(self.recordings))
        if read_only:
            return PlaceState(PlaceKind.READ_ONLY, usage.total, usage.free, _READ_ONLY)
        kind = PlaceKind.LOW if usage.free < low_bytes else PlaceKind.WELL
        return PlaceState(kind, usage.total, usage.free, _LOW if kind is PlaceKind.LOW else NOTHING_SAID)


_READ_ONLY = Said(
    "Ổ đĩa bản ghi đang ở chế độ chỉ đọc nên không ghi thêm được; thường là dấu hiệu ổ sắp hỏng.",
    "The disk of the recordings is read-only, nothing more can be recorded; often the sign of a failing disk.",
)
_LOW = Said(
    "Ổ đĩa gần đầy: bản ghi thường cũ nhất được xoá trước hạn để luôn còn chỗ ghi mới.",
    "The disk is nearly full: the oldest routine footage goes early so that the newest has room.",
)
FULL = Said(
    "Ổ đĩa đầy và không còn gì được phép xoá: việc ghi hình sẽ dừng khi chạm phần dành cho chứng cứ.",
    "The disk is full and nothing more may be deleted: recording stops at the reserve for evidence.",
)


def _vanished(recordings: Path) -> Said:
    return Said(
        f"Không thấy ổ đĩa bản ghi ở {recordings}: có thể ổ đã bị tháo hoặc chưa gắn; chưa ghi gì vào thư mục trống.",
        f"The disk of the recordings is not at {recordings}: unmounted or not mounted yet; nothing is written there.",
    )


def _word(path: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text("ascii").strip()
    return ""


def _write(path: Path, word: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="ascii") as file:
        file.write(f"{word}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
