"""Where a track went, and when it was inside a region of the picture. Pure geometry in time."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, Span

Trace = Sequence[tuple[Instant, Box]]
"""A thing's boxes, in order of time. Between two of them every side moves evenly."""


def box_at(trace: Trace, at: Instant) -> Box:
    """Where the thing was, between its boxes too; before the first and after the last it stands still.

    Raises ValueError for a trace without boxes.
    """
    if not trace:
        raise ValueError("a trace without boxes")
    if at <= trace[0][0]:
        return trace[0][1]
    for (start, a), (end, b) in pairwise(trace):
        if at < end:
            return between(a, b, (at - start) / (end - start))
    return trace[-1][1]


def between(a: Box, b: Box, share: float) -> Box:
    """The box at ``share`` (0..1) of the way."""
    x, y = a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share
    w, h = a.w + (b.w - a.w) * share, a.h + (b.h - a.h) * share
    return Box(x, y, max(0.0, w), max(0.0, h))


def stays(trace: Trace, region: Box) -> list[Span]:
    """When the thing's box covered a part of ``region``, exactly: each stay from first to last touch.

    A trace of one box that covers a part of it is a stay without length. Touching edges are no cover.
    """
    found: list[Span] = []
    if len(trace) == 1:
        at, box = trace[0]
        return [Span(at, at)] if box.overlap(region) > 0 else []
    for (start, a), (end, b) in pairwise(trace):
        inside = _inside(a, b, region)
        if inside is None:
            continue
        length = end - start
        stay = Span(Instant(start + round(inside[0] * length)), Instant(start + round(inside[1] * length)))
        if found and found[-1].end >= stay.start:
            found[-1] = found[-1].join(stay)
        else:
            found.append(stay)
    return found


def _inside(a: Box, b: Box, region: Box) -> tuple[float, float] | None:
    """From and to which share of the way from ``a`` to ``b`` a part of the region is covered.

    Each of the four sides moves evenly, so each bounds the share on one side, and what is left is one stretch.
    """
    first, last = 0.0, 1.0
    for begin, end in _clearances(a, b, region):
        if begin <= 0 and end <= 0:
            return None
        if begin > 0 >= end:
            last = min(last, begin / (begin - end))
        elif end > 0 >= begin:
            first = max(first, begin / (begin - end))
    return (first, last) if first < last else None


def _clearances(a: Box, b: Box, region: Box) -> Iterator[tuple[float, float]]:
    """For each side how far it is beyond the region's opposite side, at ``a`` and at ``b``; all positive: covered."""
    yield a.right - region.x, b.right - region.x
    yield region.right - a.x, region.right - b.x
    yield a.bottom - region.y, b.bottom - region.y
    yield region.bottom - a.y, region.bottom - b.y
