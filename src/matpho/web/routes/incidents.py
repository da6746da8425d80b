"""Incidents: the list, one in full, entering one, deciding about one."""

from typing import Annotated

from fastapi import APIRouter, Query

from matpho.casework import commands as c
from matpho.casework.records import IncidentFilter
from matpho.domain.events import IncidentOpened
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId, IncidentId
from matpho.domain.incident import IncidentState
from matpho.domain.people import Action, Actor, Part, Role, require
from matpho.errors import BadInput
from matpho.web import render
from matpho.web.context import Caller, Context, Here, load_camera
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.base import Cursor, Time
from matpho.web.schemas.cameras import AllowIncidentForm
from matpho.web.schemas.incidents import MOVE_OF, DecisionForm, IncidentDetail, IncidentPage, NewIncident, NoteForm

router = APIRouter(prefix="/api/incidents", tags=["incidents"])


def _detail(here: Context, incident_id: str, actor: Actor) -> IncidentDetail:
    return render.detail(here.parts.views.incident(IncidentId(incident_id), actor), actor)


@router.get("", operation_id="list_incidents", openapi_extra=least(Role.OBSERVER), responses=errors(401, 422))
def list_incidents(
    here: Here,
    caller: Caller,
    *,
    state: Annotated[list[IncidentState] | None, Query()] = None,
    kind: Annotated[list[str] | None, Query()] = None,
    camera: str | None = None,
    start: Annotated[Time | None, Query(alias="from")] = None,
    end: Annotated[Time | None, Query(alias="to")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> IncidentPage:
    """A page of the list, newest noticed first. ``state`` and ``kind`` may be given several times."""
    require(caller.actor, Action.SEE, Part.INCIDENTS)
    which = IncidentFilter(
        states=frozenset(state or ()),
        kinds=frozenset(kind or ()),
        camera_id=CameraId(camera) if camera else None,
        start=start,
        end=end,
    )
    page = here.parts.views.incidents(which, caller.actor, cursor=cursor, limit=limit)
    return IncidentPage(
        items=[render.brief(item, caller.actor) for item in page.items], next=page.next, counts=page.counts
    )


@router.get(
    "/{incident_id}",
    operation_id="get_incident",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401, 403, 404),
)
def get_incident(here: Here, incident_id: str, caller: Caller) -> IncidentDetail:
    """One incident with what was seen, its files, its history and what this person may do now."""
    return _detail(here, incident_id, caller.actor)


@router.post(
    "",
    operation_id="report_incident",
    openapi_extra=least(Role.OFFICER),
    responses=errors(401, 403, 404, 422),
    status_code=201,
)
def report_incident(here: Here, form: NewIncident, caller: Caller) -> IncidentDetail:
    """Enter what a person saw; its evidence is made by the same path as a rule's."""
    camera = load_camera(here, caller, form.camera_id, Action.REPORT)
    command = c.ReportIncident(
        camera_id=camera.id, kind=form.kind, at=form.at, note=form.note, box=_box(form.box) if form.box else None
    )
    events = here.parts.desk.handle(command, caller.actor)
    opened = next(event for event in events if isinstance(event, IncidentOpened))
    return _detail(here, opened.incident_id, caller.actor)


def _box(sides: tuple[float, float, float, float]) -> Box:
    x, y, w, h = sides
    if not (0 <= x <= 1 and 0 <= y <= 1 and 0 < w <= 1 and 0 < h <= 1 and x + w <= 1.001 and y + h <= 1.001):
        raise BadInput("The box lies outside the picture.", "Khung chọn nằm ngoài hình.")
    return Box(x, y, min(w, 1 - x), min(h, 1 - y))


@router.post(
    "/{incident_id}/decision",
    operation_id="decide_incident",
    openapi_extra=least(Role.OFFICER),
    responses=errors(401, 403, 404, 409, 422),
)
def decide_incident(here: Here, incident_id: str, form: DecisionForm, caller: Caller) -> IncidentDetail:
    """Take a decision; 409 when the incident has moved on since ``version`` was read."""
    command = c.Decide(
        incident_id=IncidentId(incident_id),
        version=form.version,
        move=MOVE_OF[form.decision],
        reason=form.reason,
        note=form.note,
    )
    here.parts.desk.handle(command, caller.actor)
    return _detail(here, incident_id, caller.actor)


@router.post(
    "/{incident_id}/notes",
    operation_id="note_incident",
    openapi_extra=least(Role.OFFICER),
    responses=errors(401, 403, 404, 422),
)
def note_incident(here: Here, incident_id: str, form: NoteForm, caller: Caller) -> IncidentDetail:
    """Write a note into the incident's history."""
    here.parts.desk.handle(c.AddNote(incident_id=IncidentId(incident_id), note=form.note), caller.actor)
    return _detail(here, incident_id, caller.actor)


@router.post(
    "/{incident_id}/allow",
    operation_id="allow_incident",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def allow_incident(here: Here, incident_id: str, form: AllowIncidentForm, caller: Caller) -> IncidentDetail:
    """Let what it is about stand where it is from now on, and close it as permitted."""
    command = c.AllowIncident(
        incident_id=IncidentId(incident_id), version=form.version, note=form.note, until=form.until
    )
    here.parts.desk.handle(command, caller.actor)
    return _detail(here, incident_id, caller.actor)
