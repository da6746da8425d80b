"""``/healthz``: whether the program does its work; for whoever watches over the machine."""

from fastapi import APIRouter, Response

from matpho.video.place import PlaceKind
from matpho.web.context import Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.system import HealthBody

router = APIRouter(tags=["system"])

_LEAST_FREE = 0.25
"""Of the room kept for evidence: with less the next recording may not be written."""


def _reasons(here: Context) -> list[str]:
    """What is wrong, in words without names of cameras, paths or secrets."""
    machine = here.parts.machine
    if machine is None:
        return []
    wrong = [
        f"{p.name}: {p.state}"
        for p in machine.processes()
        if p.state != "running" and (p.name == "recorder" or p.name.startswith("vision"))
    ]
    disk = machine.disk()
    if disk.reserved and disk.free < _LEAST_FREE * disk.reserved:
        wrong.append("disk: full")
    keeping = here.parts.keeping
    if keeping is not None and keeping.state.kind in (PlaceKind.VANISHED, PlaceKind.READ_ONLY):
        wrong.append(f"disk: {keeping.state.kind}")
    return wrong


@router.get("/healthz", operation_id="get_health", openapi_extra=least(None), responses=errors(503))
def get_health(here: Here, response: Response) -> HealthBody:
    """200 while database, recorder, vision and disk do their work, else 503 with the reasons."""
    here.parts.views.ward_name()
    reasons = _reasons(here)
    if reasons:
        response.status_code = 503
    return HealthBody(status="late" if reasons else "ok", reasons=reasons)
