"""Which clips a degradation is tried on: those with what it may hide, and some in which it may make something up.

All on all would take an hour of processor time. Rain and a coarse encoder hide lamps, bikes and limbs; night and too
little light hide small things; lights and shadows that move look like things that come, and so may what is brought up
from the dark; a pole that shakes moves everything. Clips without an event are shared out among what may make something
up, each one to one, the same each time.
"""

import zlib
from collections.abc import Collection, Mapping
from types import MappingProxyType

_JUNCTION = frozenset({"red_light_running", "red_light_jump_start", "wrong_way", "wrong_lane_oncoming"})
_HIDES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "rain": _JUNCTION | {"abandoned_object", "fight"},
        "night": _JUNCTION | {"abandoned_object", "intrusion_zone", "bicycle_on_pedestrian_street"},
        "dim": _JUNCTION | {"abandoned_object", "intrusion_zone", "bicycle_on_pedestrian_street"},
        "headlights": frozenset({"abandoned_object", "intrusion_zone", "vandalism_after_hours"}),
        "shadows": frozenset({"abandoned_object"}),
        "shake": _JUNCTION | {"abandoned_object", "camera_tampering"},
        "compression": _JUNCTION | {"intrusion_zone", "bicycle_on_pedestrian_street", "fight"},
    }
)
_MAKES_UP = ("dim", "headlights", "shadows", "shake")


def bears_on(degradation: str, clip: str, types: Collection[str]) -> bool:
    """Whether the degradation is tried on a clip with events of these annotated types (none: nothing happens in it).

    An annotated type that is not listed is tried with every degradation.
    """
    if not types:
        return _MAKES_UP[zlib.crc32(clip.encode()) % len(_MAKES_UP)] == degradation
    known = frozenset[str]().union(*_HIDES.values())
    return not _HIDES.get(degradation, frozenset()).isdisjoint(types) or not known.issuperset(types)
