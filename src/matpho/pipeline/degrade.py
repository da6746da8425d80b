"""Bad weather and bad pictures staged on real footage while it is read: the same seed gives the same pictures.

Each degradation changes the planes of a frame and nothing else, so that the events of a clip stay where they were
annotated. They are what they are called and no more: drawn rain is no wet lens, and noise on a day clip is no night.
Streaks follow the drawing of Garg & Nayar (2006) in spirit only: short bright lines, blurred along their fall.
"""

import math
import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.time import seconds
from matpho.errors import BadInput
from matpho.vision.frame import BLACK, Frame

Alter = Callable[[Frame], Frame]
Floats = npt.NDArray[np.float32]

_REFERENCE_PX = 640.0  # lengths in pixels are meant at this width


def degradation(name: str, clip: str) -> Alter:
    """The degradation of a name for one clip, seeded by both; made anew for each reading, because it remembers.

    Raises BadInput for a name that is none.
    """
    if name not in DEGRADATIONS:
        known = ", ".join(DEGRADATIONS)
        raise BadInput(f"There is no degradation {name}; there are {known}.", f"Không có {name}; chỉ có {known}.")
    return DEGRADATIONS[name](np.random.default_rng(zlib.crc32(f"{name} {clip}".encode())))


class Rain:
    """Streaks of one slant, a haze that takes a fifth of the contrast."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._slant = rng.uniform(-0.25, 0.25)

    def __call__(self, frame: Frame) -> Frame:
        """A frame in the rain."""
        height, width = frame.luma.shape
        streaks = np.zeros((height, width), np.uint8)
        for x, y, size in self._rng.random((width * height // 700, 3)):
            length = (0.02 + 0.06 * size) * height
            start = (int(x * width), int(y * height))
            end = (int(x * width + self._slant * length), int(y * height + length))
            cv2.line(streaks, start, end, int(40 + 60 * size), max(1, round(width / _REFERENCE_PX)))
        streaks = np.asarray(cv2.blur(streaks, (1, 5)), np.uint8)
        hazy = 0.8 * frame.luma.astype(np.float32) + 0.2 * 140.0
        return with_luma(frame, hazy + streaks)


class Night:
    """A third of the light, half of the colour, and the noise of a small sensor at full gain."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def __call__(self, frame: Frame) -> Frame:
        """A frame in bad light."""
        dark = BLACK + 0.35 * (frame.luma.astype(np.float32) - BLACK)
        height, width = dark.shape
        fine = self._rng.standard_normal((height, width), np.float32)
        coarse = self._rng.standard_normal((height // 4 + 1, width // 4 + 1), np.float32)
        blotches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        pale = with_luma(frame, dark + 5.0 * fine + 3.0 * blotches)
        planes = [None if p is None else np.asarray(128 + (p.astype(np.int16) - 128) // 2, np.uint8)
                  for p in (frame.u, frame.v)]  # fmt: skip
        return Frame(pale.at, pale.luma, planes[0], planes[1])


class Dim:
    """A quarter to four tenths of the light, and of the colour: nothing in the picture is bright, nothing is noisy."""

    def __init__(self, rng: np.random.Generator) -> None:
        share = rng.uniform(0.25, 0.4)
        steps = np.arange(256, dtype=np.float32)
        self._luma = BLACK + share * (steps - BLACK)
        self._chroma = np.rint(128 + share * (steps - 128)).astype(np.uint8)

    def __call__(self, frame: Frame) -> Frame:
        """A frame of a camera that has too little light."""
        dark = with_luma(frame, self._luma[frame.luma])
        return Frame(dark.at, dark.luma, *(None if p is None else self._chroma[p] for p in (frame.u, frame.v)))


class Headlights:
    """Every 12 s a pair of lamps crosses in 4 s, washing the picture out where it shines and darkening the rest."""

    EVERY_S, LASTS_S = 12.0, 4.0

    def __init__(self, rng: np.random.Generator) -> None:
        self._phase_s = rng.uniform(3.0, self.EVERY_S)
        self._level = rng.uniform(0.45, 0.75)

    def __call__(self, frame: Frame) -> Frame:
        """A frame while, or between, lamps."""
        into = (seconds(frame.at) + self._phase_s) % self.EVERY_S / self.LASTS_S
        if into >= 1:
            return frame
        height, width = frame.luma.shape
        x, y = np.arange(width, dtype=np.float32) / width, np.arange(height, dtype=np.float32)[:, None] / height
        strength = math.sin(math.pi * into)
        glow: Floats = np.zeros((height, width), np.float32)
        for lamp in (-0.04, 0.04):
            centre = -0.2 + 1.4 * into + lamp
            glow += np.exp(-(((x - centre) / 0.16) ** 2) - ((y - self._level) / 0.22) ** 2)
        exposed: Floats = BLACK + (1 - 0.3 * strength) * (frame.luma.astype(np.float32) - BLACK)
        return with_luma(frame, exposed + 150.0 * strength * np.minimum(glow, np.float32(1.0)))


class Shadows:
    """Cloud shadows with soft edges that drift over the picture, each taking 45 % of the light."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._waves = [(rng.uniform(0.8, 1.6), rng.uniform(0, 2 * math.pi), rng.uniform(0.12, 0.3)) for _ in range(3)]
        self._tilt = rng.uniform(-0.8, 0.8)

    def __call__(self, frame: Frame) -> Frame:
        """A frame under moving clouds."""
        height, width = frame.luma.shape
        x, y = np.arange(64, dtype=np.float32) / 64, np.arange(48, dtype=np.float32)[:, None] / 48
        along, at_s = x + self._tilt * y, seconds(frame.at)
        sky = sum(np.sin(2 * math.pi * (f * along - speed * f * at_s) + phase) for f, phase, speed in self._waves)
        cover = 1 / (1 + np.exp(-6.0 * np.asarray(sky, np.float32)))
        light = cv2.resize(np.asarray(1 - 0.45 * cover, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        return with_luma(frame, BLACK + (frame.luma.astype(np.float32) - BLACK) * light)


class Shake:
    """A pole in the wind: three swings that add up to about 2 px of a picture 640 wide, and a little jitter."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._swings = [(rng.uniform(0.3, 2.2), rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 1.0)) for _ in range(6)]

    def __call__(self, frame: Frame) -> Frame:
        """A frame from a camera that moves."""
        at_s, scale = seconds(frame.at), frame.size[0] / _REFERENCE_PX
        swings = [size * math.sin(2 * math.pi * f * at_s + phase) for f, phase, size in self._swings]
        dx, dy = (sum(swings[i : i + 3]) + self._rng.normal(0, 0.3) for i in (0, 3))
        planes = [_moved(frame.luma, dx * scale, dy * scale)]
        planes += [_moved(p, dx * scale / 2, dy * scale / 2) for p in (frame.u, frame.v) if p is not None]
        return Frame(frame.at, *planes)


class Compression:
    """A starved encoder: MPEG-4 at its coarsest quantiser but one, a key picture every 50, so that blocks smear."""

    QUANTISER = 30

    def __init__(self, rng: np.random.Generator) -> None:
        del rng
        self._number = 0
        self._pair: tuple[Any, Any] | None = None
        self._size = (0, 0)

    def __call__(self, frame: Frame) -> Frame:
        """A frame as it comes out of the encoder."""
        width, height = (n - n % 2 for n in frame.size)
        if self._pair is None or self._size != (width, height):
            self._size, self._pair = (width, height), (_encoder(width, height), av.CodecContext.create("mpeg4", "r"))
        encoder, decoder = self._pair
        u, v = (np.full((height // 2, width // 2), 128, np.uint8) if p is None else p for p in (frame.u, frame.v))
        planes = (frame.luma[:height, :width], u[: height // 2, : width // 2], v[: height // 2, : width // 2])
        flat = np.concatenate([np.ascontiguousarray(p).reshape(-1) for p in planes])
        picture = av.VideoFrame.from_ndarray(flat.reshape(height * 3 // 2, width), format="yuv420p")
        picture.pts, self._number = self._number, self._number + 1
        coded = [out for packet in encoder.encode(picture) for out in decoder.decode(packet)]
        if not coded:
            return frame
        told = np.asarray(coded[-1].to_ndarray(format="yuv420p"), np.uint8).reshape(-1)
        luma, chroma = told[: width * height].reshape(height, width), told[width * height :]
        if frame.u is None:
            return Frame(frame.at, luma)
        u, v = chroma.reshape(2, height // 2, width // 2)
        return Frame(frame.at, luma, u, v)


def _encoder(width: int, height: int) -> Any:
    encoder: Any = av.CodecContext.create("mpeg4", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 5), Fraction(5)
    encoder.gop_size, encoder.max_b_frames = 50, 0
    encoder.options = {"qmin": str(Compression.QUANTISER), "qmax": str(Compression.QUANTISER + 1)}
    return encoder


def with_luma(frame: Frame, luma: npt.NDArray[np.floating[Any]]) -> Frame:
    """The frame with other grey levels, kept within 0..255."""
    return Frame(frame.at, np.clip(luma, 0, 255).astype(np.uint8), frame.u, frame.v)


def _moved(plane: npt.NDArray[np.uint8], dx: float, dy: float) -> npt.NDArray[np.uint8]:
    height, width = plane.shape
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    moved = cv2.warpAffine(plane, move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


DEGRADATIONS: Mapping[str, Callable[[np.random.Generator], Alter]] = MappingProxyType(
    {
        "rain": Rain,
        "night": Night,
        "dim": Dim,
        "headlights": Headlights,
        "shadows": Shadows,
        "shake": Shake,
        "compression": Compression,
    }
)
"""All degradations by name."""
