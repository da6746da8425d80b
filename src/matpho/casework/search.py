"""Looking back: which tracks entered a region of the picture, at which hours, newest first.

The store names candidates by a coarse grid; here their paths are asked exactly. What is searched is where things were
and which group they belong to, never what a person looks like, and a track ends at its camera's edge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from matpho.casework.ports import Store
from matpho.casework.records import TrackQuery
from matpho.domain.camera import Camera
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import SECOND, Instant, Span, seconds
from matpho.domain.trace import box_at, stays
from matpho.errors import BadInput, NotFound

LONGEST_DAYS = 62
MOST_EXAMINED = 20_000
"""Candidates looked at for one page: a page that took so many is handed over as it is, with a cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchForm:
    """What a person asks. ``hours``: local time of day from–to, over midnight where ``to`` is earlier; None: all day.

    ``weekdays`` are 0 (Monday) to 6, of the day on which the hours begin; empty means every day.
    """

    cameras: tuple[CameraId, ...]
    span: Span
    region: Box
    groups: frozenset[Group] = frozenset()
    hours: tuple[time, time] | None = None
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A track that was in the region. ``span`` is from its first to its last moment there, ``inside_s`` the time in it.

    ``at`` is the middle of its longest stay and ``box`` where it was then.
    """

    camera_id: CameraId
    track_id: int
    track_start: Instant
    group: Group
    span: Span
    inside_s: float
    at: Instant
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Newest first. ``next`` is the cursor of the following page, None at the end; ``examined`` paths were asked."""

    items: tuple[Visit, ...]
    next: str | None
    examined: int


def wanted_spans(form: SearchForm, local: tzinfo) -> tuple[Span, ...]:
    """The stretches of time that are asked for, in order and apart; a clock set forward or back is allowed for.

    Raises BadInput for more than :data:`LONGEST_DAYS`.
    """
    if form.span.length_s > LONGEST_DAYS * 86_400:
        raise BadInput(f"a search covers {LONGEST_DAYS} days at most", f"mỗi lần tìm nhiều nhất {LONGEST_DAYS} ngày")
    if form.hours is None and not form.weekdays:
        return (form.span,) if form.span.length_s > 0 else ()
    begin, end = form.hours or (time(0), time(0))
    found: list[Span] = []
    day = datetime.fromtimestamp(form.span.start // SECOND, local).date() - timedelta(days=1)
    last = datetime.fromtimestamp(form.span.end // SECOND, local).date()
    while day <= last:
        if not form.weekdays or day.weekday() in form.weekdays:
            until = day if end > begin else day + timedelta(days=1)
            first = max(_instant(datetime.combine(day, begin, local)), form.span.start)
            final = min(_instant(datetime.combine(until, end, local)), form.span.end)
            if first < final:
                found = _add(found, Span(first, final))
        day += timedelta(days=1)
    return tuple(found)


def _instant(local: datetime) -> Instant:
    return Instant(int(local.timestamp()) * SECOND)


def _add(spans: list[Span], new: Span) -> list[Span]:
    if spans and spans[-1].end >= new.start:
        return [*spans[:-1], spans[-1].join(new)]
    return [*spans, new]


def visit_of(track: TrackEnded, region: Box, spans: Sequence[Span]) -> Visit | None:
    """What a track did in the region within the given times; None where it never was there then."""
    found = list(_within(stays(track.boxes, region), spans))
    if not found:
        return None
    longest = max(found, key=lambda stay: stay.end - stay.start)
    at = Instant((longest.start + longest.end) // 2)
    return Visit(
        camera_id=track.camera_id,
        track_id=track.track_id,
        track_start=track.start,
        group=track.group,
        span=Span(found[0].start, found[-1].end),
        inside_s=seconds(sum(stay.end - stay.start for stay in found)),
        at=at,
        box=box_at(track.boxes, at),
    )


def _within(found: Sequence[Span], spans: Sequence[Span]) -> Iterator[Span]:
    for stay in found:
        for span in spans:
            start, end = max(stay.start, span.start), min(stay.end, span.end)
            if start <= end and start < span.end:
                yield Span(start, end)


class TrackSearch:
    """Searches for the web. The caller asks ``may`` on every camera and audits before it shows anything."""

    def __init__(self, store: Store, local: tzinfo) -> None:
        self._store = store
        self._local = local

    def page(self, form: SearchForm, *, cursor: str | None = None, limit: int = 60) -> SearchPage:
        """One page; raises BadInput for a cursor that is none, or a time span that is too long."""
        spans = wanted_spans(form, self._local)
        asked = TrackQuery(
            cameras=form.cameras, spans=spans, region=form.region, groups=form.groups, before=_place(cursor)
        )
        items: list[Visit] = []
        examined = 0
        with self._store.read() as unit:
            for track in unit.recordings.tracks_touching(asked):
                examined += 1
                visit = visit_of(track, form.region, spans)
                if visit is not None:
                    items.append(visit)
                if len(items) == limit or examined == MOST_EXAMINED:
                    place = f"{track.start}.{track.camera_id}.{track.track_id}"
                    return SearchPage(items=tuple(items), next=place, examined=examined)
        return SearchPage(items=tuple(items), next=None, examined=examined)

    def track(self, camera: Camera, start: Instant, track_id: int) -> TrackEnded:
        """One track of a camera; raises NotFound."""
        with self._store.read() as unit:
            found = unit.recordings.track(camera.id, start, track_id)
        if found is None:
            raise NotFound("there is no such track", "không có vết di chuyển này")
        return found


def _place(cursor: str | None) -> tuple[Instant, str, int] | None:
    if not cursor:
        return None
    parts = cursor.split(".")
    if len(parts) != 3 or not parts[0].isdecimal() or not parts[2].removeprefix("-").isdecimal():
        raise BadInput(f"no place in the list: {cursor}", f"không có vị trí này trong danh sách: {cursor}")
    return Instant(int(parts[0])), parts[1], int(parts[2])
