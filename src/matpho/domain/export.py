"""An export: footage of one or several cameras that somebody asked for, copied out with its manifest and hashes."""

from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.geometry import Polygon
from matpho.domain.ids import CameraId, PersonId
from matpho.domain.time import EPOCH, Instant, Span
from matpho.domain.words import NOTHING_SAID, Said


class ExportState(StrEnum):
    """``expired`` exports keep their row; their files are gone."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ExportCamera:
    """A camera of an export. ``masks`` are its private areas; ``covered``: they are covered in the files."""

    camera_id: CameraId
    masks: tuple[Polygon, ...] = ()
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """One finished file. ``span`` is what it holds; ``in_s`` and ``out_s`` bound what was asked for inside it."""

    camera_id: CameraId
    name: str
    span: Span
    in_s: float
    out_s: float
    sha256: str
    size_bytes: int
    sources: tuple[str, ...] = ()
    covered: bool = False
    note: Said = NOTHING_SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A row of the list of exports. ``planned`` is how many files it will have; ``files`` those that are done.

    ``manifest_sha256`` proves the manifest, and with it every file. ``expires`` is when the files are taken away.
    """

    id: str
    who: PersonId
    asked: Instant
    cameras: tuple[ExportCamera, ...]
    span: Span
    reason: str
    state: ExportState = ExportState.MAKING
    planned: int = 0
    files: tuple[ExportFile, ...] = ()
    size_bytes: int = 0
    manifest_sha256: str = ""
    detail: Said = NOTHING_SAID
    expires: Instant = EPOCH
    tries: int = 0
    next_try: Instant = EPOCH

    @property
    def shows_private_areas(self) -> bool:
        """Whether somebody below supervisor must not have it."""
        return any(c.masks and not c.covered for c in self.cameras)

    @property
    def progress(self) -> float:
        """The share that is done, 0..1."""
        if self.state is ExportState.READY:
            return 1.0
        return min(0.99, len(self.files) / self.planned) if self.planned else 0.0
