"""Heaps: things that lie side by side are one, however many pieces it was brought in."""

from collections.abc import Sequence
from dataclasses import dataclass

from matpho.domain.geometry import Box, beside
from matpho.domain.observation import StaticObject


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


def heaps(things: Sequence[StaticObject]) -> list[Heap]:
    """The things sorted into heaps; every thing is in exactly one."""
    groups: list[list[StaticObject]] = []
    for thing in things:
        touching = [g for g in groups if any(beside(thing.box, other.box) for other in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([thing, *(other for g in touching for other in g)])
    return [Heap(tuple(sorted(g, key=lambda t: (t.appeared, t.id)))) for g in groups]
