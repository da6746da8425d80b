"""Turmoil: how violently and how erratically people move, in bodies and seconds instead of pixels and frames.

Fights differ from walking, traffic and play less in speed than in order: limbs and bodies change speed and direction
from one moment to the next. Measured in a window of body size around each person who is within another's reach is the
*unrest* (``vision/unrest.py``): the change of motion that the bodies there do not explain as wholes. It is small for
whatever travels, however fast, and for whatever stands, and counts the less, the more those within reach get on, as
walkers do and people who fight do not. It is smoothed in place, so that a stumble does not count. No flow is computed
while nobody is within another's reach, or while all who are walk on.
"""

from collections.abc import Sequence

import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.observation import Observation, Track, Turmoil
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import Frame
from matpho.vision.reach import People, Reach, moving_wheels
from matpho.vision.stature import Stature
from matpho.vision.unrest import LONGEST_STEP_S, Unrest

GRID = (32, 18)
SMOOTHED_S = 1.5
FEWEST_MEASURES = 3
CAP = 0.27
"""What one picture counts for, at most: a single jump of the flow is no turmoil."""
FAINT = 0.013

_Found = Sequence[tuple[Reach, float]]


class TurmoilWatch:
    """The watch over one part of one camera's picture, ``area``; give it every analysed frame."""

    def __init__(self, area: Box) -> None:
        self.area = area
        self._unrest = Unrest(area)
        self._people = People(area)
        self._frame_size = (0, 0)
        self._level = np.zeros((GRID[1], GRID[0]), np.float32)
        self._smoothed: Instant | None = None
        self._measures = 0

    def update(
        self, frame: Frame, tracks: Sequence[Track], stature: Stature, observations: Sequence[Observation] = ()
    ) -> tuple[Turmoil, ...]:
        """Where people are in turmoil now, worst first; next to nothing is computed while each is alone.

        ``observations`` are what the detector saw in this very picture; none where it did not look.
        """
        if frame.size != self._frame_size:
            self._frame_size = frame.size
            self._unrest.forget()
        people = self._people.update(tracks, observations, frame.at, frame.size[0] / frame.size[1])
        if not people or not stature.known:
            self._unrest.forget()
            self._measures = 0
            self._level[:] = 0
            return ()
        near = [reach for reach in self._people.reaches(people, stature) if reach.people >= 2]
        if not near and len(people) < 2:
            self._unrest.forget()
        else:
            self._unrest.keep(frame, stature.usual)
        staying = [reach for reach in near if reach.stays > 0]
        if not staying:
            self._rest(frame.at)
            return ()
        measured = self._unrest.measure([(r.window, r.body) for r in staying], moving_wheels(tracks))
        if measured is None:
            return ()
        found = [(reach, reach.stays * unrest) for reach, unrest in zip(staying, measured, strict=True)]
        self._smooth(frame.at, found)
        return self._told(found)

    def _smooth(self, at: Instant, found: _Found) -> None:
        """The level of each place follows what is measured there; one picture can raise it by little."""
        before, self._smoothed = self._smoothed, at
        now = np.zeros_like(self._level)
        for reach, turmoil in found:
            cells = _cells(reach.window)
            np.maximum(now[cells], min(turmoil, CAP), out=now[cells])
        self._measures += 1
        passed_s = LONGEST_STEP_S if before is None else min(max(seconds(at - before), 0.0), LONGEST_STEP_S)
        rate = max(1 - float(np.exp(-passed_s / SMOOTHED_S)), 1.0 / self._measures)
        self._level += np.float32(rate) * (now - self._level)  # the first measures count alike

    def _rest(self, at: Instant) -> None:
        """Nothing to be measured: what was settles."""
        before, self._smoothed = self._smoothed, at
        if before is not None:
            self._level *= np.float32(np.exp(-min(max(seconds(at - before), 0.0), LONGEST_STEP_S) / SMOOTHED_S))

    def _told(self, found: _Found) -> tuple[Turmoil, ...]:
        if self._measures < FEWEST_MEASURES:
            return ()
        told = []
        for reach, turmoil in found:
            level = float(self._level[_cells(reach.window)].max())
            if level > FAINT:
                told.append(Turmoil(reach.window, level, turmoil, reach.people))
        return tuple(sorted(told, key=lambda t: -t.level))


def _cells(box: Box) -> tuple[slice, slice]:
    columns, rows = GRID
    middle = box.centre
    left, right = int(min(box.x, middle.x - 1e-6) * columns), int(min(box.right, 0.9999) * columns)
    top, bottom = int(min(box.y, middle.y - 1e-6) * rows), int(min(box.bottom, 0.9999) * rows)
    return slice(max(top, 0), max(bottom, top, 0) + 1), slice(max(left, 0), max(right, left, 0) + 1)
