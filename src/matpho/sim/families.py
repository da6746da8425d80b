"""The families of the staged suite: things set down in plain sight, under each trouble, and what must not be told.

Each maker takes a :class:`~matpho.sim.stagehand.Stagehand`, whose number is the seed, and gives one scene. A thing is
set down some nine seconds in: the empty scene is known by then, and its owner has been seen to come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matpho.domain.geometry import Point
from matpho.sim.places.catalogue import PLACES, Place, place
from matpho.sim.script import Act, Action
from matpho.sim.stagehand import FOUND, ZONE, Stagehand
from matpho.sim.suite_scene import SuiteScene

_DOWN_S = 9.0
_LENGTH_S = 36.0
_PLAIN_S = 46.0  # on a busy square somebody may stand beside it for a while
_ALWAYS = 999.0


@dataclass(frozen=True, slots=True)
class Family:
    """Scenes of one sort: how many, how one is made, on which places; ``about`` in words for the report."""

    name: str
    count: int
    about: str
    make: Callable[[Stagehand], SuiteScene]
    places: tuple[Place, ...] = PLACES


def _plain(hand: Stagehand) -> SuiteScene:
    down = hand.left(at_s=_DOWN_S + hand.between(0, 2), end_s=_PLAIN_S)
    return hand.scene(down, length_s=_PLAIN_S)


def _coded(hand: Stagehand) -> SuiteScene:
    return replace(_plain(hand), coded=True)


def _step(hand: Stagehand, *, soft: bool) -> SuiteScene:
    """The light changes within two seconds of the set-down, and stays so."""
    down = hand.left(at_s=_DOWN_S, end_s=_LENGTH_S)
    amount = hand.between(0.55, 0.78) if (hand.number // 2) % 2 or soft else hand.between(1.25, 1.6)
    lamp = Point(hand.between(0.15, 0.85), hand.between(0.3, 0.7)) if not soft and hand.number % 3 == 0 else None
    change = Action(
        do=Act.LIGHT, start_s=_DOWN_S + hand.between(-0.6, 2.0), end_s=_ALWAYS, amount=amount, soft=soft, at=lamp
    )
    return hand.scene(down, change, length_s=_LENGTH_S + 4)


def _lamp(hand: Stagehand) -> SuiteScene:
    return _step(hand, soft=False)


def _cloud(hand: Stagehand) -> SuiteScene:
    return _step(hand, soft=True)


def _infrared(hand: Stagehand) -> SuiteScene:
    """The camera goes over to infrared some seconds after, or before, the thing is set down."""
    down = hand.left(at_s=_DOWN_S + 3, end_s=_LENGTH_S + 6)
    at_s = _DOWN_S + 3 + (hand.between(0.5, 8) if hand.number % 4 else hand.between(-5, -3))
    change = Action(do=Act.INFRARED, start_s=at_s, end_s=_ALWAYS, amount=hand.between(2.0, 4.5))
    return hand.scene(down, change, length_s=_LENGTH_S + 6)


def _shake(hand: Stagehand) -> SuiteScene:
    return hand.scene(hand.left(at_s=_DOWN_S, end_s=_LENGTH_S), length_s=_LENGTH_S, alter="shake")


def _wet_night(hand: Stagehand) -> SuiteScene:
    """Something dark on dark wet asphalt."""
    return hand.scene(hand.left(at_s=_DOWN_S, end_s=_LENGTH_S, dark=True), length_s=_LENGTH_S)


def _beside(hand: Stagehand) -> SuiteScene:
    """A thing is set down at a car that is parked there from the start: before it, at its front or at its tail."""
    thing, seed = hand.thing()
    at, size = hand.spot(thing, hand.size_px())
    metre = hand.px_per_m(at.y)
    along, nearer = ((0.0, 1.05), (2.5, 0.3), (-2.5, 0.1), (1.2, 1.0))[hand.number % 4]
    steep = 0.45  # metres towards the viewer are so much shorter in the picture
    stands = Point(at.x - along * metre / hand.place.view.width, at.y - nearer * steep * metre / hand.place.view.height)
    car = Action(do=Act.STAND, start_s=0, end_s=_ALWAYS, thing="car", at=stands, seed=hand.number,
                 turn_deg=0.0 if hand.number % 2 else 180.0)  # fmt: skip
    down = Action(
        do=Act.LEAVE, start_s=_DOWN_S, end_s=_LENGTH_S, thing=thing, at=at, seed=seed, size=size, path=hand.way(at),
        event=FOUND, zone=ZONE,
    )  # fmt: skip
    return hand.scene(car, down, length_s=_LENGTH_S)


def _from_start(hand: Stagehand) -> SuiteScene:
    """It stands there before the camera looks: no background model can know; a detector might."""
    thing, seed = hand.thing()
    at, size = hand.spot(thing, max(24.0, hand.size_px()))
    stands = Action(do=Act.STAND, start_s=0, end_s=_LENGTH_S, thing=thing, at=at, seed=seed, size=size, event=FOUND,
                    zone=ZONE)  # fmt: skip
    return hand.scene(stands, length_s=_LENGTH_S)


def _taken_soon(hand: Stagehand) -> SuiteScene:
    """Fetched again before the zone's wait is over."""
    down = hand.left(at_s=_DOWN_S, end_s=_DOWN_S + hand.between(4.5, 8.0), event=False, taken=True, size_px=34)
    return hand.scene(down, length_s=_LENGTH_S)


def _taken_later(hand: Stagehand) -> SuiteScene:
    """Told, then fetched: the incident ends."""
    down = hand.left(at_s=_DOWN_S, end_s=_DOWN_S + hand.between(24, 28), taken=True, size_px=hand.between(26, 50))
    return hand.scene(down, length_s=52.0, closes=True)


def _ghost(hand: Stagehand) -> SuiteScene:
    """What stood there from the start is carried away: the bare place is nothing that was left."""
    thing, seed = hand.thing()
    at, size = hand.spot(thing, hand.between(22, 50))
    away = Action(do=Act.STAND, start_s=0, end_s=14, thing=thing, at=at, seed=seed, size=size)
    way = hand.way(at)
    fetches = Action(do=Act.WAIT, start_s=13.2, end_s=14.6, path=(way[0], at, way[1]), seed=seed)
    return hand.scene(away, fetches, length_s=44.0)


def _occluded(hand: Stagehand) -> SuiteScene:
    """A van stands before it for 20 to 60 s, after it was told, or (every third) before."""
    first_s = _DOWN_S + (4.0 if hand.number % 3 == 0 else 20.0)
    hidden_s = (20.0, 30.0, 45.0, 60.0)[hand.number % 4]
    length_s = first_s + hidden_s + 24.0
    down = hand.left(at_s=_DOWN_S, end_s=length_s, size_px=hand.between(26, 40))
    assert down.at is not None
    metre = hand.px_per_m(down.at.y)
    row = min(0.985, down.at.y + 0.75 * metre / hand.place.view.height)
    x = min(0.75, max(0.25, down.at.x + hand.between(-0.05, 0.05)))
    side = 1.5 if hand.number % 2 else -0.5
    van = Action(
        do=Act.PARK, start_s=first_s, end_s=first_s + hidden_s, thing="van", seed=hand.number,
        path=(Point(side, row), Point(x, row), Point(1.0 - side, row)),
    )  # fmt: skip
    return hand.scene(down, van, length_s=length_s)


def _owner_stays(hand: Stagehand) -> SuiteScene:
    """Somebody sets a thing down and waits beside it."""
    down = hand.left(at_s=_DOWN_S, end_s=_ALWAYS, event=False, size_px=hand.between(26, 45))
    assert down.at is not None
    beside = 0.55 * hand.px_per_m(down.at.y) / hand.place.view.width
    spot = Point(down.at.x + (beside if hand.number % 2 else -beside), down.at.y)
    stays = Action(do=Act.WAIT, start_s=_DOWN_S, end_s=_LENGTH_S + 10, path=(down.path[0], spot, down.path[1]),
                   seed=down.seed)  # fmt: skip
    stands = replace(down, do=Act.STAND, path=())
    return hand.scene(stands, stays, length_s=_LENGTH_S + 4)


def _passers_by(hand: Stagehand) -> SuiteScene:
    """People walk through, some stop for a while; nobody leaves anything."""
    walks = [hand.passes(4 + 4.5 * i, seed=hand.number + i) for i in range(5)]
    at, _ = hand.spot("rubbish_bag", 30)
    ends = hand.way(at)
    stops = Action(
        do=Act.WAIT, start_s=10, end_s=10 + hand.between(4, 18), path=(ends[0], at, ends[1]), seed=hand.number
    )
    return hand.scene(*walks, stops, length_s=_LENGTH_S + 4)


def _light_only(hand: Stagehand) -> SuiteScene:
    """Lamps, clouds and the infrared switch, and nothing else."""
    kind = hand.number % 4
    if kind == 3:
        return hand.scene(length_s=_LENGTH_S, alter="shadows")
    on_s, off_s = hand.between(8, 12), hand.between(20, 26)
    if kind == 2:
        change = Action(do=Act.INFRARED, start_s=on_s, end_s=off_s, amount=3.0)
    else:
        amount = hand.between(0.55, 0.75) if kind else hand.between(1.3, 1.6)
        lamp = Point(hand.between(0.2, 0.8), 0.5) if hand.number % 8 == 0 else None
        change = Action(do=Act.LIGHT, start_s=on_s, end_s=off_s, amount=amount, soft=kind == 1, at=lamp)
    return hand.scene(change, length_s=_LENGTH_S)


def _rain(hand: Stagehand) -> SuiteScene:
    return hand.scene(length_s=_LENGTH_S, alter="rain")


def _headlights(hand: Stagehand) -> SuiteScene:
    return hand.scene(length_s=_LENGTH_S, alter="headlights")


_BY_DAY = tuple(p for p in PLACES if not p.infrared)
_COLOURED = tuple(p for p in PLACES if p.name in ("plaza", "street", "market", "plaza-mirrored", "path"))
_BY_NIGHT = (place("alley"), place("forecourt"))
_WET = (place("alley"),)
_LIT = tuple(p for p in PLACES if p not in _WET)

PLAIN = "plain"
FAMILIES: tuple[Family, ...] = (
    Family(PLAIN, 84, "set down in plain sight", _plain, _LIT),
    Family("coded", 12, "the same, through an encoder of a camera's quality", _coded, _LIT),
    Family("lamp", 24, "a lamp goes on or off within 2 s of the set-down", _lamp),
    Family("cloud", 20, "a cloud comes within 2 s of the set-down", _cloud, _COLOURED),
    Family("infrared", 20, "the camera switches to infrared around the set-down", _infrared, _BY_DAY),
    Family("shake", 24, "the camera swings by about 2 px", _shake),
    Family("wet_night", 20, "dark things on dark wet asphalt at night", _wet_night, _WET),
    Family("beside_car", 20, "set down at a parked car", _beside),
    Family("from_start", 12, "there before the camera looks", _from_start),
    Family("taken_later", 12, "told, then fetched", _taken_later),
    Family("occluded", 16, "a van stands before it for 20 to 60 s", _occluded),
    Family("taken_soon", 10, "fetched again at once: silent", _taken_soon),
    Family("ghost", 8, "what always stood there is carried away: silent", _ghost),
    Family("owner_stays", 14, "its owner waits beside it: silent", _owner_stays),
    Family("passers_by", 14, "people walk and stop: silent", _passers_by),
    Family("light_only", 16, "lamps, clouds and infrared: silent", _light_only),
    Family("rain", 10, "rain and wet reflections: silent", _rain, (place("alley"), *_BY_DAY[:4])),
    Family("headlights", 10, "headlights sweep through at night: silent", _headlights, _BY_NIGHT),
)


def family_scenes(clip_places: Sequence[Place] = (), each: int = 8) -> list[SuiteScene]:
    """All scenes of all families, and ``each`` plain ones more on every one of ``clip_places``."""
    made = [f.make(Stagehand(f.name, n, f.places)) for f in FAMILIES for n in range(f.count)]
    more = [_plain(Stagehand(PLAIN, 100 + n, clip_places)) for n in range(each * len(clip_places))]
    return made + more
