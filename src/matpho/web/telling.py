"""Casework's events as the pages hear them; what concerns nobody's page is not told."""

from pydantic import BaseModel

from matpho.casework.ports import Listener
from matpho.domain.events import (
    AlarmTold,
    CamerasChanged,
    DecisionsChanged,
    Event,
    EvidenceChanged,
    FootageRemoved,
    HoldsChanged,
    IncidentChanged,
    IncidentOpened,
    PeopleChanged,
    PlaceChanged,
    ProblemChanged,
    ProcessChanged,
    StreamChanged,
    TrialChanged,
)
from matpho.web.context import Context
from matpho.web.schemas import system as shape


def told(event: Event) -> tuple[str, BaseModel] | None:  # noqa: PLR0911 - one for each event
    """The type and payload of an event on ``/api/events``; None for what stays inside."""
    match event:
        case IncidentOpened() | IncidentChanged():
            return "incident_changed", shape.IncidentChangedEvent(
                id=event.incident_id,
                state=event.state,
                kind=event.kind,
                camera_id=event.camera_id,
                version=event.version,
            )
        case EvidenceChanged():
            return "evidence_changed", shape.EvidenceChangedEvent(
                incident_id=event.incident_id, evidence_id=event.evidence_id, state=event.state
            )
        case CamerasChanged():
            return "cameras_changed", shape.CamerasChangedEvent()
        case StreamChanged():
            return "stream_changed", shape.StreamChangedEvent(
                camera_id=event.camera_id, role=event.role, link=event.link
            )
        case ProcessChanged():
            return "process_changed", shape.ProcessChangedEvent(name=event.name, state=event.state)
        case ProblemChanged():
            return "health_changed", shape.HealthChangedEvent(subject=event.subject, holds=event.holds)
        case HoldsChanged():
            return "retention_changed", shape.RetentionChangedEvent(camera_id=event.camera_id)
        case PlaceChanged():
            return "disk_changed", shape.DiskChangedEvent(state=event.kind)
        case TrialChanged():
            return "trial_changed", shape.TrialChangedEvent(id=event.trial_id)
        case PeopleChanged() | DecisionsChanged() | AlarmTold() | FootageRemoved():
            return None


def listener_for(context: Context) -> Listener:
    """What the desk calls: passes events on, and has open streams check who listens when accounts or zones change."""

    def listen(event: Event) -> None:
        if isinstance(event, (PeopleChanged, CamerasChanged)):
            context.look_again()
        message = told(event)
        if message is not None:
            context.hub.post(*message)

    return listen
