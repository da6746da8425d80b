"""Evidence rows: which files an incident has, and which are being made."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceRole, EvidenceState
from matpho.domain.geometry import Polygon
from matpho.domain.ids import CameraId, EvidenceId, IncidentId
from matpho.domain.time import Instant, Span
from matpho.domain.words import Said
from matpho.plugins.stores.rows import as_json, insert, of_json, update
from matpho.plugins.stores.schema import evidence

_MAKING = EvidenceState.MAKING.value


def _values(one: Evidence) -> dict[str, Any]:
    return {
        "id": one.id,
        "incident_id": one.incident_id,
        "camera_id": one.camera_id,
        "slot": one.slot,
        "kind": one.kind.value,
        "role": one.role.value if one.role else None,
        "wanted_start_ns": one.wanted.start,
        "wanted_end_ns": one.wanted.end,
        "state": one.state.value,
        "start_ns": one.span.start if one.span else None,
        "end_ns": one.span.end if one.span else None,
        "in_s": one.in_s,
        "out_s": one.out_s,
        "path": one.path,
        "sha256": one.sha256,
        "size_bytes": one.size_bytes,
        "detail_vi": one.detail.vi,
        "detail_en": one.detail.en,
        "masks": as_json(one.masks),
        "segments": as_json(one.segments),
        "tries": one.tries,
        "next_try_ns": one.next_try,
    }


def _evidence(row: Any) -> Evidence:
    return Evidence(
        id=EvidenceId(row.id),
        incident_id=IncidentId(row.incident_id),
        camera_id=CameraId(row.camera_id),
        slot=row.slot,
        kind=EvidenceKind(row.kind),
        role=EvidenceRole(row.role) if row.role is not None else None,
        wanted=Span(row.wanted_start_ns, row.wanted_end_ns),
        state=EvidenceState(row.state),
        span=Span(row.start_ns, row.end_ns) if row.start_ns is not None else None,
        in_s=row.in_s,
        out_s=row.out_s,
        path=row.path,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        detail=Said(row.detail_vi, row.detail_en),
        masks=of_json(tuple[Polygon, ...], row.masks),
        segments=of_json(tuple[str, ...], row.segments),
        tries=row.tries,
        next_try=Instant(row.next_try_ns),
    )


class SqlEvidence:
    """The table ``evidence``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, one: Evidence) -> None:
        """Store a new or changed row; a new one comes after all others of its incident."""
        c = evidence.c
        values = _values(one)
        if update(self._db, evidence, values):
            return
        last = self._db.scalar(sa.select(sa.func.max(c.position)).where(c.incident_id == one.incident_id)) or 0
        insert(self._db, evidence, values | {"position": last + 1})

    def get(self, evidence_id: EvidenceId) -> Evidence | None:
        """Load one."""
        row = self._db.execute(sa.select(evidence).where(evidence.c.id == evidence_id)).first()
        return _evidence(row) if row is not None else None

    def of(self, incident_ids: Sequence[IncidentId]) -> dict[IncidentId, tuple[Evidence, ...]]:
        """All rows of some incidents, oldest first."""
        found: dict[IncidentId, tuple[Evidence, ...]] = {}
        if not incident_ids:
            return found
        c = evidence.c
        query = sa.select(evidence).where(c.incident_id.in_(incident_ids)).order_by(c.incident_id, c.position)
        for row in self._db.execute(query):
            key = IncidentId(row.incident_id)
            found[key] = (*found.get(key, ()), _evidence(row))
        return found

    def due(self, now: Instant, limit: int) -> tuple[Evidence, ...]:
        """Rows in the making whose next try has come, longest waiting first."""
        c = evidence.c
        query = sa.select(evidence).where(c.state == _MAKING, c.next_try_ns <= now)
        rows = self._db.execute(query.order_by(c.next_try_ns, c.position).limit(limit))
        return tuple(_evidence(row) for row in rows)

    def sealed(self) -> Iterator[Evidence]:
        """All rows that have a file in the vault, by incident and age."""
        c = evidence.c
        for row in self._db.execute(sa.select(evidence).where(c.path != "").order_by(c.incident_id, c.position)):
            yield _evidence(row)

    def next_try(self) -> Instant | None:
        """When the next row in the making comes due."""
        found = self._db.scalar(sa.select(sa.func.min(evidence.c.next_try_ns)).where(evidence.c.state == _MAKING))
        return Instant(found) if found is not None else None
