"""A group of recorded pictures encoded anew: with private areas covered, or as H.264 where H.265 does not play.

Made on demand for who asks, shared by all who ask for the same, never for recording. libx264 of the PyAV wheel.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import av.error

from matpho.domain.geometry import Polygon
from matpho.domain.time import SECOND, Instant
from matpho.errors import BadVideo
from matpho.video.encoded import encoded_info, h264_encoder
from matpho.video.file_index import IndexedFile
from matpho.video.footage import opened
from matpho.video.fragments import Fragment
from matpho.video.live_mux import LiveMuxer
from matpho.video.mask import masked_frame
from matpho.video.source import Packet

WIDEST = 1280
_RATE = 90_000
_TICK = Fraction(1, _RATE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An initialisation segment, fragments of one picture each, and the size. Time stamp 0 is the first picture."""

    init: bytes
    data: bytes
    codec: str
    width: int
    height: int


class Encoders:
    """How many renditions are encoded at once in this process: encoding must not take the recorder's processor."""

    def __init__(self, at_once: int = 1) -> None:
        self._turns = threading.BoundedSemaphore(at_once)

    def render(self, file: IndexedFile, group: Sequence[Fragment], masks: Sequence[Polygon]) -> Rendered:
        """Encode a group of pictures, at most :data:`WIDEST` across. Raises BadVideo when none can be decoded."""
        with self._turns:
            return _render(file, group, masks)


def _render(file: IndexedFile, group: Sequence[Fragment], masks: Sequence[Polygon]) -> Rendered:
    encoder: Any = None
    made: list[tuple[Any, Instant]] = []
    size = (0, 0)
    first = file.footage.instant(group[0].shown_start)
    lasts = file.footage.instant(group[-1].shown_end)
    try:
        with opened(file.footage, group) as container:
            container.streams.video[0].thread_type = "NONE"
            for frame in container.decode(video=0):
                at = file.footage.instant(frame.pts)
                picture = masked_frame(frame, masks) if masks else frame
                if encoder is None:
                    size = _fitting(picture.width, picture.height)
                    encoder = h264_encoder(*size, 100_000, crf=24)
                if (picture.width, picture.height) != size or picture.format.name != "yuv420p":
                    picture = picture.reformat(width=size[0], height=size[1], format="yuv420p")
                picture.pts, picture.time_base = max(0, (at - first) * _RATE // SECOND), _TICK
                made += [(payload, at) for payload in encoder.encode(picture)]
    except av.error.FFmpegError as e:
        if not made:
            raise BadVideo("the recording cannot be decoded", "không giải mã được bản ghi hình") from e
    if not made:
        raise BadVideo("the recording holds no picture here", "bản ghi không có hình ở đây")
    return _muxed(encoder, made, lasts, size)


def _muxed(encoder: Any, made: Sequence[tuple[Any, Instant]], lasts: Instant, size: tuple[int, int]) -> Rendered:
    muxer = LiveMuxer(encoded_info(encoder))
    parts = []
    for (payload, at), until in zip(made, [a for _, a in made[1:]] + [lasts], strict=True):
        ticks = max(1, (until - at) * _RATE // SECOND)
        packet = Packet(payload, payload.pts, payload.dts, ticks, _TICK, payload.is_keyframe, payload.size, None, at)
        parts.append(muxer.fragment(packet))
    return Rendered(muxer.init, b"".join(parts), muxer.codec, *size)


def _fitting(width: int, height: int) -> tuple[int, int]:
    """The size to encode at: even numbers, at most :data:`WIDEST` across."""
    wide = min(WIDEST, width) // 2 * 2
    return wide, max(2, round(height * wide / width) // 2 * 2)
