"""Turmoil: how violently and how erratically people move, in bodies and seconds instead of pixels and frames.

Fights differ from walking, traffic and play less in speed than in order: limbs and bodies change speed and direction
from one moment to the next, and within one place they move against each other. Measured are therefore, in a window of
body size around each person, (1) the *change* of motion along the way of what moves (after the Violent Flows descriptor
of Hassner et al. 2012, its oriented form OViF of Gao et al. 2016, and the acceleration of Deniz et al. 2014), (2) that
change over the motion itself, and (3) how little the motions in the window agree in direction. The product is small for
whatever travels, however fast, and for whatever stands. Two groups that walk through each other change and disagree,
too: what is measured counts the less, the more those within reach get on, as walkers do and people who fight do not.
It is smoothed in place, so that a stumble does not count. No flow is computed while nobody is within another's reach.

Everything is scaled to a body of :data:`BODY_PX` pixels, so that near and far cameras are judged alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Track, Turmoil
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import Frame
from matpho.vision.opencv import cv
from matpho.vision.stature import Stature

Floats = npt.NDArray[np.float32]

BODY_PX = 48.0
"""Height of a body on the working picture: a running person moves 10 to 20 pixels between two looks."""
LARGEST_PX = 60_000
"""Pixels of the working picture, at most: what the flow may cost."""
SMALLEST_BODY_PX = 20.0
"""Smaller bodies hold too few pixels for their motion to be told from noise."""
RESTLESS = 1.2
"""Change of motion over motion from which on it counts in full; steady walkers reach 0.2 to 0.6."""
JITTER_PX = 0.5
"""How far the flow is off where nothing but noise moves: that much is taken away."""
GRID = (32, 18)
LONGEST_STEP_S = 0.6  # between two pictures: over longer ones no motion can be followed
SMOOTHED_S = 1.5
REMEMBERED_S = 3.0  # people who fight hide each other: who was seen so lately counts
MOST_WINDOWS = 24
WALKS, STAYS = 0.55, 0.3
"""Bodies a second that people get on: a walker makes 0.7 and more; people who fight have hardly left their place."""
PACE_S = (0.35, 1.05)  # over so much of the way the pace is measured
WIDE, WIDEST = 0.7, 1.6
"""Width over height, in pixels, of a box that may hold two who hold each other; wider is no standing body at all."""
FEWEST_MEASURES = 3
CHANGED = 8.0  # grey levels between two pictures
EVERYWHERE = 0.6  # share of the picture that changes when the light does
LEAST_SCORE = 0.3


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody on foot where they were last seen; ``pace`` in bodies a second, None where it is not known yet."""

    at: Instant
    box: Box
    pace: float | None


@dataclass(frozen=True, slots=True)
class _Reach:
    """Around a person: the window, a body's height there, how many are within reach and how much they stay."""

    window: Box
    body: float
    people: int
    stays: float


@dataclass(frozen=True, slots=True)
class _Look:
    """One picture at working size: luma and velocity, pixels a second (H, W, 2), None for the first."""

    at: Instant
    luma: npt.NDArray[np.uint8]
    velocity: Floats | None


class TurmoilWatch:
    """The watch over one part of one camera's picture, ``area``; give it every analysed frame."""

    def __init__(self, area: Box) -> None:
        self.area = area
        self._flow = cv.DISOpticalFlow_create(cv.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._flow.setFinestScale(1)
        self._frame_size = (0, 0)
        self._size = (0, 0)
        self._before: _Look | None = None
        self._people: dict[int, _Person] = {}
        self._level = np.zeros((GRID[1], GRID[0]), np.float32)
        self._smoothed: Instant | None = None
        self._measures = 0

    def update(self, frame: Frame, tracks: Sequence[Track], stature: Stature) -> tuple[Turmoil, ...]:
        """Where people are in turmoil now, worst first; next to nothing is computed while each is alone."""
        if frame.size != self._frame_size:
            self._frame_size, self._before = frame.size, None
        people = self._people_of(tracks, frame.at)
        if not people or not stature.known:
            self._before, self._measures = None, 0
            self._level[:] = 0
            return ()
        reaches = [self._reach(person, people, stature) for person in people]
        if all(reach.people < 2 for reach in reaches):
            self._before = None
            self._rest(frame.at)
            return ()
        look = self._look(frame, stature.usual)
        before, self._before = self._before, look
        if look.velocity is None or before is None or before.velocity is None:
            return ()
        found = self._windows(look, before, _moving_wheels(tracks), reaches)
        self._smooth(frame.at, found)
        return self._told(found)

    def _people_of(self, tracks: Sequence[Track], at: Instant) -> tuple[_Person, ...]:
        """Where people on foot are or were last seen, at most :data:`REMEMBERED_S` ago; the newest first."""
        wheels = _moving_wheels(tracks)
        for track in tracks:
            box = track.now.box
            if track.group is not Group.PERSON or track.score < LEAST_SCORE:
                continue
            rides = any(box.overlap(wheel) > 0.4 * box.area for wheel in wheels)
            if not rides and box.overlap(self.area) > 0.5 * box.area:
                self._people[track.id] = _Person(at, box, self._pace(track))
        self._people = {n: p for n, p in self._people.items() if 0 <= seconds(at - p.at) <= REMEMBERED_S}
        apart: list[_Person] = []
        for person in sorted(self._people.values(), key=lambda p: -p.at):
            if all(person.box.iou(other.box) < 0.5 for other in apart):
                apart.append(person)
        return tuple(apart[:MOST_WINDOWS])

    def _pace(self, track: Track) -> float | None:
        """How far the track has got within about a second, in its own heights a second."""
        now, aspect = track.now, self._frame_size[0] / self._frame_size[1]
        then = next((p for p in track.path if PACE_S[0] <= seconds(now.at - p.at) <= PACE_S[1]), None)
        if then is None or now.box.h <= 0:
            return None
        a, b = now.box, then.box
        way = np.hypot((a.centre.x - b.centre.x) * aspect, a.bottom - b.bottom)
        return float(way) / a.h / seconds(now.at - then.at)

    def _reach(self, person: _Person, people: Sequence[_Person], stature: Stature) -> _Reach:
        """Who is within reach of a person."""
        box, aspect = person.box, self._frame_size[0] / self._frame_size[1]
        body = min(max(stature.at(min(box.bottom, 1.0)), 0.6 * box.h), 1.6 * box.h)
        across, middle = body / aspect, box.centre
        near = [
            p
            for p in people
            if abs(p.box.centre.x - middle.x) < 1.2 * across and abs(p.box.centre.y - middle.y) < 0.8 * body
        ]
        two = WIDE * box.h < box.w * aspect < WIDEST * box.h
        paces = [p.pace for p in near if p.pace is not None]
        pace = sum(paces) / len(paces) if paces else 0.0
        stays = min(1.0, max(0.0, (WALKS - pace) / (WALKS - STAYS)))
        window = Box(middle.x, middle.y, 0.0, 0.0).grown(0.6 * across, 0.6 * body)
        return _Reach(window, body, len(near) + two, stays)

    def _look(self, frame: Frame, body: float) -> _Look:
        """The picture at working size with the motion since the one before."""
        width, height = frame.size
        left, top = int(self.area.x * width), int(self.area.y * height)
        crop = frame.luma[top : max(top + 16, round(self.area.bottom * height)), left:]
        crop = crop[:, : max(16, round(self.area.right * width) - left)]
        scale = min(1.0, BODY_PX / (body * height), (LARGEST_PX / crop.size) ** 0.5)
        size = max(16, round(crop.shape[1] * scale)), max(16, round(crop.shape[0] * scale))
        if not 0.7 < size[0] / max(self._size[0], 1) < 1.4:
            self._size, self._before = size, None
        luma = np.asarray(cv.resize(crop, self._size, interpolation=cv.INTER_AREA), np.uint8)
        before = self._before
        dt = seconds(frame.at - before.at) if before else 0.0
        if before is None or before.luma.shape != luma.shape or not 0 < dt <= LONGEST_STEP_S:
            return _Look(frame.at, luma, None)
        back = np.asarray(self._flow.calc(luma, before.luma, None), np.float32)
        sway = np.median(back[::8, ::8].reshape(-1, 2), axis=0).astype(np.float32)  # the camera's own
        return _Look(frame.at, luma, (sway - back) / np.float32(dt))

    def _windows(
        self, look: _Look, before: _Look, wheels: Sequence[Box], reaches: Sequence[_Reach]
    ) -> list[tuple[Box, float, int]]:
        """Around each person: the window, how much turmoil, how many people are within reach."""
        sums = self._sums(look, before, wheels)
        if sums is None:
            return []
        dt = seconds(look.at - before.at)
        return [(r.window, r.stays * self._measured(sums, r.window, r.body, dt), r.people) for r in reaches]

    def _sums(self, look: _Look, before: _Look, wheels: Sequence[Box]) -> list[npt.NDArray[np.float64]] | None:
        """Integral pictures of changed pixels, motion², change of motion² and the motion itself; None in a flash."""
        if look.velocity is None or before.velocity is None:
            return None
        changed = (cv.blur(cv.absdiff(look.luma, before.luma), (3, 3)) > CHANGED).astype(np.float32)
        if changed.mean() > EVERYWHERE:
            return None
        for wheel in wheels:
            top, bottom, left, right = self._pixels(wheel)
            changed[top:bottom, left:right] = 0
        velocity, dt = look.velocity, np.float32(seconds(look.at - before.at))
        rows, columns = np.indices(changed.shape, dtype=np.float32)
        came_from = cv.remap(
            before.velocity,
            columns - velocity[..., 0] * dt,
            rows - velocity[..., 1] * dt,
            cv.INTER_LINEAR,
            borderMode=cv.BORDER_REPLICATE,
        )
        change = velocity - came_from
        parts = (
            changed,
            (velocity[..., 0] ** 2 + velocity[..., 1] ** 2) * changed,
            (change[..., 0] ** 2 + change[..., 1] ** 2) * changed,
            velocity[..., 0] * changed,
            velocity[..., 1] * changed,
        )
        return [np.asarray(cv.integral(p), np.float64) for p in parts]

    def _measured(self, sums: Sequence[npt.NDArray[np.float64]], window: Box, body: float, dt: float) -> float:
        """Turmoil in a window, bodies² per second² over a body's area."""
        top, bottom, left, right = self._pixels(window)
        if bottom - top < 3 or right - left < 3:
            return 0.0
        moved, motion, change, across, down = (
            float(s[bottom, right] - s[top, right] - s[bottom, left] + s[top, left]) for s in sums
        )
        body_px = body / self.area.h * self._size[1]
        if moved < 1 or body_px < SMALLEST_BODY_PX:
            return 0.0
        jitter = moved * (JITTER_PX / dt) ** 2
        motion, change = max(0.0, motion - jitter), max(0.0, change - 2 * jitter)
        share = 0.3 * body_px**4  # a body fills about 0.3 of the square of its height
        agreement = min(1.0, (across * across + down * down) / max(moved * motion, 1e-6))
        restless = min(1.0, change / share / (motion / share + 0.05) / RESTLESS) ** 2
        return change / share * restless * (1 - agreement)

    def _pixels(self, box: Box) -> tuple[int, int, int, int]:
        """Top, bottom, left, right on the working picture."""
        area, (width, height) = self.area, self._size
        rows = [int(min(max((y - area.y) / area.h, 0.0), 1.0) * height) for y in (box.y, box.bottom)]
        columns = [int(min(max((x - area.x) / area.w, 0.0), 1.0) * width) for x in (box.x, box.right)]
        return rows[0], rows[1], columns[0], columns[1]

    def _smooth(self, at: Instant, found: Sequence[tuple[Box, float, int]]) -> None:
        """The level of each place follows what is measured there; one picture can raise it by little."""
        before, self._smoothed = self._smoothed, at
        if before is None:
            return
        now = np.zeros_like(self._level)
        for window, turmoil, _ in found:
            rows, columns = _cells(window)
            np.maximum(now[rows, columns], min(turmoil, CAP), out=now[rows, columns])
        self._measures += 1
        steady = 1 - float(np.exp(-min(max(seconds(at - before), 0.0), LONGEST_STEP_S) / SMOOTHED_S))
        rate = max(steady, 1.0 / self._measures)  # the first measures count alike: a short scene is judged too
        self._level += np.float32(rate) * (now - self._level)

    def _rest(self, at: Instant) -> None:
        """Nothing to be measured: what was settles."""
        before, self._smoothed = self._smoothed, at
        if before is not None:
            self._level *= np.float32(np.exp(-min(max(seconds(at - before), 0.0), LONGEST_STEP_S) / SMOOTHED_S))

    def _told(self, found: Sequence[tuple[Box, float, int]]) -> tuple[Turmoil, ...]:
        if self._measures < FEWEST_MEASURES:
            return ()
        told = []
        for window, turmoil, people in found:
            level = float(self._level[_cells(window)].max())
            if level > FAINT:
                told.append(Turmoil(window, level, turmoil, people))
        return tuple(sorted(told, key=lambda t: -t.level))


CAP = 0.5
"""What one picture counts for, at most: a single jump of the flow is no turmoil."""
FAINT = 0.01


def _cells(box: Box) -> tuple[slice, slice]:
    columns, rows = GRID
    middle = box.centre
    left, right = int(min(box.x, middle.x - 1e-6) * columns), int(min(box.right, 0.9999) * columns)
    top, bottom = int(min(box.y, middle.y - 1e-6) * rows), int(min(box.bottom, 0.9999) * rows)
    return slice(max(top, 0), max(bottom, top, 0) + 1), slice(max(left, 0), max(right, left, 0) + 1)


def _moving_wheels(tracks: Sequence[Track]) -> list[Box]:
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
