"""Live pictures for browsers without Media Source Extensions: a playlist and its pieces."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path
from fastapi.responses import Response

from matpho.domain.camera import Camera, StreamRole
from matpho.domain.people import Action, Role
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Context, Here, load_camera
from matpho.web.hls import Feed
from matpho.web.openapi_notes import errors, least
from matpho.web.sessions import Visitor
from matpho.web.viewings import masked_for

router = APIRouter(prefix="/api/cameras", tags=["footage"])
_NO_STORE = {"Cache-Control": "private, no-store"}


@router.get(
    "/{camera_id}/live.m3u8",
    operation_id="get_live_playlist",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={**errors(401, 403, 404, 503), 200: {"content": {"application/vnd.apple.mpegurl": {}}}},
)
async def get_live_playlist(
    here: Here, camera_id: str, caller: Caller, stream: StreamRole = StreamRole.SUB
) -> Response:
    """The newest seconds of a live picture (HLS). Private areas are covered below supervisor. Audited."""
    feed, role = await _feed(here, caller, camera_id, stream, wait=True)
    text = feed.playlist(f"stream={role.value}")
    return Response(text, media_type="application/vnd.apple.mpegurl", headers=_NO_STORE)


@router.get(
    "/{camera_id}/live/{piece}",
    operation_id="get_live_piece",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={
        **errors(401, 403, 404, 503),
        200: {"content": {"video/mp4": {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def get_live_piece(
    here: Here,
    camera_id: str,
    piece: Annotated[str, Path(max_length=40)],
    caller: Caller,
    stream: StreamRole = StreamRole.SUB,
) -> Response:
    """A header or a segment that the playlist names."""
    feed, _ = await _feed(here, caller, camera_id, stream, wait=True)
    return Response(feed.piece(piece), media_type="video/mp4", headers=_NO_STORE)


async def _feed(
    here: Context, caller: Visitor, camera_id: str, stream: StreamRole, *, wait: bool
) -> tuple[Feed, StreamRole]:
    camera: Camera = await to_thread.run_sync(load_camera, here, caller, camera_id, Action.WATCH)
    masked = masked_for(caller, camera)
    if here.parts.live is None:
        raise Unavailable("There are no live pictures here.", "Ở đây không có hình trực tiếp.")
    role = StreamRole.SUB if masked else stream
    return await here.hls.feed(here.parts.live, caller, camera, role, masked=masked, wait=wait), role
