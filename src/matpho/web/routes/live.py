"""``/api/cameras/{id}/live``: fragments of a stream over a WebSocket, for Media Source Extensions."""

from anyio import to_thread
from fastapi import APIRouter, WebSocket

from matpho.domain.camera import StreamRole
from matpho.domain.people import Action
from matpho.errors import MatphoError, NotAllowed, NotFound
from matpho.web.answers import NotSignedIn
from matpho.web.context import context_of, load_camera, signed_in
from matpho.web.live import NOT_ALLOWED, NOT_FOUND, NOT_SIGNED_IN, UNAVAILABLE, Viewing, refuse
from matpho.web.viewings import masked_for

router = APIRouter(prefix="/api/cameras")


@router.websocket("/{camera_id}/live")
async def watch(
    socket: WebSocket,
    camera_id: str,
    stream: StreamRole = StreamRole.SUB,
    h264: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> None:
    """With ``h264`` the sub stream encoded anew, for a browser that cannot play what the camera sends.

    Text ``init``, the initialisation segment, then fragments; ``age``, ``boxes`` and ``lost`` between them.
    """
    here = context_of(socket)
    try:
        visitor = await to_thread.run_sync(signed_in, socket)
        camera = await to_thread.run_sync(load_camera, here, visitor, camera_id, Action.WATCH)
        masked = masked_for(visitor, camera)
    except MatphoError as refused:
        codes = ((NotSignedIn, NOT_SIGNED_IN), (NotAllowed, NOT_ALLOWED), (NotFound, NOT_FOUND))
        code = next((number for kind, number in codes if isinstance(refused, kind)), UNAVAILABLE)
        await refuse(socket, refused, code)
        return
    if here.parts.live is None:
        gone = MatphoError("There are no live pictures here.", "Ở đây không có hình trực tiếp.")
        await refuse(socket, gone, UNAVAILABLE)
        return
    await Viewing(here, visitor, camera, stream, masked=masked, h264=h264).run(socket, here.parts.live)
