"""Is a thing only a part of another? A mirror above a motorbike, the handle of a suitcase: seen apart from it."""

from collections.abc import Sequence

from matpho.vision.static_thing import Thing

_SMALL = 0.25  # of the other's pixels
_TOGETHER_S = 3.0  # between the two set-downs
_GAP = 0.25  # of the other's sides: so far a suitcase's handle stands out, with nothing to be seen between


def is_part(thing: Thing, told: Sequence[Thing]) -> bool:
    """Whether it came together with a much larger told thing and is next to it: one thing, told once.

    It is a thing of its own again when the larger one has been taken away.
    """
    return any(
        thing.imprint.area_px <= _SMALL * other.imprint.area_px
        and abs(thing.appeared_s - other.appeared_s) <= _TOGETHER_S
        and other.box.grown(_GAP * other.box.w, _GAP * other.box.h).overlap(thing.box) > 0
        for other in told
        if other is not thing
    )
