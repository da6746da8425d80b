"""Unrest: how much of the motion in a window changes from one picture to the next beyond what its bodies do as wholes.

The motion of two pictures is the dense optical flow; the *change* of motion is taken along the way of what moves
(after the Violent Flows descriptor of Hassner et al. 2012, its oriented form OViF of Gao et al. 2016, and the
acceleration of Deniz et al. 2014). A body that speeds up, turns or comes past another one changes, too, but as a
whole: so the changes in a window are first explained by two common ones, one for each of two bodies, and only what
is left counts: limbs, and trunks that are thrown about. That is what walkers who cross have little of. Where all that
moves in the window gets on together at a walker's pace it counts the less, the more it agrees.

The pictures are scaled so that a body is :data:`BODY_PX` high, and only the part around who is watched is looked at.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import Frame
from matpho.vision.opencv import cv

Floats = npt.NDArray[np.float32]
Rect = tuple[slice, slice]

BODY_PX = 36.0
"""Height of a body on the working picture, on which the flow is as fine as its patches allow: a larger picture with a
coarser flow costs twice as much and says the same, a smaller one loses arms."""
LARGEST_PX = 30_000
"""Pixels of the working picture, at most: what the flow may cost."""
DESCENTS = 6
"""Steps by which each patch is fitted: with twice as many people who come past each other make twice as much unrest."""
SMALLEST_BODY_PX = 12.0
"""Smaller bodies hold too few pixels for their motion to be told from noise."""
JITTER_PX = 0.25
"""How far the flow is off where nothing but noise moves: that much is taken away."""
LONGEST_STEP_S = 0.6  # between two pictures: over longer ones no motion can be followed
CHANGED = 8.0  # grey levels between two pictures
EVERYWHERE = 0.6  # share of the picture that changes when the light does
BODY = 0.32  # a body that moves changes about so much of the square of its height
TOGETHER = (0.3, 0.55)
"""Bodies a second that a window's motion makes as a whole: up to the first agreement says nothing, from the second on
it says all. People who fight pull each other to and fro; a walker makes 0.7 and more."""
FEWEST = 18  # pixels that moved
MARGIN, SNAP, RIM = 4, 16, 4
"""Pixels of the working picture: what is looked at around the windows, in steps of so many, and its rim, where the
camera's own motion is read."""


@dataclass(frozen=True, slots=True)
class _Motion:
    """Between two pictures, in one part: velocity in pixels a second (h, w, 2) and what has changed (h, w)."""

    at: Instant
    dt: float
    part: Rect
    velocity: Floats
    changed: npt.NDArray[np.bool_]


class Unrest:
    """The measure over ``area`` of one camera; its pictures come in order of time."""

    def __init__(self, area: Box) -> None:
        self.area = area
        self._flow = cv.DISOpticalFlow_create(cv.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._flow.setFinestScale(0)
        self._flow.setGradientDescentIterations(DESCENTS)
        self._size = (0, 0)
        self._kept: deque[tuple[Instant, npt.NDArray[np.uint8]]] = deque(maxlen=3)
        self._before: _Motion | None = None

    def keep(self, frame: Frame, body: float) -> None:
        """Remember a picture in which people are ``body`` high (of the frame's height): it may be needed next."""
        small = self._shrunk(frame, body)
        self._kept.append((frame.at, small))

    def forget(self) -> None:
        """Nobody is there."""
        self._kept.clear()
        self._before = None

    def measure(self, windows: Sequence[tuple[Box, float]], wheels: Sequence[Box]) -> list[float] | None:
        """Of each window with its body's height: unrest in bodies² per second² over a body's area.

        None where there are no three pictures in a row yet, or the light changed everywhere.
        """
        part = self._around([window for window, _ in windows])
        if len(self._kept) < 3 or part is None:
            return None
        before = self._before
        if before is None or before.at != self._kept[1][0] or not _holds(before.part, part):
            before = self._motion(self._kept[0], self._kept[1], part)
        now = self._motion(self._kept[1], self._kept[2], part)
        self._before = now
        if now is None or before is None or self._flashed():
            return None
        for wheel in wheels:
            now.changed[_within(self._pixels(wheel), now.part)] = False
        change = _change(now, before)
        return [self._of(now, change, window, body) for window, body in windows]

    def _flashed(self) -> bool:
        """Whether the newest picture differs from the one before nearly everywhere."""
        then, now = (np.ascontiguousarray(picture[::4, ::4]) for _, picture in (self._kept[1], self._kept[2]))
        return bool((cv.absdiff(now, then) > CHANGED).mean() > EVERYWHERE)

    def _shrunk(self, frame: Frame, body: float) -> npt.NDArray[np.uint8]:
        """The area at working size."""
        (width, height), area = frame.size, self.area
        scale = min(1.0, BODY_PX / (body * height), (LARGEST_PX / (area.area * width * height)) ** 0.5)
        size = max(16, round(area.w * width * scale)), max(16, round(area.h * height * scale))
        if not 0.7 < size[0] / max(self._size[0], 1) < 1.4:
            self._size = size
            self.forget()
        whole = frame.shrunk(round(self._size[0] / area.w), round(self._size[1] / area.h))
        left = min(round(area.x * whole.shape[1]), whole.shape[1] - self._size[0])
        top = min(round(area.y * whole.shape[0]), whole.shape[0] - self._size[1])
        return whole[top : top + self._size[1], left : left + self._size[0]]

    def _motion(
        self, old: tuple[Instant, npt.NDArray[np.uint8]], new: tuple[Instant, npt.NDArray[np.uint8]], part: Rect
    ) -> _Motion | None:
        dt = seconds(new[0] - old[0])
        if not 0 < dt <= LONGEST_STEP_S:
            return None
        then, luma = np.ascontiguousarray(old[1][part]), np.ascontiguousarray(new[1][part])
        back = np.asarray(self._flow.calc(luma, then, None), np.float32)
        rim = np.concatenate([back[:RIM:2, ::4], back[-RIM::2, ::4]], axis=1).reshape(-1, 2)
        sides = np.concatenate([back[::4, :RIM:2], back[::4, -RIM::2]], axis=0).reshape(-1, 2)
        sway = np.median(np.concatenate([rim, sides]), axis=0).astype(np.float32)  # the camera's own
        changed = np.asarray(cv.blur(cv.absdiff(luma, then), (3, 3)) > CHANGED)
        return _Motion(new[0], dt, part, (sway - back) / np.float32(dt), changed)

    def _of(self, now: _Motion, change: Floats, window: Box, body: float) -> float:
        body_px = body / self.area.h * self._size[1]
        rows, columns = _within(self._pixels(window), now.part)
        spot = rows, columns
        moved = now.changed[spot]
        if np.count_nonzero(moved) < FEWEST or body_px < SMALLEST_BODY_PX:
            return 0.0
        changes, motions = change[spot][moved] / np.float32(body_px), now.velocity[spot][moved] / np.float32(body_px)
        share = len(changes) / (BODY * body_px * body_px)
        jitter = 2 * (JITTER_PX / now.dt / body_px) ** 2
        return share * max(0.0, _unexplained(changes) - jitter) * _apart(motions)

    def _around(self, windows: Sequence[Box]) -> Rect | None:
        """The part of the working picture around all windows, with a margin; None where there is none."""
        if not windows or self._size == (0, 0):
            return None
        rects = [self._pixels(w) for w in windows]
        sides = []
        for axis, most in enumerate(reversed(self._size)):
            first = (min(r[axis].start for r in rects) - MARGIN) // SNAP * SNAP
            last = -(-(max(r[axis].stop for r in rects) + MARGIN) // SNAP) * SNAP
            sides.append(slice(max(min(first, most - SNAP), 0), min(last, most)))
        return sides[0], sides[1]

    def _pixels(self, box: Box) -> Rect:
        """Rows and columns on the working picture."""
        area, (width, height) = self.area, self._size
        rows = [int(min(max((y - area.y) / area.h, 0.0), 1.0) * height) for y in (box.y, box.bottom)]
        columns = [int(min(max((x - area.x) / area.w, 0.0), 1.0) * width) for x in (box.x, box.right)]
        return slice(*rows), slice(*columns)


def _change(now: _Motion, before: _Motion) -> Floats:
    """How the velocity of each pixel differs from that of where it came from (h, w, 2)."""
    rows, columns = np.indices(now.changed.shape, dtype=np.float32)
    down, across = (n.start - b.start for n, b in zip(now.part, before.part, strict=True))
    came_from = cv.remap(
        before.velocity,
        columns + np.float32(across) - now.velocity[..., 0] * np.float32(now.dt),
        rows + np.float32(down) - now.velocity[..., 1] * np.float32(now.dt),
        cv.INTER_LINEAR,
        borderMode=cv.BORDER_REPLICATE,
    )
    return np.asarray(now.velocity - came_from, np.float32)


def _apart(motions: Floats) -> float:
    """How little these (n, 2) bodies a second are one walk: 0..1."""
    together = motions.mean(axis=0)
    net = math.hypot(*together.tolist())
    agreement = net * net / max(float(np.einsum("ij,ij->", motions, motions)) / len(motions), 1e-6)
    slow, walks = TOGETHER
    return max(1.0 - agreement, min(1.0, max(0.0, (walks - net) / (walks - slow))))


def _unexplained(moved: Floats) -> float:
    """Mean square of what two common values leave of these (n, 2): the split is along their widest spread."""
    off = moved - moved.mean(axis=0)
    whole = float(np.einsum("ij,ij->", off, off)) / len(off)
    _, axes = np.linalg.eigh(off.T @ off)
    side = off @ axes[:, 1] > 0
    for _ in range(3):
        share = float(side.mean())
        if not 0 < share < 1:
            return whole
        one, other = off[side].mean(axis=0), off[~side].mean(axis=0)
        between = share * float(one @ one) + (1 - share) * float(other @ other)
        side = off @ (one - other) > float(one @ one - other @ other) / 2
    return max(0.0, whole - between)


def _holds(outer: Rect, inner: Rect) -> bool:
    return all(o.start <= i.start and i.stop <= o.stop for o, i in zip(outer, inner, strict=True))


def _within(rect: Rect, part: Rect) -> Rect:
    """A rectangle of the working picture as one of the part."""
    rows, columns = (
        slice(min(max(r.start - p.start, 0), p.stop - p.start), min(max(r.stop - p.start, 0), p.stop - p.start))
        for r, p in zip(rect, part, strict=True)
    )
    return rows, columns
