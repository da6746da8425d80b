"""Little scenes for the rules: a clock in seconds, tracks and static objects by hand."""

from collections.abc import Callable, Iterable, Mapping

from matpho.domain.camera import Camera, Hours, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.observation import Group, PictureState, Scene, StaticObject, Track, TrackPoint
from matpho.domain.time import Instant, after
from matpho.rules.rule import Place, Rule

START = Instant(0)
CAMERA = CameraId("cho")
LEFT_HALF = Polygon((Point(0, 0), Point(0.5, 0), Point(0.5, 1), Point(0, 1)))


def t(s: float) -> Instant:
    return after(START, s)


def place(
    purpose: Purpose = Purpose.NO_DUMPING,
    *,
    polygon: Polygon = LEFT_HALF,
    rules: Mapping[str, Mapping[str, float | bool | str]] | None = None,
    permitted: tuple[Hours, ...] = (),
    closed: tuple[Hours, ...] = (),
) -> Place:
    zone = Zone(
        id=ZoneId("vung"),
        purpose=purpose,
        polygon=polygon,
        rules=rules or {},
        permitted_hours=permitted,
        closed_hours=closed,
    )
    return Place(Camera(id=CAMERA, name="Chợ", zones=(zone,)), zone, None, "run")


def track(number: int, box: Box, at: float, *, group: Group = Group.PERSON, seen: bool = True) -> Track:
    return Track(number, group, group.value, 0.8, START, (TrackPoint(t(at), box, seen),))


def standing(x: float, y: float, *, height: float = 0.3, width: float = 0.1) -> Box:
    """A box whose ground point is (x, y)."""
    return Box(x - width / 2, y - height, width, height)


def thing(
    number: int = 1,
    *,
    box: Box | None = None,
    appeared: float = 0.0,
    now: float = 0.0,
    group: Group | None = None,
    owner: int | None = None,
    owner_left: float | None = None,
    alone_since: float | None = 0.0,
    gone: bool = False,
) -> StaticObject:
    box = box or Box(0.2, 0.7, 0.06, 0.08)
    xs, ys = (0.1, 0.5, 0.9), (0.1, 0.5, 0.9)
    return StaticObject(
        id=number,
        appeared=t(appeared),
        last_seen=t(now),
        box=box,
        area=box.area,
        samples=tuple(Point(box.x + a * box.w, box.y + b * box.h) for a in xs for b in ys),
        group=group,
        label=group.value if group else None,
        score=0.7,
        owner=owner,
        owner_left=None if owner_left is None else t(owner_left),
        attended=alone_since is None,
        unattended_since=None if alone_since is None else t(alone_since),
        gone=gone,
    )


def scene(
    at: float,
    *,
    tracks: Iterable[Track] = (),
    static: Iterable[StaticObject] = (),
    picture: PictureState | None = None,
) -> Scene:
    return Scene(CAMERA, t(at), tuple(tracks), tuple(static), picture or PictureState())


def play(rule: Rule, seconds: Iterable[float], make: Callable[[float], Scene]) -> list[RuleHit]:
    """Everything the rule says over the scenes."""
    return [hit for at in seconds for hit in rule.update(make(at))]


def every(step: float, start: float, end: float) -> list[float]:
    return [start + i * step for i in range(round((end - start) / step) + 1)]


def trail(
    number: int,
    where: Callable[[float], Box],
    at: float,
    *,
    step: float = 0.2,
    since: float = 0.0,
    group: Group = Group.VEHICLE,
    unseen: Callable[[float], bool] = lambda _: False,
) -> Track:
    """A track with its path up to ``at``: where it was every ``step`` seconds since ``since``, at most 256 points."""
    first = max(since, at - 255 * step)
    times = [at - i * step for i in range(int((at - first) / step + 1e-6), -1, -1)]
    path = tuple(TrackPoint(t(s), where(s), not unseen(s)) for s in times)
    return Track(number, group, group.value, 0.8, t(since), path)
