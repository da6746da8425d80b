"""Exports of footage."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from matpho.domain.export import Export, ExportState
from matpho.domain.ids import CameraId, PersonId
from matpho.domain.words import NOTHING_SAID
from matpho.web.schemas.base import Form, SaidBody, Shape, Time, said


class NewExport(Form):
    """Footage that somebody wants to take out, and what for."""

    cameras: Annotated[list[str], Field(min_length=1, max_length=8)]
    start: Time
    end: Time
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ExportCameraBody(Shape):
    """``covered``: its private areas are covered in the files."""

    id: str
    name: str
    covered: bool


class ExportBody(Shape):
    """A row of the list. ``progress`` is 0..1; ``url`` is null unless it is ready and this person may have it."""

    id: str
    who: str | None
    asked: Time
    cameras: list[ExportCameraBody]
    start: Time
    end: Time
    reason: str
    state: ExportState
    progress: float
    files: int
    size_bytes: int
    manifest_sha256: str
    detail: SaidBody | None
    expires: Time | None
    url: str | None


def export_body(
    export: Export, cameras: Mapping[CameraId, str], people: Mapping[PersonId, str], *, own: bool
) -> ExportBody:
    """An export as the API gives it; ``own``: this person may have the files."""
    ready = export.state is ExportState.READY
    return ExportBody(
        id=export.id,
        who=people.get(export.who),
        asked=export.asked,
        cameras=[
            ExportCameraBody(
                id=c.camera_id, name=cameras.get(c.camera_id, c.camera_id), covered=c.covered and bool(c.masks)
            )
            for c in export.cameras
        ],
        start=export.span.start,
        end=export.span.end,
        reason=export.reason,
        state=export.state,
        progress=round(export.progress, 3),
        files=len(export.files),
        size_bytes=export.size_bytes,
        manifest_sha256=export.manifest_sha256,
        detail=None if export.detail == NOTHING_SAID else said(export.detail),
        expires=export.expires if ready else None,
        url=f"/api/exports/{export.id}/file" if ready and own else None,
    )
