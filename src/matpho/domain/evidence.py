"""Evidence: a sealed file, its hash, and what it shows. Sealed once; a longer one is a new row beside it."""

from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.geometry import Polygon
from matpho.domain.ids import CameraId, EvidenceId, IncidentId
from matpho.domain.time import EPOCH, Instant, Span
from matpho.domain.words import NOTHING_SAID, Said


class EvidenceKind(StrEnum):
    """What the file is."""

    CLIP = "clip"
    STILL = "still"
    MANIFEST = "manifest"


class EvidenceRole(StrEnum):
    """Which part of the story a file tells."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class EvidenceState(StrEnum):
    """``replaced`` files stay sealed and listed in their manifest; a longer one took their place on the page."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    REPLACED = "replaced"


MEDIA_TYPES: dict[EvidenceKind, str] = {
    EvidenceKind.CLIP: "video/mp4",
    EvidenceKind.STILL: "image/jpeg",
    EvidenceKind.MANIFEST: "application/json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file that ought to exist. ``slot`` names its place in the incident: one file is shown for each slot.

    ``span`` is what a clip should hold; for a still it is the empty span at its instant.
    """

    slot: str
    kind: EvidenceKind
    role: EvidenceRole | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One file of an incident.

    ``wanted`` is the span asked for, ``span`` what the file holds once ready. ``in_s`` and ``out_s`` are where the
    wanted span begins and ends inside a clip, in seconds from its first frame (whole GOPs are copied, so a clip starts
    a little earlier). ``path`` is the vault's name of the file. ``masks`` are the private areas that must be covered
    below supervisor. ``tries`` counts attempts, ``next_try`` is when another one makes sense.
    """

    id: EvidenceId
    incident_id: IncidentId
    camera_id: CameraId
    slot: str
    kind: EvidenceKind
    role: EvidenceRole | None
    wanted: Span
    state: EvidenceState = EvidenceState.MAKING
    span: Span | None = None
    in_s: float | None = None
    out_s: float | None = None
    path: str = ""
    sha256: str = ""
    size_bytes: int = 0
    detail: Said = NOTHING_SAID
    masks: tuple[Polygon, ...] = ()
    segments: tuple[str, ...] = ()
    tries: int = 0
    next_try: Instant = EPOCH

    @property
    def media_type(self) -> str:
        """The media type of the file."""
        return MEDIA_TYPES[self.kind]

    @property
    def at(self) -> Instant:
        """When the file begins (a still: its instant)."""
        return (self.span or self.wanted).start
