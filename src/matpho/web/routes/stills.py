"""The picture of a camera now."""

from anyio import to_thread
from fastapi import APIRouter
from fastapi.responses import Response

from matpho.domain.camera import StreamRole
from matpho.domain.people import Action, Role
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Here, load_camera
from matpho.web.openapi_notes import errors, least
from matpho.web.viewings import masked_for

router = APIRouter(prefix="/api/cameras", tags=["footage"])


@router.get(
    "/{camera_id}/still",
    operation_id="get_still",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={
        **errors(401, 403, 404, 503),
        200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def get_still(here: Here, camera_id: str, caller: Caller, stream: StreamRole = StreamRole.SUB) -> Response:
    """A JPEG of what the camera sees now; private areas are covered below supervisor. Audited."""
    camera = await to_thread.run_sync(load_camera, here, caller, camera_id, Action.WATCH)
    masked = masked_for(caller, camera)
    if here.parts.stills is None:
        raise Unavailable("There are no live pictures here.", "Ở đây không có hình trực tiếp.")
    picture = await here.parts.stills.now(camera, stream, masked=masked)

    def audit() -> None:
        here.viewings.note(caller, camera, "still", masked=masked, detail={"stream": stream.value})

    await to_thread.run_sync(audit)
    headers = {"Cache-Control": "private, no-store"}
    return Response(picture, media_type="image/jpeg", headers=headers)
