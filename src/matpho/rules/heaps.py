"""Heaps: things that lie side by side are one, however many pieces it was brought in."""

from collections.abc import Sequence
from dataclasses import dataclass

from matpho.domain.geometry import Box
from matpho.domain.observation import StaticObject

REACH = 0.5  # of the larger side of the smaller thing: as far apart as two bags of one heap may lie


@dataclass(frozen=True, slots=True)
class Heap:
    """Some things side by side; at least one."""

    things: tuple[StaticObject, ...]

    @property
    def ids(self) -> frozenset[int]:
        """The numbers of its things."""
        return frozenset(t.id for t in self.things)

    @property
    def box(self) -> Box:
        """The box around all of it."""
        return around([t.box for t in self.things])


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of them, at least one."""
    box = boxes[0]
    for other in boxes[1:]:
        box = box.join(other)
    return box


def beside(a: Box, b: Box) -> bool:
    """Whether two things lie so close that they are one heap."""
    gap = REACH * min(max(a.w, a.h), max(b.w, b.h))
    return a.grown(gap, gap).overlap(b) > 0


def heaps(things: Sequence[StaticObject]) -> list[Heap]:
    """The things sorted into heaps; every thing is in exactly one."""
    groups: list[list[StaticObject]] = []
    for thing in things:
        touching = [g for g in groups if any(beside(thing.box, other.box) for other in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([thing, *(other for g in touching for other in g)])
    return [Heap(tuple(sorted(g, key=lambda t: (t.appeared, t.id)))) for g in groups]
