"""Who stands in a queue: waiting at a red lamp or in a jam is not stopping.

A queue shows by company: others have come to rest close by. It ends when they move on, and what stays behind has
stopped. Company that has itself stood for longer than a red lamp lasts, while traffic of its own sort has passed, is
parked and no queue. Motorbikes that filter past waiting cars say nothing about the cars.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point
from matpho.domain.observation import LampColour, LampState, Scene, Track
from matpho.domain.time import SECOND, Instant, seconds
from matpho.rules.road_user import WHEELS
from matpho.rules.standing import Stand

LONGEST_RED_S = 150.0
"""No lamp is red for longer: who stands on while traffic passes does not wait."""
LONGEST_JAM_S = 300.0
"""The same where nothing has passed: a level crossing, a jam."""
CLOSE = 2.0  # widths and heights from ground point to ground point: the next in the queue, and in the next lane
PASSED = 2  # so many others that went past
PASSING_S, PASSING = 2.0, 1.0  # within so long it has moved by so much of its size
START_S = 10.0  # green for so long: who was first at the line has gone, or will not
EVERY_S = 0.9  # how often the accounts are made up
AT_LINE, OVER_LINE = 2.5, 0.6  # heights before and beyond a stop line


@dataclass(slots=True)
class _Waiting:
    """The account of one stand: seconds that it has stood outside any queue, and who has passed it."""

    clear_s: float
    at: Instant
    passed: set[int] = field(default_factory=set)

    def limit_s(self) -> float:
        return LONGEST_RED_S if len(self.passed) >= PASSED else LONGEST_JAM_S


class Queueing:
    """The accounts of all stands of one camera."""

    def __init__(self, camera: Camera) -> None:
        self._lines = [z for z in camera.zones if z.purpose is Purpose.STOP_LINE]
        self._waiting: dict[int, _Waiting] = {}
        self._at: Instant | None = None

    def update(self, stands: Sequence[Stand], scene: Scene) -> None:
        """Take in what stands (every one, in the zone or not), what moves, and what the lamps show."""
        at = scene.at
        if self._at is not None and at - self._at < EVERY_S * SECOND:
            return
        self._at = at
        here = [s for s in stands if not s.gone]
        self._waiting = {s.id: self._waiting.get(s.id) or _Waiting(max(0.0, s.stood_s), at) for s in here}
        movers = [t for t in scene.tracks if t.group in WHEELS and _is_moving(t)] if here else []
        closed = [line for line in self._lines if not _has_long_been_green(scene.lamps.get(line.id), at)]
        for stand in here:
            account = self._waiting[stand.id]
            account.passed |= _passing(stand, movers)
            if not any(_waits_at(stand, line) for line in closed) and not self._has_company(stand, here):
                account.clear_s += seconds(at - account.at)
            account.at = at

    def stopped_s(self, stand: Stand) -> float:
        """For how long it has stood, time in a queue not counted, in seconds."""
        account = self._waiting.get(stand.id)
        if account is None:
            return 0.0
        return stand.stood_s if stand.stood_s >= account.limit_s() else min(stand.stood_s, account.clear_s)

    def _has_company(self, stand: Stand, others: Iterable[Stand]) -> bool:
        company = (o for o in others if o is not stand and not o.hidden)
        return any(o.stood_s < self._waiting[o.id].limit_s() and _is_close(stand.box, o.box) for o in company)


def _has_long_been_green(lamp: LampState | None, at: Instant) -> bool:
    return lamp is not None and lamp.colour is LampColour.GREEN and seconds(at - lamp.since) > START_S


def _is_close(a: Box, b: Box) -> bool:
    return abs(a.ground.x - b.ground.x) < CLOSE * max(a.w, b.w) and abs(a.ground.y - b.ground.y) < CLOSE * max(a.h, b.h)


def _is_moving(track: Track) -> bool:
    """Whether it has moved by its own size lately."""
    now = track.now
    if not now.seen:
        return False
    return any(
        abs(p.box.ground.x - now.box.ground.x) > PASSING * now.box.w
        or abs(p.box.ground.y - now.box.ground.y) > PASSING * now.box.h
        for p in track.path[-40:]
        if p.seen and now.at - p.at <= PASSING_S * SECOND
    )


def _passing(stand: Stand, movers: Iterable[Track]) -> set[int]:
    return {t.id for t in movers if t.group is stand.group and t.id != stand.track and _is_close(stand.box, t.now.box)}


def _waits_at(stand: Stand, zone: Zone) -> bool:
    """Whether it stands before a stop line, or just over it, looking along the line's direction of travel."""
    if zone.line is None or zone.direction is None:
        return False
    (a, b), (dx, dy) = zone.line, zone.direction
    g, h = stand.box.ground, stand.box.h
    across = (b.x - a.x) * dy - (b.y - a.y) * dx
    if not across:
        return False
    steps = ((b.x - a.x) * (a.y - g.y) - (b.y - a.y) * (a.x - g.x)) / across  # along its way to the line
    meets = Point(g.x + steps * dx, g.y + steps * dy)
    span = (b.x - a.x) ** 2 + (b.y - a.y) ** 2
    place = ((meets.x - a.x) * (b.x - a.x) + (meets.y - a.y) * (b.y - a.y)) / span
    return -OVER_LINE * h < steps * math.hypot(dx, dy) < AT_LINE * h and -0.1 <= place <= 1.1
