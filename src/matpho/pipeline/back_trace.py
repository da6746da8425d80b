"""Who left it, by the recording: for a thing that was found standing and that nobody was seen to set down.

The place's change is looked up in what was recorded (:mod:`matpho.pipeline.past`), then the detector looks at the
pictures around it: once per thing, one inference at a time, when nothing more urgent wants it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Sighting, StaticObject
from matpho.domain.time import Instant, seconds
from matpho.pipeline.crops import placed
from matpho.pipeline.past import Change, Glimpse, Past, Question
from matpho.vision.footprint import Footprint
from matpho.vision.frame import Image
from matpho.vision.owners import closeness

PURPOSES = frozenset(
    {Purpose.NO_DUMPING, Purpose.COLLECTION_POINT, Purpose.SIDEWALK, Purpose.WATCH, Purpose.ROADWAY, Purpose.RESTRICTED}
)
"""Zones where it matters who left a thing."""

LEFT = (None, Group.BAG, Group.FURNITURE)
LEAVERS = (Group.PERSON, Group.VEHICLE, Group.TWO_WHEELER)
IN_ZONE = 0.3  # of the thing
AFTER_S = 4.0  # a live owner is known by then
MOST_AN_HOUR = 30  # things of one camera: a market day must not take the detector from the others
SURE = 0.35
NOT_THE_THING = 0.4  # a "person" whose box is the thing's is the thing
PARKED = 0.6  # common part over union of a vehicle before and after: it stood there all the while


@dataclass(slots=True)
class BackTrace:
    """The questions of one camera. ``detect`` costs one inference, ``granted`` says whether it may be spent now.

    ``footprint`` is the static model's, ``hidden`` says of a box that it is where nothing is analysed.
    """

    camera: Camera
    past: Past
    footprint: Callable[[int], Footprint | None]
    detect: Callable[[Image], list[Observation]]
    granted: Callable[[Instant], bool]
    hidden: Callable[[Box], bool] = lambda _box: False
    known: dict[int, tuple[Instant | None, Sighting | None]] = field(default_factory=dict)
    """What is known of each thing asked about: when its place changed, where nobody had looked, and who was nearest."""

    _asked: list[Instant] = field(default_factory=list)
    _about: StaticObject | None = None
    _unseen: bool = False
    _change: Change | None = None
    _looks: list[tuple[Glimpse, list[Observation]]] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether a question is open."""
        return self._about is not None

    def step(self, things: Sequence[StaticObject], at: Instant, aspect: float) -> tuple[StaticObject, ...]:
        """``things`` with what the recording says of them so far; ``aspect`` is the picture's height over its width."""
        for gone in [number for number in self.known if all(t.id != number or t.gone for t in things)]:
            del self.known[gone]
        if self._about is None:
            self._ask(things, at)
        elif self._change is None:
            self._hear(self._about)
        elif self.granted(at):
            self._look(self._change, self._about, aspect)
        return tuple(self._told(thing) for thing in things) if self.known else tuple(things)

    def _ask(self, things: Sequence[StaticObject], at: Instant) -> None:
        """The next thing that nobody was seen to leave."""
        thing = next((t for t in things if self._is_open(t, at)), None)
        footprint = None if thing is None else self.footprint(thing.id)
        if thing is None or footprint is None:
            return
        self._asked = [earlier for earlier in self._asked if seconds(at - earlier) < 3600.0]
        if len(self._asked) >= MOST_AN_HOUR:
            return
        self._asked.append(at)
        self.known[thing.id] = (None, None)
        self._about, self._unseen, self._change, self._looks = thing, footprint.unseen, None, []
        self.past.ask(Question(self.camera.id, thing.id, footprint, thing.appeared, at))

    def _is_open(self, thing: StaticObject, at: Instant) -> bool:
        if thing.id in self.known or thing.gone or thing.removed or thing.group not in LEFT:
            return False
        if thing.owner is not None or seconds(at - thing.appeared) < AFTER_S:
            return False
        zones = (z.polygon for z in self.camera.zones if z.polygon is not None and z.purpose in PURPOSES)
        return any(zone.share(thing.samples or (thing.box.centre,)) >= IN_ZONE for zone in zones)

    def _hear(self, thing: StaticObject) -> None:
        """Take the answer, if it has come."""
        answer = self.past.take(self.camera.id, thing.id)
        if answer is None:
            return
        self._change = answer.change
        if self._change is None or not self._change.glimpses:
            self._about = self._change = None

    def _look(self, change: Change, thing: StaticObject, aspect: float) -> None:
        """One look at the next picture; after the last one it is decided."""
        glimpse = change.glimpses[len(self._looks)]
        seen = [placed(o, glimpse.crop) for o in self.detect(glimpse.image)]
        self._looks.append((glimpse, [o for o in seen if not self.hidden(o.box)]))
        if len(self._looks) < len(change.glimpses):
            return
        moment = change.moment if self._unseen and change.moment < thing.appeared else None
        self.known[thing.id] = (moment, nearest(self._looks, thing.box, aspect))
        self._about = self._change = None
        self._looks = []

    def _told(self, thing: StaticObject) -> StaticObject:
        moment, who = self.known.get(thing.id, (None, None))
        if moment is None and who is None:
            return thing
        return replace(thing, appeared=thing.appeared if moment is None else moment, left_by=who)


def nearest(looks: Sequence[tuple[Glimpse, Sequence[Observation]]], thing: Box, aspect: float) -> Sighting | None:
    """Who was nearest to the thing's place in pictures around its set-down; None when nobody was within reach.

    People before vehicles; a vehicle that stood there before and after has left nothing.
    """
    best, found = 0.0, None
    for glimpse, seen in looks:
        for o in seen:
            if o.group not in LEAVERS or o.score < SURE or o.box.iou(thing) > NOT_THE_THING:
                continue
            if o.group is not Group.PERSON and _stands_all_the_while(o, looks):
                continue
            worth = closeness(o.group, o.box, thing, aspect)
            if worth > best:
                best, found = worth, Sighting(glimpse.at, o.group, o.box)
    return found


def _stands_all_the_while(seen: Observation, looks: Sequence[tuple[Glimpse, Sequence[Observation]]]) -> bool:
    ends = (looks[0][1], looks[-1][1])
    return all(any(o.group is seen.group and o.box.iou(seen.box) > PARKED for o in end) for end in ends)
