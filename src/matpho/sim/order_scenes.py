"""Staged scenes of urban order: heaps that grow or are left, what is in the way, and what is allowed."""

from dataclasses import replace
from datetime import time

from matpho.domain.camera import Camera, Hours, Purpose
from matpho.domain.geometry import Box, Point
from matpho.domain.permitted import Permitted, outline_of
from matpho.sim.background import View
from matpho.sim.scenes import camera, zone
from matpho.sim.script import Act, Action, Script

_STREET, _MIRRORED = View(shift_s=5), View(mirror=True, gain=0.9, shift_s=30)
_PAVEMENT = ((0.0, 0.32), (1.0, 0.32), (1.0, 0.65), (0.0, 0.59))
_ROADWAY = ((0.0, 0.66), (1.0, 0.70), (1.0, 1.0), (0.0, 1.0))
_HEAP, _IN_THE_WAY = "rubbish_heap", "in_the_way"
_EVENING = (Hours(time(0, 0), time(0, 1)),)
"""The first minute of a recording, which has no clock: rubbish may be put out then."""


def _place(name: str, purpose: Purpose, ground: tuple[tuple[float, float], ...]) -> Camera:
    return camera(name, name, zone("vung", purpose, *ground))


def _collection_point(name: str) -> Camera:
    """Collectors come at the end of the hours, and every piece counts at once."""
    place = _place(name, Purpose.COLLECTION_POINT, ((0.25, 0.40), (0.70, 0.40), (0.70, 0.60), (0.25, 0.58)))
    told = {"rubbish_heap": {"grace_s": 10.0, "min_duration_s": 30.0}}
    return replace(place, zones=(replace(place.zones[0], permitted_hours=_EVENING, rules=told),))


def _stands(thing: str, x: float, y: float, start_s: float, end_s: float, *, seed: int = 1, event: str = "") -> Action:
    return Action(
        do=Act.STAND, start_s=start_s, end_s=end_s, thing=thing, at=Point(x, y), seed=seed, event=event,
        zone="vung" if event else "",
    )  # fmt: skip


def _pieces(*times: float, end_s: float, event: str = _HEAP) -> tuple[Action, ...]:
    """Bags and a box side by side, one after another; nobody is seen to bring them."""
    places = (("rubbish_bag", 0.44, 0.53), ("rubbish_bag", 0.50, 0.54), ("cardboard_box", 0.57, 0.54))
    return tuple(
        _stands(thing, x, y, at_s, end_s, seed=i, event=event if i == 0 else "")
        for i, ((thing, x, y), at_s) in enumerate(zip(places, times, strict=True))
    )


def _scene(name: str, place: Camera, *actions: Action, length_s: float, view: View = _STREET) -> Script:
    return Script(name=name, duration_s=length_s, camera=place, view=view, actions=actions)


def _allowed(place: Camera, *boxes: Box) -> Camera:
    permitted = tuple(Permitted(id=str(i), outline=outline_of(b), note="chậu cây") for i, b in enumerate(boxes, 1))
    return replace(place, zones=(replace(place.zones[0], permitted=permitted),))


def _pots(event: str) -> tuple[Action, ...]:
    return tuple(
        _stands("plant_pot", 0.30 + 0.10 * i, 0.45, 12, 150, seed=i, event=event if i == 0 else "") for i in range(4)
    )


def order_scenes() -> list[Script]:
    """All of them, on the drawn street."""
    no_dumping, pavement = Purpose.NO_DUMPING, Purpose.SIDEWALK
    row = Box(0.22, 0.28, 0.46, 0.20)
    return [
        _scene("heap-grows-street", _place("heap-grows-street", no_dumping, _PAVEMENT),
               *_pieces(12, 30, 50, end_s=190), length_s=190),
        _scene("heap-left-after-hours", _collection_point("heap-left-after-hours"),
               *_pieces(12, 20, 28, end_s=120), length_s=120),
        _scene("heap-collected-in-time", _collection_point("heap-collected-in-time"),
               *_pieces(12, 20, 28, end_s=66, event=""), length_s=120),
        _scene("box-on-roadway", _place("box-on-roadway", Purpose.ROADWAY, _ROADWAY),
               _stands("cardboard_box", 0.40, 0.80, 12, 100, event=_IN_THE_WAY), length_s=100),
        _scene("heap-on-roadway-mirrored", _place("heap-on-roadway-mirrored", Purpose.ROADWAY, _ROADWAY),
               _stands("rubbish_heap", 0.55, 0.84, 12, 100, seed=3, event=_IN_THE_WAY), length_s=100, view=_MIRRORED),
        _scene("pots-street", _place("pots-street", pavement, _PAVEMENT), *_pots("sidewalk_occupied"), length_s=150),
        _scene("pots-street-allowed", _allowed(_place("pots-street-allowed", pavement, _PAVEMENT), row),
               *_pots(""), length_s=150),
    ]  # fmt: skip
