"""What is kept, for how long, and what goes when: the page on retention, from one view of the store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matpho.casework.holds import protected
from matpho.casework.keeping import Stock
from matpho.casework.ports import Store, Unit
from matpho.casework.retention import not_near, promised, waited
from matpho.casework.timeline import MOST_STRETCHES
from matpho.domain.camera import RecordMode
from matpho.domain.ids import CameraId
from matpho.domain.keeping import Hold, HoldId, KeepRules, Protected, Removal, RemovalMinutes
from matpho.domain.messages import SegmentRemoved
from matpho.domain.people import Action, Actor, Part, require
from matpho.domain.time import SECOND, Instant, Span, after, seconds

_DAY_S = 86_400.0
_DAY_NS = 86_400 * SECOND
AHEAD_DAYS = 14
MOST_WAITING = 10_000
"""Files of a camera that are waited with: a week of them, if a legal minimum asks for so much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStock:
    """One camera's footage. ``record`` is None for a camera out of service; ``day_bytes`` is what a day of it takes.

    ``kept_days`` is how long routine footage of it stays, ``promised`` whether its sign, not the ward's rule, says so.
    """

    camera_id: CameraId
    name: str
    record: RecordMode | None
    files: int
    size_bytes: int
    oldest: Instant
    newest: Instant
    recorded_s: float
    day_bytes: int
    kept_days: float
    promised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What goes of a camera on a day (its beginning, UTC) when nothing else is decided."""

    day: Instant
    camera_id: CameraId
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingView:
    """The whole. ``needed_bytes`` is what the time of keeping takes at today's rate, ``held_s`` what each hold has."""

    rules: KeepRules
    cameras: tuple[CameraStock, ...]
    ahead: tuple[Going, ...]
    holds: tuple[Hold, ...]
    minutes: tuple[RemovalMinutes, ...]
    needed_bytes: int
    held_s: Mapping[HoldId, float]


def held_seconds(unit: Unit, hold: Hold, now: Instant) -> float:
    """How much footage a hold keeps, seconds; 0 for a time of which nothing was recorded or is left."""
    stretches = unit.timelines.stretches(hold.camera_id, hold.span, now, SECOND, MOST_STRETCHES)
    return sum(s.length_s for s in stretches)


def keeping_view(store: Store, rules: KeepRules, now: Instant, actor: Actor) -> KeepingView:
    """Everything at once."""
    require(actor, Action.SEE, Part.RETENTION)
    with store.read() as unit:
        stock, holds, minutes = unit.keeping.stock(), unit.keeping.holds(), unit.keeping.minutes()
        names, safe = unit.cameras.names(), protected(unit, rules, now)
        modes = {camera.id: camera.record for camera in unit.cameras.all()}
        rules = promised(unit, rules)
        held_s = {hold.id: held_seconds(unit, hold, now) for hold in holds}
        soon = {i: _waiting(unit, i, safe, rules, now) for i, m in modes.items() if m is RecordMode.ON_INCIDENT}
    cameras = tuple(_of_camera(i, names.get(i, i), modes.get(i), s, rules) for i, s in sorted(stock.items()))
    ahead = [g for i, some in soon.items() for g in _gone_soon(i, some, rules, now)]
    ahead += [g for i, s in stock.items() for g in _going(i, _left(s, soon.get(i, ())), safe, rules, now)]
    ahead.sort(key=lambda g: g.day)
    needed = round(sum(c.day_bytes * c.kept_days for c in cameras if c.record in (RecordMode.MAIN, RecordMode.SUB)))
    return KeepingView(
        rules=rules,
        cameras=cameras,
        ahead=tuple(ahead),
        holds=holds,
        minutes=minutes,
        needed_bytes=needed,
        held_s=held_s,
    )


def removed_of(store: Store, camera_id: CameraId, span: Span) -> tuple[Removal, ...]:
    """The removed stretches of a camera's timeline; the caller asks ``may`` on the camera."""
    with store.read() as unit:
        return unit.keeping.removals(camera_id, span)


def minutes_of(store: Store, month: str | None, actor: Actor) -> tuple[tuple[RemovalMinutes, str], ...]:
    """The minutes of one month, or all, each with the camera's name."""
    require(actor, Action.SEE, Part.RETENTION)
    with store.read() as unit:
        names = unit.cameras.names()
        return tuple((one, names.get(one.camera_id, one.camera_id)) for one in unit.keeping.minutes(month))


def _of_camera(
    camera_id: CameraId, name: str, record: RecordMode | None, stock: Stock, rules: KeepRules
) -> CameraStock:
    a_day = stock.size_bytes * _DAY_S / stock.recorded_s if stock.recorded_s else 0.0
    return CameraStock(
        camera_id=camera_id,
        name=name,
        record=record,
        files=stock.files,
        size_bytes=stock.size_bytes,
        oldest=stock.oldest,
        newest=stock.newest,
        recorded_s=stock.recorded_s,
        day_bytes=round(a_day),
        kept_days=rules.kept_s_of(camera_id) / _DAY_S,
        promised=camera_id in rules.shorter,
    )


def _going(camera_id: CameraId, stock: Stock, safe: Protected, rules: KeepRules, now: Instant) -> list[Going]:
    """What ends its time within the next days; what is over it already goes today. Held time is left out."""
    today, kept_ns = now // _DAY_NS, round(rules.kept_s_of(camera_id) * SECOND)
    by_day: dict[int, float] = {}
    for day, size in stock.day_bytes.items():
        goes = max(today, int((day * _DAY_NS + _DAY_NS // 2 + kept_ns) // _DAY_NS))
        if goes - today < AHEAD_DAYS:
            by_day[goes] = by_day.get(goes, 0.0) + size * (1.0 - _held_share(camera_id, day, safe))
    return [
        Going(day=Instant(day * _DAY_NS), camera_id=camera_id, size_bytes=round(size))
        for day, size in by_day.items()
        if round(size)
    ]


def _waiting(
    unit: Unit, camera_id: CameraId, safe: Protected, rules: KeepRules, now: Instant
) -> tuple[SegmentRemoved, ...]:
    """What a camera that keeps only what surrounds incidents has near none, while it may still be reported."""
    since = unit.cameras.record_since(camera_id)
    begin = max(waited(rules, now), since or 0)
    files = unit.keeping.ended(now, MOST_WAITING, after=(Instant(begin), ""), camera_id=camera_id)
    if not files:
        return ()
    near = unit.keeping.incident_spans(camera_id, Span(after(files[0].start, -rules.post_s), now))
    return not_near(files, near, safe, rules, Instant(2 * now - waited(rules, now) + 1), since)


def _left(stock: Stock, soon: Sequence[SegmentRemoved]) -> Stock:
    """The stock without what goes sooner than the rest of it."""
    less: Counter[int] = Counter()
    for one in soon:
        less[one.end // _DAY_NS] += one.size_bytes
    return replace(stock, day_bytes={day: size - less[day] for day, size in stock.day_bytes.items()})


def _gone_soon(camera_id: CameraId, soon: Sequence[SegmentRemoved], rules: KeepRules, now: Instant) -> list[Going]:
    """On which days that is."""
    by_day: Counter[int] = Counter()
    for one in soon:
        by_day[max(now, one.end + (now - waited(rules, now))) // _DAY_NS] += one.size_bytes
    last = now // _DAY_NS + AHEAD_DAYS
    return [
        Going(day=Instant(day * _DAY_NS), camera_id=camera_id, size_bytes=size)
        for day, size in by_day.items()
        if day < last
    ]


def _held_share(camera_id: CameraId, day: int, safe: Protected) -> float:
    """Which part of a day something protects."""
    begin, end = day * _DAY_NS, (day + 1) * _DAY_NS
    reached, held = begin, 0
    for span in sorted(safe.spans.get(camera_id, ()), key=lambda s: s.start):
        start, stop = max(span.start, reached), min(span.end, end)
        if stop > start:
            held += stop - start
            reached = stop
    return min(1.0, seconds(held) / _DAY_S)
