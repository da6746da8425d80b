"""The camera description as TOML, read and written: the contract that outside tools rely on (design §4).

``camera_from`` and ``camera_table`` are the same contract for JSON objects, so that files, API and database agree.
Every refusal is a BadCameraFile whose sentences name the zone and the field.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from matpho.domain import camera_table as read
from matpho.domain.camera import CAMERA_RULES, PURPOSE_RULES, RULE_SETTINGS, Camera, Hours, Purpose, RecordMode, Zone
from matpho.domain.camera_table import Table
from matpho.domain.geometry import Point
from matpho.domain.ground import GroundPlane
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.permitted_table import permitted_from, permitted_table
from matpho.domain.rule_setting import bounds_of
from matpho.domain.text_words import amiss
from matpho.domain.words import Said
from matpho.errors import BadCameraFile

KINDS = tuple(dict.fromkeys([*(k for kinds in PURPOSE_RULES.values() for k in kinds), *CAMERA_RULES]))
"""Every kind that a ``[zone.rules.<kind>]`` table may name."""

MOST_ZONES = 100  # of one camera; rules look at every zone of every frame
_CAMERA_ID = re.compile(r"[a-z0-9-]{1,40}")
_ZONE_ID = re.compile(r"[a-z0-9_-]{1,40}")
_SETTING = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CAMERA_KEYS = ("id", "name", "main", "sub", "ground", "ground_size_m", "staged", "record")
_ZONE_KEYS = (
    "id", "purpose", "polygon", "line", "direction", "lamp", "permitted_hours", "closed_hours", "rules",
    "permitted",
)  # fmt: skip


def parse(text: str) -> Camera:
    """Read a camera file.

    Raises BadCameraFile when the text is no TOML or does not describe a camera.
    """
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))  # the mark that editors on Windows put at the beginning
    except (ValueError, RecursionError) as e:  # a number of thousands of digits is a plain ValueError
        why = amiss(e)
        raise BadCameraFile(
            f"The camera file is not valid TOML: {why.en}", f"Tệp camera không phải TOML hợp lệ: {why.vi}"
        ) from e
    whole = Table(data, Said("tệp camera", "camera file"))
    whole.only(("camera", "zone"))
    zones = data.get("zone", [])
    return camera_from({**_object(whole, "camera", data.get("camera")), "zones": zones}, zones_called="zone")


def camera_from(data: Mapping[str, Any], *, zones_called: str = "zones") -> Camera:
    """A camera from one JSON object: the keys of ``[camera]``, and ``zones`` as a list of objects.

    Raises BadCameraFile.
    """
    table = Table(data, Said("camera", "camera"))
    table.only((*_CAMERA_KEYS, "zones"))
    found = table.need("id", read.text)
    if not _CAMERA_ID.fullmatch(found):
        raise table.bad(
            "id",
            f'"{found}" should be 1 to 40 of the characters a-z, 0-9 and -',
            f'"{found}" chỉ được gồm 1 đến 40 ký tự a-z, 0-9 và dấu -',
        )
    named = Table(data, Said(f'camera "{found}"', f'camera "{found}"'))
    ground, size = _ground(named)
    return Camera(
        id=CameraId(found),
        name=named.need("name", read.text),
        main=named.get("main", read.text, None),
        sub=named.get("sub", read.text, None),
        ground=ground,
        ground_size_m=size,
        zones=zones_from(data.get("zones", []), called=zones_called),
        staged=named.get("staged", read.truth, False),
        record=named.get("record", _record, RecordMode.MAIN),
    )


def zones_from(data: Any, *, called: str = "zones") -> tuple[Zone, ...]:
    """The zones of one camera from a list of objects. Raises BadCameraFile, also where two have the same id."""
    if not isinstance(data, (list, tuple)):
        raise BadCameraFile(
            f"{called}: should be a list of zones ([[zone]] in a file)", f"{called}: phải là danh sách vùng ([[zone]])"
        )
    if len(data) > MOST_ZONES:
        raise BadCameraFile(f"{called}: more than {MOST_ZONES} zones", f"{called}: có hơn {MOST_ZONES} vùng")
    zones: list[Zone] = []
    for number, item in enumerate(data, 1):
        zone = _zone(number, item)
        if any(z.id == zone.id for z in zones):
            raise BadCameraFile(
                f'zone "{zone.id}", id: there are two zones of this id', f'vùng "{zone.id}", id: có hai vùng trùng mã'
            )
        zones.append(zone)
    return tuple(zones)


def _ground(table: Table) -> tuple[tuple[Point, Point, Point, Point] | None, tuple[float, float] | None]:
    corners, size = table.get("ground", read.polygon, None), table.get("ground_size_m", read.numbers(2), None)
    if (corners is None) != (size is None):
        missing = "ground" if corners is None else "ground_size_m"
        raise table.bad(
            missing, "ground and ground_size_m belong together", "ground và ground_size_m phải đi cùng nhau"
        )
    if corners is None or size is None:
        return None, None
    if len(corners.points) != 4:
        raise table.bad("ground", "should be the four corners of a rectangle", "phải là bốn góc của một hình chữ nhật")
    if min(size) <= 0:
        raise table.bad("ground_size_m", "both lengths should be above zero", "cả hai chiều phải lớn hơn 0")
    a, b, c, d = corners.points
    try:
        GroundPlane((a, b, c, d), (size[0], size[1]))
    except ValueError:
        raise table.bad(
            "ground",
            "no rectangle on the ground looks like this: mark near left, near right, far right, far left in turn",
            "không thể là hình chữ nhật trên mặt đất: chấm lần lượt góc gần trái, gần phải, xa phải, xa trái",
        ) from None
    return (a, b, c, d), (size[0], size[1])


def _zone(number: int, data: Any) -> Zone:
    unnamed = Table({}, Said(f"vùng thứ {number}", f"zone number {number}"))
    unnamed = Table(_object(unnamed, "zone", data), unnamed.name)
    found = unnamed.need("id", read.text)
    if not _ZONE_ID.fullmatch(found):
        raise unnamed.bad(
            "id",
            f'"{found}" should be 1 to 40 of the characters a-z, 0-9, - and _',
            f'"{found}" chỉ được gồm 1 đến 40 ký tự a-z, 0-9, - và _',
        )
    table = Table(unnamed.data, Said(f'vùng "{found}"', f'zone "{found}"'))
    table.only(_ZONE_KEYS)
    purpose = table.need("purpose", _purpose)
    _check_shape(table, purpose)
    zone = Zone(
        id=ZoneId(found),
        purpose=purpose,
        polygon=table.get("polygon", read.polygon, None),
        line=table.get("line", read.line, None),
        direction=table.get("direction", read.direction, None),
        lamp=table.get("lamp", read.box, None),
        permitted_hours=table.get("permitted_hours", read.hours, ()),
        closed_hours=table.get("closed_hours", read.hours, ()),
        rules=table.get("rules", _rules, {}),
        permitted=table.get("permitted", permitted_from, ()),
    )
    if purpose is Purpose.COLLECTION_POINT and not zone.permitted_hours:
        raise table.bad(
            "permitted_hours",
            "a collection point needs the hours in which rubbish may be put out",
            "điểm tập kết cần khung giờ được phép để rác",
        )
    return zone


def _record(table: Table, field: str, value: Any) -> RecordMode:
    name = read.text(table, field, value)
    try:
        return RecordMode(name)
    except ValueError:
        known = ", ".join(RecordMode)
        raise table.bad(
            field, f'"{name}" cannot be recorded; known are {known}', f'không có cách ghi "{name}"; chỉ có {known}'
        ) from None


def _purpose(table: Table, field: str, value: Any) -> Purpose:
    name = read.text(table, field, value)
    try:
        return Purpose(name)
    except ValueError:
        known = ", ".join(Purpose)
        raise table.bad(
            field, f'"{name}" is no purpose; known are {known}', f'không có mục đích "{name}"; chỉ có {known}'
        ) from None


def _check_shape(table: Table, purpose: Purpose) -> None:
    wanted, other = ("line", "polygon") if purpose is Purpose.STOP_LINE else ("polygon", "line")
    if table.data.get(other) is not None:
        raise table.bad(
            other,
            f"a zone of purpose {purpose} has a {wanted}, not a {other}",
            f"vùng có mục đích {purpose} phải vẽ bằng {wanted}, không phải {other}",
        )
    if table.data.get(wanted) is None:
        raise table.bad(
            wanted, f"is missing; purpose {purpose} needs it", f"còn thiếu; mục đích {purpose} cần có mục này"
        )


def _rules(table: Table, field: str, value: Any) -> dict[str, dict[str, float | bool | str]]:
    rules: dict[str, dict[str, float | bool | str]] = {}
    for kind, settings in _object(table, field, value).items():
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise table.bad(
                f"rules.{kind}", f"unknown rule; known are {known}", f"không có quy tắc này; chỉ có {known}"
            )
        told = _object(table, f"rules.{kind}", settings)
        rules[kind] = {name: _setting(table, kind, name, value) for name, value in told.items()}
    return rules


def _setting(table: Table, kind: str, name: str, value: Any) -> float | bool | str:
    """One setting of one rule; those of kinds without a rule yet are kept as they are."""
    field, known = f"rules.{kind}.{name}", RULE_SETTINGS.get(kind)
    if not _SETTING.fullmatch(name) or (known and name not in (*known, "enabled")):
        names = ", ".join(("enabled", *(known or ("min_duration_s",))))
        raise table.bad(field, f"unknown setting; known are {names}", f"không có thiết lập này; chỉ có {names}")
    if name == "enabled":
        return read.truth(table, field, value)
    if known is None and name != "min_duration_s" and isinstance(value, (bool, str)):
        return value
    found = read.number(table, field, value)
    if found < 0 and (known or name == "min_duration_s"):
        raise table.bad(field, "should not be negative", "không được âm")
    bounds = bounds_of(name)
    if known and not bounds.hold(found):
        least, most = f"{bounds.least:g}", f"{bounds.most:g}"
        raise table.bad(field, f"should be between {least} and {most}", f"phải từ {least} đến {most}")
    return found


def _object(table: Table, field: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise table.bad(field, "is missing or is no table", "còn thiếu hoặc không phải bảng")
    return value


def camera_table(camera: Camera) -> dict[str, Any]:
    """The camera as the JSON object that ``camera_from`` reads; absent values are left out."""
    table: dict[str, Any] = {"id": camera.id, "name": camera.name}
    if camera.main is not None:
        table["main"] = camera.main
    if camera.sub is not None:
        table["sub"] = camera.sub
    if camera.ground and camera.ground_size_m:
        table["ground"] = [list(p) for p in camera.ground]
        table["ground_size_m"] = list(camera.ground_size_m)
    if camera.staged:
        table["staged"] = True
    if camera.record is not RecordMode.MAIN:
        table["record"] = camera.record.value
    return {**table, "zones": [_zone_table(z) for z in camera.zones]}


def _zone_table(zone: Zone) -> dict[str, Any]:
    table: dict[str, Any] = {"id": zone.id, "purpose": zone.purpose.value}
    if zone.polygon:
        table["polygon"] = [list(p) for p in zone.polygon.points]
    if zone.line:
        table["line"] = [list(p) for p in zone.line]
    if zone.direction:
        table["direction"] = list(zone.direction)
    if zone.lamp:
        table["lamp"] = [zone.lamp.x, zone.lamp.y, zone.lamp.w, zone.lamp.h]
    if zone.permitted_hours:
        table["permitted_hours"] = [_hours_text(h) for h in zone.permitted_hours]
    if zone.closed_hours:
        table["closed_hours"] = [_hours_text(h) for h in zone.closed_hours]
    if zone.rules:
        table["rules"] = {kind: dict(settings) for kind, settings in zone.rules.items()}
    if zone.permitted:
        table["permitted"] = [permitted_table(p) for p in zone.permitted]
    return table


def write(camera: Camera) -> str:
    """The camera as a TOML file that ``parse`` reads back to the same camera."""
    table = camera_table(camera)
    zones = table.pop("zones")
    lines = ["[camera]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    for zone in zones:
        rules, permitted = zone.pop("rules", {}), zone.pop("permitted", [])
        lines += ["", "[[zone]]", *(f"{key} = {_toml(value)}" for key, value in zone.items())]
        for kind, settings in rules.items():
            lines += [f"[zone.rules.{kind}]", *(f"{key} = {_toml(value)}" for key, value in settings.items())]
        for one in permitted:
            lines += ["[[zone.permitted]]", *(f"{key} = {_toml(value)}" for key, value in one.items())]
    return "\n".join(lines) + "\n"


def _hours_text(stretch: Hours) -> str:
    end = f"{stretch.end:%H:%M}"
    return f"{stretch.start:%H:%M}-{'24:00' if end == '00:00' else end}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # JSON's escapes are TOML's, but for DEL, which TOML wants escaped too
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return repr(float(value))
