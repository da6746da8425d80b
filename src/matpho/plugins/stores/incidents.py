"""Incidents with their history, and the hits they are made of."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from matpho.casework.records import IncidentFilter
from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.incident import OPEN_STATES, HistoryEntry, Incident, IncidentState, RejectReason, Source
from matpho.domain.observation import Light
from matpho.domain.time import Instant
from matpho.domain.trial import TrialId
from matpho.domain.words import Said
from matpho.plugins.stores.rows import as_json, insert, of_json, put
from matpho.plugins.stores.schema import hits, incident_history, incidents

_OPEN = sorted(state.value for state in OPEN_STATES)


def _values(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "kind": incident.kind,
        "camera_id": incident.camera_id,
        "zone_id": incident.zone_id,
        "state": incident.state.value,
        "source": incident.source.value,
        "start_ns": incident.start,
        "at_ns": incident.at,
        "end_ns": incident.end,
        "last_seen_ns": incident.last_seen,
        "score": incident.score,
        "advisory": incident.advisory,
        "staged": incident.staged,
        "box": as_json(incident.box),
        "why_vi": incident.why.vi,
        "why_en": incident.why.en,
        "reviewer": incident.reviewer,
        "version": incident.version,
        "trial_id": incident.trial,
        "light": incident.light.value if incident.light else None,
    }


def _incident(row: Any, history: tuple[HistoryEntry, ...]) -> Incident:
    return Incident(
        id=IncidentId(row.id),
        kind=row.kind,
        camera_id=CameraId(row.camera_id),
        zone_id=ZoneId(row.zone_id) if row.zone_id is not None else None,
        state=IncidentState(row.state),
        source=Source(row.source),
        start=Instant(row.start_ns),
        at=Instant(row.at_ns),
        end=Instant(row.end_ns) if row.end_ns is not None else None,
        last_seen=Instant(row.last_seen_ns),
        score=row.score,
        advisory=row.advisory,
        staged=row.staged,
        box=of_json(Box | None, row.box),
        why=Said(row.why_vi, row.why_en),
        reviewer=PersonId(row.reviewer) if row.reviewer is not None else None,
        history=history,
        version=row.version,
        trial=row.trial_id,
        light=Light(row.light) if row.light is not None else None,
    )


def _entry(row: Any) -> HistoryEntry:
    return HistoryEntry(
        at=Instant(row.at_ns),
        who=PersonId(row.who) if row.who is not None else None,
        action=row.action,
        reason=RejectReason(row.reason) if row.reason is not None else None,
        note=row.note,
    )


def _conditions(which: IncidentFilter) -> list[sa.ColumnElement[bool]]:
    c = incidents.c
    found: list[sa.ColumnElement[bool]] = [c.trial_id.is_not(None) if which.trials else c.trial_id.is_(None)]
    if which.states:
        found.append(c.state.in_(sorted(s.value for s in which.states)))
    if which.kinds:
        found.append(c.kind.in_(sorted(which.kinds)))
    if which.camera_id is not None:
        found.append(c.camera_id == which.camera_id)
    if which.start is not None:
        found.append(c.at_ns >= which.start)
    if which.end is not None:
        found.append(c.at_ns < which.end)
    return found


class SqlIncidents:
    """The tables ``incidents`` and ``incident_history``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, incident: Incident) -> None:
        """Store a new one."""
        insert(self._db, incidents, _values(incident))
        self._append(incident, stored=0)

    def save(self, incident: Incident) -> None:
        """Store a changed one; only new entries of its history are written."""
        put(self._db, incidents, _values(incident))
        h = incident_history.c
        stored = self._db.scalar(sa.select(sa.func.count()).where(h.incident_id == incident.id)) or 0
        self._append(incident, stored=stored)

    def _append(self, incident: Incident, *, stored: int) -> None:
        for number, entry in enumerate(incident.history[stored:], start=stored + 1):
            values = {
                "incident_id": incident.id,
                "number": number,
                "at_ns": entry.at,
                "who": entry.who,
                "action": entry.action,
                "reason": entry.reason.value if entry.reason else None,
                "note": entry.note,
            }
            insert(self._db, incident_history, values)

    def _load(self, query: "sa.Select[Any]") -> tuple[Incident, ...]:
        rows = self._db.execute(query).all()
        h = incident_history.c
        told: dict[str, list[HistoryEntry]] = {row.id: [] for row in rows}
        if rows:
            entries = sa.select(incident_history).where(h.incident_id.in_(list(told))).order_by(h.number)
            for row in self._db.execute(entries):
                told[row.incident_id].append(_entry(row))
        return tuple(_incident(row, tuple(told[row.id])) for row in rows)

    def get(self, incident_id: IncidentId) -> Incident | None:
        """Load one, with its history."""
        return next(iter(self._load(sa.select(incidents).where(incidents.c.id == incident_id))), None)

    def page(self, which: IncidentFilter, before: tuple[Instant, str] | None, limit: int) -> tuple[Incident, ...]:
        """The newest noticed first, strictly before the given (at, id)."""
        c = incidents.c
        conditions = _conditions(which)
        if before is not None:
            at, last = before
            conditions.append(sa.or_(c.at_ns < at, sa.and_(c.at_ns == at, c.id < last)))
        query = sa.select(incidents).where(*conditions).order_by(c.at_ns.desc(), c.id.desc()).limit(limit)
        return self._load(query)

    def counts(self, which: IncidentFilter) -> dict[IncidentState, int]:
        """How many in each state."""
        c = incidents.c
        query = sa.select(c.state, sa.func.count()).where(*_conditions(which)).group_by(c.state)
        return {IncidentState(state): count for state, count in self._db.execute(query)}

    def open_of(self, camera_id: CameraId, since: Instant) -> tuple[Incident, ...]:
        """Those of a camera still open for review, heard of since, or lasting."""
        c = incidents.c
        query = sa.select(incidents).where(
            c.camera_id == camera_id,
            c.state.in_(_OPEN),
            sa.or_(c.last_seen_ns >= since, c.end_ns.is_(None)),
        )
        return self._load(query.order_by(c.at_ns, c.id))

    def open_by_camera(self) -> dict[CameraId, int]:
        """How many are open for review on each camera."""
        c = incidents.c
        query = sa.select(c.camera_id, sa.func.count()).where(c.state.in_(_OPEN), c.trial_id.is_(None))
        return {CameraId(camera): count for camera, count in self._db.execute(query.group_by(c.camera_id))}

    def of_trial(self, trial_id: TrialId) -> tuple[Incident, ...]:
        """Those reported during a commissioning test, the first noticed first."""
        c = incidents.c
        return self._load(sa.select(incidents).where(c.trial_id == trial_id).order_by(c.at_ns, c.id))

    def expiring(self, before: Instant, limit: int) -> tuple[Incident, ...]:
        """Suspected ones whose last word is older, oldest first."""
        c = incidents.c
        query = sa.select(incidents).where(c.state == IncidentState.SUSPECTED.value, c.last_seen_ns < before)
        return self._load(query.order_by(c.last_seen_ns, c.id).limit(limit))


class SqlHits:
    """The table ``hits``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, incident_id: IncidentId, hit: RuleHit) -> None:
        """Store the newest telling of a hit."""
        values = {
            "id": hit.id,
            "incident_id": incident_id,
            "kind": hit.kind,
            "start_ns": hit.start,
            "body": as_json(hit),
        }
        put(self._db, hits, values)

    def incident_of(self, hit_id: str) -> IncidentId | None:
        """Which incident a hit belongs to."""
        found = self._db.scalar(sa.select(hits.c.incident_id).where(hits.c.id == hit_id))
        return IncidentId(found) if found is not None else None

    def of(self, incident_ids: Sequence[IncidentId]) -> dict[IncidentId, tuple[RuleHit, ...]]:
        """The hits of some incidents, in order of their start."""
        found: dict[IncidentId, tuple[RuleHit, ...]] = {}
        if not incident_ids:
            return found
        query = sa.select(hits).where(hits.c.incident_id.in_(incident_ids)).order_by(hits.c.start_ns, hits.c.id)
        for row in self._db.execute(query):
            key = IncidentId(row.incident_id)
            found[key] = (*found.get(key, ()), of_json(RuleHit, row.body))
        return found
