"""The index of recordings: files, gaps, and summaries of what moved."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from matpho.casework.records import RecordingTotals, Segment, TrackQuery
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import Instant, Span
from matpho.domain.told_before import told_before
from matpho.domain.words import Said
from matpho.plugins.stores.rows import put
from matpho.plugins.stores.schema import LONG_TRACK_NS, gaps, segments, tracks
from matpho.plugins.stores.track_rows import packed, swept, unpacked
from matpho.plugins.stores.track_search import CELLS, LONG, touching


def segment_of(row: Any) -> Segment:
    """A row of ``segments``."""
    return Segment(
        camera_id=CameraId(row.camera_id),
        role=StreamRole(row.role),
        path=row.path,
        start=Instant(row.start_ns),
        end=Instant(row.end_ns) if row.end_ns is not None else None,
        codec=row.codec,
        width=row.width,
        height=row.height,
        size_bytes=row.size_bytes,
        frames=row.frames,
        repaired=row.repaired,
        clock_ms=row.clock_ms,
    )


def _gap(row: Any) -> GapSeen:
    return GapSeen(
        camera_id=CameraId(row.camera_id),
        role=StreamRole(row.role),
        start=Instant(row.start_ns),
        end=Instant(row.end_ns) if row.end_ns is not None else None,
        cause=GapCause(row.cause),
        detail=Said(row.detail_vi, row.detail) if row.detail_vi else told_before(row.detail),
    )


def _track(row: Any) -> TrackEnded:
    return TrackEnded(
        camera_id=CameraId(row.camera_id),
        track_id=row.track_id,
        group=Group(row.what),
        start=Instant(row.start_ns),
        end=Instant(row.end_ns),
        boxes=unpacked(Instant(row.start_ns), row.path),
    )


class SqlRecordings:
    """The tables ``segments``, ``gaps`` and ``tracks``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put_segment(self, segment: Segment) -> None:
        """Store what is known of a file, by its path."""
        values = {
            "path": segment.path,
            "camera_id": segment.camera_id,
            "role": segment.role.value,
            "start_ns": segment.start,
            "end_ns": segment.end,
            "codec": segment.codec,
            "width": segment.width,
            "height": segment.height,
            "size_bytes": segment.size_bytes,
            "frames": segment.frames,
            "repaired": segment.repaired,
            "clock_ms": segment.clock_ms,
        }
        put(self._db, segments, values)

    def segment(self, path: str) -> Segment | None:
        """Load one by its path."""
        row = self._db.execute(sa.select(segments).where(segments.c.path == path)).first()
        return segment_of(row) if row is not None else None

    def segments(self, camera_id: CameraId, role: StreamRole, span: Span) -> tuple[Segment, ...]:
        """Files that share time with the span, in order."""
        c = segments.c
        query = sa.select(segments).where(
            c.camera_id == camera_id,
            c.role == role.value,
            c.start_ns <= span.end,
            sa.or_(c.end_ns.is_(None), c.end_ns > span.start),
        )
        return tuple(segment_of(row) for row in self._db.execute(query.order_by(c.start_ns)))

    def all_segments(self) -> Iterator[Segment]:
        """Every row, by path."""
        for row in self._db.execute(sa.select(segments).order_by(segments.c.path)):
            yield segment_of(row)

    def drop_segment(self, path: str) -> None:
        """Forget a file that retention has deleted."""
        self._db.execute(sa.delete(segments).where(segments.c.path == path))

    def put_gap(self, gap: GapSeen) -> None:
        """Store a gap by camera, stream and start."""
        values = {
            "camera_id": gap.camera_id,
            "role": gap.role.value,
            "start_ns": gap.start,
            "end_ns": gap.end,
            "cause": gap.cause.value,
            "detail": gap.detail.en,
            "detail_vi": gap.detail.vi,
        }
        put(self._db, gaps, values)

    def gaps(self, camera_id: CameraId, role: StreamRole, span: Span) -> tuple[GapSeen, ...]:
        """Gaps that share time with the span, in order."""
        c = gaps.c
        query = sa.select(gaps).where(
            c.camera_id == camera_id,
            c.role == role.value,
            c.start_ns <= span.end,
            sa.or_(c.end_ns.is_(None), sa.and_(c.end_ns > span.start, c.end_ns > c.start_ns)),
        )
        return tuple(_gap(row) for row in self._db.execute(query.order_by(c.start_ns)))

    def gap_at(self, camera_id: CameraId, role: StreamRole, at: Instant) -> GapSeen | None:
        """The gap that begins last at or before an instant."""
        c = gaps.c
        query = sa.select(gaps).where(c.camera_id == camera_id, c.role == role.value, c.start_ns <= at)
        row = self._db.execute(query.order_by(c.start_ns.desc()).limit(1)).first()
        return _gap(row) if row is not None else None

    def drop_gaps(self, camera_id: CameraId, role: StreamRole, span: Span) -> None:
        """Forget the gaps that begin in a span, its end included."""
        c = gaps.c
        within = (c.start_ns >= span.start, c.start_ns <= span.end)
        self._db.execute(sa.delete(gaps).where(c.camera_id == camera_id, c.role == role.value, *within))

    def put_track(self, track: TrackEnded) -> None:
        """Store the summary of a track by camera, start and number."""
        values = {
            "camera_id": track.camera_id,
            "start_ns": track.start,
            "track_id": track.track_id,
            "end_ns": track.end,
            "what": track.group.value,
            "path": (path := packed(track.start, track.boxes)),
        }
        cells = swept(unpacked(track.start, path))  # of what is stored, so that a search never misses it
        values |= zip(CELLS, cells, strict=True)
        put(self._db, tracks, values)

    def tracks(self, camera_id: CameraId, span: Span) -> tuple[TrackEnded, ...]:
        """Tracks that share time with the span, in order of their start."""
        c = tracks.c
        since = span.start - LONG_TRACK_NS
        of_camera = (
            sa.select(tracks).where(c.camera_id == camera_id, c.end_ns > span.start).order_by(c.start_ns, c.track_id)
        )
        older = self._db.execute(of_camera.where(c.start_ns < since, LONG))
        newer = self._db.execute(of_camera.where(c.start_ns >= since, c.start_ns <= span.end))
        return tuple(_track(row) for rows in (older, newer) for row in rows)

    def track(self, camera_id: CameraId, start: Instant, track_id: int) -> TrackEnded | None:
        """Load one track."""
        c = tracks.c
        which = (c.camera_id == camera_id, c.start_ns == start, c.track_id == track_id)
        row = self._db.execute(sa.select(tracks).where(*which)).first()
        return _track(row) if row is not None else None

    def tracks_touching(self, asked: TrackQuery) -> Iterator[TrackEnded]:
        """Tracks that may have covered a part of the region, newest start first; see :mod:`.track_search`."""
        for row in touching(self._db, asked):
            yield _track(row)

    def totals(self) -> RecordingTotals:
        """Figures over all files."""
        c = segments.c
        newest = sa.func.max(sa.func.coalesce(c.end_ns, c.start_ns))
        query = sa.select(
            sa.func.coalesce(sa.func.sum(c.size_bytes), 0), sa.func.count(), sa.func.min(c.start_ns), newest
        )
        size, count, first, last = self._db.execute(query).one()
        return RecordingTotals(
            bytes=int(size),
            segments=count,
            oldest=Instant(first) if first is not None else None,
            newest=Instant(last) if last is not None else None,
        )
