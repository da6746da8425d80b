"""Decoded pictures of a file or a folder of numbered images, in order, as fast as they can be decoded."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.error

from matpho.errors import BadVideo
from matpho.video.container import open_image, open_video
from matpho.video.planes import Plane, planes

log = logging.getLogger(__name__)

_IMAGES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
FOLDER_FPS = 10.0


class Picture(NamedTuple):
    """One picture: seconds from the first one, luma (H, W), and half-size chroma or None where it is grey."""

    at_s: float
    luma: Plane
    u: Plane | None
    v: Plane | None


class Pictures:
    """Iterate over the pictures of ``path``.

    ``fps`` limits how many are given per second (None: all). ``folder_fps`` is the rate of a folder of images.
    ``damaged`` counts packets and images that could not be decoded; they are skipped. All pictures have the size
    of the first (``size``, after rotation). Raises BadVideo at construction when there is nothing to read and at
    the end of the iteration when not one picture could be decoded.
    """

    def __init__(self, path: Path, *, fps: float | None = None, folder_fps: float = FOLDER_FPS) -> None:
        self.path = path
        self.damaged = 0
        self.decoded = 0
        self.size: tuple[int, int] | None = None
        self._fps, self._folder_fps = fps, folder_fps
        self._images = _images(path) if path.is_dir() else []
        if path.is_dir():
            if not self._images:
                raise BadVideo(f"{path} holds no images", f"{path} không có ảnh nào")
            self.source_fps, self.duration_s = folder_fps, len(self._images) / folder_fps
        else:
            with open_video(path) as container:
                stream = container.streams.video[0]
                self.source_fps = float(stream.average_rate or stream.guessed_rate or 25)
                length = stream.duration * stream.time_base if stream.duration else (container.duration or 0) / 1e6
                self.duration_s = float(length)

    def __iter__(self) -> Iterator[Picture]:
        """The pictures, from the first on; each call begins anew."""
        self.damaged = self.decoded = 0
        self.size = None
        due = 0.0
        raw_size: tuple[int, int] | None = None
        for at_s, frame in self._image_frames() if self._images else self._file_frames():
            self.decoded += 1
            if self._fps is not None:
                if at_s < due - 1e-4:
                    continue
                due = max(due + 1 / self._fps, at_s - 0.5 / self._fps)
            raw_size = raw_size or (frame.width, frame.height)
            luma, u, v = planes(frame, size=raw_size)
            self.size = self.size or (luma.shape[1], luma.shape[0])
            yield Picture(at_s, luma, u, v)
        if not self.decoded:
            raise BadVideo(
                f"not one picture of {self.path} could be decoded", f"không giải mã được hình nào của {self.path}"
            )

    def _file_frames(self) -> Iterator[tuple[float, Any]]:
        first: float | None = None
        last = -1 / self.source_fps
        with open_video(self.path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in self._decoded(container, stream):
                stamp = float(frame.pts * frame.time_base) if frame.pts is not None else None
                if first is None:
                    first = stamp
                at_s = last + 1 / self.source_fps if stamp is None or first is None else stamp - first
                if at_s <= last:  # a stamp that goes back: keep the order that the decoder gives
                    at_s = last + 1 / self.source_fps
                last = at_s
                yield at_s, frame

    def _decoded(self, container: Any, stream: Any) -> Iterator[Any]:
        """Frames; damaged packets are counted and skipped."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.error.FFmpegError, OSError, ValueError) as e:
                log.warning("%s ends damaged: %s", self.path.name, type(e).__name__)
                self.damaged += 1
                packet = None
            try:
                yield from stream.codec_context.decode(packet)
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError):
                self.damaged += 1
            if packet is None:
                return

    def _image_frames(self) -> Iterator[tuple[float, Any]]:
        for number, path in enumerate(self._images):
            try:
                with open_image(path) as container:
                    frame = next(container.decode(video=0))
            except (BadVideo, av.error.FFmpegError, StopIteration):
                self.damaged += 1
                continue
            yield number / self._folder_fps, frame


def _images(folder: Path) -> list[Path]:
    """Image files in the order of the numbers in their names."""
    found = [p for p in folder.iterdir() if p.suffix.lower() in _IMAGES and p.is_file()]
    return sorted(found, key=lambda p: [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", p.name)])
