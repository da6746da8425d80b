"""How the program is: processes, disk, detector, recordings; the audit trail; the event stream's payloads."""

from typing import Literal

from matpho.domain.camera import StreamRole
from matpho.domain.evidence import EvidenceState
from matpho.domain.incident import IncidentState
from matpho.domain.messages import Link
from matpho.web.schemas.base import SaidBody, Shape, Time


class ProcessBody(Shape):
    """One of our processes. ``state`` is running, late or down; ``figures`` carry their unit in the name."""

    name: str
    pid: int | None
    state: str
    since: Time | None
    restarts: int
    figures: dict[str, float]


class DiskBody(Shape):
    """The disk of the recordings, in bytes. ``reserved`` is kept free for evidence.

    ``state`` is well, low, full, read_only or vanished; ``said`` tells what is wrong.
    """

    total: int
    free: int
    reserved: int
    state: str = "well"
    said: SaidBody | None = None


class DetectorBody(Shape):
    """The detector that looks at the pictures."""

    name: str
    sha256: str
    licence: str


class RecordingsTotal(Shape):
    """All recordings together."""

    bytes: int
    oldest: Time | None
    newest: Time | None


class SystemBody(Shape):
    """The state of the whole program."""

    version: str
    now: Time
    processes: list[ProcessBody]
    disk: DiskBody
    detector: DetectorBody | None
    recordings: RecordingsTotal


class AuditBody(Shape):
    """One row of the audit trail. ``who`` is a name, or null for the program; ``detail`` has no names.

    ``object_name`` is the name of a person that the row is about, while the person is known.
    """

    number: int
    at: Time
    who: str | None
    action: str
    object: str
    object_name: str | None
    detail: dict[str, str | int | float | bool | None]
    hash: str


class AuditPage(Shape):
    """A page of the audit trail, newest first."""

    items: list[AuditBody]
    next: str | None


class HealthBody(Shape):
    """The server answers. ``late``: not all of its work is done, for ``reasons`` such as ``recorder: stopped``."""

    status: Literal["ok", "late"]
    reasons: list[str]


class HelloEvent(Shape):
    """``hello``: the stream is open; read everything anew."""

    now: Time


class IncidentChangedEvent(Shape):
    """``incident_changed``."""

    id: str
    state: IncidentState
    kind: str
    camera_id: str
    version: int


class EvidenceChangedEvent(Shape):
    """``evidence_changed``."""

    incident_id: str
    evidence_id: str
    state: EvidenceState


class StreamChangedEvent(Shape):
    """``stream_changed``."""

    camera_id: str
    role: StreamRole
    link: Link


class CamerasChangedEvent(Shape):
    """``cameras_changed``: read the cameras anew."""


class ProcessChangedEvent(Shape):
    """``process_changed``."""

    name: str
    state: str


class HealthChangedEvent(Shape):
    """``health_changed``: a problem was raised, ended or answered; read the health anew."""

    subject: str
    holds: bool


class RetentionChangedEvent(Shape):
    """``retention_changed``: a hold was placed or released."""

    camera_id: str


class TrialChangedEvent(Shape):
    """``trial_changed``: a commissioning test was started, acted in, ended or signed, or something was found in it."""

    id: str


class DiskChangedEvent(Shape):
    """``disk_changed``: the disk of the recordings is in another state."""

    state: str


class EventKinds(Shape):
    """What each event of ``/api/events`` carries, by its type. Never sent as a whole: it names the payloads."""

    hello: HelloEvent
    incident_changed: IncidentChangedEvent
    evidence_changed: EvidenceChangedEvent
    stream_changed: StreamChangedEvent
    cameras_changed: CamerasChangedEvent
    process_changed: ProcessChangedEvent
    retention_changed: RetentionChangedEvent
    disk_changed: DiskChangedEvent
    trial_changed: TrialChangedEvent
    health_changed: HealthChangedEvent
