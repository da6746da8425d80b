"""Who was there when a thing was set down, and when they went: back-tracing from the thing to the person.

After Lin et al. 2015 (the authors of ABODA): the thing is found late, when it has stood; who left it is read from what
was remembered about that earlier moment.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Track

_MEMORY_S = 60.0
_BEFORE_S, _AFTER_S = 4.0, 2.0  # around the set-down; its time is known to about a second
_REACH_SIDE, _REACH_UP = 0.6, 0.3  # of the person's height: an arm's length and a bag in it
_HANDOVER_S = 3.0  # a lost track and a new one at the thing within this time are one person
_AWAY_S = 1.0  # shorter absences are the detector's
_CARRIERS = {Group.PERSON: True, Group.VEHICLE: True, Group.TWO_WHEELER: True}


@dataclass(slots=True)
class Owner:
    """The one who set a thing down, followed from then on.

    ``track`` is who it was then; ``follows`` is the track that carries them on: a tracker may lose a crouching person
    and find them again under another number. ``near_s`` is when they were last within reach, ``away`` that they are
    not now.
    """

    track: int
    follows: int
    near_s: float
    away: bool = False

    def update(self, at_s: float, box: Box, tracks: Sequence[Track], aspect: float) -> None:
        """Look where they are; ``box`` is the thing's."""
        near = [
            t for t in tracks if t.now.seen and _CARRIERS.get(t.group) and reach(t.now.box, aspect).overlap(box) > 0
        ]
        if any(t.id == self.follows for t in near):
            self.near_s, self.away = at_s, False
            return
        alive = any(t.id == self.follows and t.now.seen for t in tracks)
        heirs = [t for t in near if t.group is Group.PERSON]
        if heirs and not alive and at_s - self.near_s <= _HANDOVER_S:
            self.follows, self.near_s, self.away = heirs[0].id, at_s, False
        elif at_s - self.near_s > _AWAY_S:
            self.away = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """One track in one frame; ``at_s`` seconds of the model's clock."""

    at_s: float
    track: int
    group: Group
    box: Box


def reach(box: Box, aspect: float) -> Box:
    """A person's box widened to what they can touch; ``aspect`` is the frame's height over its width."""
    return box.grown(_REACH_SIDE * box.h * aspect, _REACH_UP * box.h)


class Witnesses:
    """Remembers which tracks were where during the last minutes."""

    def __init__(self) -> None:
        self._seen: deque[Sighting] = deque()

    def note(self, at_s: float, tracks: Sequence[Track]) -> None:
        """Add the tracks that are seen now."""
        for track in tracks:
            if track.now.seen:
                self._seen.append(Sighting(at_s, track.id, track.group, track.now.box))
        while self._seen and self._seen[0].at_s < at_s - _MEMORY_S:
            self._seen.popleft()

    def who_left(self, box: Box, set_down_s: float, aspect: float) -> int | None:
        """The track that was with ``box`` when it came to rest; people before vehicles; None when nobody was."""
        points: dict[int, float] = {}
        for seen in self._between(set_down_s - _BEFORE_S, set_down_s + _AFTER_S):
            if seen.group is Group.PERSON:
                value = self._closeness(seen.box, box, aspect)
            elif seen.group in {Group.VEHICLE, Group.TWO_WHEELER}:
                value = 0.2 if seen.box.iou(box) < 0.3 and reach(seen.box, aspect).overlap(box) > 0 else 0.0
            else:
                continue
            when = 1.0 if seen.at_s <= set_down_s + 0.5 else 0.6  # a passer-by just after is less likely
            points[seen.track] = points.get(seen.track, 0.0) + value * when
        best = max(points, key=lambda track: points[track], default=None)
        return best if best is not None and points[best] > 0 else None

    @staticmethod
    def _closeness(person: Box, thing: Box, aspect: float) -> float:
        """1 with the thing at the person's feet, less at arm's length, 0 beyond."""
        if reach(person, aspect).overlap(thing) <= 0:
            return 0.0
        dx = abs(person.ground.x - thing.ground.x) / max(person.h * aspect, 1e-6)
        dy = abs(person.ground.y - thing.ground.y) / max(person.h, 1e-6)
        return 1.0 / (1.0 + 2.0 * (dx + dy))

    def _between(self, start_s: float, end_s: float) -> list[Sighting]:
        return [s for s in self._seen if start_s <= s.at_s <= end_s]
