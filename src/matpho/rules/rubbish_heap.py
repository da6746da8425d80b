"""Rubbish heap: what was left at a place grows, or is still there when it should have been collected.

A single bag is dumping, not a heap. A heap is several pieces side by side, or one that keeps growing, or something
large; it is told once, told again with its size as it grows, and ended when it has been cleared. At a collection point
only what is left some time after the permitted hours counts, because until then it lies there by right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.domain.time import SECOND, Instant, after, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.footing import Footing
from matpho.rules.heaps import Heap, heaps
from matpho.rules.hours import since_hours
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.static_watch import Crowds, is_speck, unattended_s
from matpho.rules.telling import RETELL_S, Teller

KIND = "rubbish_heap"
COUNTED = (None, Group.BAG, Group.FURNITURE)
LARGE = 3.0  # times the least area: so much at once is a heap, in however few pieces it came
GREW = 1.5  # times its first outline: something was laid onto it
CLEARED = 0.5  # of the least area: less than this left is no heap any more …
CLEARED_S = 10.0  # … once it has been so for this long; somebody may only stand before it


@dataclass(frozen=True, slots=True, kw_only=True)
class HeapSettings(RuleSettings):
    """When several things are a heap.

    ``min_area_share``: of the zone; ``min_area_m2``: on a calibrated camera, beside it. ``min_pieces``: from how many
    things, or loads laid onto one, it is a heap. ``min_share``: how much of a thing must lie in the zone. ``grace_s``:
    how long after the permitted hours the collectors may come.
    """

    min_duration_s: float = 120.0
    min_unattended_s: float = 3.0
    min_share: float = 0.5
    min_area_share: float = 0.02
    min_area_m2: float = 0.5
    min_pieces: float = 2.0
    grace_s: float = 1800.0


@dataclass(frozen=True, slots=True)
class _Size:
    """How large a heap is: share of the zone, square metres where they are known, and in how many pieces it came."""

    share: float
    m2: float | None
    pieces: int


@dataclass(slots=True)
class _Told:
    """A heap that was told: its things so far, and when it was last large enough.

    ``taken``: some of it was seen to be taken away; ``joined``: it has grown together with an older one.
    """

    hit: RuleHit
    ids: set[int]
    above: Instant
    taken: bool = False
    joined: bool = False


class RubbishHeap:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, HeapSettings)
        self._teller, self._footing, self._crowds = Teller(place, KIND), Footing(place), Crowds()
        self._told: list[_Told] = []
        self._first_area: dict[int, float] = {}

    def update(self, scene: Scene) -> list[RuleHit]:
        """Heaps that became worth saying, those that last, and those that were cleared."""
        self._crowds.update(scene)
        self._note_taken(scene)
        standing = [t for t in scene.static if self._counts(t, scene.at)]
        self._first_area = {t.id: self._first_area.get(t.id, t.area) for t in standing}
        hits: list[RuleHit] = []
        for heap in heaps(standing):
            hit = self._look(heap, scene)
            if hit is not None:
                hits.append(hit)
        return hits + self._cleared(scene.at)

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        told, self._told = self._told, []
        return [replace(t.hit, at=max(at, t.hit.at), end=at) for t in told]

    def _counts(self, thing: StaticObject, at: Instant) -> bool:
        if thing.gone or thing.group not in COUNTED or is_speck(thing):
            return False
        return self._footing.counted(thing, at) >= self._settings.min_share

    def _note_taken(self, scene: Scene) -> None:
        for thing in scene.static:
            for told in self._told if thing.gone else ():
                told.taken |= thing.id in told.ids

    def _look(self, heap: Heap, scene: Scene) -> RuleHit | None:
        size = self._size(heap.things)
        known = self._known(heap)
        for other in known[1:]:
            other.joined = True
        if known:
            told = known[0]
            told.ids |= heap.ids
            if self._reaches(size, CLEARED):
                told.above = scene.at
            if not self._reaches(size, 1.0) or scene.at - told.hit.at < RETELL_S * SECOND:
                return None
            told.hit = self._tell(heap, size, told.hit.start, scene.at, told.hit)
            return told.hit
        since = self._since(heap, scene.at)
        if since is None or not self._is_heap(size) or self._somebody_at(heap, scene):
            return None
        if seconds(scene.at - since) < self._settings.min_duration_s:
            return None
        hit = self._tell(heap, size, since, scene.at, None)
        self._told.append(_Told(hit, set(heap.ids), scene.at))
        return hit

    def _known(self, heap: Heap) -> list[_Told]:
        """The told heaps that this one is: several where they have grown together, the oldest first."""
        return [t for t in self._told if not t.joined and (t.ids & heap.ids or _same_place(t, heap))]

    def _size(self, things: Sequence[StaticObject]) -> _Size:
        areas = [m2 for t in things if (m2 := self._footing.m2(t)) is not None]
        grown = sum(t.area >= GREW * self._first_area[t.id] for t in things)
        return _Size(
            share=sum(self._footing.share(t) for t in things),
            m2=sum(areas) if self._footing.in_metres and areas else None,
            pieces=len(things) + grown,
        )

    def _reaches(self, size: _Size, times: float) -> bool:
        if size.m2 is not None and size.m2 < times * self._settings.min_area_m2:
            return False
        return size.share >= times * self._settings.min_area_share

    def _is_heap(self, size: _Size) -> bool:
        return self._reaches(size, LARGE) or (self._reaches(size, 1.0) and size.pieces >= self._settings.min_pieces)

    def _since(self, heap: Heap, at: Instant) -> Instant | None:
        """Since when it has been a heap that should not be there; None while it lies there by right."""
        grown: list[StaticObject] = []
        for thing in heap.things:  # in the order in which they came
            grown.append(thing)
            if self._reaches(self._size(grown), 1.0):
                break
        since = grown[-1].appeared
        zone = self._place.zone
        if zone is None or not zone.permitted_hours:
            return since
        late_s = since_hours(zone.permitted_hours, at, self._place.local)
        if late_s is None or late_s < self._settings.grace_s:
            return None
        return max(since, after(at, -late_s))

    def _somebody_at(self, heap: Heap, scene: Scene) -> bool:
        alone = self._settings.min_unattended_s
        return any(unattended_s(t, scene.at) < alone or self._crowds.cover(t, scene) for t in heap.things)

    def _cleared(self, at: Instant) -> list[RuleHit]:
        over = [t for t in self._told if t.joined or at > after(t.above, CLEARED_S)]
        self._told = [t for t in self._told if t not in over]
        return [self._end(t) for t in over]

    def _end(self, told: _Told) -> RuleHit:
        end = max(told.above, told.hit.start)
        if told.joined:
            return replace(told.hit, at=max(told.hit.at, end), end=end)
        stayed_s = seconds(end - told.hit.start)
        long = figures.length(stayed_s)
        after_ = Said(
            f" Đã được dọn sau {long.vi}." if told.taken else f" Không còn thấy sau {long.vi}.",
            f" It was cleared after {long.en}." if told.taken else f" It was not seen any more after {long.en}.",
        )
        why = Said(told.hit.why.vi + after_.vi, told.hit.why.en + after_.en)
        numbers = {**told.hit.figures, "stayed_s": round(stayed_s, 3)}
        return replace(told.hit, at=max(told.hit.at, end), end=end, why=why, figures=numbers)

    def _tell(self, heap: Heap, size: _Size, since: Instant, at: Instant, known: RuleHit | None) -> RuleHit:
        lasted = seconds(at - since)
        numbers = {"area_share": size.share, "dwell_s": lasted, "pieces": float(size.pieces)}
        if size.m2 is not None:
            numbers = {"area_m2": size.m2, **numbers}
        return self._teller.hit(
            known.id if known else self._teller.new_id(),
            thing=known.thing if known else f"static:{max(heap.things, key=lambda t: t.area).id}",
            span=(since, at, None),
            box=heap.box,
            score=max(t.score for t in heap.things),
            why=self._why(size, since, lasted),
            figures=numbers,
            tracks=tuple(_owners(heap.things)),
        )

    def _why(self, size: _Size, since: Instant, lasted: float) -> Said:
        begun, long = figures.moment(since, self._place.local), figures.length(lasted)
        large = figures.area(size.m2, size.share)
        zone = self._place.zone
        if zone is not None and zone.permitted_hours:
            return Said(
                f"Rác còn {large.vi} ({size.pieces} vật) sau giờ thu gom, từ {begun.vi}, đã {long.vi}.",
                f"Rubbish of {large.en}, {size.pieces} in all, is left after the collection hours, "
                f"since {begun.en}, for {long.en}.",
            )
        return Said(
            f"Đống rác {large.vi} ({size.pieces} vật) từ {begun.vi}, đã {long.vi}.",
            f"A heap of {large.en}, {size.pieces} in all, has lain there since {begun.en}, for {long.en}.",
        )


def _owners(things: Iterable[StaticObject]) -> list[int]:
    return sorted({t.owner for t in things if t.owner is not None})


def _same_place(told: _Told, heap: Heap) -> bool:
    return told.hit.box is not None and told.hit.box.iou(heap.box) > 0.3
