"""Problems of cameras and machine, and the figures of every camera-day."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from matpho.casework.health.records import CameraDay, Problem
from matpho.casework.health.trouble import Severity
from matpho.domain.ids import CameraId, PersonId
from matpho.domain.time import Instant
from matpho.plugins.stores.rows import as_json, of_json, put
from matpho.plugins.stores.schema_health import camera_days, health_problems


def _instant(value: int | None) -> Instant | None:
    return Instant(value) if value is not None else None


def _problem(row: Any) -> Problem:
    return Problem(
        id=row.id,
        trouble=row.trouble,
        subject=row.subject,
        severity=Severity(row.severity),
        since=Instant(row.since_ns),
        raised=Instant(row.raised_ns),
        until=_instant(row.until_ns),
        figures=of_json(Mapping[str, float | str], row.figures),
        told=row.told,
        told_at=_instant(row.told_ns),
        queued=row.queued,
        acknowledged_at=_instant(row.acknowledged_ns),
        acknowledged_by=PersonId(row.acknowledged_by) if row.acknowledged_by is not None else None,
        note=row.note,
        assigned=row.assigned,
    )


class SqlHealth:
    """The tables ``health_problems`` and ``camera_days``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put_problem(self, problem: Problem) -> None:
        """Store a new or changed problem."""
        values = {
            "id": problem.id,
            "trouble": problem.trouble,
            "subject": problem.subject,
            "severity": problem.severity.value,
            "since_ns": problem.since,
            "raised_ns": problem.raised,
            "until_ns": problem.until,
            "figures": as_json(dict(problem.figures)),
            "told": problem.told,
            "told_ns": problem.told_at,
            "queued": problem.queued,
            "acknowledged_ns": problem.acknowledged_at,
            "acknowledged_by": problem.acknowledged_by,
            "note": problem.note,
            "assigned": problem.assigned,
        }
        put(self._db, health_problems, values)

    def problem(self, problem_id: str) -> Problem | None:
        """Load one."""
        row = self._db.execute(sa.select(health_problems).where(health_problems.c.id == problem_id)).first()
        return _problem(row) if row is not None else None

    def open_problems(self) -> tuple[Problem, ...]:
        """Those that still hold, oldest first."""
        c = health_problems.c
        query = sa.select(health_problems).where(c.until_ns.is_(None)).order_by(c.since_ns, c.id)
        return tuple(_problem(row) for row in self._db.execute(query))

    def queued_problems(self) -> tuple[Problem, ...]:
        """Those that wait for the end of the quiet hours, over or not, oldest first."""
        c = health_problems.c
        query = sa.select(health_problems).where(c.queued.is_(sa.true())).order_by(c.since_ns, c.id)
        return tuple(_problem(row) for row in self._db.execute(query))

    def recent_problems(self, since: Instant, limit: int) -> tuple[Problem, ...]:
        """Those that ended at or after ``since``, newest end first."""
        c = health_problems.c
        query = sa.select(health_problems).where(c.until_ns >= since).order_by(c.until_ns.desc(), c.id).limit(limit)
        return tuple(_problem(row) for row in self._db.execute(query))

    def put_day(self, day: CameraDay) -> None:
        """Store a camera-day."""
        values = {
            "camera_id": day.camera_id,
            "day": day.day,
            "expected_s": day.expected_s,
            "recorded_s": day.recorded_s,
            "gaps": as_json(dict(day.gaps)),
            "sharpness": day.sharpness,
            "looks": day.looks,
        }
        put(self._db, camera_days, values)

    def days(self, first: str, last: str, cameras: Sequence[CameraId] | None = None) -> tuple[CameraDay, ...]:
        """Camera-days from ``first`` to ``last``, both included, by camera and day."""
        c = camera_days.c
        query = sa.select(camera_days).where(c.day >= first, c.day <= last).order_by(c.camera_id, c.day)
        if cameras is not None:
            query = query.where(c.camera_id.in_(list(cameras)))
        return tuple(
            CameraDay(
                camera_id=CameraId(row.camera_id),
                day=row.day,
                expected_s=row.expected_s,
                recorded_s=row.recorded_s,
                gaps=of_json(Mapping[str, float], row.gaps),
                sharpness=row.sharpness,
                looks=row.looks,
            )
            for row in self._db.execute(query)
        )
