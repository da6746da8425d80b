"""Folders that outlive a power cut: a new name is on the disk only when the folder that holds it was synced."""

import os
from pathlib import Path

from matpho.domain.system_words import not_written
from matpho.errors import StorageProblem


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
        raise not_written(StorageProblem, folder, e) from e


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
