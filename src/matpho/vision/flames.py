"""Flames: bright, red to yellow, anchored to one place, and never of one shape for two looks.

The colour rules are those of the video fire literature in YCbCr (Çelik and Demirel 2009), the judgement by flicker and
ragged outline that of Töreyin et al. (2006). Lamps and signs keep their outline, blinking ones go out as a whole,
vehicles and people in red move away. A picture without colours (infrared) is not judged.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Burning, Burns
from matpho.domain.time import SECOND, Instant, seconds
from matpho.vision.frame import SMALL, Frame
from matpho.vision.opencv import cv

Mask = npt.NDArray[np.uint8]
Masks = npt.NDArray[np.bool_]

IDLE_S = 1.0
"""Between two looks while nothing that has the colour of a flame changes; every frame is looked at otherwise."""
STIRS, STIRS_PX = 10, 3
"""Grey levels by which so many pixels of the colour differ from the look before: a lamp and a painted wall shine on
alike, the rim of a flame varies by as much from one second to the next (:data:`FLICKER`)."""
WINDOW_S = 5.0
REST_S = 4.0
"""After a window without a flame."""
FEWEST_LOOKS = 13  # within the window: at less than about 3 a second flicker cannot be told
LEAST_PX = 12
"""Of the picture at 160×90, on average: about 14×14 pixels at 640×360."""
BRIGHT, BLUE_MOST, RED_LEAST, RED_OVER_BLUE = 140, 118, 142, 36  # levels of luma, u, v, and v − u
GLARING = 165.0  # mean luma of the core: a red shirt in the sun is darker
FLICKER = 10.0  # grey levels that the rim varies by while it has the colour; a painted thing varies by noise
USUAL_S, USUAL = 120.0, 0.7  # what has had the colour for minutes is a wall under a sodium lamp
COLOURS = 1.5  # mean distance of the chroma from neutral; below it the picture is grey


class FlameWatch:
    """The watch of one camera; ``watched`` (90, 160) is 0 where nobody looks."""

    def __init__(self, watched: Mask | None = None) -> None:
        self._watched = watched
        self._kept: deque[tuple[Instant, Mask, Mask]] = deque()  # with the luma
        self._usual = np.zeros((SMALL[1], SMALL[0]), np.float32)
        self._before: tuple[Mask, Mask] | None = None  # the colour and the luma of the newest look
        self._looked: Instant | None = None
        self._judged: Instant | None = None
        self._hot: Instant | None = None  # when something had the colour last, and may burn
        self._rest_until: int | None = None
        self._told: tuple[Burning, ...] = ()

    def watch_only(self, watched: Mask | None) -> None:
        """Go on with what was learned, over another part of the picture; what was told is judged anew."""
        self._watched, self._told = watched, ()
        if watched is not None:
            self._kept = deque((at, coloured & watched, luma) for at, coloured, luma in self._kept)

    def update(self, frame: Frame) -> tuple[Burning, ...]:
        """Where flames seem to be now; between two judgements the last one."""
        if self._rest_until is not None and 0 < self._rest_until - frame.at <= REST_S * SECOND:
            return self._told
        idle = self._hot is None or seconds(frame.at - self._hot) > 2 * IDLE_S
        if idle and self._looked is not None and 0 <= seconds(frame.at - self._looked) < 0.9 * IDLE_S:
            return self._told
        coloured = _coloured(frame)
        if coloured is None:
            self._kept.clear()
            self._hot, self._told, self._looked, self._before = None, (), frame.at, None
            return ()
        if self._watched is not None:
            coloured &= self._watched
        dt = 0.0 if self._looked is None else min(max(seconds(frame.at - self._looked), 0.0), IDLE_S)
        self._looked = frame.at
        self._learn(coloured, dt)
        coloured[self._usual > USUAL] = 0
        stirs = not idle or self._stirs(coloured, frame.shrunk(*SMALL))
        self._before = coloured, frame.shrunk(*SMALL)
        if stirs and cv.countNonZero(coloured) >= LEAST_PX // 2:
            self._hot = frame.at
        elif idle:
            self._kept.clear()
            self._told = ()
            return ()
        self._kept.append((frame.at, coloured, frame.shrunk(*SMALL)))
        while seconds(frame.at - self._kept[0][0]) > WINDOW_S:
            self._kept.popleft()
        whole = len(self._kept) >= FEWEST_LOOKS and seconds(frame.at - self._kept[0][0]) >= 0.8 * WINDOW_S
        if whole and (self._judged is None or seconds(frame.at - self._judged) >= 0.9 * IDLE_S):
            self._judged = frame.at
            self._told = self._judge()
            if not self._told:  # lamps and signs: what does not burn is not watched at every frame
                self._kept.clear()
                self._rest_until = frame.at + round(REST_S * SECOND)
        return self._told

    def _stirs(self, coloured: Mask, luma: Mask) -> bool:
        """Whether what has the colour, or had it at the look before, has changed since."""
        if self._before is None:
            return True
        colour_then, luma_then = self._before
        moved = (cv.absdiff(luma, luma_then) > STIRS) & (coloured | colour_then).view(np.bool_)
        return int(np.count_nonzero(moved)) >= STIRS_PX

    def _learn(self, coloured: Mask, dt: float) -> None:
        """What is usual; what burns does not become it."""
        rate = np.float32(1 - np.exp(-dt / USUAL_S))
        change = rate * (coloured - self._usual)
        for burning in self._told:
            change[_pixels(burning.box)] = 0
        self._usual += change

    def _judge(self) -> tuple[Burning, ...]:
        """The patches of the colour within a whole window that behave like flames."""
        first = self._kept[0][0]
        stack = np.stack([mask for _, mask, _ in self._kept]).astype(np.bool_)
        shown = stack.mean(axis=0, dtype=np.float32)
        region = cv.dilate((shown > 0.1).astype(np.uint8), np.ones((3, 3), np.uint8))
        count, labels, stats, _ = cv.connectedComponentsWithStats(region)
        found = []
        luma = np.stack([luma for _, _, luma in self._kept])
        for number in range(1, count):
            x, y, w, h = (int(v) for v in stats[number][:4])
            rows, columns = slice(y, y + h), slice(x, x + w)
            here = labels[rows, columns] == number
            core, rim = (shown[rows, columns] >= 0.7) & here, (shown[rows, columns] < 0.9) & here
            bright = luma[:, rows, columns].astype(np.float32)
            if core.sum() < 4 or float(bright[:, core].mean()) < GLARING:
                continue
            patch = stack[:, rows, columns] & here
            if not rim.any() or _unrest(bright, patch, rim & (shown[rows, columns] > 0.3)) < FLICKER:
                continue
            level = restless(patch)
            if level > 0:
                box = Box(x / SMALL[0], y / SMALL[1], w / SMALL[0], h / SMALL[1])
                found.append(Burning(Burns.FLAME, box, first, level))
        return tuple(sorted(found, key=lambda b: -b.level))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a patch behaved over the looks. ``likeness`` is the mean overlap (IoU) of one look's outline with the
    next one's, moved onto it; ``turns`` the share of looks at which its area turned from growing to shrinking or back;
    ``there`` the share at which it was there at all; ``travel`` how far it got, in its own size; ``spread`` how much
    more ground it touched than it covers at once.
    """

    area: float
    likeness: float
    turns: float
    there: float
    travel: float
    spread: float


LIKENESS_MOST, LIKENESS_LEAST = 0.82, 0.2
TURNS_LEAST, THERE_LEAST, TRAVEL_MOST, SPREAD_MOST = 0.25, 0.95, 0.5, 5.0


def restless(patch: Masks) -> float:
    """How much like a flame the patch (looks, h, w) behaves, 0..1; 0 where any condition fails."""
    shape = shape_of(patch)
    if shape.area < LEAST_PX or shape.there < THERE_LEAST or shape.spread > SPREAD_MOST:
        return 0.0
    if shape.travel > TRAVEL_MOST or shape.turns < TURNS_LEAST:
        return 0.0
    if not LIKENESS_LEAST < shape.likeness < LIKENESS_MOST:
        return 0.0
    return min(1.0, 0.4 + 2 * (LIKENESS_MOST - shape.likeness))


def shape_of(patch: Masks) -> Shape:
    """How a patch behaved over its looks (looks, h, w)."""
    areas = patch.sum(axis=(1, 2)).astype(np.float64)
    area = float(areas.mean())
    rows, columns = np.indices(patch.shape[1:])
    weight = np.maximum(areas, 1.0)
    middles = np.stack([(patch * rows).sum(axis=(1, 2)) / weight, (patch * columns).sum(axis=(1, 2)) / weight], axis=1)
    likeness = [_overlap(a, b, m, n) for a, b, m, n in zip(patch, patch[1:], middles, middles[1:], strict=False)]
    steps = np.diff(areas)
    third = max(1, len(patch) // 3)
    went = middles[-third:].mean(axis=0) - middles[:third].mean(axis=0)
    turned = (steps[:-1] * steps[1:] < 0) & (np.abs(steps[:-1]) + np.abs(steps[1:]) >= 0.08 * area)
    return Shape(
        area=area,
        likeness=float(np.mean(likeness)) if likeness else 1.0,
        turns=float(turned.mean()) if turned.size else 0.0,
        there=float((areas >= 0.25 * np.median(areas)).mean()) if area else 0.0,
        travel=float(np.hypot(*went)) / max(area, 1.0) ** 0.5,
        spread=float(patch.any(axis=0).sum()) / max(area, 1.0),
    )


def _unrest(bright: npt.NDArray[np.float32], patch: Masks, rim: Masks) -> float:
    """By how many grey levels a pixel of the rim varies while it has the colour, on average.

    A painted barrier that people pass in front of comes and goes, and is the same each time.
    """
    if not rim.any():
        return 0.0
    light, lit = bright[:, rim], patch[:, rim]
    count = np.maximum(lit.sum(axis=0), 1)
    mean = (light * lit).sum(axis=0) / count
    return float(np.sqrt((((light - mean) ** 2) * lit).sum(axis=0) / count).mean())


def _overlap(a: Masks, b: Masks, middle_a: npt.NDArray[np.float64], middle_b: npt.NDArray[np.float64]) -> float:
    """Intersection over union after moving ``a`` by whole pixels onto ``b``."""
    dy, dx = (round(float(v)) for v in middle_b - middle_a)
    edge = max(abs(dy), abs(dx))
    moved = np.roll(np.pad(a, edge), (dy, dx), axis=(0, 1)) if edge else a
    there = np.pad(b, edge) if edge else b
    either = int((moved | there).sum())
    return float((moved & there).sum()) / either if either else 1.0


def _coloured(frame: Frame) -> Mask | None:
    """1 where a pixel at 160×90 has the colour of a flame; None where the picture has no colours."""
    if frame.u is None or frame.v is None:
        return None
    u, v = (np.asarray(cv.resize(p, SMALL, interpolation=cv.INTER_AREA)) for p in (frame.u, frame.v))
    if cv.mean(cv.absdiff(v, 128))[0] + cv.mean(cv.absdiff(u, 128))[0] < 2 * COLOURS:
        return None
    bright = frame.shrunk(*SMALL) >= BRIGHT
    flame = bright & (v >= RED_LEAST) & (u <= BLUE_MOST) & (cv.subtract(v, u) >= RED_OVER_BLUE)
    return np.asarray(flame, np.uint8)


def _pixels(box: Box) -> tuple[slice, slice]:
    width, height = SMALL
    return (
        slice(round(box.y * height), round(box.bottom * height)),
        slice(round(box.x * width), round(box.right * width)),
    )
