"""The list of cameras that the desk leaves for the workers: one private file, replaced whole.

A file and not a message, so that recorder and vision start and go on while the desk is down.
"""

import json
import os
from pathlib import Path

from matpho.domain.camera import Camera
from matpho.domain.codec import from_plain, to_plain
from matpho.domain.text_words import amiss
from matpho.errors import Corrupt


def write_cameras(path: Path, cameras: tuple[Camera, ...]) -> None:
    """Replace the list. The file is readable by its owner only: addresses carry passwords."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(to_plain(cameras), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_cameras(path: Path) -> tuple[Camera, ...]:
    """The list as it stands; empty where there is none yet.

    Raises Corrupt when the file is not what :func:`write_cameras` wrote.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ()
    try:
        cameras: tuple[Camera, ...] = from_plain(tuple[Camera, ...], json.loads(text))
    except (ValueError, TypeError, KeyError) as e:
        why = amiss(e)
        raise Corrupt(f"{path} is damaged: {why.en}", f"{path} bị hỏng: {why.vi}") from e
    return cameras


class CameraList:
    """Follows the file: :meth:`changed` gives the new list whenever it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None

    def changed(self) -> tuple[Camera, ...] | None:
        """The new list, or None when nothing changed since the last call."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        now = (stat.st_mtime_ns, stat.st_ino)
        if now == self._seen:
            return None
        cameras = read_cameras(self._path)
        self._seen = now
        return cameras
