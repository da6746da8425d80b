"""What is recorded and what is not."""

from typing import Annotated

from fastapi import APIRouter, Query

from matpho.casework.keeping_views import removed_of
from matpho.domain.people import Action, Role
from matpho.domain.time import Span, after
from matpho.errors import BadInput
from matpho.web.context import Caller, Here, load_recorded
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.base import Time, said
from matpho.web.schemas.cameras import GapBody, RecordingsBody, SegmentBody
from matpho.web.schemas.retention import removed_body

router = APIRouter(prefix="/api/cameras", tags=["cameras"])
_LONGEST_S = 32 * 86400.0
_DAY_S = 86400.0


@router.get(
    "/{camera_id}/recordings",
    operation_id="list_recordings",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401, 403, 404, 422),
)
def list_recordings(
    here: Here,
    camera_id: str,
    caller: Caller,
    start: Annotated[Time | None, Query(alias="from")] = None,
    end: Annotated[Time | None, Query(alias="to")] = None,
) -> RecordingsBody:
    """What is recorded, what is not, and what is removed: of the last day, unless told otherwise; 32 days at most."""
    camera = load_recorded(here, caller, camera_id, Action.SEE)
    now = here.parts.clock.now()
    finish = end if end is not None else now
    begin = start if start is not None else after(finish, -_DAY_S)
    if begin > finish or finish - begin > _LONGEST_S * 1e9:
        raise BadInput("The time span is not allowed.", "Khoảng thời gian không hợp lệ.")
    found = here.parts.views.recordings(camera.id, Span(begin, finish), caller.actor)
    return RecordingsBody(
        segments=[
            SegmentBody(start=s.start, end=s.end if s.end is not None else max(now, s.start), codec=s.codec)
            for s in found.segments
        ],
        removed=[removed_body(r) for r in removed_of(here.parts.store, camera.id, Span(begin, finish))],
        gaps=[GapBody(start=g.start, end=g.end, cause=g.cause, detail=said(g.detail)) for g in found.gaps],
    )
