"""What every handler is given: the transaction, who asks, and a place to say what happened."""

from dataclasses import dataclass, field

from matpho.casework.plan import EvidenceTimes, replan
from matpho.casework.ports import Unit
from matpho.casework.records import Figures
from matpho.domain.audit import AuditRow
from matpho.domain.camera import Camera
from matpho.domain.events import Event, EvidenceChanged
from matpho.domain.evidence import Evidence
from matpho.domain.ids import CameraId, IncidentId
from matpho.domain.incident import Incident
from matpho.domain.people import Actor, Person
from matpho.domain.time import Instant
from matpho.domain.trial import Trial
from matpho.errors import NotFound


def name_of(thing: Camera | Incident | Evidence | Person | Trial) -> str:
    """How the audit trail names an object."""
    return f"{type(thing).__name__.lower()}:{thing.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One command being carried out inside one transaction."""

    unit: Unit
    actor: Actor
    at: Instant
    times: EvidenceTimes
    told: dict[Event, None] = field(default_factory=dict)  # in order, each once

    def tell(self, event: Event) -> None:
        """Say what happened; listeners hear it once it is stored. Saying the same twice says it once."""
        self.told[event] = None

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, in order."""
        return tuple(self.told)

    def audit(self, action: str, thing: str, detail: Figures | None = None) -> None:
        """Append to the audit trail."""
        row = AuditRow(number=0, at=self.at, who=self.actor.id, action=action, thing=thing, detail=detail or {})
        self.unit.audit.append(row)

    def camera(self, camera_id: CameraId) -> Camera:
        """A camera in service; raises NotFound."""
        camera = self.unit.cameras.get(camera_id)
        if camera is None:
            raise NotFound(f"there is no camera {camera_id}", f"không có camera {camera_id}")
        return camera

    def camera_ever(self, camera_id: CameraId) -> Camera:
        """A camera that is or was in service; raises NotFound."""
        camera = self.unit.cameras.ever(camera_id)
        if camera is None:
            raise NotFound(f"there is no camera {camera_id}", f"không có camera {camera_id}")
        return camera

    def incident(self, incident_id: IncidentId) -> Incident:
        """An incident; raises NotFound."""
        incident = self.unit.incidents.get(incident_id)
        if incident is None:
            raise NotFound(f"there is no incident {incident_id}", f"không có vụ việc {incident_id}")
        return incident

    def ask_for_evidence(self, incident: Incident) -> None:
        """Bring the rows of an incident's evidence in line with what is known of it now."""
        camera = self.unit.cameras.get(incident.camera_id)
        rows = self.unit.evidence.of([incident.id]).get(incident.id, ())
        for row in replan(incident, rows, self.times, self.at, camera.masks if camera else ()):
            self.unit.evidence.put(row)
            self.tell(EvidenceChanged(incident.id, row.id, row.state))
