"""Setting a camera up on its picture: the ground in metres, what zones can support, suggestions to look at."""

from dataclasses import replace

from fastapi import APIRouter

from matpho.casework import commands as c
from matpho.casework.density import density
from matpho.casework.lanes import FEWEST
from matpho.casework.site import DAYS, measured_site, traffic_of
from matpho.casework.zone_advice import active, advise_zones
from matpho.domain.camera import Camera
from matpho.domain.camera_file import camera_from, camera_table, zones_from
from matpho.domain.geometry import polygon
from matpho.domain.people import Action, Role
from matpho.errors import BadInput, SetupProblem
from matpho.web.context import Caller, Here, load_camera
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.base import PointBody
from matpho.web.schemas.calibration import (
    AreaForm,
    GroundForm,
    LampsBody,
    TrafficBody,
    ZoneCheck,
    ZoneCheckForm,
    density_body,
    lamps_body,
    traffic_body,
)
from matpho.web.schemas.cameras import advice_body, zone_tables

router = APIRouter(prefix="/api/cameras/{camera_id}", tags=["calibration"])
LAMP_S = 300.0


def _with_ground(camera: Camera, ground: list[PointBody] | None, size: tuple[float, float] | None) -> Camera:
    """The camera with a ground rectangle as drawn; raises BadCameraFile where it is none."""
    table = {k: v for k, v in camera_table(camera).items() if k not in ("ground", "ground_size_m")}
    drawn = {"ground": ground, "ground_size_m": size}
    described = camera_from({**table, **{k: v for k, v in drawn.items() if v is not None}})
    return replace(camera, ground=described.ground, ground_size_m=described.ground_size_m)


@router.post(
    "/zones/check",
    operation_id="check_zones",
    openapi_extra=least(Role.OFFICER),
    responses=errors(401, 403, 404, 422),
)
def check_zones(here: Here, camera_id: str, form: ZoneCheckForm, caller: Caller) -> ZoneCheck:
    """What the zones as drawn can support, and how many pixels a metre has in each; nothing is stored."""
    stored = load_camera(here, caller, camera_id, Action.WATCH)
    drawn = replace(stored, zones=zones_from(zone_tables(form.zones)))
    drawn = _with_ground(drawn, form.ground, form.ground_size_m)
    parts = here.parts
    gop_s = parts.sights.gop_s(stored.id) if parts.sights else None
    sights = parts.sights
    lamps = {
        zone.id: seen
        for zone in drawn.zones
        if sights and zone.lamp is not None and (seen := sights.lamp_in(stored.id, zone.lamp)) is not None
    }
    site, main = measured_site(parts.store, parts.states, drawn, parts.clock.now(), gop_s, lamps)
    told = [
        found
        for zone in drawn.zones
        if active(zone)
        for stream in dict.fromkeys((main, site.analysed))
        if stream is not None and (found := density(zone, stream, site.ground, site.people.get(zone.id))) is not None
    ]
    return ZoneCheck(advice=[advice_body(a) for a in advise_zones(site)], density=[density_body(d) for d in told])


@router.put(
    "/ground",
    operation_id="set_ground",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 422),
    status_code=204,
)
def set_ground(here: Here, camera_id: str, form: GroundForm, caller: Caller) -> None:
    """Say where a rectangle of known size lies on the ground, or that nobody knows."""
    camera = load_camera(here, caller, camera_id, Action.CHANGE_ZONES)
    new = _with_ground(camera, form.ground, form.ground_size_m)
    command = c.SetGround(camera_id=camera.id, ground=new.ground, ground_size_m=new.ground_size_m)
    here.parts.desk.handle(command, caller.actor)


@router.post(
    "/suggestions/directions",
    operation_id="suggest_directions",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 422),
)
def suggest_directions(here: Here, camera_id: str, form: AreaForm, caller: Caller) -> TrafficBody:
    """Which ways vehicles went through an outline in the last days; a suggestion to look at. Audited as a search."""
    camera = load_camera(here, caller, camera_id, Action.CHANGE_ZONES)
    try:
        area = polygon(form.polygon)
    except ValueError as e:
        raise BadInput(f"The outline is none: {e}.", "Đường viền vùng không hợp lệ.") from e
    found = traffic_of(here.parts.store, here.parts.states, camera, area, here.parts.clock.now())
    detail: dict[str, str | int | float | bool | None] = {"for": "directions", "found": found.passages}
    here.parts.desk.handle(c.NoteSearch(cameras=(camera,), detail=detail), caller.actor)
    return traffic_body(found, FEWEST, DAYS)


@router.post(
    "/suggestions/lamp",
    operation_id="suggest_lamp",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 422),
)
def suggest_lamp(here: Here, camera_id: str, caller: Caller) -> LampsBody:
    """Where signals may be, from the last minutes of recordings; a suggestion to look at. Audited as a search."""
    camera = load_camera(here, caller, camera_id, Action.CHANGE_ZONES)
    if here.parts.sights is None:
        raise SetupProblem("There are no recordings here.", "Ở đây không có bản ghi.")
    found = here.parts.sights.lamps(camera.id, LAMP_S)
    detail: dict[str, str | int | float | bool | None] = {"for": "lamp", "found": len(found.found)}
    here.parts.desk.handle(c.NoteSearch(cameras=(camera,), detail=detail), caller.actor)
    return lamps_body(found)
