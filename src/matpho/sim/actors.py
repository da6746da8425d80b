"""From actions to figures: what is drawn at which moment, and where its foot is."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from matpho.sim.ground import Ground
from matpho.sim.mesh import Mesh, moved
from matpho.sim.objects.catalogue import THINGS
from matpho.sim.objects.person import STEP_M, person
from matpho.sim.script import Act, Action

_WALK_M_S = 1.25
_DRIVE_M_S = 4.0  # into a gap and out of it
_STOOP_S = 1.4
_PHASES = 14  # drawn poses of one gait cycle: one per picture at 10 a second, and kept
_ROLLED = ("motorbike",)  # pushed beside its owner, not carried

Pixel = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """Something to draw at one moment: the solid, and the pixel its foot stands on.

    ``key`` names it for caching; the solid is made only when somebody draws it.
    """

    key: tuple[object, ...]
    make: Callable[[], Mesh]
    foot: Pixel

    @property
    def mesh(self) -> Mesh:
        """The solid."""
        return self.make()


def thing_mesh(action: Action) -> Mesh:
    """The solid of the thing an action is about."""
    return moved(THINGS[action.thing](action.seed), turn_deg=action.turn_deg, scale=action.size)


class Standing:
    """A thing that stands still from ``start_s`` to ``end_s``."""

    def __init__(self, action: Action, foot: Pixel) -> None:
        mesh = thing_mesh(action)
        self._figure = Figure(("thing", id(self)), lambda: mesh, foot)
        self.start_s, self.end_s = action.start_s, action.end_s

    def at(self, t: float) -> Figure | None:
        """What is to be drawn at this second."""
        return self._figure if self.start_s <= t < self.end_s else None


@dataclass(frozen=True, slots=True)
class _Leg:
    start_s: float
    end_s: float
    a: Pixel
    b: Pixel
    heading_deg: float
    metres: float

    def at(self, t: float) -> Pixel:
        """Where on it one is at this second."""
        share = (t - self.start_s) / (self.end_s - self.start_s)
        return self.a[0] + share * (self.b[0] - self.a[0]), self.a[1] + share * (self.b[1] - self.a[1])


def _legs(ground: Ground, path: list[Pixel], start_s: float, pace_m_s: float = _WALK_M_S) -> list[_Leg]:
    legs, t = [], start_s
    for a, b in itertools.pairwise(path):
        right, away = ground.metres(a, b)
        metres = math.hypot(right, away)
        end = t + metres / pace_m_s
        legs.append(_Leg(t, end, a, b, math.degrees(math.atan2(away, right)), metres))
        t = end
    return legs


class Rider:
    """A motorbike with its rider, who goes along pixels at one pace."""

    def __init__(self, ground: Ground, path: list[Pixel], start_s: float, pace_m_s: float, *, seed: int = 0) -> None:
        self._mesh = THINGS["motorbike"](seed) + person(seed, seated=True)
        self._legs = _legs(ground, path, start_s, pace_m_s)
        self.start_s, self.end_s = start_s, self._legs[-1].end_s

    def at(self, t: float) -> Figure | None:
        """What is to be drawn at this second."""
        for leg in self._legs:
            if leg.start_s <= t < leg.end_s:
                foot = leg.at(t)
                key = ("ride", id(self), leg.start_s, round(math.log(max(1.0, foot[1])) * 30))
                return Figure(key, partial(moved, self._mesh, turn_deg=leg.heading_deg), foot)
        return None


class Vehicle:
    """A vehicle that comes along pixels to the middle of its path, stands there for its time, and goes on."""

    def __init__(self, ground: Ground, path: list[Pixel], action: Action) -> None:
        middle = max(1, len(path) // 2)
        self.stop = path[middle]
        self.stands_from_s, self.stands_to_s = action.start_s, action.end_s
        coming = _legs(ground, path[: middle + 1], 0.0, _DRIVE_M_S)
        shift = action.start_s - coming[-1].end_s
        came = [replace(g, start_s=g.start_s + shift, end_s=g.end_s + shift) for g in coming]
        self._legs = came + _legs(ground, path[middle:], action.end_s, _DRIVE_M_S)
        self._mesh, self._heading_deg = thing_mesh(action), came[-1].heading_deg
        self.start_s = came[0].start_s
        self.end_s = self._legs[-1].end_s

    def at(self, t: float) -> Figure | None:
        """What is to be drawn at this second."""
        if self.stands_from_s <= t < self.stands_to_s:
            return self._figure(self.stop, self._heading_deg)
        for leg in self._legs:
            if leg.start_s <= t < leg.end_s:
                return self._figure(leg.at(t), leg.heading_deg)
        return None

    def _figure(self, foot: Pixel, heading_deg: float) -> Figure:
        key = ("vehicle", id(self), round(heading_deg), round(math.log(max(1.0, foot[1])) * 30))
        return Figure(key, partial(moved, self._mesh, turn_deg=heading_deg), foot)


class Walker:
    """A person who walks along pixels, may stop at one of them, and may bring something as far as there.

    ``stops`` gives, per inner point of the path, how long the person stays; ``brings`` is what is carried (or rolled)
    until the end of the first stop; ``takes`` what is carried from then on.
    """

    def __init__(
        self,
        ground: Ground,
        path: list[Pixel],
        arrive_s: float,
        stay_s: float,
        *,
        seed: int = 0,
        stoops: bool = False,
        brings: Action | None = None,
        takes: Action | None = None,
    ) -> None:
        self.seed, self.stoops, self.brings, self.takes = seed, stoops, brings, takes
        middle = max(1, len(path) // 2) if len(path) > 2 else len(path) - 1
        self.stop, self.arrive_s, self.leave_s = path[middle], arrive_s, arrive_s + stay_s
        coming = _legs(ground, path[: middle + 1], 0.0)
        shift = arrive_s - (coming[-1].end_s if coming else 0.0)
        self._coming = [_Leg(g.start_s + shift, g.end_s + shift, g.a, g.b, g.heading_deg, g.metres) for g in coming]
        self._going = _legs(ground, path[middle:], self.leave_s)
        self.start_s = self._coming[0].start_s if self._coming else arrive_s
        self.end_s = self._going[-1].end_s if self._going else self.leave_s

    @property
    def heading_deg(self) -> float:
        """Where the person looked on arrival: counter-clockwise from the picture's right, seen from above."""
        return self._coming[-1].heading_deg if self._coming else 0.0

    def at(self, t: float) -> Figure | None:
        """What is to be drawn at this second."""
        if not self.start_s <= t < self.end_s:
            return None
        for leg in (*self._coming, *self._going):
            if leg.start_s <= t < leg.end_s:
                return self._walking(leg, t)
        heading = self.heading_deg
        bend = 0.0
        idle = round(0.5 + 0.5 * math.sin(t * 0.9), 1)  # nobody stands like a post
        if self.stoops:
            bend = math.sin(math.pi * min(1.0, max(0.0, (t - self.arrive_s) / (self.leave_s - self.arrive_s))))
        laden = self.brings is not None and t < self.arrive_s + 0.5 * (self.leave_s - self.arrive_s)

        def mesh() -> Mesh:
            still = person(self.seed, phase=0.12 * idle, stoop=0.85 * bend + 0.05 * idle, still=True)
            return moved(still, self._beside(heading), heading) + (self._with(t, heading) if laden else [])

        return Figure(("still", id(self), round(bend, 1), idle, laden), mesh, self.stop)

    def _walking(self, leg: _Leg, t: float) -> Figure:
        foot = leg.at(t)
        phase = round((t - leg.start_s) * _WALK_M_S / STEP_M % 1.0 * _PHASES) % _PHASES / _PHASES
        key = ("walk", id(self), leg.start_s, phase, round(math.log(max(1.0, foot[1])) * 30))

        def mesh() -> Mesh:
            walking = moved(person(self.seed, phase=phase), self._beside(leg.heading_deg), leg.heading_deg)
            return walking + self._with(t, leg.heading_deg)

        return Figure(key, mesh, foot)

    def _beside(self, heading: float) -> tuple[float, float, float]:
        """Where the person stands relative to the thing's own place: behind it, so that it is set down in front."""
        action = self.brings or self.takes
        if action is None:
            return (0.0, 0.0, 0.0)
        reach = 0.62 if action.thing in _ROLLED else 0.42
        turn = math.radians(heading + (90 if action.thing in _ROLLED else 180))
        return (reach * math.cos(turn), reach * math.sin(turn), 0.0)

    def _with(self, t: float, heading: float) -> Mesh:
        action = self.brings if t < self.leave_s else self.takes
        if action is None:
            return []
        if action.thing in _ROLLED:
            return moved(THINGS[action.thing](action.seed), turn_deg=heading, scale=action.size)
        down = 0.0
        if t >= self.arrive_s:
            down = min(1.0, (t - self.arrive_s) / max(0.1, 0.5 * (self.leave_s - self.arrive_s)))
        lift = 0.42 * (1 - down)
        turn = math.radians(heading + 180)
        pull = 0.28 * (1 - down)  # held close while walking
        return moved(thing_mesh(action), (pull * math.cos(turn), pull * math.sin(turn), lift))


Actor = Standing | Walker | Rider | Vehicle


def actors(action: Action, ground: Ground, size: tuple[int, int]) -> list[Actor]:
    """Who and what an action puts on the scene; ``size`` is the picture's width and height in pixels."""
    width, height = size

    def pixel(x: float, y: float) -> Pixel:
        return x * width, y * height

    path = [pixel(p.x, p.y) for p in action.path]
    if action.at and action.do in (Act.STAND, Act.LEAVE):
        foot = pixel(action.at.x, action.at.y)
        return [Standing(action, foot)] if action.do is Act.STAND else _left(action, ground, foot, path, width)
    return [_going(action, ground, path)] if path and action.do in _GO else []


_GO = (Act.WALK, Act.WAIT, Act.RIDE, Act.PARK)


def _left(action: Action, ground: Ground, foot: Pixel, path: list[Pixel], width: int) -> list[Actor]:
    """A thing, who brings it, and who fetches it again."""
    way = path or [(-0.06 * width, foot[1]), (1.06 * width, foot[1])]
    route = [way[0], foot, way[-1]]
    owner = Walker(ground, route, action.start_s - _STOOP_S / 2, _STOOP_S, seed=action.seed, stoops=True, brings=action)
    found: list[Actor] = [Standing(_as_set_down(action, owner), foot), owner]
    if action.taken:
        back = Walker(
            ground, route[::-1], action.end_s - _STOOP_S / 2, _STOOP_S, seed=action.seed, stoops=True, takes=action
        )
        found.append(back)
    return found


def _going(action: Action, ground: Ground, path: list[Pixel]) -> Actor:
    """Who goes along a path, and may stop on it."""
    if action.do is Act.RIDE:
        return Rider(ground, path, action.start_s, action.amount, seed=action.seed)
    if action.do is Act.PARK:
        return Vehicle(ground, path, action)
    stay_s = action.end_s - action.start_s if action.do is Act.WAIT else 0.0
    return Walker(ground, path, action.start_s, stay_s, seed=action.seed)


def _as_set_down(action: Action, owner: Walker) -> Action:
    """A rolled thing keeps the direction it came in."""
    if action.thing not in _ROLLED:
        return action
    return replace(action, turn_deg=owner.heading_deg)
