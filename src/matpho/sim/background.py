"""A clip of an ordinary place, seen through a view: its pictures, its empty plate, and who walks in it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import WHOLE, Box
from matpho.errors import BadVideo
from matpho.sim.ground import Ground, fitted
from matpho.video.container import open_video
from matpho.vision.frame import Image

_PLATE_SAMPLES = 41
_JOIN = np.ones((5, 3), np.uint8)  # heads and legs of one person
_LEAST_PERSON_PX = 18  # a blob lower than this says nothing about scale


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which part of a clip makes the picture, so that one clip can give several places.

    ``crop`` is 0..1 of the clip's frame; ``mirror`` swaps left and right; ``gain`` and ``warmth`` (-1..1) change
    the light; ``shift_s`` starts the clip later, so that two views of it do not show the same people at once.
    """

    crop: Box = WHOLE
    mirror: bool = False
    gain: float = 1.0
    warmth: float = 0.0
    shift_s: float = 0.0
    width: int = 768
    height: int = 576


class Source:
    """Where pictures come from: endless, at a known rate. A clip on disk or a drawn place.

    What is drawn knows its ``ground``, its ``empty`` picture, its ``noise`` and how ``wet`` it is (0..1: what the
    ground mirrors); of a clip all of it is found out.
    """

    fps: float
    length: int
    ground: Ground | None = None
    empty: Image | None = None
    noise: float | None = None
    wet: float = 0.0

    def light_at(self, x: float, y: float) -> float | None:
        """How much of full daylight falls at (x, y), 0..1 of the picture; None: nobody knows."""
        del x, y
        return None

    def pictures(self, start: int = 0, step: int = 1) -> Iterator[Image]:
        """One pass: picture ``start``, then every ``step``-th up to the last, (H, W, 3) uint8 BGR."""
        raise NotImplementedError


class ClipSource(Source):
    """A video file, or its first ``most_s`` seconds: decoded anew on each pass instead of kept in memory."""

    def __init__(self, clip: Path, most_s: float = math.inf) -> None:
        self.clip = clip
        try:
            with open_video(clip) as container:
                stream = container.streams.video[0]
                self.fps = float(stream.average_rate or 10)
                self.length = 0
                for _ in container.decode(stream):
                    self.length += 1
                    if self.length >= most_s * self.fps:
                        break
        except (av.error.FFmpegError, IndexError, OSError) as e:
            raise BadVideo(f"{clip} cannot be decoded to its end.", f"Không giải mã được {clip} đến cuối.") from e
        if self.length == 0:
            raise BadVideo(f"{clip} holds no picture", f"Video {clip} không có hình nào")

    def pictures(self, start: int = 0, step: int = 1) -> Iterator[Image]:
        """Decode the file once."""
        with av.open(str(self.clip)) as container:
            container.streams.video[0].thread_type = "NONE"
            for i, frame in enumerate(container.decode(container.streams.video[0])):
                if i >= self.length:
                    return
                if i < start or (i - start) % step:
                    continue
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


class Background:
    """A source seen through a view. Pictures are (view.height, view.width, 3) uint8 BGR."""

    def __init__(self, source: Source, view: View, ground: Ground | None = None) -> None:
        self.source, self.view = source, view
        self._given_ground = ground
        levels = np.arange(256, dtype=np.float32) * view.gain
        tint = (1 - 0.12 * view.warmth, 1.0, 1 + 0.12 * view.warmth)
        self._tone = np.clip(np.stack([levels * t for t in tint], axis=1), 0, 255).astype(np.uint8)[None]

    def see(self, picture: Image) -> Image:
        """A source picture as this view shows it."""
        h, w = picture.shape[:2]
        c = self.view.crop
        part = picture[round(c.y * h) : round(c.bottom * h), round(c.x * w) : round(c.right * w)]
        if self.view.mirror:
            part = part[:, ::-1]
        size = (self.view.width, self.view.height)
        if (part.shape[1], part.shape[0]) != size:
            part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)
        if self.view.gain != 1.0 or self.view.warmth != 0.0:
            part = np.asarray(cv2.LUT(np.ascontiguousarray(part), self._tone), np.uint8)
        return np.ascontiguousarray(part)

    def pictures(self, count: int, fps: float) -> Iterator[Image]:
        """``count`` pictures at ``fps``; the source starts over when it ends."""
        start = round(self.view.shift_s * self.source.fps) % self.source.length
        last = start - 1
        shown: Image | None = None
        passes = self._forever(start)
        for i in range(count):
            wanted = start + int(i * self.source.fps / fps)
            while last < wanted or shown is None:
                raw = next(passes)
                last += 1
                if last >= wanted:
                    shown = self.see(raw)
            yield shown

    def later(self, shift_s: float) -> "Background":
        """The same place beginning at another moment of its source; what is known of the place is shared."""
        other = Background(self.source, replace(self.view, shift_s=shift_s), self._given_ground)
        for known in ("plate", "noise", "ground", "_half_plate", "_level"):
            other.__dict__[known] = getattr(self, known)
        self.__dict__.pop("samples", None)  # forty pictures, needed no more
        return other

    def _forever(self, start: int) -> Iterator[Image]:
        yield from self.source.pictures(start)
        while True:
            yield from self.source.pictures()

    @cached_property
    def samples(self) -> npt.NDArray[np.uint8]:
        """(n, H, W, 3): pictures evenly drawn from the whole source."""
        step = max(1, self.source.length // _PLATE_SAMPLES)
        return np.stack([self.see(p) for p in self.source.pictures(0, step)])

    @cached_property
    def plate(self) -> Image:
        """The empty place: the median of the samples."""
        if self.source.empty is not None:
            return self.see(self.source.empty)
        strips = [np.median(self.samples[:, y : y + 64], axis=0) for y in range(0, self.view.height, 64)]
        return np.concatenate(strips).astype(np.uint8)

    @cached_property
    def noise(self) -> float:
        """Standard deviation in grey levels of a pixel where nothing happens."""
        if self.source.noise is not None:
            return self.source.noise
        apart = np.abs(self.samples[::4].astype(np.int16) - self.plate).reshape(-1, 3).mean(axis=1)
        return float(np.clip(np.median(apart) * 1.48, 0.5, 8.0))

    @cached_property
    def ground(self) -> Ground:
        """The scale of the place, given or read off the people who walk in it."""
        if self._given_ground is not None:
            return self._given_ground
        width, height = self.view.width, self.view.height
        if self.source.ground is not None and self.source.empty is not None and self._is_whole:
            return self.source.ground.scaled(height / self.source.empty.shape[0])
        people: list[tuple[float, float]] = []
        for picture in self.samples:
            _, blobs = self.blobs(picture)
            for x, y, w, h, area in 2 * blobs[1:]:
                inside = x > 2 and y > 2 and x + w < width - 4 and y + h < height - 4
                if inside and h >= _LEAST_PERSON_PX and 1.7 <= h / w <= 4.2 and area > 0.15 * w * h:
                    people.append((float(y + h), float(h)))
        return fitted(people, width, height, crop_width=self.view.crop.w)

    @property
    def _is_whole(self) -> bool:
        c = self.view.crop
        return (c.x, c.y, c.w, c.h) == (0.0, 0.0, 1.0, 1.0)

    def light_at(self, foot: tuple[float, float]) -> float:
        """How bright what stands at a pixel is drawn (1: day)."""
        c, x = self.view.crop, foot[0] / self.view.width
        there = (1 - x if self.view.mirror else x, foot[1] / self.view.height)
        known = self.source.light_at(c.x + there[0] * c.w, c.y + there[1] * c.h)
        return self.view.gain * (self._level if known is None else known)

    @cached_property
    def _level(self) -> float:
        """Of a clip: how bright it is in all."""
        return float(np.clip(np.median(self.plate) / 118.0, 0.35, 1.25))

    @cached_property
    def _half_plate(self) -> Image:
        return self._half(self.plate)

    def _half(self, picture: Image) -> Image:
        size = (self.view.width // 2, self.view.height // 2)
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)

    def blobs(self, picture: Image) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Who is in front of the plate, at half size: label per pixel, and (n, 5) x y w h area per label."""
        apart = cv2.absdiff(self._half(picture), self._half_plate)
        grey = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2])
        _, mask = cv2.threshold(grey, max(14.0, 4 * self.noise), 255, cv2.THRESH_BINARY)
        mask = cv2.medianBlur(mask, 3)
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _JOIN)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
        return labels, stats  # type: ignore[return-value]
