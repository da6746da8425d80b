"""Holds, removals and their minutes, and the ages of tables that only grow."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from matpho.casework.keeping import Stock
from matpho.casework.records import Segment
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId, PersonId
from matpho.domain.incident import OPEN_STATES, IncidentState
from matpho.domain.keeping import Hold, HoldId, Removal, RemovalMinutes
from matpho.domain.messages import RemovalWhy, SegmentRemoved
from matpho.domain.time import SECOND, Instant, Span, after, seconds
from matpho.plugins.stores.ages import AGES
from matpho.plugins.stores.recordings import segment_of
from matpho.plugins.stores.rows import insert, put
from matpho.plugins.stores.schema import (
    holds,
    incident_history,
    incidents,
    metadata,
    removal_minutes,
    removals,
    segments,
    tracks,
)

_AT_ONCE = 5000
_DAY_NS = 86_400 * SECOND


class SqlKeeping:
    """The tables ``holds``, ``removals`` and ``removal_minutes``, and what of ``segments`` is old."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def ended(
        self,
        before: Instant,
        limit: int,
        *,
        after: tuple[Instant, str] | None = None,
        camera_id: CameraId | None = None,
    ) -> tuple[Segment, ...]:
        """Closed files in the order in which they go."""
        c = segments.c
        query = sa.select(segments).where(c.end_ns < before).order_by(c.end_ns, c.path).limit(limit)
        if after is not None:
            query = query.where(sa.or_(c.end_ns > after[0], sa.and_(c.end_ns == after[0], c.path > after[1])))
            query = query.where(c.end_ns >= after[0])
        if camera_id is not None:
            query = query.where(c.camera_id == camera_id)
        return tuple(segment_of(row) for row in self._db.execute(query))

    def stock(self) -> dict[CameraId, Stock]:
        """Sums by camera and day."""
        c = segments.c
        day = (c.end_ns - c.end_ns % _DAY_NS).label("day")
        query = (
            sa.select(
                c.camera_id,
                day,
                sa.func.count().label("files"),
                sa.func.sum(c.size_bytes).label("bytes"),
                sa.func.sum(c.end_ns - c.start_ns).label("length"),
                sa.func.min(c.start_ns).label("first"),
                sa.func.max(c.end_ns).label("last"),
            )
            .where(c.end_ns.is_not(None), c.frames > 0)
            .group_by(c.camera_id, day)
            .order_by(c.camera_id, day)
        )
        found: dict[CameraId, list[Any]] = {}
        for row in self._db.execute(query):
            found.setdefault(CameraId(row.camera_id), []).append(row)
        return {camera_id: _stock(rows) for camera_id, rows in found.items()}

    def extracts(self, decided_since: Instant) -> tuple[tuple[CameraId, Span], ...]:
        """Incidents that are not done with."""
        c, h = incidents.c, incident_history.c
        decided = sa.select(sa.func.max(h.at_ns)).where(h.incident_id == c.id).correlate(incidents).scalar_subquery()
        confirmed = sa.and_(c.state == IncidentState.CONFIRMED.value, decided >= decided_since)
        query = sa.select(c.camera_id, c.start_ns, c.end_ns, c.last_seen_ns).where(
            sa.or_(c.state.in_([s.value for s in OPEN_STATES]), confirmed)
        )
        return tuple((CameraId(row.camera_id), _incident_span(row)) for row in self._db.execute(query))

    def incident_spans(self, camera_id: CameraId, span: Span) -> tuple[Span, ...]:
        """Incidents of one camera around a time."""
        c = incidents.c
        query = sa.select(c.start_ns, c.end_ns, c.last_seen_ns).where(
            c.camera_id == camera_id, c.last_seen_ns >= span.start, c.start_ns <= span.end
        )
        return tuple(_incident_span(row) for row in self._db.execute(query))

    def put_hold(self, hold: Hold) -> None:
        """Store a hold by its id."""
        values = {
            "id": hold.id,
            "camera_id": hold.camera_id,
            "start_ns": hold.span.start,
            "end_ns": hold.span.end,
            "reason": hold.reason,
            "placed_by": hold.placed_by,
            "placed_ns": hold.placed,
            "released_by": hold.released_by,
            "released_ns": hold.released,
        }
        put(self._db, holds, values)

    def hold(self, hold_id: HoldId) -> Hold | None:
        """Load one."""
        row = self._db.execute(sa.select(holds).where(holds.c.id == hold_id)).first()
        return None if row is None else _hold(row)

    def holds(self, *, released: bool = False) -> tuple[Hold, ...]:
        """Newest first."""
        query = sa.select(holds).order_by(holds.c.placed_ns.desc(), holds.c.id)
        if not released:
            query = query.where(holds.c.released_ns.is_(None))
        return tuple(_hold(row) for row in self._db.execute(query))

    def note_removed(self, fact: SegmentRemoved) -> None:
        """Count a removal once: its row in ``segments`` is what is counted."""
        gone = self._db.execute(sa.delete(segments).where(segments.c.path == fact.path))
        if gone.rowcount and fact.end > fact.start and not self._counted(fact):
            self._extend(fact)
            self._count(fact)

    def _counted(self, fact: SegmentRemoved) -> bool:
        """Whether this was taken before: an index that is made anew reads the journals from their beginning."""
        c = removals.c
        same = (c.camera_id == fact.camera_id, c.role == fact.role.value)
        query = sa.select(c.start_ns).where(*same, c.start_ns <= fact.start, c.end_ns >= fact.end).limit(1)
        return self._db.execute(query).first() is not None

    def _extend(self, fact: SegmentRemoved) -> None:
        """Join the stretch that ends where this one begins, of the same reason, or begin another."""
        c = removals.c
        same = (c.camera_id == fact.camera_id, c.role == fact.role.value, c.why == fact.why.value)
        before = sa.select(removals).where(*same, c.end_ns == fact.start).limit(1)
        known = self._db.execute(before).first()
        values: dict[str, Any] = {
            "camera_id": fact.camera_id,
            "role": fact.role.value,
            "why": fact.why.value,
            "end_ns": fact.end,
        }
        values |= {"at_ns": fact.at, "start_ns": fact.start, "files": 1, "size_bytes": fact.size_bytes}
        if known is not None:
            files, size = known.files + 1, known.size_bytes + fact.size_bytes
            values |= {"start_ns": known.start_ns, "files": files, "size_bytes": size}
        put(self._db, removals, values)

    def _count(self, fact: SegmentRemoved) -> None:
        month = f"{datetime.fromtimestamp(fact.at // SECOND, UTC):%Y-%m}"
        key = {"month": month, "camera_id": fact.camera_id, "why": fact.why.value}
        c = removal_minutes.c
        where = [c[name] == value for name, value in key.items()]
        changed = self._db.execute(
            sa.update(removal_minutes)
            .where(*where)
            .values(
                files=c.files + 1,
                size_bytes=c.size_bytes + fact.size_bytes,
                length_ns=c.length_ns + (fact.end - fact.start),
                first_ns=sa.case((c.first_ns < fact.start, c.first_ns), else_=fact.start),
                last_ns=sa.case((c.last_ns > fact.end, c.last_ns), else_=fact.end),
            )
        )
        if not changed.rowcount:
            sums = {"files": 1, "size_bytes": fact.size_bytes, "length_ns": fact.end - fact.start}
            insert(self._db, removal_minutes, {**key, **sums, "first_ns": fact.start, "last_ns": fact.end})

    def removals(self, camera_id: CameraId, span: Span) -> tuple[Removal, ...]:
        """Removed stretches, in order."""
        c = removals.c
        query = sa.select(removals).where(c.camera_id == camera_id, c.start_ns < span.end, c.end_ns > span.start)
        return tuple(_removal(row) for row in self._db.execute(query.order_by(c.start_ns)))

    def minutes(self, month: str | None = None) -> tuple[RemovalMinutes, ...]:
        """Newest month first."""
        c = removal_minutes.c
        query = sa.select(removal_minutes).order_by(c.month.desc(), c.camera_id, c.why)
        if month is not None:
            query = query.where(c.month == month)
        return tuple(_minutes(row) for row in self._db.execute(query))

    def forget_old(
        self, now: Instant, days: Mapping[str, float], by_camera: Mapping[CameraId, float] | None = None
    ) -> dict[str, int]:
        """The oldest rows of every table of ``AGES``."""
        gone: Counter[str] = Counter()
        for age in AGES:
            table = metadata.tables.get(age.table)
            if table is not None:
                limit = after(now, -days.get(age.table, age.days) * 86_400.0)
                gone[age.table] += self._drop(table, table.c[age.column], limit)
        for camera_id, kept in (by_camera or {}).items():
            limit = after(now, -kept * 86_400.0)
            gone[tracks.name] += self._drop(tracks, tracks.c.end_ns, limit, tracks.c.camera_id == camera_id)
        return {table: rows for table, rows in gone.items() if rows}

    def _drop(self, table: sa.Table, column: sa.Column[Any], limit: Instant, *where: sa.ColumnElement[bool]) -> int:
        """The oldest rows before a time, so many at once."""
        query = sa.select(column).where(column < limit, *where).order_by(column).offset(_AT_ONCE).limit(1)
        last = self._db.scalar(query)
        return self._db.execute(sa.delete(table).where(column < (limit if last is None else last), *where)).rowcount


def _stock(rows: list[Any]) -> Stock:
    return Stock(
        files=sum(row.files for row in rows),
        size_bytes=sum(int(row.bytes) for row in rows),
        recorded_s=seconds(sum(int(row.length) for row in rows)),
        oldest=Instant(min(row.first for row in rows)),
        newest=Instant(max(row.last for row in rows)),
        day_bytes={int(row.day) // _DAY_NS: int(row.bytes) for row in rows},
    )


def _incident_span(row: Any) -> Span:
    last = row.last_seen_ns if row.end_ns is None else max(row.end_ns, row.last_seen_ns)
    return Span(Instant(row.start_ns), Instant(max(row.start_ns, last)))


def _hold(row: Any) -> Hold:
    return Hold(
        id=HoldId(row.id),
        camera_id=CameraId(row.camera_id),
        span=Span(Instant(row.start_ns), Instant(row.end_ns)),
        reason=row.reason,
        placed_by=None if row.placed_by is None else PersonId(row.placed_by),
        placed=Instant(row.placed_ns),
        released_by=None if row.released_by is None else PersonId(row.released_by),
        released=None if row.released_ns is None else Instant(row.released_ns),
    )


def _removal(row: Any) -> Removal:
    return Removal(
        camera_id=CameraId(row.camera_id),
        role=StreamRole(row.role),
        span=Span(Instant(row.start_ns), Instant(row.end_ns)),
        why=RemovalWhy(row.why),
        at=Instant(row.at_ns),
        files=row.files,
        size_bytes=row.size_bytes,
    )


def _minutes(row: Any) -> RemovalMinutes:
    return RemovalMinutes(
        month=row.month,
        camera_id=CameraId(row.camera_id),
        why=RemovalWhy(row.why),
        files=row.files,
        size_bytes=row.size_bytes,
        length_s=seconds(row.length_ns),
        footage=Span(Instant(row.first_ns), Instant(row.last_ns)),
    )
