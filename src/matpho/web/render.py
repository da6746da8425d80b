"""Casework's read models as the shapes of the API."""

from matpho.casework.views import EvidenceView, HistoryLine, IncidentBrief, IncidentDetail
from matpho.domain.evidence import EvidenceState
from matpho.domain.hit import RuleHit
from matpho.domain.incident import RejectReason
from matpho.domain.people import Action, Actor, may
from matpho.web.schemas import incidents as shape
from matpho.web.schemas.base import box_body, said


def evidence_url(incident_id: str, evidence_id: str) -> str:
    """Where a file is served."""
    return f"/api/incidents/{incident_id}/evidence/{evidence_id}"


def brief(view: IncidentBrief, actor: Actor) -> shape.IncidentBrief:
    """One row of the list, with a picture only for those who may see footage."""
    incident = view.incident
    shows = view.thumb is not None and may(actor, Action.WATCH, incident)
    return shape.IncidentBrief(
        id=incident.id,
        kind=incident.kind,
        kind_vi=view.kind.name.vi,
        kind_en=view.kind.name.en,
        camera_id=incident.camera_id,
        camera_name=view.camera_name,
        zone_id=incident.zone_id,
        trial=incident.trial,
        state=incident.state,
        source=incident.source,
        start=incident.start,
        end=incident.end,
        at=incident.at,
        score=round(incident.score, 4),
        advisory=incident.advisory,
        staged=incident.staged,
        box=box_body(incident.box) if incident.box else None,
        why=said(incident.why),
        thumb_url=f"{evidence_url(incident.id, view.thumb)}?size=small" if shows and view.thumb else None,
        has_clip=view.has_clip,
        version=incident.version,
    )


def detail(view: IncidentDetail, actor: Actor) -> shape.IncidentDetail:
    """One incident in full."""
    return shape.IncidentDetail(
        **dict(brief(view.brief, actor)),
        hits=[_hit(hit) for hit in view.hits],
        evidence=[_evidence(file, actor) for file in view.evidence],
        history=[_history(line) for line in view.history],
        permitted=list(view.permitted),  # type: ignore[arg-type] # the literal is checked by pydantic
    )


def _hit(hit: RuleHit) -> shape.HitBody:
    return shape.HitBody(
        kind=hit.kind,
        zone_id=hit.zone_id,
        at=hit.at,
        start=hit.start,
        end=hit.end,
        box=box_body(hit.box) if hit.box else None,
        score=round(hit.score, 4),
        why=said(hit.why),
        figures=dict(hit.figures),
    )


def _evidence(view: EvidenceView, actor: Actor) -> shape.EvidenceBody:
    file = view.evidence
    shows = file.state is EvidenceState.READY and may(actor, Action.WATCH, file)
    return shape.EvidenceBody(
        id=file.id,
        kind=file.kind,
        role=file.role,
        at=file.at,
        start=file.span.start if file.span else None,
        end=file.span.end if file.span else None,
        in_s=file.in_s,
        out_s=file.out_s,
        url=evidence_url(file.incident_id, file.id) if shows else None,
        media_type=file.media_type,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        state=file.state,
        detail=said(file.detail),
        masked=not may(actor, Action.WATCH_UNMASKED, file),
        boxes=[
            shape.ClipBox(t_s=b.t_s, box=box_body(b.box), group=b.group, id=b.id) for b in (view.boxes if shows else ())
        ],
    )


def _history(line: HistoryLine) -> shape.HistoryBody:
    return shape.HistoryBody(
        at=line.at,
        who=line.name if line.who else None,
        action=line.action,
        reason=RejectReason(line.reason) if line.reason else None,
        note=line.note,
    )
