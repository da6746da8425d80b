"""The empty scenes of one camera on disk, for the worker that comes after this one.

A file is a numpy archive of at most some hundred kilobytes: a version, when it was kept, the light last seen, and for
each light three arrays of bytes. It is written whole beside the old one and then put in its place, readable by its
owner only: it is a picture of the street without masks. It is only ever a saving of time: one that is damaged, foreign,
of another version or more than a day old is left aside.
"""

import io
import logging
import os
import struct
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matpho.domain.ids import CameraId
from matpho.domain.time import Instant, seconds
from matpho.vision.background import Learned
from matpho.vision.static_scenes import KnownScenes, Light

log = logging.getLogger(__name__)

_VERSION = 1
_MOST_BYTES = 4_000_000
_MOST_PIXELS = 200_000
_LEAST_SIDE = 16  # pixels: no smaller picture is worked on
_OLDEST_S = 86_400.0  # later whatever was parked or put up meanwhile would be told as set down at the start
_BROKEN = (
    *(OSError, ValueError, KeyError, EOFError, TypeError, ArithmeticError, MemoryError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
    RuntimeError,  # a damaged flag makes an archive look encrypted, or packed in a way that nobody knows
)

Bytes = npt.NDArray[np.uint8]


class SceneFile:
    """The file of one camera."""

    def __init__(self, path: Path) -> None:
        """``path`` need not exist, nor its folder."""
        self._path = path

    def load(self, now: Instant) -> KnownScenes | None:
        """What an earlier worker learned; None when there is nothing, or nothing that can be used ``now``."""
        try:
            if self._path.stat().st_size > _MOST_BYTES:
                raise ValueError("too large")
            return _unpacked(self._path.read_bytes(), now)
        except FileNotFoundError:
            return None
        except _BROKEN as e:
            log.warning("%s is left aside, the empty scene is learned anew: %s", self._path.name, e)
            return None

    def save(self, scenes: KnownScenes, now: Instant) -> None:
        """Put it on disk; a disk that refuses is told in the log: nothing but some seconds are lost."""
        new = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(_packed(scenes, now))
            new.replace(self._path)
        except OSError as e:
            log.warning("%s cannot be written: %s", self._path.name, e.strerror)

    def remove(self) -> None:
        """The camera is none any more; a disk that refuses is told in the log."""
        _remove(self._path)


def scene_file(folder: Path, camera_id: CameraId) -> SceneFile:
    """The file of a camera."""
    return SceneFile(folder / f"{camera_id}.npz")


def forget_others(folder: Path, cameras: Collection[CameraId]) -> None:
    """Remove the files of all but these cameras: a camera may have been removed while no worker ran."""
    for path in (*folder.glob("*.npz"), *folder.glob("*.new")):
        if path.stem not in cameras:
            _remove(path)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as e:
        log.warning("%s cannot be removed: %s", path.name, e.strerror)


def _packed(scenes: KnownScenes, now: Instant) -> bytes:
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "version": np.array(_VERSION),
        "kept": np.array(now, np.int64),
        "light": np.array(scenes.light.value),
    }
    for light, learned in scenes.scenes.items():
        arrays[f"{light.value}_empty"], arrays[f"{light.value}_noise"] = learned.empty, learned.noise
        if learned.chroma is not None:
            arrays[f"{light.value}_chroma"] = learned.chroma
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _unpacked(data: bytes, now: Instant) -> KnownScenes:
    """Raises one of ``_BROKEN``."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        if int(archive["version"]) != _VERSION:
            raise ValueError("of another version")
        if abs(seconds(now - int(archive["kept"]))) > _OLDEST_S:
            raise ValueError("too old")
        light, names = Light(str(archive["light"])), set(archive.files)
        scenes = {}
        for each in Light:
            if f"{each.value}_empty" in names:
                chroma = archive[f"{each.value}_chroma"] if f"{each.value}_chroma" in names else None
                scenes[each] = _checked(archive[f"{each.value}_empty"], archive[f"{each.value}_noise"], chroma)
    if light not in scenes:
        raise ValueError("without the scene last seen")
    return KnownScenes(light, scenes)


def _checked(empty: Bytes, noise: Bytes, chroma: Bytes | None) -> Learned:
    """Raises ValueError when the arrays are not those of one scene."""
    arrays = [empty, noise] if chroma is None else [empty, noise, chroma]
    if any(a.dtype != np.uint8 or a.size > _MOST_PIXELS for a in arrays):
        raise ValueError("not arrays of bytes")
    if empty.ndim != 2 or min(empty.shape) < _LEAST_SIDE:
        raise ValueError("not a picture")
    half = (empty.shape[0] // 2, empty.shape[1] // 2)
    if noise.shape != half or (chroma is not None and chroma.shape != (2, *half)):
        raise ValueError("not of one size")
    return Learned(empty, noise, chroma)
