"""Questions of the timeline, answered by the database in one go: a month of a camera is forty thousand files."""

from typing import Any

import sqlalchemy as sa

from matpho.domain.camera import Zone
from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant, Span
from matpho.plugins.stores.rows import of_json
from matpho.plugins.stores.schema import camera_zones, segments, tracks

_LONGEST_FILE = 7200 * SECOND
"""No file lasts longer (the settings allow one hour), so no older one can reach into a span."""


class SqlTimelines:
    """See ``matpho.casework.timeline.Timelines``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def stretches(self, camera_id: CameraId, span: Span, now: Instant, seam_ns: int, most: int) -> tuple[Span, ...]:
        """Recorded stretches inside the span, holes up to ``seam_ns`` closed; the first ``most`` of them."""
        files = self._files(camera_id, span, now)
        before = sa.func.max(files.c.stop).over(order_by=files.c.start_ns, rows=(None, -1))
        marked = sa.select(files.c.start_ns, before.label("reached")).subquery()
        begins = sa.select(marked.c.start_ns, marked.c.reached).where(
            sa.or_(marked.c.reached.is_(None), marked.c.start_ns > marked.c.reached + seam_ns)
        )
        rows = self._db.execute(begins.order_by(marked.c.start_ns).limit(most + 1)).all()
        if not rows:
            return ()
        last: int = self._db.scalar(sa.select(sa.func.max(files.c.stop))) or rows[-1].start_ns
        ends = [*(row.reached for row in rows[1:]), last]
        found = [_inside(row.start_ns, end, span) for row, end in zip(rows, ends, strict=True)]
        return tuple(s for s in found if s is not None)[:most]

    def _files(self, camera_id: CameraId, span: Span, now: Instant) -> Any:
        """Start and end of files that may reach into the span; one without an end lasts until the next one or now."""
        c = segments.c
        following = sa.func.lead(c.start_ns).over(order_by=c.start_ns)
        stop = sa.func.coalesce(c.end_ns, following, max(now, span.start))
        rows = sa.select(c.start_ns, stop.label("stop")).where(
            c.camera_id == camera_id, c.start_ns < span.end, c.start_ns > span.start - _LONGEST_FILE
        )
        files = rows.subquery()
        return sa.select(files).where(files.c.stop > span.start).subquery()

    def activity(self, camera_id: CameraId, span: Span, bucket_ns: int) -> dict[int, int]:
        """How many tracks began in each bucket of the span; empty ones are absent."""
        c = tracks.c
        bucket = sa.cast((c.start_ns - span.start) // bucket_ns, sa.BigInteger).label("bucket")
        query = sa.select(bucket, sa.func.count()).where(
            c.camera_id == camera_id, c.start_ns >= span.start, c.start_ns < span.end
        )
        return {int(number): int(count) for number, count in self._db.execute(query.group_by(bucket))}

    def next_start(self, camera_id: CameraId, at: Instant) -> Instant | None:
        """When the first file after an instant begins."""
        c = segments.c
        found = self._db.scalar(sa.select(sa.func.min(c.start_ns)).where(c.camera_id == camera_id, c.start_ns > at))
        return Instant(found) if found is not None else None

    def first_start(self, camera_id: CameraId) -> Instant | None:
        """When the oldest file that is kept begins."""
        c = segments.c
        found = self._db.scalar(sa.select(sa.func.min(c.start_ns)).where(c.camera_id == camera_id))
        return Instant(found) if found is not None else None

    def zones_during(self, camera_id: CameraId, span: Span) -> tuple[Zone, ...]:
        """The zones of every version that held at some instant of the span."""
        c = camera_zones.c
        held = sa.select(sa.func.max(c.valid_from_ns)).where(c.camera_id == camera_id, c.valid_from_ns <= span.start)
        begun: int = self._db.scalar(held) or 0
        query = sa.select(c.zones).where(
            c.camera_id == camera_id, c.valid_from_ns >= begun, c.valid_from_ns <= span.end
        )
        rows = self._db.execute(query.order_by(c.version)).scalars()
        return tuple(zone for text in rows for zone in of_json(tuple[Zone, ...], text))


def _inside(start: int, end: int, span: Span) -> Span | None:
    begin, stop = max(start, span.start), min(end, span.end)
    return Span(Instant(begin), Instant(stop)) if stop > begin else None
