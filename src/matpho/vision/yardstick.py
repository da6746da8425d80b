"""How tall people are at each height of the picture: a sack on the ground is not believed to be a car or a person."""

from collections.abc import Sequence

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Track

_ROWS = 24
_SURE = 0.65  # a person's score from which their size is taken
_NEAR_ROWS = 2
_LEARN = 0.1
_LEAST = {Group.VEHICLE: 0.6, Group.TWO_WHEELER: 0.4}
"""Least height over that of people at the same place: cars are 1.4 m and more, bicycles 1 m, half hidden ones less."""
_LEAST_PERSON = 0.5  # who crouches or sits on the ground is half as tall as who stands


class Yardstick:
    """Heights of people by the row where they stand, shares of the frame's height."""

    def __init__(self) -> None:
        self._heights: list[float | None] = [None] * _ROWS

    def note(self, tracks: Sequence[Track]) -> None:
        """Measure those who are surely people and wholly in the picture."""
        for track in tracks:
            box = track.now.box
            whole = box.y > 0.01 and box.bottom < 0.99 and box.w < box.h
            if track.group is Group.PERSON and track.now.seen and track.score >= _SURE and whole:
                row = _row(box)
                known = self._heights[row]
                self._heights[row] = box.h if known is None else known + _LEARN * (box.h - known)

    def person_at(self, box: Box) -> float | None:
        """How tall somebody is who stands where the box does; None where nobody was measured."""
        row = _row(box)
        near = [(abs(i - row), h) for i, h in enumerate(self._heights) if h is not None and abs(i - row) <= _NEAR_ROWS]
        return min(near)[1] if near else None

    def believes(self, seen: Observation) -> bool:
        """Whether it is large enough for what the detector calls it."""
        person = self.person_at(seen.box)
        if person is None:
            return True
        if seen.group is Group.PERSON:
            lies = seen.box.w > seen.box.h
            return lies or seen.score >= _SURE or seen.box.h >= _LEAST_PERSON * person
        return seen.box.h >= _LEAST.get(seen.group, 0.0) * person


def _row(box: Box) -> int:
    return min(int(min(box.bottom, 0.999) * _ROWS), _ROWS - 1)
