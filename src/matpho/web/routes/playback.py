"""Recorded video: the timeline, the calendar, stretches for the player, previews, single pictures."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from matpho.casework import timeline
from matpho.domain.camera import Camera
from matpho.domain.people import Action, Role
from matpho.domain.time import SECOND, Instant, Span, after, to_iso
from matpho.errors import BadInput
from matpho.video.playback import Asked
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Context, Here, load_recorded
from matpho.web.openapi_notes import errors, least
from matpho.web.playback import RecordedVideo, records
from matpho.web.schemas import playback as shape
from matpho.web.schemas.base import Cursor, Time
from matpho.web.sessions import Visitor
from matpho.web.viewings import masked_for

router = APIRouter(tags=["footage"])
LONGEST_S = 32 * 86400.0
MOST_CAMERAS = 8
MOST_S, MOST_KEYS_S = 60.0, 1800.0
NEAR_S = 5.0
_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}
_HEADERS = {"Cache-Control": "private, no-store"}


@router.get(
    "/api/timeline",
    operation_id="get_timeline",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401, 403, 404, 422),
)
def get_timeline(
    here: Here,
    caller: Caller,
    camera: Annotated[list[str], Query(min_length=1, max_length=MOST_CAMERAS)],
    start: Annotated[Time, Query(alias="from")],
    end: Annotated[Time, Query(alias="to")],
) -> shape.TimelineBody:
    """Recorded stretches, gaps with their cause, incidents and activity of several cameras; 32 days at most."""
    cameras = [load_recorded(here, caller, one, Action.SEE) for one in dict.fromkeys(camera)]
    if end <= start or end - start > LONGEST_S * SECOND:
        raise BadInput("The time span is not allowed.", "Khoảng thời gian không hợp lệ.")
    now = here.parts.clock.now()
    lines = timeline.timeline_of(here.parts.store, [c.id for c in cameras], Span(start, end), now)
    return shape.TimelineBody(start=start, end=end, now=now, cameras=[shape.camera_line(line) for line in lines])


@router.get(
    "/api/cameras/{camera_id}/calendar",
    operation_id="get_calendar",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401, 403, 404, 422),
)
def get_calendar(
    here: Here,
    caller: Caller,
    camera_id: str,
    year: Annotated[int, Query(ge=1970, le=2200)],
    month: Annotated[int, Query(ge=1, le=12)],
) -> shape.CalendarBody:
    """How much footage each day of a month has, by the ward's clock."""
    camera = load_recorded(here, caller, camera_id, Action.SEE)
    days = timeline.month_of(year, month, ZoneInfo(here.parts.options.time_zone))
    found = timeline.calendar_of(here.parts.store, camera.id, days, here.parts.clock.now())
    return shape.CalendarBody(days=[shape.calendar_day(day) for day in found])


def _video(here: Context) -> RecordedVideo:
    if here.parts.recorded is None:
        raise Unavailable("There are no recordings here.", "Ở đây không có bản ghi hình.")
    return here.parts.recorded


def _playable(here: Context, caller: Visitor, camera_id: str, span: Span) -> tuple[timeline.Playable, Camera, bool]:
    """Files, the camera with the private areas of that time, and whether this person gets them covered."""
    camera = load_recorded(here, caller, camera_id, Action.WATCH)
    found = timeline.playable(here.parts.store, camera, span)
    return found, found.camera, masked_for(caller, found.camera)


@router.get(
    "/api/cameras/{camera_id}/footage",
    operation_id="get_footage",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={
        **errors(401, 403, 404, 422, 503),
        200: {
            "model": shape.FootageRecords,
            "description": "Records: 4 bytes big-endian length of a JSON header, the header, as many bytes as it says",
        },
    },
)
def get_footage(
    here: Here,
    caller: Caller,
    camera_id: str,
    *,
    at: Annotated[Time | None, Query()] = None,
    cursor: Annotated[Cursor, Query()] = None,
    length: Annotated[float, Query(gt=0, le=MOST_KEYS_S)] = 10.0,
    keys: Annotated[bool, Query()] = False,
    hevc: Annotated[bool, Query()] = False,
) -> Response:
    """Recorded video from the nearest key picture at or before ``at`` (or on from ``cursor``), as recorded.

    Goes on across files and past gaps, which it names. ``keys``: only key pictures, for looking through fast. Below
    supervisor private areas are covered; H.265 comes as H.264 unless ``hevc`` says that it plays. Audited before the
    first byte.
    """
    if (at is None) == (cursor is None):
        raise BadInput("Say either at or cursor.", "Cần đúng một trong hai: at hoặc cursor.")
    video, now = _video(here), here.parts.clock.now()
    begin = at if at is not None else Instant(int(cursor or 0))
    asked_s = min(length, MOST_KEYS_S if keys else MOST_S)
    span = Span(begin, after(begin, asked_s))
    found, camera, masked = _playable(here, caller, camera_id, span)
    files = video.files(found.files)
    asked = Asked(
        at=begin,
        length_s=asked_s,
        exactly=cursor is not None,
        keys_only=keys,
        masks=camera.masks if masked else (),
        hevc=hevc,
    )
    if files:
        seen = max(begin, files[0].start)
        viewed = Span(seen, max(seen, min(after(seen, asked_s), now)))
        here.viewings.note_recording(caller, camera, viewed, "recording", masked=masked)
    body = records(video.pieces(files, asked), found.gaps, now)
    return StreamingResponse(body, media_type="application/octet-stream", headers=_HEADERS)


def _jpeg(captured: Instant, picture: bytes) -> Response:
    return Response(picture, media_type="image/jpeg", headers={**_HEADERS, "X-Captured": to_iso(captured)})


@router.get(
    "/api/cameras/{camera_id}/preview",
    operation_id="get_preview",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={**errors(401, 403, 404, 422, 503), **_JPEG},
)
def get_preview(here: Here, caller: Caller, camera_id: str, at: Annotated[Time, Query()]) -> Response:
    """A small JPEG of the key picture at or before an instant, for scrubbing; ``X-Captured`` says of when. Audited."""
    video = _video(here)
    found, camera, masked = _playable(here, caller, camera_id, Span(at, at))
    captured, picture = video.preview(video.files(found.files), at, camera.masks if masked else ())
    here.viewings.note_recording(caller, camera, Span(captured, captured), "preview", masked=masked)
    return _jpeg(captured, picture)


@router.get(
    "/api/cameras/{camera_id}/frame",
    operation_id="get_frame",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={**errors(401, 403, 404, 422, 503), **_JPEG},
)
def get_frame(here: Here, caller: Caller, camera_id: str, at: Annotated[Time, Query()]) -> Response:
    """The picture shown at an instant, at the size of the recording; ``X-Captured`` says of when. Audited."""
    video = _video(here)
    found, camera, masked = _playable(here, caller, camera_id, Span(at, after(at, NEAR_S)))
    captured, picture = video.frame(video.files(found.files), at, camera.masks if masked else ())
    here.viewings.note_recording(caller, camera, Span(captured, captured), "frame", masked=masked)
    return _jpeg(captured, picture)
