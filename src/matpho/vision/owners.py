"""Who was there when a thing was set down, and when they went: back-tracing from the thing to the person.

After Lin et al. 2015 (the authors of ABODA): the thing is found late, when it has stood; who left it is read from what
was remembered about that earlier moment, and then followed forward to the present.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from matpho.domain.geometry import Box
from matpho.domain.observation import Group
from matpho.vision.bystanders import Bystander, reach_of
from matpho.vision.imprint import Imprint

_MEMORY_S = 90.0
_BEFORE_S, _AFTER_S = 4.0, 2.0  # around the set-down; its time is known to about a second
_HANDOVER_S = 3.0  # a lost track and a new one at the thing within this time are one person
_AWAY_S = 1.0  # shorter absences are the detector's
LINGER_S, _LINGER_SPAN_S = 2.0, 0.6
_LINGER_AT_MOST_S = 6.0  # between two looks while hardly anything moves
_LINGER_STEP = 0.35  # of a person's height, in that time; a walk is 1.5 sideways and 0.5 towards the camera
_MOST_FIRST = 256  # tracks whose first place is remembered
_ONE = 0.3  # common part over union: two tracks of one person, or of who walks before them
_ELSEWHERE = 0.1  # of the smaller of two boxes: a common part below it is none
_VEHICLE_WORTH = 0.2  # a person at the thing counts for more than the car beside it


def near(who: Bystander, thing: Box) -> bool:
    """Whether they can touch it."""
    return who.reach.overlap(thing) > 0


def within_reach(present: Sequence[Bystander], imprint: Imprint, thing: Box) -> list[Bystander]:
    """Those of them who can touch the thing and are really there."""
    return [who for who in present if near(who, thing) and who.is_besides(imprint)]


@dataclass(slots=True)
class Owner:
    """The one who set a thing down, followed from then on.

    ``track`` is who it was then; ``follows`` is the track that carries them on: a tracker may lose a crouching person
    and find them again under another number. ``near_s`` is when they were last within reach, ``away`` that they are
    not now. ``others`` are the tracks that were in the picture beside them: those are somebody else, however near they
    pass when the owner is lost.
    """

    track: int
    follows: int
    near_s: float
    away: bool = False
    others: set[int] = field(default_factory=set)

    def update(self, at_s: float, close: Sequence[Bystander], present: Sequence[Bystander], *, elsewhere: bool) -> None:
        """Look where they are.

        ``present`` are all in the picture, ``close`` those within reach of the thing and really there, ``elsewhere``
        that the followed track is in the picture, be it out of reach.
        """
        mine = next((who for who in present if who.track == self.follows), None)
        if mine is not None:
            self.others |= {who.track for who in present if who is not mine and who.box.iou(mine.box) < _ONE}
        if any(who.track == self.follows for who in close):
            self.near_s, self.away = at_s, False
            return
        heirs = [who for who in close if who.group is Group.PERSON and who.track not in self.others]
        if heirs and not elsewhere and at_s - self.near_s <= _HANDOVER_S:
            self.follows, self.near_s, self.away = heirs[0].track, at_s, False
        elif at_s - self.near_s > _AWAY_S:
            self.away = True

    def is_among(self, present: Sequence[Bystander], imprint: Imprint) -> bool:
        """Whether the followed track is really in the picture."""
        return any(who.track == self.follows and who.is_besides(imprint) for who in present)


class Witnesses:
    """Remembers who was where during the last minute and a half."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, Bystander]] = deque()
        self._first: dict[int, Box] = {}

    def note(self, at_s: float, present: Sequence[Bystander]) -> None:
        """Add those who are there now; times increase."""
        self._seen.extend((at_s, who) for who in present)
        for who in present:
            self._first.setdefault(who.track, who.box)
        while len(self._first) > _MOST_FIRST:
            del self._first[next(iter(self._first))]
        while self._seen and self._seen[0][0] < at_s - _MEMORY_S:
            self._seen.popleft()

    def owner(self, imprint: Imprint, thing: Box, set_down_s: float, shape: tuple[int, int]) -> Owner | None:
        """The one who was with the thing when it came to rest, followed to the present; None when nobody was.

        ``imprint`` and its box ``thing`` as they are now; ``shape`` height and width of the working picture.
        """
        aspect = shape[0] / shape[1]
        points: dict[int, float] = {}
        for at_s, who in self._seen:
            if set_down_s - _BEFORE_S <= at_s <= set_down_s + _AFTER_S and who.is_besides(imprint):
                late = 1.0 if at_s <= set_down_s + 0.5 else 0.6  # a passer-by just after is less likely
                points[who.track] = points.get(who.track, 0.0) + late * closeness(who.group, who.box, thing, aspect)
        best = max(points, key=lambda track: points[track], default=None)
        if best is None or points[best] <= 0:
            return None
        owner = Owner(best, best, set_down_s)
        later = ((at_s, who) for at_s, who in self._seen if at_s >= set_down_s)
        for moment_s, group in groupby(later, key=lambda seen: seen[0]):
            present = [who for _, who in group]
            close = within_reach(present, imprint, thing)
            owner.update(moment_s, close, present, elsewhere=owner.is_among(present, imprint))
        return owner

    def came_from_elsewhere(self, track: int, place: Box) -> bool:
        """Whether a track was first seen somewhere else: who gets up from a place was there before."""
        first = self._first.get(track)
        return first is not None and first.overlap(place) < _ELSEWHERE * min(first.area, place.area)

    def lingers(self, who: Bystander, at_s: float, shape: tuple[int, int]) -> bool:
        """Whether a person stood where they stand two seconds ago: who walks past a thing does not look after it.

        Under whatever number: a tracker loses people behind a stall again and again. Where the detector did not look
        two seconds ago, at its latest look before that the same track must have been there.
        """
        latest_s: float | None = None
        for then_s, before in reversed(self._seen):
            if at_s - then_s < LINGER_S - 0.05:
                continue
            latest_s = then_s if latest_s is None else latest_s
            lately = then_s >= at_s - LINGER_S - _LINGER_SPAN_S
            if not lately and (then_s < latest_s or then_s < at_s - _LINGER_AT_MOST_S):
                break
            if before.group is Group.PERSON and (lately or before.track == who.track):
                dx, dy = _steps(before.box, who.box, shape[0] / shape[1])
                if max(dx, dy) <= _LINGER_STEP:
                    return True
        return False

    def last_near(self, imprint: Imprint, thing: Box, since_s: float) -> float | None:
        """When somebody was last within reach of the thing, from ``since_s`` on; None when nobody was."""
        for at_s, who in reversed(self._seen):
            if at_s < since_s:
                break
            if who.group is Group.PERSON and near(who, thing) and who.is_besides(imprint):
                return at_s
        return None


def closeness(group: Group, box: Box, thing: Box, aspect: float) -> float:
    """1 with the thing at the person's feet, less at arm's length, 0 beyond; ``aspect``: height over width."""
    if reach_of(box, aspect).overlap(thing) <= 0:
        return 0.0
    if group is not Group.PERSON:
        return _VEHICLE_WORTH if box.iou(thing) < 0.3 else 0.0
    dx, dy = _steps(box, thing, aspect)
    return 1.0 / (1.0 + 2.0 * (dx + dy))


def _steps(person: Box, other: Box, aspect: float) -> tuple[float, float]:
    """How far the two stand apart sideways and in depth, in heights of the person."""
    dx = abs(person.ground.x - other.ground.x) / max(person.h * aspect, 1e-6)
    return dx, abs(person.ground.y - other.ground.y) / max(person.h, 1e-6)
