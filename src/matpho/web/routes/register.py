"""The register of cameras, what of it ends soon, and cameras from a spreadsheet."""

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from matpho.casework import camera_csv
from matpho.casework.register import DRAFT, endings, entry_of, is_active, register_of
from matpho.casework.register_records import AddCameras, SetRegister
from matpho.domain import address
from matpho.domain.people import Action, Actor, Role, require
from matpho.errors import BadAddress
from matpho.web.context import Caller, Context, Here, load_camera
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.onboarding import (
    CsvBody,
    EndingBody,
    csv_body,
    ending_body,
)
from matpho.web.schemas.register import RegisterBody, RegisterLineBody, register_body, register_entry
from matpho.web.spreadsheet import spreadsheet

router = APIRouter(prefix="/api", tags=["register"])


@router.get(
    "/register",
    operation_id="list_register",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401),
)
def list_register(here: Here, caller: Caller) -> list[RegisterLineBody]:
    """The whole register: every camera in service with its device, certificate and sign, by name."""
    return [
        RegisterLineBody(
            camera_id=camera.id,
            name=camera.name,
            staged=camera.staged,
            active=is_active(camera, entry),
            missing=[] if camera.staged else list(entry.missing),
            entry=register_body(entry),
        )
        for camera, entry in register_of(here.parts.store, caller.actor)
    ]


@router.get(
    "/register.csv",
    operation_id="get_register_csv",
    openapi_extra=least(Role.OBSERVER),
    response_class=Response,
    responses={**errors(401), 200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def get_register_csv(here: Here, caller: Caller) -> Response:
    """The whole register as a spreadsheet (UTF-8 with a mark); no stream's address is in it."""
    sheet = camera_csv.register_sheet(register_of(here.parts.store, caller.actor))
    return spreadsheet(sheet, "so-camera.csv")


@router.get(
    "/register/endings",
    operation_id="list_endings",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401),
)
def list_endings(here: Here, caller: Caller) -> list[EndingBody]:
    """Certificates and warranties that end within sixty days or have ended, the earliest first."""
    return [ending_body(e) for e in endings(here.parts.store, caller.actor, here.parts.clock.now())]


@router.get(
    "/cameras/{camera_id}/register",
    operation_id="get_register",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401, 404),
)
def get_register(here: Here, camera_id: str, caller: Caller) -> RegisterBody:
    """A camera's entry in the register."""
    camera = load_camera(here, caller, camera_id, Action.SEE)
    return register_body(entry_of(here.parts.store, camera.id))


@router.put(
    "/cameras/{camera_id}/register",
    operation_id="set_register",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 404, 422),
)
def set_register(here: Here, camera_id: str, form: RegisterBody, caller: Caller) -> RegisterBody:
    """Replace a camera's entry in the register."""
    camera = load_camera(here, caller, camera_id, Action.CHANGE)
    here.parts.desk.handle(SetRegister(camera_id=camera.id, entry=register_entry(form)), caller.actor)
    return register_body(entry_of(here.parts.store, camera.id))


@router.get(
    "/camera-csv",
    operation_id="get_camera_csv",
    openapi_extra=least(Role.ADMIN),
    response_class=Response,
    responses={**errors(401, 403), 200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def get_camera_csv(caller: Caller) -> Response:
    """An empty spreadsheet to fill in, as Excel opens it."""
    require(caller.actor, Action.ADD, DRAFT)
    return spreadsheet(camera_csv.template(), "camera.csv")


@router.post(
    "/camera-csv",
    operation_id="import_camera_csv",
    openapi_extra={
        **least(Role.ADMIN),
        "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}},
    },
    responses=errors(401, 403, 409, 422),
)
async def import_camera_csv(here: Here, request: Request, caller: Caller, *, commit: bool = False) -> CsvBody:
    """Read a spreadsheet of cameras; with ``commit`` put them in service, all or (while anything is wrong) none."""
    raw = await request.body()
    return await to_thread.run_sync(_import, here, raw, caller.actor, commit)


def _import(here: Context, raw: bytes, actor: Actor, commit: bool) -> CsvBody:  # noqa: FBT001 - passed on by position
    require(actor, Action.ADD, DRAFT)

    def allowed(text: str) -> None:
        if here.parts.onboarding is not None:
            here.parts.onboarding.check(text)
        elif address.parse(text).kind is not address.AddressKind.RTSP:
            raise BadAddress("not an RTSP address", "không phải địa chỉ RTSP")

    with here.parts.store.read() as unit:
        known = camera_csv.known_of(unit)
    sheet = camera_csv.read(raw, known, allowed)
    if not commit or sheet.problems:
        return csv_body(sheet, 0)
    here.parts.desk.handle(AddCameras(cameras=tuple((row.camera, row.entry) for row in sheet.rows)), actor)
    return csv_body(sheet, len(sheet.rows))
