"""What the rules about things that stay have in common: one hit per thing, told again, ended when it is gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from matpho.domain.camera import Zone
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject, Track
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules.permitted import is_permitted
from matpho.rules.telling import RETELL_S, Teller

MISSING_S = 2.0  # a thing that the model no longer reports for this long is taken as gone
UNSEEN_S = 1.1  # a thing is looked at once a second at least: first told only while it is seen
COVERED = 0.4  # share of the thing's box under people's boxes: then it may be the people themselves …
UNCOVERED_S = 3.0  # … until it has been free of them for this long
LOST = 3  # looks in a row that missed somebody: nobody stands there, though the track waits to be found again
SURE = 0.65  # a person's score from which a small detector is believed: it takes bags for people, look after look
DOUBTFUL = 0.5
SPECK = 0.001  # of the frame: smaller than this, without a name or anybody who left it, it is not told
MOST_ENDED = 64  # ended hits that are remembered
SAME_THING_S = 60.0  # a thing found again at the same place within this is the same thing


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a static object is worth a hit: its start, sentence and figures."""

    start: Instant
    why: Said
    figures: Mapping[str, float]
    score: float


@dataclass(slots=True)
class _Open:
    hit: RuleHit
    last_seen: Instant
    told: Instant


def in_zone(thing: StaticObject, zone: Zone, *, by_ground: bool = False) -> float:
    """Which share of the thing lies in the zone, 0..1; ``by_ground``: its standing third decides."""
    if zone.polygon is None:
        return 0.0
    samples = thing.samples or (thing.box.centre,)
    if by_ground:
        low = thing.box.y + 0.67 * thing.box.h
        samples = tuple(p for p in samples if p.y >= low) or (thing.box.ground,)
    return zone.polygon.share(samples)


def in_or_on_zone(thing: StaticObject, zone: Zone) -> float:
    """Which share of the thing lies in the zone; of a tall one its standing third may decide, whichever is more.

    A tall thing at the far edge of the ground stands in the zone and shows above it. A wide one (in shares of the
    frame) may be a part of a vehicle behind the edge. Not for what lay there from the start: what always stands behind
    the edge is no news.
    """
    whole = in_zone(thing, zone)
    return max(whole, in_zone(thing, zone, by_ground=True)) if thing.box.h >= thing.box.w else whole


class Crowds:
    """Where people stand, or stood a moment ago: two who talk for a while look like one thing that stays."""

    def __init__(self) -> None:
        self._covered: dict[int, Instant] = {}  # when people last stood where the thing is

    def update(self, scene: Scene) -> None:
        """Look at a scene: which things people stand before."""
        here = {thing.id for thing in scene.static}
        self._covered = {number: at for number, at in self._covered.items() if number in here}
        tracks = [t for t in scene.tracks if t.group is Group.PERSON and t.misses < LOST]
        for thing in scene.static if tracks else ():
            near = [t for t in tracks if thing.box.overlap(t.now.box) > 0]
            people = [t.now.box for t in near if not _is_the_thing(t, thing)]
            if sum(thing.box.overlap(box) for box in people) > COVERED * thing.box.area:
                self._covered[thing.id] = scene.at

    def cover(self, thing: StaticObject, scene: Scene) -> bool:
        """Whether people cover the thing, or did until just now: it may be they themselves."""
        since = self._covered.get(thing.id)
        return since is not None and scene.at - since < UNCOVERED_S * SECOND


class StaticWatch:
    """Keeps the hits of one rule about static objects.

    ``judge`` says for one object of a scene whether it is worth a hit. Once told, a hit lasts until the object is
    gone: a passer-by who stops beside a dumped bag does not take the hit back. ``name`` says what the object is called
    in the hit. ``people_hide``: what people stand before may be the people themselves; not so where the object has
    been named for sure, like a motorbike with its rider.
    """

    def __init__(
        self,
        teller: Teller,
        judge: Callable[[StaticObject, Instant], Verdict | None],
        *,
        name: Callable[[StaticObject], str] = lambda thing: f"static:{thing.id}",
        people_hide: bool = True,
    ) -> None:
        self._teller = teller
        self._judge = judge
        self._name = name
        self._open: dict[int, _Open] = {}
        self._ended: list[_Open] = []
        self._crowds = Crowds() if people_hide else None

    def update(self, scene: Scene) -> list[RuleHit]:
        """New hits, those that last, and those that ended at this scene."""
        told: list[RuleHit] = []
        if self._crowds:
            self._crowds.update(scene)
        for thing in scene.static:
            if is_permitted(thing, self._teller.place, scene.at):
                continue
            known = self._open.get(thing.id)
            if thing.gone:
                if known:
                    told.append(self._end(thing.id, thing.last_seen))
                continue
            if known:
                known.last_seen = scene.at
                if scene.at - known.told < RETELL_S * SECOND:
                    continue
            elif self._crowds and (_is_out_of_sight(thing, scene.at) or self._is_hidden(thing, scene)):
                continue
            verdict = self._judge(thing, scene.at)
            if verdict:
                told.append(self._tell(thing, verdict, scene.at))
        for object_id, known in list(self._open.items()):
            if scene.at - known.last_seen > MISSING_S * SECOND:
                told.append(self._end(object_id, known.last_seen))
        return told

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return [self._end(object_id, at) for object_id in list(self._open)]

    def _is_hidden(self, thing: StaticObject, scene: Scene) -> bool:
        """Whether people stand where it is, and it may be they: not where the detector sees a bag of its outline.

        A passer-by's track comes to rest on a bag now and then, and stays there under a person's score.
        """
        return self._crowds is not None and self._crowds.cover(thing, scene) and thing.group is not Group.BAG

    def _tell(self, thing: StaticObject, verdict: Verdict, at: Instant) -> RuleHit:
        known = self._open.get(thing.id)
        earlier = known.hit if known else self._same(thing, at)
        hit = self._teller.hit(
            earlier.id if earlier else self._teller.new_id(),
            thing=earlier.thing if earlier else self._name(thing),
            span=(min(verdict.start, earlier.start) if earlier else verdict.start, at, None),
            box=thing.box,
            score=verdict.score,
            why=verdict.why,
            figures=verdict.figures,
            tracks=() if thing.owner is None else (thing.owner,),
        )
        self._open[thing.id] = _Open(hit, at, at)
        return hit

    def _same(self, thing: StaticObject, at: Instant) -> RuleHit | None:
        """The hit of a thing that was lost: of the same number however long ago, else of the same place lately."""
        self._ended = self._ended[-MOST_ENDED:]
        for number, ended in enumerate(self._ended):
            lately = at - ended.last_seen < SAME_THING_S * SECOND
            here = ended.hit.box is not None and ended.hit.box.iou(thing.box) > 0.5
            if ended.hit.thing == self._name(thing) or (lately and here):
                return self._ended.pop(number).hit
        return None

    def _end(self, object_id: int, end: Instant) -> RuleHit:
        known = self._open.pop(object_id)
        known.hit = replace(known.hit, at=max(known.hit.at, end), end=max(end, known.hit.start))
        self._ended.append(known)
        return known.hit


def _is_the_thing(track: Track, thing: StaticObject) -> bool:
    """Whether the "person" is the thing itself, or another mistake: never seen anywhere else, and none too surely.

    What was there before the thing must be doubtful indeed: people who stand and talk are found by their scores.
    """
    doubtful = track.score < DOUBTFUL
    if track.score >= SURE or (track.started <= thing.appeared and not doubtful):
        return False
    here = track.now.box.ground
    reach = 0.3 * max(track.now.box.h, thing.box.h)
    since = thing.unattended_since if doubtful and thing.unattended_since is not None else track.started
    path = [p.box.ground for p in track.path if p.at >= since]  # a lost person's track may have come to rest on a bag
    return all(abs(p.x - here.x) < reach and abs(p.y - here.y) < reach for p in path)


def _is_out_of_sight(thing: StaticObject, at: Instant) -> bool:
    """Whether it may have been taken away, or something stands before it: it is told when it is seen again."""
    return at - thing.last_seen > UNSEEN_S * SECOND


def is_speck(thing: StaticObject) -> bool:
    """Whether it is too small to be told on its looks alone: nobody was seen to leave it, no detector names it."""
    return thing.area < SPECK and thing.group is None and thing.owner_left is None


def dwell_s(thing: StaticObject, at: Instant) -> float:
    """How long the thing has stayed, in seconds."""
    return seconds(at - thing.appeared)


def unattended_s(thing: StaticObject, at: Instant) -> float:
    """How long nobody has been at it, in seconds; 0 while somebody is."""
    return 0.0 if thing.attended or thing.unattended_since is None else seconds(at - thing.unattended_since)
