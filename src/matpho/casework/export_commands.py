"""What can be asked of the desk about exports."""

from dataclasses import dataclass

from matpho.domain.export import Export
from matpho.domain.ids import CameraId
from matpho.domain.time import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AskExport:
    """Ask for footage of some cameras. ``reason`` says what it is for; it stays in the trail and in the manifest."""

    id: str
    cameras: tuple[CameraId, ...]
    span: Span
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepExport:
    """Store how making an export goes. Only the program's own maker does."""

    export: Export


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDownload:
    """Audit that somebody fetches an export, before its first byte."""

    export_id: str


ExportCommand = AskExport | KeepExport | NoteDownload
