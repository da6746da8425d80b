"""What the numbers of a zone's rules mean: in what they are counted, and between what they make sense."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Unit(StrEnum):
    """What a setting counts."""

    SECONDS = "seconds"
    SHARE = "share"  # 0..1, shown in per cent
    SQUARE_METRES = "square_metres"
    METRES = "metres"
    COUNT = "count"
    TIMES = "times"
    BODIES = "bodies"  # lengths of what is seen: a person's, a motorbike's
    LEVEL = "level"  # a figure without a unit


@dataclass(frozen=True, slots=True)
class Bounds:
    """A setting's unit, and the least and the most that it may be; what lies outside is a slip of the finger."""

    unit: Unit
    least: float
    most: float

    def hold(self, value: float) -> bool:
        """Whether the value is one that the setting may have."""
        return self.least <= value <= self.most


_OWN: Mapping[str, Bounds] = MappingProxyType(
    {
        "min_people": Bounds(Unit.COUNT, 1, 1000),
        "min_pieces": Bounds(Unit.COUNT, 1, 100),
        "times_usual": Bounds(Unit.TIMES, 1, 100),
        "min_advance": Bounds(Unit.BODIES, 0, 100),
        "min_turmoil": Bounds(Unit.LEVEL, 0, 1),
    }
)
_ENDINGS: Mapping[str, Bounds] = MappingProxyType(
    {
        "_s": Bounds(Unit.SECONDS, 0, 86_400),
        "_share": Bounds(Unit.SHARE, 0, 1),
        "_m2": Bounds(Unit.SQUARE_METRES, 0, 10_000),
        "_m": Bounds(Unit.METRES, 0, 1000),
    }
)
_ANY = Bounds(Unit.LEVEL, 0, 1_000_000)


def bounds_of(setting: str) -> Bounds:
    """The bounds of a setting by its name, whose ending tells the unit where the name itself does not."""
    if setting in _OWN:
        return _OWN[setting]
    return next((bounds for ending, bounds in _ENDINGS.items() if setting.endswith(ending)), _ANY)
