"""The audit trail, for supervisors."""

from typing import Annotated

from fastapi import APIRouter, Query

from matpho.domain.people import Action, Part, Role, require
from matpho.web.context import Caller, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.base import Cursor
from matpho.web.schemas.system import AuditBody, AuditPage

router = APIRouter(prefix="/api", tags=["audit"])


@router.get("/audit", operation_id="list_audit", openapi_extra=least(Role.SUPERVISOR), responses=errors(401, 403, 422))
def list_audit(
    here: Here, caller: Caller, cursor: Cursor = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> AuditPage:
    """A page of the trail, newest first."""
    require(caller.actor, Action.SEE, Part.AUDIT)
    page = here.parts.views.audit(cursor=cursor, limit=limit)
    return AuditPage(
        items=[
            AuditBody(
                number=line.row.number,
                at=line.row.at,
                who=line.name,
                action=line.row.action,
                object=line.row.thing,
                object_name=line.about,
                detail=dict(line.row.detail),
                hash=line.row.hash,
            )
            for line in page.items
        ],
        next=page.next,
    )
