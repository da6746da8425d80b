"""What happened, in the past tense: told to listeners in this process once it is safely stored."""

from dataclasses import dataclass

from matpho.domain.camera import StreamRole
from matpho.domain.evidence import EvidenceState
from matpho.domain.ids import CameraId, EvidenceId, IncidentId, PersonId
from matpho.domain.incident import IncidentState
from matpho.domain.messages import Link, SegmentRemoved
from matpho.domain.words import Said


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    """A new one was opened, by a rule or by a person."""

    incident_id: IncidentId
    kind: str
    camera_id: CameraId
    state: IncidentState
    version: int


@dataclass(frozen=True, slots=True)
class IncidentChanged:
    """It moved, or a hit of it was told again."""

    incident_id: IncidentId
    kind: str
    camera_id: CameraId
    state: IncidentState
    version: int


@dataclass(frozen=True, slots=True)
class EvidenceChanged:
    """A file was asked for, became ready, or failed."""

    incident_id: IncidentId
    evidence_id: EvidenceId
    state: EvidenceState


@dataclass(frozen=True, slots=True)
class CamerasChanged:
    """A camera was added, changed or removed, or its zones were."""

    camera_id: CameraId


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """A stream came, went, or was refused."""

    camera_id: CameraId
    role: StreamRole
    link: Link


@dataclass(frozen=True, slots=True)
class ProcessChanged:
    """A process of ours started, died or is late. ``state`` is ``running``, ``late`` or ``down``."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """An account was opened or changed."""

    person_id: PersonId


@dataclass(frozen=True, slots=True)
class ProblemChanged:
    """A problem of a camera or of the machine was raised, ended, or was answered."""

    problem_id: str
    trouble: str
    subject: str
    holds: bool


@dataclass(frozen=True, slots=True)
class AlarmTold:
    """People are to be told of problems: ``why`` is raised, cleared, reminder or digest."""

    why: str
    problem_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FootageRemoved:
    """Recording files were told to go, and are gone within moments."""

    removals: tuple[SegmentRemoved, ...]


@dataclass(frozen=True, slots=True)
class HoldsChanged:
    """A hold on footage was placed or released."""

    camera_id: CameraId


@dataclass(frozen=True, slots=True)
class DecisionsChanged:
    """A decision of the ward was entered, confirmed or revoked."""

    decision_id: str


@dataclass(frozen=True, slots=True)
class PlaceChanged:
    """The disk of the recordings is in another state (``well``, ``low``, ``full``, ``read_only``, ``vanished``)."""

    kind: str
    said: Said


@dataclass(frozen=True, slots=True)
class TrialChanged:
    """A commissioning test was started, acted in, ended or signed."""

    trial_id: str
    state: str


Event = (
    TrialChanged
    | IncidentOpened
    | IncidentChanged
    | EvidenceChanged
    | CamerasChanged
    | StreamChanged
    | ProcessChanged
    | PeopleChanged
    | FootageRemoved
    | HoldsChanged
    | DecisionsChanged
    | PlaceChanged
    | ProblemChanged
    | AlarmTold
)
