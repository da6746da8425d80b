"""What the web layer is given: casework as it is, and ports for what only the composition root can join."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from matpho.casework.desk import Desk
from matpho.casework.outgoing.ways import Way
from matpho.casework.ports import EvidenceVault, Store
from matpho.casework.states import States
from matpho.casework.views import Views
from matpho.casework.zone_advice import LampSeen
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.evidence import Evidence
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.keeping import KeepRules
from matpho.domain.messages import TrackEnded
from matpho.domain.quiet import QuietHours
from matpho.domain.time import Clock, Instant
from matpho.video.live_parts import LivePart
from matpho.video.place import PlaceState
from matpho.vision.lamp_finder import LampSearch
from matpho.web.auth import HashCost
from matpho.web.onboarding import Onboarding
from matpho.web.playback import RecordedVideo
from matpho.web.static import DIST
from matpho.web.uplinks import Uplinks


class LivePictures(Protocol):
    """Live fragments from the process that holds the stream."""

    def __call__(
        self, camera: Camera, role: StreamRole, *, masked: bool, h264: bool = False
    ) -> AsyncGenerator[LivePart]:
        """Parts for as long as somebody asks; close the generator to stop watching.

        With ``masked`` only the rendition with the camera's private areas covered is ever given (there is one of the
        sub stream), or ``LiveLost``; with ``h264`` that one too, for it is encoded here.
        """
        ...


class Stills(Protocol):
    """The picture of a camera now."""

    async def now(self, camera: Camera, role: StreamRole, *, masked: bool) -> bytes:
        """A JPEG, private areas covered when ``masked``. Raises SourceLost or NotFound when there is no picture."""
        ...


class MaskedRenditions(Protocol):
    """Copies of evidence with its private areas covered in the pixels."""

    def file(self, evidence: Evidence, sealed: Path) -> Path:
        """The covered copy, made when asked for the first time. Blocking.

        Raises MatphoError when it cannot be made; then the footage is refused.
        """
        ...


class TrackPictures(Protocol):
    """Pictures of tracks out of the recordings."""

    def of(self, camera: Camera, track: TrackEnded, at: Instant, *, masked: bool, whole: bool) -> bytes:
        """A JPEG of about ``at``: around the thing, or the whole picture; private areas covered when ``masked``.

        Blocking. Raises NotFound when nothing was recorded then, BadVideo or StorageProblem.
        """
        ...


class Sights(Protocol):
    """What recordings tell of a camera when somebody sets it up."""

    def gop_s(self, camera_id: CameraId) -> float | None:
        """The longest distance of key pictures lately, in seconds; None where it cannot be told. Blocking."""
        ...

    def lamp_in(self, camera_id: CameraId, box: Box) -> LampSeen | None:
        """What shone inside a box in the last minutes; None where it cannot be told. Blocking."""
        ...

    def lamps(self, camera_id: CameraId, length_s: float) -> LampSearch:
        """Where signals may be, from the last ``length_s`` seconds of recordings. Blocking.

        Raises BadVideo or StorageProblem.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Bytes on the disk of the recordings."""

    total: int
    free: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFacts:
    """What is said of the detector."""

    name: str
    sha256: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFacts:
    """How a process is. ``state`` is running, late, waiting or stopped."""

    name: str
    pid: int | None
    state: str
    since: Instant | None
    restarts: int
    figures: dict[str, float] = field(default_factory=dict)


class Machine(Protocol):
    """The machine and our processes on it."""

    def disk(self) -> Disk:
        """Room for recordings."""
        ...

    def detector(self) -> DetectorFacts | None:
        """The detector in use; None when it is unknown."""
        ...

    def processes(self) -> tuple[ProcessFacts, ...]:
        """All processes, those that are down too."""
        ...


class Keeping(Protocol):
    """The desk's housekeeping."""

    @property
    def rules(self) -> KeepRules:
        """For how long footage is kept."""
        ...

    @property
    def state(self) -> PlaceState:
        """How the disk of the recordings is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """What can be set. Spans in seconds.

    ``origins`` are further addresses people use (``https://pho.example.vn``). ``https``: people reach us by TLS (a
    proxy's), so the cookie is Secure. ``file_sources``: administrators may name files on this machine as cameras.
    ``metrics_token``: who reads ``/metrics`` says it; empty: only this machine reads it. ``quiet``: the quiet hours
    until others are set on the page.
    """

    ward_name: str = ""
    demo: bool = False
    time_zone: str = "Asia/Ho_Chi_Minh"
    https: bool = False
    origins: tuple[str, ...] = ()
    session_s: float = 12 * 3600
    idle_s: float = 2 * 3600
    body_bytes: int = 1024 * 1024
    file_sources: bool = False
    metrics_token: str = ""
    quiet: QuietHours = field(default_factory=QuietHours)
    hash_cost: HashCost = field(default_factory=HashCost)
    dist: Path = DIST


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """Everything the application is made of. A port that is None answers 503."""

    desk: Desk
    store: Store
    states: States
    views: Views
    vault: EvidenceVault
    clock: Clock
    live: LivePictures | None = None
    stills: Stills | None = None
    masked: MaskedRenditions | None = None
    machine: Machine | None = None
    keeping: Keeping | None = None
    onboarding: Onboarding | None = None
    uplinks: Uplinks | None = None
    track_pictures: TrackPictures | None = None
    sights: Sights | None = None
    recorded: RecordedVideo | None = None
    exports: Path | None = None
    ways: Sequence[Way] = ()
    options: WebOptions = field(default_factory=WebOptions)
