"""Looking back over recordings: every track that entered a region, and small pictures of what was found."""

from datetime import time
from functools import partial
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from matpho.casework import commands as c
from matpho.casework.search import SearchForm, TrackSearch, Visit
from matpho.domain.camera import Camera
from matpho.domain.geometry import WHOLE, Box
from matpho.domain.observation import Group
from matpho.domain.people import Action, Role, require
from matpho.domain.time import Instant, Span, after, to_iso
from matpho.errors import BadInput
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Context, Here, load_camera
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.base import Cursor, Time, box_body
from matpho.web.schemas.search import SearchBody, VisitBody
from matpho.web.viewings import masked_for

router = APIRouter(prefix="/api", tags=["footage"])
_DAY_S = 86_400.0


@router.get(
    "/search", operation_id="search_tracks", openapi_extra=least(Role.OFFICER), responses=errors(401, 403, 404, 422)
)
def search_tracks(
    here: Here,
    caller: Caller,
    *,
    camera: Annotated[list[str] | None, Query(max_length=200)] = None,
    start: Annotated[Time | None, Query(alias="from")] = None,
    end: Annotated[Time | None, Query(alias="to")] = None,
    box: Annotated[str | None, Query(max_length=80)] = None,
    group: Annotated[list[Group] | None, Query()] = None,
    hours: Annotated[str | None, Query(pattern=r"^\d\d:\d\d-\d\d:\d\d$")] = None,
    day: Annotated[list[Annotated[int, Query(ge=0, le=6)]] | None, Query()] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 60,
) -> SearchBody:
    """Tracks whose box covered a part of ``box`` (x,y,w,h; absent: anywhere), newest first, on the cameras named.

    ``hours`` (22:00-05:00) and ``day`` (0 Monday … 6) are of the ward's time zone. Of the last day unless told
    otherwise, 62 days at most. Never by appearance: a result is a place, a time and a group. Audited.
    """
    cameras = _cameras(here, caller, camera)
    finish = end if end is not None else here.parts.clock.now()
    begin = start if start is not None else after(finish, -_DAY_S)
    if begin > finish:
        raise BadInput("The time span is not allowed.", "Khoảng thời gian không hợp lệ.")
    form = SearchForm(
        cameras=tuple(one.id for one in cameras),
        span=Span(begin, finish),
        region=_region(box),
        groups=frozenset(group or ()),
        hours=_hours(hours),
        weekdays=frozenset(day or ()),
    )
    page = _search(here).page(form, cursor=cursor, limit=limit)
    names = {one.id: one.name for one in cameras}
    items = [_visit(visit, names[visit.camera_id]) for visit in page.items]
    detail = _asked(form, hours) | {"found": len(items), "page": cursor or ""}
    here.parts.desk.handle(c.NoteSearch(cameras=cameras, detail=detail), caller.actor)
    here.track_thumbs.offer(caller.session, [item.thumb_url for item in items])
    return SearchBody(items=items, next=page.next)


@router.get(
    "/cameras/{camera_id}/tracks/{track}/picture",
    operation_id="get_track_picture",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={
        **errors(401, 403, 404, 422, 503),
        200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
    },
)
def get_track_picture(
    here: Here,
    camera_id: str,
    track: str,
    caller: Caller,
    at: Time | None = None,
    size: Literal["small", "whole"] = "small",
) -> Response:
    """A JPEG of about that moment (the middle of the track unless told otherwise): around the thing, or whole.

    Private areas are covered below supervisor. Audited, by itself or with the search that offered it.
    """
    camera = load_camera(here, caller, camera_id, Action.WATCH)
    masked = masked_for(caller, camera)
    start, number = _track_name(track)
    found = _search(here).track(camera, start, number)
    moment = at if at is not None else Instant((found.start + found.end) // 2)
    pictures = here.parts.track_pictures
    if pictures is None:
        raise Unavailable("There are no recordings here.", "Ở đây không có bản ghi hình.")
    make = partial(pictures.of, camera, found, moment, masked=masked, whole=size == "whole")
    key = (camera_id, track, moment, size, camera.masks if masked else ())
    picture = here.track_thumbs.of(key, make)
    url = _url(camera_id, track, moment, size)
    if not here.track_thumbs.offered(caller.session, url):
        detail = {"track": track, "at": to_iso(moment), "size": size}
        here.viewings.note(caller, camera, "track", masked=masked, detail=detail)
        here.track_thumbs.offer(caller.session, [url])
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _search(here: Context) -> TrackSearch:
    return TrackSearch(here.parts.store, ZoneInfo(here.parts.options.time_zone))


def _cameras(here: Context, caller: Caller, names: list[str] | None) -> tuple[Camera, ...]:
    """The cameras named, or all; each of them must be open to the person who asks."""
    if names:
        return tuple(load_camera(here, caller, name, Action.WATCH) for name in dict.fromkeys(names))
    with here.parts.store.read() as unit:
        cameras = unit.cameras.all()
    for camera in cameras:
        require(caller.actor, Action.WATCH, camera)
    return cameras


def _region(text: str | None) -> Box:
    if text is None:
        return WHOLE
    try:
        x, y, w, h = map(float, text.split(","))
    except ValueError:
        x, y, w, h = 0.0, 0.0, 0.0, 0.0
    if not (0 <= x <= 1 and 0 <= y <= 1 and 0 < w <= 1 and 0 < h <= 1 and x + w <= 1.001 and y + h <= 1.001):
        raise BadInput("The box lies outside the picture.", "Khung chọn nằm ngoài hình.")
    return Box(x, y, w, h)


def _hours(text: str | None) -> tuple[time, time] | None:
    if text is None:
        return None
    try:
        begin, end = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError as e:
        raise BadInput(f"{text} is no time of day.", f"{text} không phải giờ trong ngày.") from e
    return begin, end


def _track_name(text: str) -> tuple[Instant, int]:
    start, _, number = text.partition("-")
    if not (start.isascii() and start.isdecimal() and number.isascii() and number.isdecimal()) or len(text) > 32:
        raise BadInput("This is no track.", "Đây không phải vết di chuyển.")
    return Instant(int(start)), int(number)


def _asked(form: SearchForm, hours: str | None) -> dict[str, str | int | float | bool | None]:
    """The question as figures for the audit trail."""
    return {
        "from": to_iso(form.span.start),
        "to": to_iso(form.span.end),
        "box": ",".join(f"{side:.4g}" for side in (form.region.x, form.region.y, form.region.w, form.region.h)),
        "groups": " ".join(sorted(form.groups)),
        "hours": hours or "",
        "days": " ".join(map(str, sorted(form.weekdays))),
    }


def _visit(visit: Visit, name: str) -> VisitBody:
    track = f"{visit.track_start}-{visit.track_id}"
    return VisitBody(
        camera_id=visit.camera_id,
        camera_name=name,
        track=track,
        group=visit.group,
        start=visit.span.start,
        end=visit.span.end,
        inside_s=round(visit.inside_s, 2),
        at=visit.at,
        box=box_body(visit.box),
        thumb_url=_url(visit.camera_id, track, visit.at, "small"),
        picture_url=_url(visit.camera_id, track, visit.at, "whole"),
    )


def _url(camera: str, track: str, at: Instant, size: str) -> str:
    return f"/api/cameras/{camera}/tracks/{track}/picture?at={to_iso(at)}&size={size}"
