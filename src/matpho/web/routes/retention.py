"""What is kept, for how long and what goes when; holds on footage; the minutes of removal as a table."""

import csv
import io
import re
from typing import Annotated

from fastapi import APIRouter, Query, Response

from matpho.casework import commands as c
from matpho.casework.keeping_views import held_seconds, keeping_view, minutes_of
from matpho.casework.spreadsheet import cell
from matpho.domain.ids import CameraId
from matpho.domain.keeping import WHYS, HoldId, KeepRules
from matpho.domain.people import Action, Part, Role, require
from matpho.domain.time import Span, to_iso
from matpho.domain.words import NOTHING_SAID
from matpho.errors import BadInput
from matpho.video.place import PlaceKind, PlaceState
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.parts import Disk
from matpho.web.schemas.base import said as say
from matpho.web.schemas.retention import (
    DiskStateBody,
    GoingBody,
    HoldBody,
    NewHold,
    RetentionBody,
    hold_body,
    minutes_body,
    rules_body,
    stock_bodies,
)

router = APIRouter(prefix="/api/retention", tags=["retention"])
_MONTH = re.compile(r"\d{4}-\d{2}")
_NO_PLACE = PlaceState(PlaceKind.WELL, 0, 0, NOTHING_SAID)
_HEAD = (
    "Tháng / Month", "Mã camera / Camera id", "Camera", "Lý do / Why", "Số tệp / Files", "Dung lượng (byte) / Bytes",
    "Thời lượng (giây) / Seconds", "Hình từ lúc / Footage from", "đến lúc / to",
)  # fmt: skip


def _names(here: Context) -> dict[str, str]:
    return {person.id: person.name for person in here.parts.views.people()}


@router.get("", operation_id="get_retention", openapi_extra=least(Role.OFFICER), responses=errors(401, 403))
def get_retention(here: Here, caller: Caller) -> RetentionBody:
    """Per camera what there is and since when, what goes in the next two weeks, holds, and what went by month."""
    require(caller.actor, Action.SEE, Part.RETENTION)
    now, keeping = here.parts.clock.now(), here.parts.keeping
    view = keeping_view(here.parts.store, keeping.rules if keeping else KeepRules(), now, caller.actor)
    place = keeping.state if keeping else _NO_PLACE
    disk = here.parts.machine.disk() if here.parts.machine else Disk(total=0, free=0, reserved=0)
    names = _names(here)
    return RetentionBody(
        now=now,
        rules=rules_body(view),
        disk=DiskStateBody(
            state=place.kind.value,
            said=say(place.said),
            total=disk.total,
            free=disk.free,
            reserved=disk.reserved,
            needed=view.needed_bytes,
        ),
        cameras=stock_bodies(view),
        ahead=[GoingBody(day=g.day, camera_id=g.camera_id, bytes=g.size_bytes) for g in view.ahead],
        holds=[hold_body(h, names, view.held_s.get(h.id, 0.0)) for h in view.holds],
        minutes=[minutes_body(m) for m in view.minutes],
    )


@router.post(
    "/holds",
    operation_id="hold_footage",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 422),
    status_code=201,
)
def hold_footage(here: Here, form: NewHold, caller: Caller) -> HoldBody:
    """Keep a camera's footage of a span until the hold is released; audited."""
    require(caller.actor, Action.HOLD, Part.RETENTION)
    if form.end <= form.start:
        raise BadInput("The time span is not allowed.", "Khoảng thời gian không hợp lệ.")
    command = c.HoldFootage(camera_id=CameraId(form.camera_id), span=Span(form.start, form.end), reason=form.reason)
    here.parts.desk.handle(command, caller.actor)
    with here.parts.store.read() as unit:
        placed = next(h for h in unit.keeping.holds() if (h.camera_id, h.span) == (command.camera_id, command.span))
        held_s = held_seconds(unit, placed, here.parts.clock.now())
    return hold_body(placed, _names(here), held_s)


@router.delete(
    "/holds/{hold_id}",
    operation_id="release_hold",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
    status_code=204,
)
def release_hold(
    here: Here, hold_id: str, caller: Caller, reason: Annotated[str, Query(min_length=1, max_length=500)]
) -> None:
    """Let held footage go its usual way; audited."""
    require(caller.actor, Action.HOLD, Part.RETENTION)
    here.parts.desk.handle(c.ReleaseHold(hold_id=HoldId(hold_id), reason=reason), caller.actor)


@router.get(
    "/minutes.csv",
    operation_id="get_removal_minutes",
    openapi_extra=least(Role.OFFICER),
    responses={**errors(401, 403, 422), 200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def get_removal_minutes(here: Here, caller: Caller, month: str | None = None) -> Response:
    """The minutes of removal, of one month (``2026-11``) or all, for spreadsheets (UTF-8 with a mark)."""
    require(caller.actor, Action.SEE, Part.RETENTION)
    if month is not None and not _MONTH.fullmatch(month):
        raise BadInput("The month should read like 2026-11.", "Tháng phải ghi như 2026-11.")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_HEAD)
    for one, name in minutes_of(here.parts.store, month, caller.actor):
        why = WHYS[one.why]
        row = (one.month, one.camera_id, cell(name), f"{why.vi} / {why.en}", one.files, one.size_bytes)
        table.writerow((*row, f"{one.length_s:.3f}", to_iso(one.footage.start), to_iso(one.footage.end)))
    file = f"bien-ban-xoa-{month or 'tat-ca'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(b"\xef\xbb\xbf" + text.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)
