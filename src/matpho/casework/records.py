"""What the store keeps besides the domain's own nouns, and what can be asked of each table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from matpho.domain.audit import AuditRow
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.evidence import Evidence
from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, EvidenceId, IncidentId, PersonId
from matpho.domain.incident import Incident, IncidentState
from matpho.domain.messages import GapSeen, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.people import Person
from matpho.domain.time import Instant, Span
from matpho.domain.trial import Trial, TrialId


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One recording file. ``path`` is relative to the recordings folder; ``end`` is None while the file grows.

    ``clock_ms`` is the camera's clock minus ours, where it told.
    """

    camera_id: CameraId
    role: StreamRole
    path: str
    start: Instant
    end: Instant | None
    codec: str
    width: int
    height: int
    size_bytes: int = 0
    frames: int = 0
    repaired: bool = False
    clock_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingTotals:
    """All main recordings together. ``oldest`` and ``newest`` are None when there are none."""

    bytes: int
    segments: int
    oldest: Instant | None
    newest: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in browser. ``token_hash`` is the SHA-256 of its cookie; the cookie itself is never stored."""

    token_hash: str
    person_id: PersonId
    csrf: str
    created: Instant
    expires: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents; an empty field means any. ``start`` and ``end`` bound when it was noticed, [start, end).

    Those reported during commissioning tests are left out, or with ``trials`` are the only ones.
    """

    states: frozenset[IncidentState] = frozenset()
    kinds: frozenset[str] = frozenset()
    camera_id: CameraId | None = None
    start: Instant | None = None
    end: Instant | None = None
    trials: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackQuery:
    """Which tracks: those of some cameras, in one of ``spans`` (in order of time, apart), that came near a region.

    ``groups`` empty means any. ``before`` is (start, camera, track number) of the last one that was seen already.
    """

    cameras: tuple[CameraId, ...]
    spans: tuple[Span, ...]
    region: Box
    groups: frozenset[Group] = frozenset()
    before: tuple[Instant, str, int] | None = None


class Incidents(Protocol):
    """Incidents and their history."""

    def add(self, incident: Incident) -> None:
        """Store a new one."""
        ...

    def save(self, incident: Incident) -> None:
        """Store a changed one; entries of its history that are stored already are never touched."""
        ...

    def get(self, incident_id: IncidentId) -> Incident | None:
        """Load one, with its history."""
        ...

    def page(self, which: IncidentFilter, before: tuple[Instant, str] | None, limit: int) -> tuple[Incident, ...]:
        """The newest noticed first, strictly before the given (at, id)."""
        ...

    def counts(self, which: IncidentFilter) -> dict[IncidentState, int]:
        """How many in each state (states without any are absent)."""
        ...

    def open_of(self, camera_id: CameraId, since: Instant) -> tuple[Incident, ...]:
        """Those of a camera still open for review whose last word is at or after ``since``, or that still last."""
        ...

    def open_by_camera(self) -> dict[CameraId, int]:
        """How many are open for review on each camera, those of commissioning tests left out."""
        ...

    def of_trial(self, trial_id: TrialId) -> tuple[Incident, ...]:
        """Those reported during a commissioning test, the first noticed first."""
        ...

    def expiring(self, before: Instant, limit: int) -> tuple[Incident, ...]:
        """Suspected ones whose last word is older than ``before``, oldest first."""
        ...


class Trials(Protocol):
    """Commissioning tests by id."""

    def put(self, trial: Trial) -> None:
        """Store a new or changed one."""
        ...

    def get(self, trial_id: TrialId) -> Trial | None:
        """Load one."""
        ...

    def newest(self, limit: int) -> tuple[Trial, ...]:
        """The newest first."""
        ...

    def around(self, at: Instant) -> tuple[Trial, ...]:
        """Those that lasted at an instant, or may have; the newest first."""
        ...

    def unsealed(self) -> Trial | None:
        """The oldest signed one whose record is not sealed yet."""
        ...

    def sealed(self) -> tuple[Trial, ...]:
        """All whose record lies in the vault (for the comparison of vault and rows)."""
        ...


class Hits(Protocol):
    """What rules said, by hit id."""

    def put(self, incident_id: IncidentId, hit: RuleHit) -> None:
        """Store the newest telling of a hit."""
        ...

    def incident_of(self, hit_id: str) -> IncidentId | None:
        """Which incident a hit belongs to."""
        ...

    def of(self, incident_ids: Sequence[IncidentId]) -> dict[IncidentId, tuple[RuleHit, ...]]:
        """The hits of some incidents, in order of their start."""
        ...


class EvidenceRows(Protocol):
    """Evidence by id."""

    def put(self, evidence: Evidence) -> None:
        """Store a new or changed row."""
        ...

    def get(self, evidence_id: EvidenceId) -> Evidence | None:
        """Load one."""
        ...

    def of(self, incident_ids: Sequence[IncidentId]) -> dict[IncidentId, tuple[Evidence, ...]]:
        """All rows of some incidents, oldest first."""
        ...

    def due(self, now: Instant, limit: int) -> tuple[Evidence, ...]:
        """Rows in the making whose next try has come, longest waiting first."""
        ...

    def sealed(self) -> Iterator[Evidence]:
        """All rows that have a file in the vault, by incident and age (for the comparison of vault and rows)."""
        ...

    def next_try(self) -> Instant | None:
        """When the next row in the making comes due; None when nothing is being made."""
        ...


class Cameras(Protocol):
    """Cameras, and every version of their zones."""

    def put(self, camera: Camera, at: Instant) -> None:
        """Store a new or changed camera; changed zones become a new version beside the old ones."""
        ...

    def remove(self, camera_id: CameraId, at: Instant) -> None:
        """Take it out of service; its recordings and incidents stay, and its id is never used again."""
        ...

    def get(self, camera_id: CameraId) -> Camera | None:
        """Load one that is in service."""
        ...

    def ever(self, camera_id: CameraId) -> Camera | None:
        """Load one that is or was in service, then without addresses: its footage and its zones stay."""
        ...

    def known(self, camera_id: CameraId) -> bool:
        """Whether the id was ever used."""
        ...

    def all(self) -> tuple[Camera, ...]:
        """Those in service, by the order they were added."""
        ...

    def names(self) -> dict[CameraId, str]:
        """Names of all, those out of service too."""
        ...

    def record_since(self, camera_id: CameraId) -> Instant | None:
        """Since when its record mode holds; None: since its first recording."""
        ...

    def zone_version(self, camera_id: CameraId, at: Instant) -> int | None:
        """The number of the zones that held at an instant, 1 for the first."""
        ...


class Recordings(Protocol):
    """The index of what was recorded, what was not, and what moved."""

    def put_segment(self, segment: Segment) -> None:
        """Store what is known of a file, by its path."""
        ...

    def segment(self, path: str) -> Segment | None:
        """Load one by its path."""
        ...

    def segments(self, camera_id: CameraId, role: StreamRole, span: Span) -> tuple[Segment, ...]:
        """Files that share time with the span, in order; a growing file counts as lasting."""
        ...

    def all_segments(self) -> Iterator[Segment]:
        """Every row, by path (for the comparison of disk and index)."""
        ...

    def drop_segment(self, path: str) -> None:
        """Forget a file that retention has deleted."""
        ...

    def put_gap(self, gap: GapSeen) -> None:
        """Store a gap by camera, stream and start."""
        ...

    def gaps(self, camera_id: CameraId, role: StreamRole, span: Span) -> tuple[GapSeen, ...]:
        """Gaps that share time with the span, in order."""
        ...

    def gap_at(self, camera_id: CameraId, role: StreamRole, at: Instant) -> GapSeen | None:
        """The gap that begins last at or before an instant, be it over by then or of no length."""
        ...

    def drop_gaps(self, camera_id: CameraId, role: StreamRole, span: Span) -> None:
        """Forget the gaps that begin in a span, its end included."""
        ...

    def put_track(self, track: TrackEnded) -> None:
        """Store the summary of a track by camera, number and start."""
        ...

    def tracks(self, camera_id: CameraId, span: Span) -> tuple[TrackEnded, ...]:
        """Tracks that share time with the span, in order of their start."""
        ...

    def track(self, camera_id: CameraId, start: Instant, track_id: int) -> TrackEnded | None:
        """Load one track."""
        ...

    def tracks_touching(self, asked: TrackQuery) -> Iterator[TrackEnded]:
        """All that covered a part of the region, and some that only came near; the latest start first.

        Rows of one start are in falling order of camera and number. Read as far as is needed.
        """
        ...

    def totals(self) -> RecordingTotals:
        """Figures over all files."""
        ...


class People(Protocol):
    """Accounts, sessions and set-up tokens."""

    def put(self, person: Person) -> None:
        """Store a new or changed person. Raises Conflict when the login belongs to somebody else."""
        ...

    def get(self, person_id: PersonId) -> Person | None:
        """Load one."""
        ...

    def by_login(self, login: str) -> Person | None:
        """Load one by login, letter case aside."""
        ...

    def all(self) -> tuple[Person, ...]:
        """All, by login."""
        ...

    def add_session(self, session: Session) -> None:
        """Store a session."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """Load one, expired or not."""
        ...

    def drop_session(self, token_hash: str) -> None:
        """End one."""
        ...

    def drop_sessions(self, *, person_id: PersonId | None = None, expired_at: Instant | None = None) -> None:
        """End all of a person, or all that expired at or before an instant."""
        ...

    def offer_setup(self, token_hash: str, expires: Instant) -> None:
        """Make this the only set-up token."""
        ...

    def setup_open(self, token_hash: str, now: Instant) -> bool:
        """Whether this is the set-up token and still holds."""
        ...

    def close_setup(self) -> None:
        """Forget the set-up token."""
        ...


class Audit(Protocol):
    """The append-only trail."""

    def append(self, row: AuditRow) -> AuditRow:
        """Chain the row to the newest one and store it; the row as stored."""
        ...

    def page(self, before: int | None, limit: int) -> tuple[AuditRow, ...]:
        """The newest first, with numbers below ``before``."""
        ...

    def rows(self) -> Iterator[AuditRow]:
        """All, oldest first."""
        ...


class Notes(Protocol):
    """Small facts about the installation, and how far each journal has been read."""

    def get(self, key: str) -> str | None:
        """A note by its key."""
        ...

    def put(self, key: str, value: str) -> None:
        """Store a note."""
        ...

    def offset(self, journal: str) -> int:
        """How many bytes of a journal are in the database."""
        ...

    def set_offset(self, journal: str, offset: int) -> None:
        """Store that, in the same transaction as what was read."""
        ...


Figures = Mapping[str, str | int | float | bool | None]
