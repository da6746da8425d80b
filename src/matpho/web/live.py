"""One viewing of a live picture: audited, relayed with back-pressure, and ended when the right to see it ends."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing, suppress
from typing import Any

from anyio import to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from matpho.domain.camera import Camera, StreamRole
from matpho.domain.people import Action, may
from matpho.domain.time import seconds
from matpho.errors import MatphoError
from matpho.video.live_parts import LiveBoxes, LiveFragment, LiveInit, LiveLost, LivePart
from matpho.web.context import Context
from matpho.web.parts import LivePictures
from matpho.web.schemas.base import Shape, box_body
from matpho.web.schemas.live import LiveAgeMessage, LiveBox, LiveBoxesMessage, LiveInitMessage, LiveLostMessage
from matpho.web.sessions import Visitor

LOOK_EVERY_S = 10.0
AGE_EVERY_S = 0.5
MOST_AT_ONCE = 64
"""Live pictures that one session may have open."""
NOT_SIGNED_IN, NOT_ALLOWED, NOT_FOUND, CHANGED, TOO_MANY, UNAVAILABLE = 4401, 4403, 4404, 4409, 4429, 4503
"""Close codes: those of HTTP plus 4000. After ``CHANGED`` the page connects again and gets what it may see now."""


async def refuse(socket: WebSocket, error: MatphoError, code: int) -> None:
    """Say why there is nothing to see, and close. (A refused handshake would tell a page nothing at all.)"""
    await socket.accept()
    await _tell(socket, LiveLostMessage(detail_vi=error.vi, detail_en=error.en))
    await socket.close(code, error.code)


async def _tell(socket: WebSocket, message: Shape) -> None:
    await socket.send_text(message.model_dump_json())


class Viewing:
    """A visitor watching one stream. One audit row when it begins, before any byte, and one with its length.

    Nothing is queued here: while the browser does not take a fragment, none is read from the process that has the
    stream, and that one drops whole groups of pictures for this viewer alone.
    """

    def __init__(
        self, here: Context, visitor: Visitor, camera: Camera, role: StreamRole, *, masked: bool, h264: bool = False
    ) -> None:
        self._here = here
        self._visitor = visitor
        self._camera = camera
        self._role = StreamRole.SUB if masked or h264 else role
        self._masked, self._h264 = masked, h264
        self._told_s = -AGE_EVERY_S

    async def run(self, socket: WebSocket, live: LivePictures) -> None:
        """Until the browser goes, the session ends, or the right to see the camera is lost."""
        watching, session = self._here.watching, self._visitor.session
        if watching[session] >= MOST_AT_ONCE:
            error = MatphoError("Too many pictures are open.", "Đang mở quá nhiều hình trực tiếp.")
            await refuse(socket, error, TOO_MANY)
            return
        watching[session] += 1
        try:
            await self._show(socket, live)
        finally:
            watching[session] -= 1
            watching += Counter()  # forgets sessions that watch nothing

    async def _show(self, socket: WebSocket, live: LivePictures) -> None:
        clock = self._here.parts.clock
        await to_thread.run_sync(self._audit, "live", None)
        began_s = clock.monotonic_s()
        await socket.accept()
        parts = live(self._camera, self._role, masked=self._masked, h264=self._h264)
        code, reason = UNAVAILABLE, "ended"
        try:
            await _first(self._relay(socket, parts), _gone(socket), self._unwelcome())
        except _Unwelcome as e:
            code, reason = e.code, "ended"
        except WebSocketDisconnect:
            pass
        except MatphoError as e:
            code, reason = UNAVAILABLE, e.code
            await _tell(socket, LiveLostMessage(detail_vi=e.vi, detail_en=e.en))
        finally:
            length_s = round(clock.monotonic_s() - began_s, 1)
            await asyncio.shield(to_thread.run_sync(self._audit, "live_end", length_s))
        if socket.client_state is WebSocketState.CONNECTED and socket.application_state is WebSocketState.CONNECTED:
            await socket.close(code, reason)

    def _audit(self, act: str, length_s: float | None) -> None:
        figures: dict[str, str | int | float | bool | None] = {"stream": self._role.value}
        if length_s is not None:
            figures["seconds"] = length_s
        self._here.viewings.note(self._visitor, self._camera, act, masked=self._masked, detail=figures)

    async def _relay(self, socket: WebSocket, parts: AsyncGenerator[LivePart]) -> None:
        async with aclosing(parts):
            async for part in parts:
                await self._send(socket, part)

    async def _send(self, socket: WebSocket, part: LivePart) -> None:
        match part:
            case LiveInit():
                if self._masked and not part.masked:
                    raise MatphoError("The picture is not covered.", "Hình chưa được che.")
                about = LiveInitMessage(codec=part.codec, width=part.width, height=part.height, masked=part.masked)
                await _tell(socket, about)
                await socket.send_bytes(part.data)
            case LiveFragment():
                await socket.send_bytes(part.data)
                await self._tell_age(socket, part)
            case LiveBoxes():
                boxes = [LiveBox(id=number, group=group, box=box_body(box)) for number, group, box in part.seen.boxes]
                await _tell(socket, LiveBoxesMessage(at=part.seen.at, boxes=boxes))
            case LiveLost():
                await _tell(socket, LiveLostMessage(detail_vi=part.detail.vi, detail_en=part.detail.en))

    async def _tell_age(self, socket: WebSocket, part: LiveFragment) -> None:
        clock = self._here.parts.clock
        if clock.monotonic_s() - self._told_s < AGE_EVERY_S:
            return
        self._told_s = clock.monotonic_s()
        age_ms = round(seconds(clock.now() - part.captured) * 1000)
        await _tell(socket, LiveAgeMessage(captured=part.captured, age_ms=age_ms))

    async def _unwelcome(self) -> None:
        """Raises _Unwelcome once this visitor may no longer see this rendition of this camera."""
        with self._here.doors.bell() as bell:
            while True:
                bell.clear()
                code = await to_thread.run_sync(self._refusal)
                if code is not None:
                    raise _Unwelcome(code)
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), LOOK_EVERY_S)

    def _refusal(self) -> int | None:
        visitor = self._here.sessions.find_hash(self._visitor.session, touch=True)
        if visitor is None:
            return NOT_SIGNED_IN
        with self._here.parts.store.read() as unit:
            camera = unit.cameras.get(self._camera.id)
        if camera is None:
            return NOT_FOUND
        if not may(visitor.actor, Action.WATCH, camera):
            return NOT_ALLOWED
        if camera.masks != self._camera.masks or visitor.actor != self._visitor.actor:
            return CHANGED
        return None


class _Unwelcome(Exception):
    """The viewing ends with this close code."""

    def __init__(self, code: int) -> None:
        self.code = code


async def _gone(socket: WebSocket) -> None:
    """Returns when the browser has closed the socket; what it says is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _first(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until the first ends; cancel the others; raise what the first raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
