"""How much of a pavement's width things leave free where they stand.

A pavement is as wide, at a place, as the shortest line through that place from edge to edge of its outline: this is
right for a pavement that bends, and does not ask which way it runs. Coordinates are the caller's: metres on the ground
where the camera is calibrated, else shares of the frame, of which only the shares of the width mean something.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Place2 = tuple[float, float]
"""A place in the caller's coordinates."""

_DIRECTIONS = 24  # every 7.5 degrees: the shortest of them is at most 0.3 % too long


@dataclass(frozen=True, slots=True)
class Passage:
    """The narrowest place: the pavement's width there, the widest gap left, and how much of the width is blocked."""

    width: float
    free: float
    blocked: float

    @property
    def taken(self) -> float:
        """Share of the width that things stand on, 0..1; a post in the middle takes little of it."""
        return self.blocked / self.width if self.width > 0 else 0.0


def passage(outline: Sequence[Place2], feet: Sequence[Sequence[Place2]]) -> Passage | None:
    """The narrowest place beside any of the things; ``feet`` are the outlines of what each covers on the ground.

    None where none of them stands inside the outline.
    """
    found = [p for foot in feet if (p := _beside(outline, foot, feet)) is not None]
    return min(found, key=lambda p: p.free / p.width, default=None)


def _beside(outline: Sequence[Place2], foot: Sequence[Place2], feet: Sequence[Sequence[Place2]]) -> Passage | None:
    middle = (sum(x for x, _ in foot) / len(foot), sum(y for _, y in foot) / len(foot))
    across = _across(outline, middle)
    if across is None:
        return None
    direction, (left, right) = across
    along = (-direction[1], direction[0])
    low, high = _reach(foot, middle, along)
    blocked = []
    for other in feet:
        near, far = _reach(other, middle, along)
        if near <= high and far >= low:  # beside it, so it narrows the same stretch
            start, end = _reach(other, middle, direction)
            blocked.append((max(left, start), min(right, end)))
    widest, free, at = 0.0, 0.0, left
    for start, end in sorted(b for b in blocked if b[0] < b[1]):
        gap = max(0.0, start - at)
        widest, free, at = max(widest, gap), free + gap, max(at, end)
    gap = right - at
    return Passage(right - left, max(widest, gap), right - left - free - gap)


def _across(outline: Sequence[Place2], middle: Place2) -> tuple[Place2, tuple[float, float]] | None:
    """The direction of the shortest line through ``middle`` from edge to edge, and where its ends are along it."""
    best: tuple[Place2, tuple[float, float]] | None = None
    for step in range(_DIRECTIONS):
        angle = math.pi * step / _DIRECTIONS
        direction = (math.cos(angle), math.sin(angle))
        ends = _ends(outline, middle, direction)
        if ends is not None and (best is None or ends[1] - ends[0] < best[1][1] - best[1][0]):
            best = direction, ends
    return best


def _ends(outline: Sequence[Place2], middle: Place2, direction: Place2) -> tuple[float, float] | None:
    """Where the line through ``middle`` leaves the outline on both sides; None where ``middle`` is outside."""
    crossings = []
    for a, b in zip(outline, [*outline[1:], outline[0]], strict=True):
        side_a, side_b = _side(a, middle, direction), _side(b, middle, direction)
        if (side_a > 0) != (side_b > 0):
            share = side_a / (side_a - side_b)
            x, y = a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
            crossings.append((x - middle[0]) * direction[0] + (y - middle[1]) * direction[1])
    behind, before = [c for c in crossings if c <= 0], [c for c in crossings if c > 0]
    if len(behind) % 2 == 0 or not before:
        return None
    return max(behind), min(before)


def _side(point: Place2, middle: Place2, direction: Place2) -> float:
    return (point[0] - middle[0]) * direction[1] - (point[1] - middle[1]) * direction[0]


def _reach(points: Sequence[Place2], middle: Place2, direction: Place2) -> tuple[float, float]:
    """From where to where the points lie along a direction, counted from ``middle``."""
    along = [(x - middle[0]) * direction[0] + (y - middle[1]) * direction[1] for x, y in points]
    return min(along), max(along)
