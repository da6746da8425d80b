"""The settings of one rule at one zone: a frozen dataclass of numbers and switches, overridden by the camera file."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

from matpho.domain.camera import Zone
from matpho.errors import BadCameraFile

S = TypeVar("S", bound="RuleSettings")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """What every rule can be told. ``min_duration_s``: how long it must last before the rule speaks."""

    enabled: bool = True
    min_duration_s: float = 20.0


def settings_of(zone: Zone | None, kind: str, wanted: type[S]) -> S:
    """The rule's settings at this zone: the defaults of ``wanted``, overridden by ``zone.rules[kind]``.

    Raises BadCameraFile that names zone and field where an override is unknown, of the wrong type, or negative.
    """
    told = dict(zone.rules.get(kind, {})) if zone else {}
    known = {f.name: f for f in fields(wanted)}
    for name, value in told.items():
        if name not in known:
            names = ", ".join(known)
            raise _bad(
                zone, kind, name, f"unknown setting; known are {names}", f"không có thiết lập này; chỉ có {names}"
            )
        if isinstance(value, bool) != (known[name].type is bool) or isinstance(value, str):
            raise _bad(
                zone,
                kind,
                name,
                "should be true or false" if known[name].type is bool else "should be a number",
                "phải là true hoặc false" if known[name].type is bool else "phải là số",
            )
        if not isinstance(value, bool) and value < 0:
            raise _bad(zone, kind, name, "should not be negative", "không được âm")
    make: Any = wanted  # every value was checked against its field
    return cast("S", make(**told))


def _bad(zone: Zone | None, kind: str, name: str, en: str, vi: str) -> BadCameraFile:
    place = f"rules.{kind}.{name}"
    called = zone.id if zone else "?"
    return BadCameraFile(f'zone "{called}", {place}: {en}', f'vùng "{called}", {place}: {vi}')
