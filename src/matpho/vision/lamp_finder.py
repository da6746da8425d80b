"""Where on the picture may a signal be? Small places that shine red for a while and, near by, green for a while.

Looked at when asked, over a few minutes of pictures: what shines is judged as :mod:`.lamp` does, pixel by pixel; a
signal is a place that is red in some pictures and dark in others, with a place of about its size beside it (or the
same) that is green exactly when it is not red. Tail lights, signs and shirts do not keep to one place, do not change,
or have no partner. A suggestion: a person sees whether it is the signal of this road.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import LampColour
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import Image
from matpho.vision.lamp import LampSettings, emissive

LONGEST_SIDE = 960
"""Pixels across at which is looked: a lamp of a 1080p picture still has some."""
FEWEST = 16
"""Pictures below which nothing can be said."""
LEAST_PX, MOST_SHARE = 3, 0.004
SELDOM, OFTEN = 0.08, 0.92
"""A lamp is lit in a share of all pictures between these."""
AGREE = 0.85
"""Share of the pictures in which exactly one of both colours must shine."""
ONCE_AGREE, ONCE_LIT = 0.95, 6
"""What is asked of a signal that changed but once: nearly no doubt, and so many pictures of each colour."""
APART = 9.0
"""How far the green lamp may be from the red one, in lamp diameters."""
_MOST_PLACES = 60

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FoundLamp:
    """A place that behaves like a signal. ``agree`` 0..1: how well red and green take turns; ``switches`` how often.

    ``red`` and ``green`` are the shares of ``pictures`` in which each was lit.
    """

    box: Box
    agree: float
    switches: int
    red: float
    green: float
    pictures: int


@dataclass(frozen=True, slots=True)
class LampSearch:
    """What a search found, the surest first, in how many pictures over how many seconds."""

    pictures: int
    length_s: float
    found: tuple[FoundLamp, ...]


@dataclass(slots=True)
class _Place:
    """A small region that shines in one colour now and then: its box in pixels, its lit pictures."""

    box: tuple[int, int, int, int]
    lit: Mask

    @property
    def centre(self) -> tuple[float, float]:
        x, y, w, h = self.box
        return x + w / 2, y + h / 2

    @property
    def diameter(self) -> float:
        return float(max(self.box[2], self.box[3]))


def find_lamps(pictures: Iterable[tuple[Instant, Image]]) -> LampSearch:
    """Search pictures (h, w, 3) uint8 BGR of one steady camera, in order of time, all of one size."""
    times: list[Instant] = []
    reds: list[Mask] = []
    greens: list[Mask] = []
    for at, picture in pictures:
        shines = emissive(_shrunk(picture), LampSettings())
        if reds and shines[LampColour.RED].shape != reds[0].shape:
            continue  # the camera's size was changed meanwhile
        times.append(at)
        reds.append(shines[LampColour.RED])
        greens.append(shines[LampColour.GREEN])
    length_s = seconds(times[-1] - times[0]) if times else 0.0
    if len(times) < FEWEST:
        return LampSearch(len(times), length_s, ())
    height, width = reds[0].shape
    red_places, green_places = _places(reds), _places(greens)
    found = [lamp for r in red_places for g in green_places if (lamp := _pair(r, g, width, height)) is not None]
    return LampSearch(len(times), length_s, _apart(found))


def _shrunk(picture: Image) -> Image:
    scale = LONGEST_SIDE / max(picture.shape[:2])
    if scale >= 1:
        return picture
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _places(masks: Sequence[Mask]) -> list[_Place]:
    """Small regions whose pixels shine in some pictures and not in others."""
    stack = np.stack(masks)
    heat = stack.mean(axis=0, dtype=np.float32)
    sometimes = ((heat >= SELDOM) & (heat <= OFTEN)).astype(np.uint8)
    joined = cv2.morphologyEx(sometimes, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    most = MOST_SHARE * heat.size
    kept = [k for k in range(1, count) if LEAST_PX <= stats[k, cv2.CC_STAT_AREA] <= most]
    kept.sort(key=lambda k: -int(stats[k, cv2.CC_STAT_AREA]))
    places = []
    for k in kept[:_MOST_PLACES]:
        x, y, w, h = (int(v) for v in stats[k, :4])
        if max(w, h) > 4 * min(w, h) + 2:
            continue  # a streak of light, no lamp
        inside = labels[y : y + h, x : x + w] == k
        shining = stack[:, y : y + h, x : x + w][:, inside].sum(axis=1)
        usual = float(np.median(shining[shining > 0])) if (shining > 0).any() else 0.0
        places.append(_Place((x, y, w, h), shining >= max(1.0, 0.5 * usual)))
    return places


def _pair(red: _Place, green: _Place, width: int, height: int) -> FoundLamp | None:
    """A red and a green place as one signal; None where they are none."""
    sizes = sorted((red.diameter, green.diameter))
    far = float(np.hypot(red.centre[0] - green.centre[0], red.centre[1] - green.centre[1]))
    if sizes[1] > 3 * sizes[0] + 2 or far > APART * max(2.0, sizes[1]):
        return None
    one = red.lit ^ green.lit
    agree = float(one.mean())
    told = red.lit[one]
    switches = int((told[1:] != told[:-1]).sum())
    shares = float(red.lit.mean()), float(green.lit.mean())
    if agree < AGREE or min(shares) < SELDOM or switches < 1:
        return None
    return FoundLamp(_around(red, green, width, height), agree, switches, *shares, len(one))


def _sure(lamp: FoundLamp) -> bool:
    """Whether it changed more than once, or once without doubt after a while."""
    lit = min(lamp.red, lamp.green) * lamp.pictures
    return lamp.switches > 1 or (lamp.agree >= ONCE_AGREE and lit >= ONCE_LIT)


def _around(red: _Place, green: _Place, width: int, height: int) -> Box:
    """Both lamps with a rim of half a lamp, inside the frame."""
    rim = 0.5 * max(red.diameter, green.diameter) + 1
    left = max(0.0, min(red.box[0], green.box[0]) - rim)
    top = max(0.0, min(red.box[1], green.box[1]) - rim)
    right = min(float(width), max(red.box[0] + red.box[2], green.box[0] + green.box[2]) + rim)
    bottom = min(float(height), max(red.box[1] + red.box[3], green.box[1] + green.box[3]) + rim)
    return Box(left / width, top / height, (right - left) / width, (bottom - top) / height)


def _apart(found: Sequence[FoundLamp]) -> tuple[FoundLamp, ...]:
    """Those that share a place as one (digits of a countdown, a second lamp beside it), the surest first; five.

    One that is not sure by itself only makes the box of a sure one larger.
    """
    kept: list[FoundLamp] = []
    for lamp in sorted(found, key=lambda one: (-one.agree, -one.switches, one.box.area)):
        near = next((k for k, other in enumerate(kept) if lamp.box.overlap(other.box) > 0), None)
        if near is None and _sure(lamp):
            kept.append(lamp)
        elif near is not None:
            kept[near] = replace(kept[near], box=kept[near].box.join(lamp.box))
    return tuple(kept[:5])
