"""The staged regression suite: scenes on the sample clip and on the drawn street, things to find and things not to.

The figures that come of it show whether the pipeline got better or worse at what is staged. They are no accuracy: the
things are drawn, the people who bring them are drawn, and there are two places.
"""

from collections.abc import Sequence

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box, Point
from matpho.errors import BadInput
from matpho.sim.background import View
from matpho.sim.families import family_scenes
from matpho.sim.order_scenes import order_scenes
from matpho.sim.places.catalogue import Place
from matpho.sim.scenes import camera, zone
from matpho.sim.script import Act, Action, Script
from matpho.sim.suite_scene import SuiteScene

_PLAZA = View(crop=Box(0.22, 0.10, 0.78, 0.78))
_PLAZA_MIRRORED = View(crop=Box(0.22, 0.10, 0.78, 0.78), mirror=True, warmth=0.2, shift_s=25)
_PATH = View(crop=Box(0.0, 0.15, 0.62, 0.62), shift_s=20)
_LAWN = View(shift_s=0.0)
_STREET = View(shift_s=5)
_STREET_MIRRORED = View(mirror=True, gain=0.9, shift_s=30)

_PLAZA_GROUND = ((1.0, 0.40), (0.87, 0.37), (0.0, 0.37), (0.0, 0.45), (0.4, 0.62), (0.7, 0.84), (1.0, 0.97))
_MIRRORED_GROUND = tuple((1 - x, y) for x, y in _PLAZA_GROUND)
_PATH_GROUND = ((0.0, 0.30), (1.0, 0.36), (1.0, 0.80), (0.62, 0.60), (0.30, 0.49), (0.0, 0.43))
_LAWN_GROUND = ((0.0, 0.46), (0.24, 0.47), (0.50, 0.68), (0.76, 0.80), (1.0, 0.88), (1.0, 1.0), (0.0, 1.0))
_PAVEMENT = ((0.0, 0.32), (1.0, 0.32), (1.0, 0.65), (0.0, 0.59))
_FORECOURT = ((0.2, 0.30), (0.8, 0.30), (0.8, 0.352), (0.2, 0.352))


def _place(name: str, purpose: Purpose, ground: tuple[tuple[float, float], ...]) -> Camera:
    return camera(name, name, zone("vung", purpose, *ground, closed=purpose is Purpose.RESTRICTED))


def _scene(
    name: str,
    view: View,
    purpose: Purpose,
    ground: tuple[tuple[float, float], ...],
    *actions: Action,
    length_s: float = 60.0,
    drawn: bool = False,
) -> SuiteScene:
    script = Script(name=name, duration_s=length_s, camera=_place(name, purpose, ground), view=view, actions=actions)
    return SuiteScene(script=script, drawn=drawn)


def _left(
    thing: str, x: float, y: float, *, at_s: float = 12, end_s: float = 60, seed: int = 1, event: str = "",
    way: tuple[Point, Point] | None = None, taken: bool = False,
) -> Action:  # fmt: skip
    path = way or (Point(-0.06, y + 0.10), Point(1.08, y - 0.06))
    return Action(
        do=Act.LEAVE, start_s=at_s, end_s=end_s, thing=thing, at=Point(x, y), seed=seed, path=path, event=event,
        zone="vung" if event else "", taken=taken,
    )  # fmt: skip


_ABANDONED, _OCCUPIED, _PARKED = "abandoned_object", "sidewalk_occupied", "parked_on_sidewalk"
_FORBIDDEN, _RIDDEN = "parked_where_forbidden", "ridden_on_sidewalk"
_STREET_WAY = (Point(-0.06, 0.50), Point(1.06, 0.57))


def _dumping() -> list[SuiteScene]:
    dump, watch = Purpose.NO_DUMPING, Purpose.WATCH
    cloud = Action(do=Act.LIGHT, start_s=30, end_s=58, amount=0.7, soft=True)
    return [
        _scene("bag-plaza", _PLAZA, dump, _PLAZA_GROUND, _left("rubbish_bag", 0.60, 0.64, event=_ABANDONED)),
        _scene("box-plaza", _PLAZA_MIRRORED, dump, _MIRRORED_GROUND,
               _left("cardboard_box", 0.35, 0.66, event=_ABANDONED)),
        _scene("heap-path", _PATH, dump, _PATH_GROUND, _left("rubbish_heap", 0.25, 0.41, seed=4, event=_ABANDONED)),
        _scene("suitcase-plaza", _PLAZA, watch, _PLAZA_GROUND, _left("suitcase", 0.72, 0.74, event=_ABANDONED)),
        _scene("bag-plaza-cloud", _PLAZA_MIRRORED, dump, _MIRRORED_GROUND,
               _left("rubbish_bag", 0.30, 0.72, seed=3, event=_ABANDONED), cloud, length_s=75),
        _scene("bag-plaza-taken-again", _PLAZA, dump, _PLAZA_GROUND,
               _left("rubbish_bag", 0.60, 0.64, end_s=24, taken=True)),
        _scene("bag-street", _STREET, dump, _PAVEMENT,
               _left("rubbish_bag", 0.42, 0.54, way=_STREET_WAY, event=_ABANDONED), drawn=True),
        _scene("box-street", _STREET_MIRRORED, dump, _PAVEMENT,
               _left("cardboard_box", 0.62, 0.50, way=_STREET_WAY, seed=2, event=_ABANDONED), drawn=True),
        _scene("suitcase-street", _STREET, watch, _PAVEMENT,
               _left("suitcase", 0.30, 0.48, way=_STREET_WAY, seed=2, event=_ABANDONED), drawn=True),
        _scene("bag-street-owner-stays", _STREET, dump, _PAVEMENT,
               Action(do=Act.STAND, start_s=12, end_s=60, thing="suitcase", at=Point(0.45, 0.53), seed=1),
               Action(do=Act.WAIT, start_s=12, end_s=60, seed=3,
                      path=(_STREET_WAY[0], Point(0.41, 0.53), _STREET_WAY[1])),
               drawn=True),
    ]  # fmt: skip


def _stall(x: float, y: float, seller: Point, way: tuple[Point, Point]) -> tuple[Action, ...]:
    pieces = (("table", 12, x, y), ("stools", 16, x - 0.12, y + 0.005), ("umbrella", 20, x + 0.035, y - 0.025))
    brought = tuple(
        _left(thing, px, py, at_s=at_s, end_s=150, seed=i, event=_OCCUPIED, way=way)
        for i, (thing, at_s, px, py) in enumerate(pieces)
    )
    return (*brought, Action(do=Act.WAIT, start_s=23, end_s=149, path=(way[0], seller, way[1]), seed=3))


def _pavement() -> list[SuiteScene]:
    walk = Purpose.SIDEWALK
    path_way, bike_way = (Point(-0.06, 0.38), Point(1.08, 0.62)), (Point(1.12, 0.80), Point(1.12, 0.72))
    street_bike = (Point(1.14, 0.55), Point(1.14, 0.50))
    pots = tuple(
        _left(
            "plant_pot",
            0.12 + 0.09 * i,
            0.40 + 0.01 * i,
            at_s=12 + 4 * i,
            end_s=150,
            seed=i,
            event=_OCCUPIED,
            way=path_way,
        )
        for i in range(4)
    )
    return [
        _scene("stall-path", _PATH, walk, _PATH_GROUND, *_stall(0.30, 0.41, Point(0.405, 0.415), path_way),
               length_s=150),
        _scene("pots-path", _PATH, walk, _PATH_GROUND, *pots, length_s=150),
        _scene("motorbike-plaza", _PLAZA, walk, _PLAZA_GROUND,
               _left("motorbike", 0.62, 0.66, end_s=150, seed=0, event=_PARKED, way=bike_way), length_s=150),
        _scene("motorbike-plaza-dark", _PLAZA_MIRRORED, walk, _MIRRORED_GROUND,
               _left("motorbike", 0.36, 0.66, end_s=150, seed=2, event=_PARKED,
                     way=(Point(-0.15, 0.8), Point(-0.1, 0.75))),
               length_s=150),
        _scene("stall-street", _STREET, walk, _PAVEMENT, *_stall(0.55, 0.50, Point(0.68, 0.51), _STREET_WAY),
               length_s=150, drawn=True),
        _scene("motorbike-street", _STREET_MIRRORED, walk, _PAVEMENT,
               _left("motorbike", 0.55, 0.52, end_s=150, seed=1, event=_PARKED, way=street_bike),
               length_s=150, drawn=True),
        _scene("motorbike-street-short", _STREET, walk, _PAVEMENT,
               _left("motorbike", 0.45, 0.50, end_s=70, seed=3, taken=True, way=street_bike),
               length_s=90, drawn=True),
    ]  # fmt: skip


def _wheels() -> list[SuiteScene]:
    """Parked where it is forbidden, and ridden along a pavement; ridden past a parked one, and across."""
    forbidden, walk = Purpose.NO_PARKING, Purpose.SIDEWALK
    street_bike = (Point(1.14, 0.55), Point(1.14, 0.50))

    def ride(a: Point, b: Point, *, at_s: float, end_s: float, seed: int, event: str = "") -> Action:
        return Action(do=Act.RIDE, start_s=at_s, end_s=end_s, path=(a, b), seed=seed, amount=3.5,
                      event=event, zone="vung" if event else "")  # fmt: skip

    passing = tuple(
        ride(Point(1.1, 0.60), Point(-0.1, 0.60), at_s=40 + 14 * i, end_s=44 + 14 * i, seed=i) for i in range(6)
    )
    return [
        _scene("motorbike-forbidden-street", _STREET, forbidden, _PAVEMENT,
               _left("motorbike", 0.50, 0.51, end_s=150, seed=1, event=_FORBIDDEN, way=street_bike), *passing,
               length_s=150, drawn=True),
        _scene("motorbike-forbidden-plaza", _PLAZA, forbidden, _PLAZA_GROUND,
               _left("motorbike", 0.62, 0.66, end_s=150, seed=2, event=_FORBIDDEN,
                     way=(Point(1.12, 0.80), Point(1.12, 0.72))), length_s=150),
        _scene("ridden-street", _STREET, walk, _PAVEMENT,
               ride(Point(-0.1, 0.50), Point(1.1, 0.54), at_s=20, end_s=24, seed=0, event=_RIDDEN),
               length_s=40, drawn=True),
        _scene("ridden-plaza", _PLAZA_MIRRORED, walk, _MIRRORED_GROUND,
               ride(Point(1.1, 0.50), Point(-0.1, 0.80), at_s=20, end_s=23.4, seed=3, event=_RIDDEN), length_s=40),
        _scene("ridden-across-street", _STREET_MIRRORED, walk, _PAVEMENT,
               ride(Point(0.45, 1.1), Point(0.5, 0.34), at_s=20, end_s=32, seed=2), length_s=40, drawn=True),
    ]  # fmt: skip


def _intrusion() -> list[SuiteScene]:
    closed = Purpose.RESTRICTED
    return [
        _scene("lawn-crossed", _LAWN, closed, _LAWN_GROUND,
               Action(do=Act.WAIT, start_s=22, end_s=25, seed=4, event="intrusion_zone", zone="vung",
                      path=(Point(-0.06, 0.62), Point(0.25, 0.78), Point(0.5, 1.15))), length_s=45),
        _scene("lawn-passed-by", _LAWN, closed, _LAWN_GROUND,
               Action(do=Act.WALK, start_s=30, end_s=31, seed=1, path=(Point(-0.06, 0.40), Point(1.08, 0.74))),
               length_s=45),
        _scene("forecourt-entered", _STREET, closed, _FORECOURT,
               Action(do=Act.WAIT, start_s=25, end_s=36, seed=1, event="intrusion_zone", zone="vung",
                      path=(Point(-0.06, 0.45), Point(0.5, 0.328), Point(1.06, 0.45))), length_s=50, drawn=True),
    ]  # fmt: skip


def _camera_itself() -> list[SuiteScene]:
    watch, found = Purpose.WATCH, "camera_tampering"
    return [
        _scene("covered-plaza", _PLAZA, watch, _PLAZA_GROUND, Action(do=Act.COVER, start_s=30, end_s=42, event=found)),
        _scene("defocused-plaza", _PLAZA_MIRRORED, watch, _MIRRORED_GROUND,
               Action(do=Act.DEFOCUS, start_s=30, end_s=50, event=found)),
        _scene("turned-plaza", _PLAZA, watch, _PLAZA_GROUND, Action(do=Act.TURN, start_s=30, end_s=60, event=found)),
        _scene("covered-street", _STREET, watch, _PAVEMENT,
               Action(do=Act.COVER, start_s=30, end_s=42, seed=2, event=found), drawn=True),
        _scene("defocused-street", _STREET_MIRRORED, watch, _PAVEMENT,
               Action(do=Act.DEFOCUS, start_s=30, end_s=50, event=found), drawn=True),
        _scene("turned-street", _STREET, watch, _PAVEMENT,
               Action(do=Act.TURN, start_s=30, end_s=60, event=found), drawn=True),
        _scene("cloud-plaza", _PLAZA, watch, _PLAZA_GROUND,
               Action(do=Act.LIGHT, start_s=20, end_s=45, amount=0.65, soft=True)),
        _scene("lamp-street", _STREET_MIRRORED, watch, _PAVEMENT,
               Action(do=Act.LIGHT, start_s=25, end_s=50, amount=1.35), drawn=True),
        _scene("nothing-path", _PATH, Purpose.SIDEWALK, _PATH_GROUND, length_s=79),
        _scene("nothing-street", _STREET, Purpose.SIDEWALK, _PAVEMENT, length_s=79, drawn=True),
    ]  # fmt: skip


def by_hand() -> list[SuiteScene]:
    """The scenes written by hand, one by one: every kind that pictures are needed for."""
    order = [SuiteScene(script=script, drawn=True) for script in order_scenes()]
    return [*_dumping(), *_pavement(), *_wheels(), *_intrusion(), *_camera_itself(), *order]


def suite(clip_places: Sequence[Place] = ()) -> list[SuiteScene]:
    """All scenes of the suite; ``clip_places`` are the measurement clips' places that this machine has."""
    return [*family_scenes(clip_places), *by_hand()]


def chosen(scenes: Sequence[SuiteScene], only: Sequence[str] = (), sample: int = 0) -> list[SuiteScene]:
    """The scenes of the families, or with the names, in ``only`` (none: all); ``sample`` of each family (0: all).

    Raises BadInput for a name that is none.
    """
    known = {s.family for s in scenes} | {s.script.name for s in scenes}
    if unknown := [name for name in only if name not in known]:
        families = ", ".join(dict.fromkeys(s.family for s in scenes))
        raise BadInput(
            f"There is no family or scene {', '.join(unknown)}; families: {families}.",
            f"Không có nhóm hay cảnh {', '.join(unknown)}; các nhóm: {families}.",
        )
    wanted = [s for s in scenes if not only or s.family in only or s.script.name in only]
    if not sample:
        return wanted
    found: list[SuiteScene] = []
    for family in dict.fromkeys(s.family for s in wanted):
        mine = [s for s in wanted if s.family == family]
        count = min(sample, len(mine))
        found += [mine[i * len(mine) // count + i % (len(mine) // count)] for i in range(count)]  # not one place only
    return found
