"""What can be asked of the desk about commissioning tests."""

from dataclasses import dataclass

from matpho.casework.manifest import About
from matpho.domain.ids import CameraId, IncidentId
from matpho.domain.time import Instant
from matpho.domain.trial import Trial, TrialId


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTrial:
    """Start a test of some cameras. ``scenes`` are ids of what can be acted there."""

    id: TrialId
    cameras: tuple[CameraId, ...]
    scenes: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddScene:
    """One more scene (it may be one that is there already: it is acted once more)."""

    trial_id: TrialId
    scene: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActScene:
    """A scene was acted at an instant; None: it was not after all."""

    trial_id: TrialId
    scene_id: str
    at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTrial:
    """End a test and sign its result; what it reported is closed as a test."""

    trial_id: TrialId
    note: str
    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class SignTrial:
    """Sign a test's result as the second person."""

    trial_id: TrialId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTrial:
    """Give a test up; what it reported stays marked as a test."""

    trial_id: TrialId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFromTrial:
    """An incident reported during a test was a real one: it counts, and is told outside, from now on."""

    incident_id: IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepTrialRecord:
    """Store where the record of a signed test was sealed. Only the program's own maker does."""

    trial: Trial


TrialCommand = StartTrial | AddScene | ActScene | EndTrial | SignTrial | CancelTrial | TakeFromTrial | KeepTrialRecord
