"""Folders that outlive a power cut: a new name is on the disk only when the folder that holds it was synced."""

import errno
import os
from pathlib import Path

from matpho.domain.words import Said
from matpho.errors import StorageProblem

_WHY = {
    errno.EACCES: "không có quyền",
    errno.EDQUOT: "hết hạn mức ổ đĩa",
    errno.EIO: "ổ đĩa báo lỗi đọc ghi",
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.ENOSPC: "ổ đĩa hết chỗ",
    errno.EROFS: "ổ đĩa đang chỉ đọc",
}


def because(e: OSError) -> Said:
    """Why the system refused, for people; what is seldom met stays in the system's own words."""
    en = e.strerror or "input/output error"
    return Said(_WHY.get(e.errno or 0, en), en)


def sync_entries(folder: Path) -> None:
    """Bring a folder's names to the disk; raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk; raises StorageProblem."""
    try:
        sync_entries(folder)
    except OSError as e:
        raise cannot_write(folder, e) from e


def cannot_write(path: Path, e: OSError) -> StorageProblem:
    """What to say of a file or folder that the disk refuses."""
    why = because(e)
    return StorageProblem(f"{path} cannot be written: {why.en}", f"không ghi được {path}: {why.vi}")


def make_durable(folder: Path, mode: int = 0o777) -> None:
    """Make a folder with those above it, and sync the names of all that are new; raises OSError."""
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for one in new:
        sync_entries(one.parent)


def sync_bytes(file: Path) -> None:
    """Bring what anybody wrote into a file to the disk; raises OSError."""
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fdatasync(handle)
    finally:
        os.close(handle)
