"""Searching tracks by region and time: an index holds all that decides, the packed boxes are read for the rest only.

The index ``ix_tracks_search`` covers camera, start, end, group and the swept cells, so that a week of one camera is
walked without touching its rows. A search looks back :data:`LONG_TRACK_NS` for tracks that had begun before; the few
that lasted longer have an index of their own.
"""

from collections.abc import Iterator
from heapq import merge
from typing import Any

import sqlalchemy as sa

from matpho.casework.records import TrackQuery
from matpho.domain.ids import CameraId
from matpho.domain.time import Instant
from matpho.plugins.stores.schema import LONG_TRACK_NS, tracks
from matpho.plugins.stores.track_rows import cells_of

CELLS = ("cells_top", "cells_middle", "cells_bottom")
LONG = sa.text(f"end_ns - start_ns > {LONG_TRACK_NS}")  # word for word the condition of the partial index
_c = tracks.c
_FIRST, _MOST = 100, 1600  # rows of one camera read at a time: few at first, because a page is often full at once
_KEY = tuple[int, str, int]


def touching(db: sa.Connection, asked: TrackQuery) -> Iterator[Any]:
    """Rows, the latest start first; see ``matpho.casework.records.Recordings.tracks_touching``."""
    if not asked.spans:
        return iter(())
    # a subquery finds keys within the index alone; the rows themselves are fetched for the few that are left
    return merge(*(_of_camera(db, asked, camera) for camera in asked.cameras), key=_key, reverse=True)


def _key(row: Any) -> _KEY:
    return row.start_ns, row.camera_id, row.track_id


def _of_camera(db: sa.Connection, asked: TrackQuery, camera: CameraId) -> Iterator[Any]:
    since = asked.spans[0].start - LONG_TRACK_NS
    yield from _walk(db, asked, camera, _c.start_ns >= since)
    yield from _walk(db, asked, camera, sa.and_(_c.start_ns < since, LONG))


def _walk(db: sa.Connection, asked: TrackQuery, camera: CameraId, which: sa.ColumnElement[bool]) -> Iterator[Any]:
    condition = sa.and_(which, *_conditions(asked, camera))
    last: _KEY | tuple[Instant, str, int] | None = asked.before
    limit = _FIRST
    while True:
        keys = sa.select(_c.camera_id, _c.start_ns, _c.track_id).where(condition, *_before(last, camera))
        keys = keys.order_by(_c.start_ns.desc(), _c.track_id.desc()).limit(limit)
        found = keys.subquery()
        same = sa.and_(*(_c[name] == found.c[name] for name in ("camera_id", "start_ns", "track_id")))
        rows = db.execute(sa.select(tracks).join(found, same).order_by(_c.start_ns.desc(), _c.track_id.desc())).all()
        yield from rows
        if len(rows) < limit:
            return
        last, limit = _key(rows[-1]), min(_MOST, limit * 4)


def _conditions(asked: TrackQuery, camera: CameraId) -> Iterator[sa.ColumnElement[bool]]:
    spans = asked.spans
    yield _c.camera_id == camera
    yield _c.start_ns < spans[-1].end
    yield _c.end_ns >= spans[0].start
    wanted = zip(CELLS, cells_of(asked.region), strict=True)
    yield sa.or_(*(_c[name].op("&")(cells) != 0 for name, cells in wanted if cells))
    if asked.groups:
        yield _c.what.in_(sorted(group.value for group in asked.groups))
    if len(spans) > 1:
        yield sa.or_(*(sa.and_(_c.start_ns < span.end, _c.end_ns >= span.start) for span in spans))


def _before(last: Any, camera: CameraId) -> Iterator[sa.ColumnElement[bool]]:
    """Strictly below (start, camera, number) in falling order, for rows of this camera."""
    if last is None:
        return
    start, name, number = last
    yield _c.start_ns <= start
    if camera > name:
        yield _c.start_ns < start
    elif camera == name:
        yield sa.or_(_c.start_ns < start, _c.track_id < number)
