"""Write composed pictures as a camera would send them: H.264 main and sub stream, a key frame every two seconds."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from matpho.vision.frame import Image

GOP_S = 2.0


@dataclass(frozen=True, slots=True)
class Rendition:
    """One stream: where it goes, its size, and its quality (x264's rate factor: lower is better)."""

    file: Path
    width: int
    height: int
    quality: int


class _Writer:
    def __init__(self, rendition: Rendition, fps: float) -> None:
        self._size = (rendition.width, rendition.height)
        self._part = rendition.file.with_name(rendition.file.name + ".part")
        self._whole = rendition.file
        self._container = av.open(str(self._part), "w", format="mp4")
        rate = Fraction(fps).limit_denominator(1000)
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.thread_count = 1
        gop = str(max(1, round(GOP_S * fps)))
        self._stream.options = {
            "preset": "ultrafast", "tune": "zerolatency", "profile": "main", "crf": str(rendition.quality), "bf": "0",
            "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:sliced-threads=0:threads=1",
        }  # fmt: skip
        self._next = 0

    def write(self, picture: Image) -> None:
        shown = picture
        if (picture.shape[1], picture.shape[0]) != self._size:
            smaller = picture.shape[1] > self._size[0]
            shown = np.asarray(
                cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC), np.uint8
            )
        planes = np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = self._next
        self._next += 1
        self._container.mux(self._stream.encode(frame))

    def close(self, *, keep: bool) -> None:
        if keep:
            self._container.mux(self._stream.encode(None))
        self._container.close()
        if keep:
            os.replace(self._part, self._whole)  # noqa: PTH105 - both names are known here
        else:
            self._part.unlink(missing_ok=True)


def write(pictures: Iterable[Image], fps: float, renditions: Iterable[Rendition]) -> int:
    """Encode the pictures into every rendition at once; each file appears whole or not at all. Returns their number."""
    writers = [_Writer(r, fps) for r in renditions]
    count = 0
    done = False
    try:
        for picture in pictures:
            for writer in writers:
                writer.write(picture)
            count += 1
        done = count > 0
    finally:
        for writer in writers:
            writer.close(keep=done)
    return count
