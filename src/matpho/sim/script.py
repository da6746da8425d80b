"""A staged scene as data: what happens where and when, and what somebody watching should have found."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from matpho.domain.camera import Camera
from matpho.domain.codec import from_plain, to_plain
from matpho.domain.geometry import Box, Point
from matpho.domain.system_words import not_read
from matpho.domain.text_words import amiss
from matpho.domain.words import Said
from matpho.errors import BadInput
from matpho.sim.background import View
from matpho.sim.objects.catalogue import THINGS


class Act(StrEnum):
    """What can be made to happen."""

    LEAVE = "leave"  # a person brings a thing, sets it down and goes; until ``end_s``
    STAND = "stand"  # a thing stands there from ``start_s`` to ``end_s``
    WALK = "walk"  # a person walks along ``path``
    WAIT = "wait"  # a person walks to the middle of ``path``, stands there until ``end_s``, walks on
    RIDE = "ride"  # a motorbike with its rider goes along ``path`` at ``amount`` metres a second
    PARK = (
        "park"  # a vehicle (``thing``) comes along ``path`` to its middle, stands from ``start_s`` to ``end_s``, goes
    )
    LIGHT = "light"  # the light changes to ``amount`` times: a cloud when ``soft``, else a lamp, near ``at`` if given
    INFRARED = "infrared"  # the camera sees by its own infrared lamp: no colour, more noise (``amount`` grey levels)
    COVER = "cover"  # something is held over the lens
    DEFOCUS = "defocus"  # the lens loses its focus
    TURN = "turn"  # the camera is turned away
    CUT = "cut"  # the stream stops; the picture file goes on, the server holds it back


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that happens.

    ``start_s`` is the moment that counts (set down, lens covered); a person who brings something is on the way before.
    ``at`` and ``path`` are 0..1 of the picture and mean the foot on the ground. ``thing`` names a row of the
    catalogue. Who rides is where the path begins at ``start_s`` and should be at its end by ``end_s``. ``event`` is the
    annotated type somebody should find ("" for a distraction), in ``zone``.
    """

    do: Act
    start_s: float
    end_s: float
    thing: str = ""
    at: Point | None = None
    path: tuple[Point, ...] = ()
    seed: int = 0
    size: float = 1.0
    turn_deg: float = 0.0
    amount: float = 1.0
    soft: bool = False
    taken: bool = False  # somebody comes for the thing at ``end_s``; else it is simply gone
    event: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What somebody watching should find: ``box`` is 0..1 of the picture, None for all of it."""

    type: str
    start_s: float
    end_s: float
    box: Box | None = None
    zone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A scene. ``known`` are events of the background itself that a person annotated."""

    name: str
    duration_s: float
    camera: Camera
    fps: float = 10.0
    view: View = field(default_factory=View)
    actions: tuple[Action, ...] = ()
    known: tuple[Expected, ...] = ()


def to_json(script: Script) -> str:
    """The script as JSON text that :func:`from_json` reads."""
    return json.dumps(to_plain(script), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str, where: str = "script") -> Script:
    """Read a script. Raises BadInput naming ``where`` when it is none."""
    try:
        data: Any = json.loads(text)
        script: Script = from_plain(Script, data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as e:
        why = amiss(e)
        raise BadInput(f"{where} is not a scene: {why.en}", f"{where} không phải kịch bản dàn dựng: {why.vi}") from e
    if not 0 < script.duration_s <= 3600 or not 0 < script.fps <= 60:
        raise BadInput(f"{where}: length or rate out of range", f"{where}: thời lượng hoặc tốc độ hình không hợp lệ")
    view = script.view
    if view.width % 2 or view.height % 2 or not (64 <= view.width <= 4096 and 64 <= view.height <= 4096):
        raise BadInput(
            f"{where}: the picture's sides should be even, 64 to 4096",
            f"{where}: cạnh hình phải là số chẵn, từ 64 đến 4096",
        )
    for i, action in enumerate(script.actions):
        fault = _fault(action)
        if fault is not None:
            raise BadInput(f"{where}, action {i + 1}: {fault.en}", f"{where}, hành động {i + 1}: {fault.vi}")
    return script


def _fault(action: Action) -> Said | None:
    """What is wrong with an action, None when it can be staged."""
    if action.end_s < action.start_s:
        return Said("kết thúc trước khi bắt đầu", "it ends before it starts")
    if action.do in (Act.LEAVE, Act.STAND) and action.at is None:
        return Said("không nêu vị trí (at)", "it says no place (at)")
    if action.do in (Act.LEAVE, Act.STAND, Act.PARK):
        if action.thing not in THINGS:
            known = ", ".join(sorted(THINGS))
            return Said(f"không có vật {action.thing!r}; có: {known}", f"no thing {action.thing!r}; there are: {known}")
        if not 0.1 <= action.size <= 10:
            return Said("cỡ (size) phải từ 0.1 đến 10", "size should be 0.1 to 10")
    return _fault_of_way(action) if action.do in (Act.WALK, Act.WAIT, Act.RIDE, Act.PARK) else None


def _fault_of_way(action: Action) -> Said | None:
    if len(action.path) < 2:
        return Said("đường đi (path) cần ít nhất hai điểm", "its path needs at least two points")
    if action.do is Act.RIDE and not 0.5 <= action.amount <= 20:
        return Said("tốc độ (amount) phải từ 0.5 đến 20 m/s", "its pace (amount) should be 0.5 to 20 m/s")
    return None


def read(file: Path) -> Script:
    """Read a script file. Raises BadInput when there is none or it is malformed."""
    try:
        return from_json(file.read_text("utf-8"), file.name)
    except OSError as e:
        raise not_read(BadInput, file, e) from e
    except UnicodeDecodeError as e:
        raise BadInput(f"{file} is not text in UTF-8", f"{file} không phải văn bản UTF-8") from e
