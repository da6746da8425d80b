"""Little junctions for the rules of traffic: road users that drive along a line, and a signal by the clock."""

from collections.abc import Callable, Iterable, Mapping

from tests.unit.rules.scenes import CAMERA, START, t

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import WHOLE, Box, Point, Polygon
from matpho.domain.hit import RuleHit
from matpho.domain.ids import ZoneId
from matpho.domain.observation import Group, LampColour, LampState, Scene, Track, TrackPoint
from matpho.domain.time import Instant
from matpho.rules.rule import Place, Rule

LINE = ZoneId("vach")
FPS = 5.0
Course = Callable[[float], tuple[float, float] | None]
"""Where the ground point of one is at a time, frame coordinates; None while it is not there."""


def stop_line(
    *,
    line: tuple[Point, Point] = (Point(0.2, 0.6), Point(0.8, 0.6)),
    direction: tuple[float, float] = (0.0, -1.0),
    rules: Mapping[str, Mapping[str, float | bool | str]] | None = None,
) -> Place:
    zone = Zone(
        id=LINE,
        purpose=Purpose.STOP_LINE,
        line=line,
        direction=direction,
        lamp=Box(0.9, 0.1, 0.04, 0.1),
        rules=rules or {},
    )
    return Place(Camera(id=CAMERA, name="Ngã tư", zones=(zone,)), zone, None, "run")


def lane(
    *,
    polygon: Polygon = Polygon((Point(0, 0.2), Point(0.5, 0.2), Point(0.5, 1), Point(0, 1))),  # noqa: B008 - frozen
    direction: tuple[float, float] = (0.0, 1.0),
    rules: Mapping[str, Mapping[str, float | bool | str]] | None = None,
) -> Place:
    zone = Zone(id=ZoneId("lan"), purpose=Purpose.ROADWAY, polygon=polygon, direction=direction, rules=rules or {})
    return Place(Camera(id=CAMERA, name="Đường", zones=(zone,)), zone, None, "run")


def drive(start: tuple[float, float], speed: tuple[float, float], *, begin: float = 0.0, end: float = 1e9) -> Course:
    """Evenly along a line, from ``start`` at ``begin``."""

    def course(s: float) -> tuple[float, float] | None:
        if not begin <= s <= end:
            return None
        return start[0] + speed[0] * (s - begin), start[1] + speed[1] * (s - begin)

    return course


def body(x: float, y: float, group: Group, height: float) -> Box:
    width = height * (1.1 if group is Group.VEHICLE else 0.45) * 9 / 16
    return Box(x - width / 2, y - height, width, height)


def phases(*changes: tuple[float, LampColour]) -> Callable[[float], LampState]:
    """A signal that knows its changes at once."""

    def at(s: float) -> LampState:
        since, colour = [c for c in changes if c[0] <= s][-1]
        return LampState(colour, t(since))

    return at


RED = phases((0.0, LampColour.RED))


def junction(
    rule: Rule,
    courses: Iterable[Course],
    *,
    until: float,
    lamp: Callable[[float], LampState] = RED,
    group: Group = Group.TWO_WHEELER,
    height: float = 0.16,
    stirred: bool = True,
    finish: bool = True,
    cut: bool = False,
    counts: int = 1,
    lit: Box = WHOLE,
) -> list[RuleHit]:
    """Everything the rule says while the road users follow their courses; ``cut``: boxes end where the picture does.

    ``lit`` is the part of the picture between black bars.

    ``counts``: from which look on a track is one.
    """
    paths: dict[int, list[TrackPoint]] = {}
    told: list[RuleHit] = []
    for i in range(round(until * FPS) + 1):
        s, tracks = i / FPS, []
        for number, course in enumerate(courses, 1):
            place = course(s)
            if place is None:
                continue
            path = paths.setdefault(number, [])
            box = body(*place, group, height)
            box = Box(box.x, box.y, box.w, lit.bottom - box.y) if cut and box.bottom > lit.bottom else box
            path.append(TrackPoint(t(s), box, seen=True))
            if len(path) >= counts:
                tracks.append(Track(number, group, group.value, 0.8, path[0].at, tuple(path)))
        ids = frozenset(track.id for track in tracks) if stirred else frozenset[int]()
        told += rule.update(Scene(CAMERA, t(s), tuple(tracks), (), lamps={LINE: lamp(s)}, stirred=ids, lit=lit))
    return told + (rule.finish(t(until)) if finish else [])


def at_s(at: Instant) -> float:
    return (at - START) / 1e9
