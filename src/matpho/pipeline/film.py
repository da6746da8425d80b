"""Recorded footage as frames: any file PyAV opens, or a folder of numbered images; damage is skipped and counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import av
import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.system_words import not_read
from matpho.domain.time import SECOND, Instant
from matpho.errors import BadVideo
from matpho.pipeline.planes import from_bgr, to_frame
from matpho.video.container import open_video
from matpho.vision.frame import Frame

IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
FOLDER_FPS = 5.0  # of a folder of images where nobody says another
SMALLEST_PX = 2
LONGEST_STEP_S = 3600.0  # between two pictures of one file; more is a clock that was set, and nothing stood for years
WINDOW_S = 10.0
MOST_WINDOWS = 100_000  # eleven days: a packet that says it is later is wrong
DENSE_FPS = 14.0  # from here on pictures that no other picture needs are not even decoded


@dataclass(slots=True)
class Read:
    """What was read so far."""

    frames: int = 0  # decoded
    used: int = 0  # handed on for analysis
    damaged: int = 0  # packets or images that could not be decoded
    truncated: bool = False  # the file ended before it said it would
    last_s: float = 0.0
    arrivals: list[int] = field(default_factory=list)  # pictures in each stretch of WINDOW_S, also those not decoded


class Film(Protocol):
    """Footage that can be read once, from its first frame (time 0) to its end."""

    width: int
    height: int
    codec: str
    fps: float
    duration_s: float | None
    read: Read

    def frames(self) -> Iterator[Frame]:
        """The frames to analyse; strictly increasing in time, nanoseconds since the first."""
        ...


def open_film(path: Path, *, fps: float | None, analysed_fps: float) -> Film:
    """Open footage; ``fps`` is that of a folder of images.

    Raises BadVideo when there is nothing to decode.
    """
    try:
        there = path.exists()
    except (OSError, ValueError):  # a name that no file can have
        there = False
    if not there:
        raise BadVideo(f"There is no file or folder {path}.", f"Không có tệp hay thư mục {path}.")
    return Folder(path, fps or FOLDER_FPS, analysed_fps) if path.is_dir() else File(path, analysed_fps)


class _Pace:
    """Which frames are analysed: about ``fps`` per second; footage of up to 1.5 times that is taken whole."""

    def __init__(self, fps: float, footage_fps: float) -> None:
        self._step_s = (0.6 if footage_fps <= 1.5 * fps else 0.9) / fps
        self._last_s: float | None = None

    def due(self, at_s: float) -> bool:
        if self._last_s is not None and at_s < self._last_s + self._step_s:
            return False
        self._last_s = at_s
        return True


class File:
    """A video file."""

    def __init__(self, path: Path, analysed_fps: float) -> None:
        self._path = path
        self.read = Read()
        self._container = open_video(path)  # only formats that cannot make us open anything else
        self._stream: Any = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self.fps = float(self._stream.average_rate or 0)
        self._pace = _Pace(analysed_fps, self.fps)
        if self.fps >= DENSE_FPS:
            self._stream.codec_context.skip_frame = "NONREF"
        self.width, self.height = self._stream.width, self._stream.height
        self.codec = self._stream.codec_context.name
        self.duration_s = self._length()
        self._begun_s: float | None = None
        if 0 < min(self.width, self.height) < SMALLEST_PX:
            self._container.close()
            raise BadVideo(
                f"The pictures of {path.name} are too small: {self.width}×{self.height}.",
                f"Hình của {path.name} quá nhỏ: {self.width}×{self.height}.",
            )

    def _length(self) -> float | None:
        if self._stream.duration:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / av.time_base if self._container.duration else None

    def frames(self) -> Iterator[Frame]:
        """The frames to analyse. Raises BadVideo when not a single one could be decoded."""
        try:
            for at_s, picture in self._timed():
                if self._pace.due(at_s):
                    self.read.used += 1
                    yield to_frame(picture, Instant(round(at_s * SECOND)))
        finally:
            self._container.close()
        if not self.read.frames:
            raise BadVideo(
                f"No picture of {self._path.name} can be decoded.",
                f"Không giải mã được hình nào của {self._path.name}.",
            )
        if self.duration_s and self.read.last_s < 0.9 * self.duration_s - 1:
            self.read.truncated = True

    def _timed(self) -> Iterator[tuple[float, Any]]:
        """Pictures with seconds since the first one; a clock that is set back or far ahead changes nothing."""
        step_s = 1 / self.fps if self.fps else 0.04
        base_s, before_s = None, -step_s
        for picture in self._pictures():
            self.read.frames += 1
            stamp = picture.pts if picture.pts is not None else picture.dts
            told_s = before_s + step_s if stamp is None else float(stamp * picture.time_base)
            if base_s is None:
                base_s = 0.0 if stamp is None else told_s
            at_s = told_s if stamp is None else told_s - base_s
            if before_s - 1.0 < at_s <= before_s:
                continue
            if not before_s < at_s < before_s + LONGEST_STEP_S:
                base_s, at_s = told_s - before_s - step_s, before_s + step_s
                self.duration_s = None  # the file counts its own leap in
            before_s = self.read.last_s = at_s
            yield at_s, picture

    def _pictures(self) -> Iterator[Any]:
        """Every picture that can be decoded."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, OSError, ValueError):
                self.read.truncated = True
                yield from self._decoded(None)
                return
            self._count(packet)
            yield from self._decoded(packet)

    def _count(self, packet: Any) -> None:
        """Note when a picture was sent, whether or not it will be decoded."""
        if packet.pts is None or not packet.size:
            return
        told_s = float(packet.pts * packet.time_base)
        self._begun_s = told_s if self._begun_s is None else self._begun_s
        number = int((told_s - self._begun_s) / WINDOW_S)
        arrivals = self.read.arrivals
        if 0 <= number < MOST_WINDOWS:
            arrivals.extend([0] * (number + 1 - len(arrivals)))
            arrivals[number] += 1

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            pictures = self._stream.codec_context.decode(packet)
        except (av.FFmpegError, ValueError):
            self.read.damaged += 1
            return []
        sound = [p for p in pictures if not p.is_corrupt]
        self.read.damaged += len(pictures) - len(sound)
        return sound


class Folder:
    """A folder of images, in the order of the numbers in their names."""

    def __init__(self, path: Path, fps: float, analysed_fps: float) -> None:
        self._images = images_in(path)
        if not self._images:
            raise BadVideo(f"The folder {path} holds no images.", f"Thư mục {path} không có ảnh nào.")
        self._path, self._pace = path, _Pace(analysed_fps, fps)
        self.fps, self.codec, self.read = fps, "images", Read()
        self.width = self.height = 0
        self.duration_s: float | None = len(self._images) / fps

    def frames(self) -> Iterator[Frame]:
        """The frames to analyse. Raises BadVideo when not a single image could be decoded."""
        for number, path in enumerate(self._images):
            at_s = number / self.fps
            if not self._pace.due(at_s):
                continue
            image = image_at(path)
            if image is None or min(image.shape[:2]) < SMALLEST_PX:
                self.read.damaged += 1
                continue
            self.height, self.width = image.shape[:2]
            self.read.frames += 1
            self.read.used += 1
            self.read.last_s = at_s
            yield from_bgr(image, Instant(round(at_s * SECOND)))
        if not self.read.frames:
            raise BadVideo(f"No image of {self._path} can be decoded.", f"Không đọc được ảnh nào trong {self._path}.")


def images_in(path: Path) -> list[Path]:
    """The images in a folder, in the order of the numbers in their names; raises BadVideo when it cannot be read."""
    try:
        return sorted((p for p in path.iterdir() if p.suffix.lower() in IMAGES), key=_natural)
    except OSError as e:
        raise not_read(BadVideo, path, e) from e


def image_at(path: Path) -> npt.NDArray[np.uint8] | None:
    """The BGR picture in a file; None when it holds none or cannot be read."""
    try:
        data = np.fromfile(path, np.uint8)
        found = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error):  # not readable, a folder of that name, or larger than OpenCV allows
        return None
    return None if found is None else np.asarray(found, np.uint8)


def _natural(path: Path) -> list[tuple[int, str]]:
    """``frame10`` after ``frame9``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path.stem.lower())]
