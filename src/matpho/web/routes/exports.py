"""Exports: asking for one, how they go, fetching one."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from matpho.casework.export_commands import AskExport, NoteDownload
from matpho.casework.exports import new_export_id
from matpho.domain.export import Export, ExportState
from matpho.domain.ids import CameraId
from matpho.domain.people import Action, Role, may, require
from matpho.domain.time import Span
from matpho.errors import BadInput, NotAllowed, NotFound
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.exports import ExportBody, NewExport, export_body
from matpho.web.sessions import Visitor
from matpho.web.zip_stream import zipped

router = APIRouter(prefix="/api/exports", tags=["footage"])
_MOST = 50


def _bodies(here: Context, caller: Visitor, found: tuple[Export, ...]) -> list[ExportBody]:
    with here.parts.store.read() as unit:
        cameras, people = unit.cameras.names(), {p.id: p.name for p in unit.people.all()}
    return [export_body(e, cameras, people, own=may(caller.actor, Action.WATCH, e)) for e in found]


@router.get("", operation_id="list_exports", openapi_extra=least(Role.OFFICER), responses=errors(401, 403))
def list_exports(here: Here, caller: Caller) -> list[ExportBody]:
    """The newest exports: one's own, for supervisors everybody's."""
    if not caller.actor.at_least(Role.OFFICER):
        raise NotAllowed("you are not allowed to do this", "bạn không có quyền làm việc này")
    who = None if caller.actor.at_least(Role.SUPERVISOR) else caller.actor.id
    with here.parts.store.read() as unit:
        found = unit.exports.newest(who, _MOST)
    return _bodies(here, caller, found)


@router.post(
    "",
    operation_id="ask_export",
    openapi_extra=least(Role.OFFICER),
    status_code=201,
    responses=errors(401, 403, 404, 422),
)
def ask_export(here: Here, caller: Caller, body: NewExport) -> ExportBody:
    """Have footage copied out in the background, with its manifest. Audited. Below supervisor private areas are
    covered.
    """
    if body.end <= body.start:
        raise BadInput("The time span is not allowed.", "Khoảng thời gian không hợp lệ.")
    asked = AskExport(
        id=new_export_id(here.parts.clock.now()),
        cameras=tuple(CameraId(c) for c in body.cameras),
        span=Span(body.start, body.end),
        reason=body.reason,
    )
    here.parts.desk.handle(asked, caller.actor)
    with here.parts.store.read() as unit:
        found = unit.exports.get(asked.id)
    assert found is not None
    return _bodies(here, caller, (found,))[0]


@router.get(
    "/{export_id}/file",
    operation_id="get_export",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={
        **errors(401, 403, 404, 503),
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
    },
)
def get_export(here: Here, caller: Caller, export_id: str) -> Response:
    """All files and the manifest as one ZIP. Audited before the first byte, each time."""
    with here.parts.store.read() as unit:
        export = unit.exports.get(export_id)
    if export is None:
        raise NotFound("There is no such export.", "Không có bản xuất này.")
    require(caller.actor, Action.WATCH, export)
    if export.state is not ExportState.READY:
        raise NotFound("The export is not there (yet, or any more).", "Bản xuất chưa có hoặc đã hết hạn.")
    folder = _folder(here, export)
    here.parts.desk.handle(NoteDownload(export_id=export.id), caller.actor)
    names = ["manifest.json", *(f.name for f in export.files)]
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="matpho-{export.id}.zip"',
    }
    return StreamingResponse(zipped(folder, names), media_type="application/zip", headers=headers)


def _folder(here: Context, export: Export) -> Path:
    if here.parts.exports is None:
        raise Unavailable("There are no exports here.", "Ở đây không có bản xuất.")
    folder = here.parts.exports / export.id
    if not folder.is_dir():
        raise NotFound("The files of this export are gone.", "Các tệp của bản xuất này không còn.")
    return folder
