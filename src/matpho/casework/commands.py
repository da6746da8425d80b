"""What can be asked of the desk, in the imperative. Each is checked against its actor and answered with events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matpho.casework.decision_records import DecisionCommand
from matpho.casework.export_commands import ExportCommand
from matpho.casework.feedback.commands import FeedbackCommand
from matpho.casework.health.commands import HealthCommand
from matpho.casework.outgoing.commands import OutgoingCommand
from matpho.casework.records import Figures
from matpho.casework.register_records import RegisterCommand
from matpho.casework.trial_commands import TrialCommand
from matpho.casework.uplink_records import NoteUplink
from matpho.domain.camera import Camera, Zone
from matpho.domain.evidence import Evidence
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.incident import Move, RejectReason
from matpho.domain.keeping import HoldId, KeepRules
from matpho.domain.messages import Fact, SegmentRemoved
from matpho.domain.people import Role
from matpho.domain.time import Instant, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Move an incident. Confirming or rejecting a suspected one takes it up for review first.

    ``version`` is the one the person looked at; Conflict when the incident has moved on since.
    """

    incident_id: IncidentId
    version: int
    move: Move
    reason: RejectReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    """Write a note into an incident's history."""

    incident_id: IncidentId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIncident:
    """Enter what a person saw on a camera at an instant."""

    camera_id: CameraId
    kind: str
    at: Instant
    note: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireIncidents:
    """Let suspected incidents that nobody looked at since ``before`` end as not reviewed."""

    before: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCamera:
    """Put a camera in service; Conflict when its id was ever used."""

    camera: Camera


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCamera:
    """Replace a camera's description. An address of None keeps the one that is stored, an empty one removes it."""

    camera: Camera


@dataclass(frozen=True, slots=True, kw_only=True)
class SetZones:
    """Replace a camera's zones."""

    camera_id: CameraId
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowPlace:
    """Let things stand at a place in a zone. ``until``: the last day on which it holds, None: until taken back."""

    camera_id: CameraId
    zone_id: ZoneId
    outline: Polygon
    note: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowIncident:
    """Let what an incident is about stand where it is, and close the incident as permitted.

    ``version`` is the one the person looked at; Conflict when the incident has moved on since.
    """

    incident_id: IncidentId
    version: int
    note: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackPermit:
    """Count again what stands at a place that was permitted."""

    camera_id: CameraId
    zone_id: ZoneId
    permitted_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGround:
    """Say which rectangle of known size lies on the ground of a camera's picture; both None: nobody knows."""

    camera_id: CameraId
    ground: tuple[Point, Point, Point, Point] | None
    ground_size_m: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCamera:
    """Take a camera out of service."""

    camera_id: CameraId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSetup:
    """Make this the set-up link, as long as nobody has an account."""

    token_hash: str
    expires: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """Name the ward and open the first account, an administrator's, with the set-up link."""

    token_hash: str
    ward_name: str
    login: str
    name: str
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """Open an account."""

    login: str
    name: str
    role: Role
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePerson:
    """Change an account; None leaves a field as it is. A new password or role, and closing, end its sessions."""

    person_id: PersonId
    name: str | None = None
    role: Role | None = None
    password_hash: str | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSelf:
    """Change one's own language or password; a new password ends all other sessions."""

    language: str | None = None
    password_hash: str | None = None
    keep_session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Start a session for somebody whose password has been checked."""

    token_hash: str
    csrf: str
    expires: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRefusedSignIn:
    """Audit a refused sign-in. ``login_hash`` is the SHA-256 of the name that was tried."""

    login_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    """End a session."""

    token_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteViewing:
    """Audit that somebody saw footage. ``act`` says how (``live``, ``still``, ``evidence``, ``recording``).

    ``detail`` holds figures and ids: which stream, whether masked, for how many seconds.
    """

    thing: Camera | Evidence
    act: str
    masked: bool
    detail: Figures = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSearch:
    """Audit that somebody looked back for tracks on some cameras, before the answer leaves.

    ``detail`` is what was asked: the region, the times, the groups; and how many tracks were found.
    """

    cameras: tuple[Camera, ...]
    detail: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFacts:
    """Store what a journal says between two offsets; nothing happens unless ``start`` is how far it has been read.

    ``skipped``: the facts in between cannot be stored and are passed over, which the audit trail tells.
    """

    journal: str
    start: int
    end: int
    facts: tuple[Fact, ...]
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepEvidence:
    """Store the outcome of one attempt to make a file. ``before`` is the row the attempt started from."""

    before: Evidence
    after: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFootage:
    """Keep a camera's footage of a span until the hold is released."""

    camera_id: CameraId
    span: Span
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold:
    """Let held footage go its usual way."""

    hold_id: HoldId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFootage:
    """Tell the journals of removals that nothing forbids any more; ``tell`` writes them durably.

    Told inside the transaction, so that a hold placed by somebody is either seen here or comes after the removal.
    """

    removals: tuple[SegmentRemoved, ...]
    rules: KeepRules
    tell: Callable[[Sequence[SegmentRemoved]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackImport:
    """Tell the journal of imports that files of one go, unless a hold forbids it; ``tell`` writes it durably.

    Told inside the transaction, for the same reason. ``near_incidents``: also what incidents that are not done with
    overlap.
    """

    camera_id: CameraId
    spans: tuple[Span, ...]
    rules: KeepRules
    tell: Callable[[], object]
    near_incidents: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOld:
    """Drop rows that are older than their table keeps them; ``days`` overrides that by table, ``by_camera`` is a
    shorter time for the tracks of single cameras.
    """

    days: Mapping[str, float] = field(default_factory=dict)
    by_camera: Mapping[CameraId, float] = field(default_factory=dict)


Command = (
    HoldFootage
    | ReleaseHold
    | RemoveFootage
    | TakeBackImport
    | ForgetOld
    | Decide
    | AddNote
    | ReportIncident
    | ExpireIncidents
    | AddCamera
    | ChangeCamera
    | SetZones
    | AllowPlace
    | AllowIncident
    | TakeBackPermit
    | SetGround
    | RemoveCamera
    | OfferSetup
    | SetUp
    | AddPerson
    | ChangePerson
    | ChangeSelf
    | SignIn
    | NoteRefusedSignIn
    | SignOut
    | NoteViewing
    | NoteSearch
    | TakeFacts
    | KeepEvidence
    | RegisterCommand
    | DecisionCommand
    | HealthCommand
    | ExportCommand
    | TrialCommand
    | FeedbackCommand
    | OutgoingCommand
    | NoteUplink
)
