"""What the processes tell each other: past tense, typed, small. No picture is ever in one.

Recorder and vision write *facts* (segments, gaps, hits) to an fsynced journal first; the desk ingests
them by number, so telling one twice changes nothing. *States* are only ever the newest one and go over the socket.
"""

from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId
from matpho.domain.observation import Group
from matpho.domain.time import Instant, Span
from matpho.domain.words import NOTHING_SAID, Said


class GapCause(StrEnum):
    """Why a stretch was not recorded."""

    CAMERA = "camera"  # it refused, closed, or sent nothing though it could be reached
    NETWORK = "network"  # no way led to it: the line was cut, or it had no power
    DISK = "disk"  # writing failed
    RESTART = "restart"  # our own process was down
    POWER = "power"  # the machine was down
    OFF = "off"  # a person switched recording off


@dataclass(frozen=True, slots=True)
class SegmentOpened:
    """A recording file exists and may be growing. ``path`` is relative to the recordings folder."""

    camera_id: CameraId
    role: StreamRole
    path: str
    start: Instant
    codec: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SegmentClosed:
    """A recording file is complete. ``repaired`` when it was closed on behalf of a process that died.

    ``clock_ms`` is the camera's own clock minus ours at its last key picture, None where the camera did not tell: from
    one file to the next it shows the drift.
    """

    camera_id: CameraId
    path: str
    start: Instant
    end: Instant
    size_bytes: int
    frames: int
    repaired: bool = False
    clock_ms: float | None = None

    @property
    def span(self) -> Span:
        """From its first picture to its end; of no length where the wall clock was set back meanwhile."""
        return Span(self.start, max(self.start, self.end))


@dataclass(frozen=True, slots=True)
class GapSeen:
    """A stretch that was not recorded, told once it is over (and again, longer, while it lasts)."""

    camera_id: CameraId
    role: StreamRole
    start: Instant
    end: Instant | None
    cause: GapCause
    detail: Said


class RemovalWhy(StrEnum):
    """Why footage was removed."""

    AGE = "age"  # its time was over
    NOT_KEPT = "not_kept"  # a camera that keeps only what surrounds incidents, and there was none
    SPACE = "space"  # the newest recording needed the room
    NOT_RESTORED = "not_restored"  # the backup that this home was restored from did not hold it


@dataclass(frozen=True, slots=True)
class SegmentRemoved:
    """A recording file is going to be removed: told first, then done. ``at`` is when that was decided."""

    camera_id: CameraId
    role: StreamRole
    path: str
    start: Instant
    end: Instant
    size_bytes: int
    at: Instant
    why: RemovalWhy


@dataclass(frozen=True, slots=True)
class LineGivenUp:
    """A damaged line of a journal, which nothing can bring back, was put on record by ``matpho check --repair``.

    ``line`` is the SHA-256 of its bytes. What it had told is accounted for by what the same repair tells.
    """

    camera_id: CameraId
    line: str


@dataclass(frozen=True, slots=True)
class HitSeen:
    """A rule spoke."""

    hit: RuleHit


@dataclass(frozen=True, slots=True)
class TrackEnded:
    """The summary of one track: what it was, when, and where it went (at most 32 boxes, evenly spaced)."""

    camera_id: CameraId
    track_id: int
    group: Group
    start: Instant
    end: Instant
    boxes: tuple[tuple[Instant, Box], ...]


@dataclass(frozen=True, slots=True)
class ImportBegan:
    """Somebody brings footage in, and there is some of it that was missing. ``id`` is in the name of each of its files.

    ``offset_s`` was added to every time found in the files, ``uid`` is the account of the machine that asked.
    """

    camera_id: CameraId
    id: str
    at: Instant
    offset_s: float
    uid: int


@dataclass(frozen=True, slots=True)
class FootageImported:
    """A file from elsewhere (a camera's card) filled gaps; its stretches were told as segments before.

    ``sha256`` is of the file as it was given, ``start`` and ``end`` what it shows by the clock that was chosen for it
    (``clock``: how), ``taken_s`` how much of it was missing, ``uid`` the account of the machine that asked.
    ``import_id`` is "" where that was before imports had one.
    """

    camera_id: CameraId
    at: Instant
    sha256: str
    start: Instant
    end: Instant
    taken_s: float
    clock: str
    uid: int
    import_id: str = ""
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """An import is taken back (``import_id``): told before its files, each of which follows as a ``SegmentUndone``."""

    camera_id: CameraId
    import_id: str
    at: Instant
    files: int
    length_s: float
    uid: int


@dataclass(frozen=True, slots=True)
class SegmentUndone:
    """A recording file that was brought in is going to be removed, because its import is taken back.

    No footage of [start, end) is removed by that: the file showed another time. ``gaps`` are those that the recorder
    told there, whole: what of them nothing else fills is missing again.
    """

    camera_id: CameraId
    path: str
    start: Instant
    end: Instant
    gaps: tuple[GapSeen, ...]


@dataclass(frozen=True, slots=True)
class HouseKept:
    """A backup was made, restored, or proved by a restore drill. ``act`` is ``backup``, ``restore`` or ``drill``.

    ``archive`` is the SHA-256 of the archive's table of contents, ``uid`` the account of the machine that asked.
    """

    at: Instant
    act: str
    well: bool
    archive: str
    files: int
    bytes: int
    took_s: float
    uid: int
    detail: Said = NOTHING_SAID


Fact = (
    HouseKept
    | SegmentOpened
    | SegmentClosed
    | GapSeen
    | HitSeen
    | TrackEnded
    | ImportBegan
    | FootageImported
    | ImportUndone
    | SegmentUndone
    | SegmentRemoved
    | LineGivenUp
)


class Link(StrEnum):
    """How a stream is."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    REFUSED = "refused"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class StreamState:
    """The newest state of one stream. ``detail`` says why it is lost, without any secret."""

    camera_id: CameraId
    role: StreamRole
    link: Link
    since: Instant
    last_packet: Instant | None
    fps: float
    kbit_s: float
    codec: str
    width: int
    height: int
    clock_offset_ms: float | None
    detail: Said = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class BoxesSeen:
    """What is on the sub stream right now, for the overlay of the live page: data beside the picture."""

    camera_id: CameraId
    at: Instant
    boxes: tuple[tuple[int, Group, Box], ...]


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """How the analysed picture is as a picture; told at most once in five seconds.

    ``brightness`` is the mean luma (0..255), ``sharpness`` the mean strength of its finest structure against its
    contrast (no unit, only comparable on one camera), ``contrast`` the spread of the luma. ``frozen_s`` is for how
    long pictures have come that were all the same. ``fault`` is what vision
    finds wrong (covered, defocused, turned), or "".
    """

    camera_id: CameraId
    at: Instant
    brightness: float
    contrast: float
    sharpness: float
    frozen_s: float
    fault: str = ""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """A process is well. ``figures`` by name: frames analysed per second, inferences per second, CPU-ms …"""

    worker: str
    pid: int
    at: Instant
    figures: dict[str, float]


State = StreamState | BoxesSeen | PictureSeen | WorkerState
Message = Fact | State
