"""Who is within reach of whom: people on foot, how fast they get on, and the window in which a fight would show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Track, TrackPoint
from matpho.domain.time import Instant, seconds
from matpho.vision.stature import Stature

REMEMBERED_S = 3.0  # people who fight hide each other: who was seen so lately counts
MOST_WINDOWS = 24
WALKS, STAYS = 0.55, 0.3
"""Bodies a second that people get on: a walker makes 0.7 and more; people who fight have hardly left their place."""
PACE_S = (0.35, 1.05)  # over so much of the way the pace is measured
WIDE, WIDEST = 0.7, 1.6
"""Width over height, in pixels, of a box that may hold two who hold each other; wider is no standing body at all."""
LEAST_SCORE = 0.3
GLIMPSED_S = 0.7  # who is not followed is forgotten sooner
EDGE = 0.01  # of the frame: a box that reaches it is cut there, and as wide as it is high for no other reason


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody on foot where they were last seen; ``pace`` in bodies a second, None where it is not known yet."""

    at: Instant
    box: Box
    pace: float | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Around a person: the window, a body's height there, how many are within reach and how much they stay, 0..1."""

    window: Box
    body: float
    people: int
    stays: float


class People:
    """The people on foot in one part of a picture, ``area``, and who of them are within reach of each other."""

    def __init__(self, area: Box) -> None:
        self._area = area
        self._followed: dict[int, Walker] = {}
        self._glimpsed: list[Walker] = []
        self._twice: list[Walker] = []
        self._aspect = 1.0

    def update(
        self, tracks: Sequence[Track], observations: Sequence[Observation], at: Instant, aspect: float
    ) -> tuple[Walker, ...]:
        """Where people on foot are or were last seen, at most :data:`REMEMBERED_S` ago; the newest first.

        ``observations`` are what the detector sees in this picture, tracked or not: of two who hold each other, or of
        whom one lies on the ground, it is often not sure enough of one to follow it. Such a one counts when it was
        seen twice, apart from everybody else and from two-wheelers, whose riders are many.
        """
        self._aspect = aspect
        wheels = moving_wheels(tracks)
        for track in tracks:
            seen = next((p for p in reversed(track.path) if p.seen), None)
            if track.group is Group.PERSON and seen is not None and self._on_foot(seen.box, track.score, wheels):
                self._followed[track.id] = Walker(seen.at, seen.box, self._pace(track, seen))
        self._followed = {n: p for n, p in self._followed.items() if 0 <= seconds(at - p.at) <= REMEMBERED_S}
        people: list[Walker] = []
        for person in sorted(self._followed.values(), key=lambda p: -p.at):
            if all(person.box.iou(other.box) < 0.5 for other in people):
                people.append(person)
        machines = [t.now.box for t in tracks if t.group is Group.TWO_WHEELER]
        faint = [o.box for o in observations if o.group is Group.PERSON and self._on_foot(o.box, o.score, wheels)]
        self._note([box for box in faint if _apart(box, people) and not _covered(box, machines)], at)
        people += [one for one in self._twice if _apart(one.box, people)]
        return tuple(people[:MOST_WINDOWS])

    def _on_foot(self, box: Box, score: float, wheels: Sequence[Box]) -> bool:
        rides = any(box.overlap(wheel) > 0.4 * box.area for wheel in wheels)
        return score >= LEAST_SCORE and not rides and box.overlap(self._area) > 0.5 * box.area

    def _note(self, boxes: Sequence[Box], at: Instant) -> None:
        """Remember who was seen without being followed, and who of them for the second time."""
        self._glimpsed = [g for g in self._glimpsed if 0 < seconds(at - g.at) <= GLIMPSED_S]
        twice = [t for t in self._twice if 0 < seconds(at - t.at) <= GLIMPSED_S]
        for box in boxes:
            if any(box.iou(g.box) > 0.3 for g in self._glimpsed):
                twice = [t for t in twice if _apart(t.box, [Walker(at, box, None)])] + [Walker(at, box, None)]
        self._glimpsed += [Walker(at, box, None) for box in boxes]
        self._twice = twice

    def reaches(self, people: Sequence[Walker], stature: Stature) -> list[Reach]:
        """Who is within reach of each of them."""
        return [self._reach(person, people, stature) for person in people]

    def _pace(self, track: Track, now: TrackPoint) -> float | None:
        """How far the track has got within about a second, in its own heights a second.

        What gets on moves with both edges; a box that grows on one side, or loses its legs behind another, does not.
        """
        then = next((p for p in track.path if p.seen and PACE_S[0] <= seconds(now.at - p.at) <= PACE_S[1]), None)
        if then is None or now.box.h <= 0:
            return None
        a, b = now.box, then.box
        across = _both(a.x - b.x, a.right - b.right) * self._aspect
        return float(np.hypot(across, _both(a.y - b.y, a.bottom - b.bottom))) / a.h / seconds(now.at - then.at)

    def _reach(self, person: Walker, people: Sequence[Walker], stature: Stature) -> Reach:
        box, aspect = person.box, self._aspect
        body = min(max(stature.at(min(box.bottom, 1.0)), 0.6 * box.h), 1.6 * box.h)
        across, middle = body / aspect, box.centre
        near = [
            p
            for p in people
            if abs(p.box.centre.x - middle.x) < 1.2 * across and abs(p.box.centre.y - middle.y) < 0.8 * body
        ]
        whole = box.y > EDGE and box.bottom < 1 - EDGE
        two = whole and WIDE * box.h < box.w * aspect < WIDEST * box.h
        paces = [p.pace for p in near if p.pace is not None]
        pace = sum(paces) / len(paces) if paces else 0.0
        stays = min(1.0, max(0.0, (WALKS - pace) / (WALKS - STAYS)))
        window = Box(middle.x, middle.y, 0.0, 0.0).grown(0.6 * across, 0.6 * body)
        return Reach(window, body, len(near) + two, stays)


def _apart(box: Box, people: Sequence[Walker]) -> bool:
    """Whether it is no part of anybody known, nor holds one."""
    return all(box.overlap(p.box) < 0.5 * min(box.area, p.box.area) for p in people)


def _covered(box: Box, machines: Sequence[Box]) -> bool:
    return any(box.overlap(machine) > 0.2 * box.area for machine in machines)


def _both(one: float, other: float) -> float:
    """What two edges have moved together: the less of both, nothing when they moved apart or towards each other."""
    return min(abs(one), abs(other)) if one * other > 0 else 0.0


def moving_wheels(tracks: Sequence[Track]) -> list[Box]:
    """Vehicles and two-wheelers that have moved by half of their size within about a second."""
    boxes = []
    for track in tracks:
        if track.group not in (Group.VEHICLE, Group.TWO_WHEELER):
            continue
        now = track.now
        then = next((p for p in reversed(track.path) if seconds(now.at - p.at) >= 1.0), track.path[0])
        a, b = now.box.centre, then.box.centre
        if abs(a.x - b.x) > 0.5 * now.box.w or abs(a.y - b.y) > 0.5 * now.box.h:
            boxes.append(now.box)
    return boxes
