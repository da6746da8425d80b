"""What a timeline shows of a camera: recorded stretches, gaps with their cause, incidents, activity. Bounded answers.

Also the calendar of days with footage, and what of a camera can be played from an instant on.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from matpho.casework.coverage import CAUSES
from matpho.casework.ports import Store, Unit
from matpho.casework.recorded import recorded
from matpho.casework.records import IncidentFilter, Segment
from matpho.domain.camera import Camera, Purpose, StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.incident import Incident
from matpho.domain.keeping import WHYS, Removal
from matpho.domain.messages import GapCause, GapSeen
from matpho.domain.time import SECOND, Instant, Span, after
from matpho.domain.words import Said

SEAM_S = 0.5
"""Holes up to this long between two files are no gap worth showing."""
MOST_STRETCHES = 1500
MOST_INCIDENTS = 300
MOST_BUCKETS = 1500
_MINUTE = 60 * SECOND
_MASKS_AROUND_S = 3600.0
UNKNOWN = Said("không còn lưu, hoặc chưa từng ghi", "no longer kept, or never recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without footage. ``cause`` is None where no row tells one. ``lasts``: it has not ended."""

    start: Instant
    end: Instant
    cause: GapCause | None
    said: Said
    lasts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTimeline:
    """One camera's line. ``activity`` has one figure for each bucket. ``complete`` is false where gaps were left out
    because the span holds too many to show.
    """

    camera_id: CameraId
    recorded: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    incidents: tuple[Incident, ...]
    activity: tuple[int, ...]
    bucket_s: float
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfFootage:
    """One local day. ``recorded_s`` of footage, ``length_s`` of the day so far (daylight saving has 23 or 25 hours)."""

    day: date
    recorded_s: float
    length_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """What can be played: files in order, and the camera with all private areas of that time and of today."""

    camera: Camera
    files: tuple[Segment, ...]
    gaps: tuple[GapSeen, ...]


def bucket_ns(span: Span) -> int:
    """The width of an activity bucket: whole minutes, at most :data:`MOST_BUCKETS` of them."""
    minutes = max(1, -(-(span.end - span.start) // (_MINUTE * MOST_BUCKETS)))
    return minutes * _MINUTE


def timeline_of(store: Store, camera_ids: Sequence[CameraId], span: Span, now: Instant) -> tuple[CameraTimeline, ...]:
    """The lines of several cameras. The caller asks ``may`` on each."""
    with store.read() as unit:
        return tuple(_line(unit, camera_id, span, now) for camera_id in camera_ids)


def _line(unit: Unit, camera_id: CameraId, span: Span, now: Instant) -> CameraTimeline:
    shown, complete = _stretches(unit, camera_id, span, now)
    width = bucket_ns(span)
    counts = unit.timelines.activity(camera_id, span, width)
    buckets = -(-(span.end - span.start) // width)
    told = [g for role in StreamRole for g in unit.recordings.gaps(camera_id, role, span)]
    removed = unit.keeping.removals(camera_id, span)
    kept = unit.timelines.first_start(camera_id)
    first = min((at for at in (kept, *(r.span.start for r in removed)) if at is not None), default=None)
    which = IncidentFilter(camera_id=camera_id, start=span.start, end=span.end)
    return CameraTimeline(
        camera_id=camera_id,
        recorded=shown,
        gaps=tuple(or_removed(g, removed) for g in holes(shown, told, span, first, now)) if first is not None else (),
        incidents=unit.incidents.page(which, None, MOST_INCIDENTS),
        activity=tuple(counts.get(n, 0) for n in range(buckets)),
        bucket_s=width / SECOND,
        complete=complete,
    )


def _stretches(unit: Unit, camera_id: CameraId, span: Span, now: Instant) -> tuple[tuple[Span, ...], bool]:
    """Recorded stretches, and whether every hole between them is there."""
    seam = round(SEAM_S * SECOND)
    found = unit.timelines.stretches(camera_id, span, now, seam, MOST_STRETCHES + 1)
    if len(found) <= MOST_STRETCHES:
        return found, True
    seam = (span.end - span.start) // MOST_STRETCHES
    return unit.timelines.stretches(camera_id, span, now, seam, MOST_STRETCHES + 1), False


def holes(
    stretches: Sequence[Span], told: Iterable[GapSeen], span: Span, first: Instant, now: Instant
) -> tuple[Gap, ...]:
    """What lies between recorded stretches, from the ``first`` recording that is kept up to now, with its cause."""
    begin, finish = max(span.start, first), min(span.end, now)
    rows = sorted(told, key=lambda g: g.start)
    starts = [row.start for row in rows]
    found: list[Gap] = []
    reached = begin
    for stretch in [*stretches, Span(max(finish, begin), max(finish, begin))]:
        if stretch.start - reached > SEAM_S * SECOND:
            hole = Span(reached, stretch.start)
            found.append(explained(hole, rows[: bisect_left(starts, hole.end)], lasts=hole.end >= now))
        reached = max(reached, stretch.end)
    return tuple(found)


def or_removed(gap: Gap, removed: Sequence[Removal]) -> Gap:
    """The hole as removed footage, where that explains more of it than no cause or the cause that was found."""

    def shared(removal: Removal) -> int:
        return min(gap.end, removal.span.end) - max(gap.start, removal.span.start)

    best = max(removed, key=shared, default=None)
    if best is None or (shared(best) * 2 < gap.end - gap.start and (gap.cause is not None or shared(best) <= 0)):
        return gap
    why = WHYS[best.why]
    return replace(gap, cause=None, said=Said(f"bản ghi đã xoá: {why.vi}", f"footage was deleted: {why.en}"))


def explained(hole: Span, rows: Sequence[GapSeen], *, lasts: bool = False) -> Gap:
    """A hole with the cause that explains most of it; ``rows`` begin before its end."""

    def shared(row: GapSeen) -> int:
        return min(hole.end, row.end if row.end is not None else hole.end) - max(hole.start, row.start)

    best = max(reversed(rows[-64:]), key=shared, default=None)
    if best is None or shared(best) <= 0:
        return Gap(start=hole.start, end=hole.end, cause=None, said=UNKNOWN, lasts=lasts)
    said = CAUSES.get(best.cause, UNKNOWN)
    return Gap(start=hole.start, end=hole.end, cause=best.cause, said=said, lasts=lasts)


def month_of(year: int, month: int, zone: tzinfo) -> list[tuple[date, Span]]:
    """The days of a month with their spans by the clock of a place."""
    first = date(year, month, 1)
    days = [first + timedelta(days=n) for n in range(32)]
    edges = [Instant(int(datetime(d.year, d.month, d.day, tzinfo=zone).timestamp()) * SECOND) for d in days]
    return [
        (day, Span(begin, end))
        for day, begin, end in zip(days, edges, edges[1:], strict=False)
        if day.month == month and day.year == year
    ]


def calendar_of(
    store: Store, camera_id: CameraId, days: Sequence[tuple[date, Span]], now: Instant
) -> tuple[DayOfFootage, ...]:
    """How much footage each day has; days in the future are left out."""
    past = [(day, span) for day, span in days if span.start < now]
    if not past:
        return ()
    whole = Span(past[0][1].start, past[-1][1].end)
    with store.read() as unit:
        found, _ = _stretches(unit, camera_id, whole, now)
    return tuple(
        DayOfFootage(
            day=day,
            recorded_s=sum(max(0, min(s.end, span.end) - max(s.start, span.start)) for s in found) / SECOND,
            length_s=(min(span.end, now) - span.start) / SECOND,
        )
        for day, span in past
    )


def playable(store: Store, camera: Camera, span: Span) -> Playable:
    """Files that hold the span, or the first that come after it. The caller asks ``may`` on the camera in the answer.

    The private areas are those of that time *and* of today, as for evidence.
    """
    with store.read() as unit:
        found = recorded(unit.recordings, camera.id, span)
        following = unit.timelines.next_start(camera.id, span.start) if not found.segments else None
        if following is not None:
            later = recorded(unit.recordings, camera.id, Span(following, after(following, span.length_s)))
            found = replace(later, gaps=(*found.gaps, *later.gaps))
            span = Span(span.start, after(following, span.length_s))
        return Playable(
            camera=masked_then(unit, camera, span),
            files=tuple(s for s in found.segments if s.end is None or s.end > span.start),
            gaps=found.gaps,
        )


def masked_then(unit: Unit, camera: Camera, span: Span) -> Camera:
    """The camera with the private areas that held around a span added to those of today."""
    around = Span(after(span.start, -_MASKS_AROUND_S), after(span.end, _MASKS_AROUND_S))
    then = (z for z in unit.timelines.zones_during(camera.id, around) if z.purpose is Purpose.PRIVACY_MASK)
    known = {z.polygon for z in camera.zones if z.purpose is Purpose.PRIVACY_MASK}
    more = {z.polygon: z for z in then if z.polygon not in known}
    return replace(camera, zones=(*camera.zones, *more.values()))
