"""``/healthz``: the server answers and can read its database."""

from fastapi import APIRouter

from matpho.web.context import Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.system import HealthBody

router = APIRouter(tags=["system"])


@router.get("/healthz", operation_id="get_health", openapi_extra=least(None), responses=errors(503))
def get_health(here: Here) -> HealthBody:
    """Whether the server can do its work; for whoever watches over the machine."""
    here.parts.views.ward_name()
    return HealthBody(status="ok")
