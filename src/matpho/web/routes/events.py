"""``/api/events``: what happens, as it happens."""

from anyio import to_thread
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from matpho.domain.people import Action, Part, Role, require
from matpho.web.context import Caller, Here
from matpho.web.events import stream
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.system import EventKinds, HelloEvent

router = APIRouter(prefix="/api", tags=["events"])


@router.get(
    "/events",
    operation_id="listen",
    openapi_extra=least(Role.OBSERVER),
    response_class=StreamingResponse,
    responses={
        **errors(401, 403),
        200: {"description": "Server-sent events; the schema names the payload of each type", "model": EventKinds},
    },
)
async def listen(here: Here, caller: Caller) -> StreamingResponse:
    """``hello`` first, then events; a comment every 15 s. Ends when the session does."""
    require(caller.actor, Action.SEE, Part.INCIDENTS)

    async def still_welcome() -> bool:
        return await to_thread.run_sync(here.sessions.find_hash, caller.session) is not None

    hello = HelloEvent(now=here.parts.clock.now())
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(here.hub, hello, still_welcome), media_type="text/event-stream", headers=headers)
