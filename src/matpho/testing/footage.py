"""Drawn video, small and quick: files, and packets as a camera sends them."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from matpho.domain.time import Instant
from matpho.testing.clock import NOON, HandClock
from matpho.video.parameters import in_band, probed
from matpho.video.source import Packet, StreamInfo

_RATE = 90_000


def picture(number: int, width: int, height: int) -> Any:
    """An ``av.VideoFrame`` (rgb24): grey, with a bright square that moves and a shade that tells the number."""
    image = np.full((height, width, 3), 70 + number % 50, np.uint8)
    x = number * 3 % max(1, width - height // 4)
    image[height // 3 : height // 3 + height // 4, x : x + height // 4] = (220, 200, 40)
    return av.VideoFrame.from_ndarray(image, format="rgb24")


def draw(
    path: Path,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (160, 120),
    fps: int = 10,
    pictures: int = 50,
    gop: int = 10,
    bframes: int = 0,
) -> Path:
    """Write a video file; its container follows the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        _settings(stream.codec_context, codec, gop, bframes)
        for number in range(pictures):
            frame = picture(number, *size)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _settings(context: Any, codec: str, gop: int, bframes: int) -> None:
    context.gop_size = gop
    if codec == "libx265":
        context.options = {
            "preset": "ultrafast",
            "x265-params": f"log-level=none:keyint={gop}:min-keyint={gop}:bframes=0",
        }
    elif codec == "libx264":
        context.max_b_frames = bframes
        options = {"preset": "ultrafast", "x264-params": f"scenecut=0:keyint={gop}:min-keyint={gop}:bframes={bframes}"}
        context.options = options if bframes else {**options, "tune": "zerolatency"}


def packets(
    *,
    size: tuple[int, int] = (160, 120),
    fps: int = 10,
    pictures: int = 50,
    gop: int = 10,
    codec: str = "libx264",
    bframes: int = 0,
    first_pts: int = 0,
    start: Instant = NOON,
    drawn: Callable[[int, int, int], Any] = picture,
) -> tuple[StreamInfo, list[Packet]]:
    """Packets as RTSP gives them (Annex B, 90 kHz), with ``at`` from ``start`` on, and what the stream is.

    ``drawn`` makes a picture of its number, width and height.
    """
    encoder: Any = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.pix_fmt = *size, "yuv420p"
    encoder.time_base = Fraction(1, fps)
    encoder.framerate = Fraction(fps)
    _settings(encoder, codec, gop, bframes)
    step = _RATE // fps
    found: list[Packet] = []

    def keep(payloads: Sequence[Any]) -> None:
        for payload in payloads:
            pts, dts = first_pts + payload.pts * step, first_pts + payload.dts * step
            at = Instant(start + payload.pts * 1_000_000_000 // fps)
            found.append(
                Packet(payload, pts, dts, step, Fraction(1, _RATE), payload.is_keyframe, payload.size, None, at)
            )

    for number in range(pictures):
        frame = drawn(number, *size).reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, fps)
        keep(encoder.encode(frame))
    keep(encoder.encode(None))
    return _info(codec, found[0]), found


def _info(codec: str, key: Packet) -> StreamInfo:
    name = "hevc" if codec == "libx265" else "h264"
    data = bytes(key.payload)
    sets = in_band(name, data)
    blank = StreamInfo(name, 0, 0, sets, Fraction(1, _RATE), None)
    return replace(probed(blank, b"", data), extradata=sets)


class ScriptedSource:
    """A :class:`matpho.video.source.PacketSource` that plays packets on a hand-driven clock.

    Before each packet its duration passes on the clock. ``then`` is raised at the end (None: a clean end).
    """

    live = True

    def __init__(
        self, info: StreamInfo, script: Sequence[Packet], clock: HandClock, then: Exception | None = None
    ) -> None:
        self.info = info
        self.closed = False
        self._script, self._clock, self._then = script, clock, then

    def __iter__(self) -> Iterator[Packet]:
        """The script."""
        for packet in self._script:
            self._clock.go(float(packet.duration * packet.time_base))
            yield packet
        if self._then is not None:
            raise self._then

    def close(self) -> None:
        """Remember that somebody hung up."""
        self.closed = True


def decoded(data: bytes, form: str = "mp4") -> list[Any]:
    """Every ``av.VideoFrame`` of a file held in memory."""
    with av.open(io.BytesIO(data), "r", format=form) as container:
        return list(container.decode(video=0))
