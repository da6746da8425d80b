"""What may stand in a zone: allowed at a place, and taken back."""

from fastapi import APIRouter

from matpho.casework import commands as c
from matpho.domain.camera_table import Table
from matpho.domain.ids import ZoneId
from matpho.domain.people import Action, Role
from matpho.domain.permitted_table import permitted_from
from matpho.domain.words import Said
from matpho.web.context import Caller, Here, load_camera
from matpho.web.openapi_notes import errors, least
from matpho.web.routes.cameras import shown
from matpho.web.schemas.cameras import AllowPlaceForm, CameraBody

router = APIRouter(prefix="/api/cameras", tags=["cameras"])


@router.post(
    "/{camera_id}/zones/{zone_id}/permitted",
    operation_id="allow_place",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 422),
)
def allow_place(here: Here, camera_id: str, zone_id: str, form: AllowPlaceForm, caller: Caller) -> CameraBody:
    """Let things stand at a place of a zone: its rules leave them out from now on."""
    camera = load_camera(here, caller, camera_id, Action.PERMIT)
    told = form.model_dump(mode="json", exclude_none=True, include={"box", "polygon"})
    (place,) = permitted_from(Table({}, Said(f'vùng "{zone_id}"', f'zone "{zone_id}"')), "permitted", [told])
    command = c.AllowPlace(
        camera_id=camera.id, zone_id=ZoneId(zone_id), outline=place.outline, note=form.note, until=form.until
    )
    here.parts.desk.handle(command, caller.actor)
    return shown(here, camera.id, caller.actor)


@router.delete(
    "/{camera_id}/zones/{zone_id}/permitted/{permitted_id}",
    operation_id="take_back_permit",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404),
)
def take_back_permit(here: Here, camera_id: str, zone_id: str, permitted_id: str, caller: Caller) -> CameraBody:
    """Count again what stands at a place that was permitted."""
    camera = load_camera(here, caller, camera_id, Action.PERMIT)
    command = c.TakeBackPermit(camera_id=camera.id, zone_id=ZoneId(zone_id), permitted_id=permitted_id)
    here.parts.desk.handle(command, caller.actor)
    return shown(here, camera.id, caller.actor)
