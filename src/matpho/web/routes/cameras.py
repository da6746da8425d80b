"""Cameras: list, add, change, remove; their zones; their file."""

from dataclasses import replace
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from matpho.casework import commands as c
from matpho.casework.redact import is_redacted, redacted
from matpho.casework.register import UNKNOWN, standings
from matpho.casework.register_records import AddCameras
from matpho.domain import address
from matpho.domain.camera import Camera
from matpho.domain.camera_file import camera_from, camera_table, parse, write, zones_from
from matpho.domain.ids import CameraId
from matpho.domain.people import Action, Actor, Part, Role, may, require
from matpho.domain.register import NOTHING
from matpho.errors import BadAddress, BadInput
from matpho.web.context import Caller, Context, Here, load_camera
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.cameras import (
    CameraBody,
    CameraChange,
    NewCamera,
    ZoneBody,
    camera_body,
    zone_tables,
)
from matpho.web.schemas.register import register_entry

router = APIRouter(prefix="/api/cameras", tags=["cameras"])
_LONGEST_FILE = 256 * 1024


def shown(here: Context, camera_id: str, actor: Actor) -> CameraBody:
    """A camera as this person may see it."""
    view = here.parts.views.camera_view(CameraId(camera_id), actor)
    standing = standings(here.parts.store).get(view.camera.id, UNKNOWN)
    return camera_body(view, addresses=may(actor, Action.CHANGE, view.camera), standing=standing)


def _checked(here: Context, camera: Camera, old: Camera | None) -> Camera:
    """The camera with only addresses that may be set from afar; raises BadAddress. Kept ones are not looked at."""
    for role in ("main", "sub"):
        text, kept = getattr(camera, role), getattr(old, role, None)
        if not text or text == kept or is_redacted(text):
            continue
        found = address.parse(text)
        if found.kind is address.AddressKind.FILE and not here.parts.options.file_sources:
            raise BadAddress(
                "Only rtsp:// and rtsps:// addresses can be set here.", "Ở đây chỉ nhận địa chỉ rtsp:// hoặc rtsps://."
            )
        if address.HIDDEN in text:
            raise BadAddress("The stream address is incomplete.", "Địa chỉ luồng chưa đầy đủ.")
        if found.kind is address.AddressKind.RTSP and here.parts.onboarding is not None:
            here.parts.onboarding.check(text)
    return camera


@router.get("", operation_id="list_cameras", openapi_extra=least(Role.OBSERVER), responses=errors(401))
def list_cameras(here: Here, caller: Caller) -> list[CameraBody]:
    """All cameras in service with their zones, streams and open incidents."""
    require(caller.actor, Action.SEE, Part.CAMERAS)
    known = standings(here.parts.store)
    return [
        camera_body(
            view, addresses=may(caller.actor, Action.CHANGE, view.camera), standing=known.get(view.camera.id, UNKNOWN)
        )
        for view in here.parts.views.cameras(caller.actor)
    ]


@router.post(
    "",
    operation_id="add_camera",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 409, 422),
    status_code=201,
)
def add_camera(here: Here, form: NewCamera, caller: Caller) -> CameraBody:
    """Put a camera in service; it runs once its sign, purpose and retention stand in the register."""
    table = form.model_dump(mode="json", exclude_none=True, exclude={"zones", "register_entry"})
    camera = camera_from({**table, "zones": zone_tables(form.zones)})
    require(caller.actor, Action.ADD, camera)
    camera = _checked(here, camera, None)
    entry = register_entry(form.register_entry) if form.register_entry else NOTHING
    here.parts.desk.handle(AddCameras(cameras=((camera, entry),)), caller.actor)
    return shown(here, camera.id, caller.actor)


@router.post(
    "/import",
    operation_id="import_camera",
    openapi_extra={
        **least(Role.ADMIN),
        "requestBody": {"required": True, "content": {"application/toml": {"schema": {"type": "string"}}}},
    },
    responses=errors(401, 403, 409, 422),
)
async def import_camera(here: Here, request: Request, caller: Caller) -> CameraBody:
    """Add or change a camera by its file (TOML). Redacted or absent addresses keep those that are stored."""
    raw = await request.body()
    return await to_thread.run_sync(_import, here, raw, caller.actor)


def _import(here: Context, raw: bytes, actor: Actor) -> CameraBody:
    try:
        text = raw[: _LONGEST_FILE + 1].decode("utf-8")
    except UnicodeDecodeError as e:
        raise BadInput("The camera file is not UTF-8.", "Tệp camera không phải UTF-8.") from e
    if len(raw) > _LONGEST_FILE:
        raise BadInput("The camera file is too large.", "Tệp camera quá lớn.")
    camera = parse(text)
    require(actor, Action.ADD, camera)
    with here.parts.store.read() as unit:
        old = unit.cameras.get(camera.id)
    camera = _checked(here, camera, old)
    here.parts.desk.handle(c.ChangeCamera(camera=camera) if old else c.AddCamera(camera=camera), actor)
    return shown(here, camera.id, actor)


@router.put(
    "/{camera_id}",
    operation_id="change_camera",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 404, 422),
)
def change_camera(here: Here, camera_id: str, form: CameraChange, caller: Caller) -> CameraBody:
    """Change a camera; what is absent stays, an empty stream address takes the stream away."""
    old = load_camera(here, caller, camera_id, Action.CHANGE)
    table: dict[str, Any] = camera_table(old)
    gone = [role for role in ("main", "sub") if getattr(form, role) == ""]
    for name, value in form.model_dump(mode="json", exclude_unset=True, exclude={"zones"}).items():
        if (value is None and name in ("ground", "ground_size_m")) or (value == "" and name in gone):
            table.pop(name, None)
        elif value is not None:
            table[name] = value
    if form.zones is not None:
        table["zones"] = zone_tables(form.zones)
    described = camera_from(table)
    described = replace(
        described, main="" if "main" in gone else described.main, sub="" if "sub" in gone else described.sub
    )
    new = _checked(here, described, old)
    here.parts.desk.handle(c.ChangeCamera(camera=new), caller.actor)
    here.look_again()
    return shown(here, camera_id, caller.actor)


@router.delete(
    "/{camera_id}",
    operation_id="remove_camera",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 404),
    status_code=204,
)
def remove_camera(here: Here, camera_id: str, caller: Caller) -> None:
    """Take a camera out of service; its recordings and incidents stay."""
    camera = load_camera(here, caller, camera_id, Action.REMOVE)
    here.parts.desk.handle(c.RemoveCamera(camera_id=camera.id), caller.actor)
    here.look_again()


@router.put(
    "/{camera_id}/zones",
    operation_id="set_zones",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 422),
)
def set_zones(here: Here, camera_id: str, zones: list[ZoneBody], caller: Caller) -> CameraBody:
    """Replace a camera's zones."""
    camera = load_camera(here, caller, camera_id, Action.CHANGE_ZONES)
    here.parts.desk.handle(c.SetZones(camera_id=camera.id, zones=zones_from(zone_tables(zones))), caller.actor)
    here.look_again()
    return shown(here, camera_id, caller.actor)


@router.get(
    "/{camera_id}/file",
    operation_id="get_camera_file",
    openapi_extra=least(Role.ADMIN),
    responses={**errors(401, 403, 404), 200: {"content": {"application/toml": {"schema": {"type": "string"}}}}},
    response_class=PlainTextResponse,
)
def get_camera_file(here: Here, camera_id: str, caller: Caller) -> PlainTextResponse:
    """The camera's file (TOML); addresses are redacted."""
    camera = load_camera(here, caller, camera_id, Action.CHANGE)
    text = write(replace(camera, main=redacted(camera.main), sub=redacted(camera.sub)))
    headers = {"Content-Disposition": f'attachment; filename="{camera.id}.toml"'}
    return PlainTextResponse(text, media_type="application/toml", headers=headers)
