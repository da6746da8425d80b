"""What belonged to the empty scene and was taken away: a bench, a plant pot, the cover of a manhole.

To the outline it is a ghost, as a guest who gets up and a parked car that drives off are ghosts. Three things tell it
from those: its place had looked the same for a minute and more, the detector never saw anything there that goes by
itself, and somebody was there when it went who had come from elsewhere.
"""

from matpho.vision.background import Look
from matpho.vision.owners import Witnesses
from matpho.vision.static_settings import StaticSettings
from matpho.vision.static_thing import Thing

_BACK_S = 1.2  # its place must look as before for so long; what comes to rest is taken for a new thing a moment later


class Removed:
    """The things taken away from one camera's scene, each told until it is back or some minutes have passed."""

    def __init__(self, settings: StaticSettings) -> None:
        self._s = settings
        self.things: list[Thing] = []
        self.over: list[Thing] = []
        """Those that ended at the latest picture."""

    def takes(self, thing: Thing, witnesses: Witnesses) -> bool:
        """Whether a ghost is something taken away; it is kept then. Its place is to be learned in any case."""
        who = None if thing.owner is None else thing.owner.track
        if (
            thing.evidence.came > self._s.removed_at_most
            or thing.belonged_s < self._s.belonged_s
            or thing.stood_by_itself
            or who is None
            or not witnesses.came_from_elsewhere(who, thing.box)
        ):
            return False
        thing.reported = True
        self.things.append(thing)
        return True

    def review(self, look: Look, at_s: float) -> list[Thing]:
        """Is one of them back, or has it been told for long enough? Those that are back: what stands there is scene."""
        back = [thing for thing in self.things if _is_back(thing, look, at_s)]
        self.over = back + [t for t in self.things if t not in back and at_s - t.appeared_s > self._s.removed_told_s]
        self.things = [thing for thing in self.things if thing not in self.over]
        for thing in self.things:
            thing.seen_s = at_s
        return back


def _is_back(thing: Thing, look: Look, at_s: float) -> bool:
    if not thing.imprint.likeness(look.level).cleared:
        thing.cleared_since_s = None
        return False
    thing.cleared_since_s = at_s if thing.cleared_since_s is None else thing.cleared_since_s
    return at_s - thing.cleared_since_s >= _BACK_S
