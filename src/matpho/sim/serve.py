"""The demonstration's camera server, a process of its own: files as endless live RTSP streams.

aio-rtsp-toolkit speaks the protocol (TCP only); here its sessions are made to behave like cameras: every viewer of a
camera sees the same moment (main and sub share one clock that starts with the first viewer), viewers join at the next
key frame, time stamps run on over the end of the file, a camera can be cut off for a while, and a name and password
can be asked for. Started by :mod:`matpho.sim.server`; ends when its parent's end of the standard input closes.
"""

import asyncio
import base64
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aio_rtsp_toolkit.server import RtspServer
from aio_rtsp_toolkit.server_session import RtspServerSession

from matpho.domain.codec import from_plain
from matpho.sim.reel import Reel

_ABANDONED_S = 45.0  # a camera nobody has watched for so long starts its day anew
_LATE_S = 5.0  # a viewer this far behind is dropped, as a camera's small buffer would do


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedStream:
    """One address, ``rtsp://host:port/<camera>/<role>``; ``cuts`` are seconds of the file while it is cut off.

    ``begins_s`` is the second of the file at which the camera's day begins; that of its first stream counts.
    """

    camera: str
    role: str
    file: str
    cuts: tuple[tuple[float, float], ...] = ()
    begins_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOrder:
    """What the parent asks for on standard input, so that no password is in a process list."""

    host: str = "127.0.0.1"
    port: int = 0
    streams: tuple[ServedStream, ...] = ()
    login: str = ""
    password: str = ""


class _Silent:
    """The library logs every request with its address; a camera does not."""

    def _drop(self, *_args: Any, **_kwargs: Any) -> None:
        return

    debug = info = warning = error = exception = critical = log = _drop


class _Camera:
    """The clock of one camera and who is watching it."""

    def __init__(self, begins_s: float = 0.0) -> None:
        self._begins_s = begins_s
        self.epoch: float | None = None
        self.watching = 0
        self.left_at = 0.0

    def start(self, now: float) -> float:
        if self.epoch is None or (self.watching == 0 and now - self.left_at > _ABANDONED_S):
            self.epoch = now - self._begins_s
        return self.epoch


class CameraServer(RtspServer):  # type: ignore[misc]
    """The library's server over a table of streams instead of a folder."""

    def __init__(self, order: ServeOrder) -> None:
        super().__init__(".", order.host, order.port, session_name="camera")
        self.logger = _Silent()
        self.order = order
        self.streams = {f"{s.camera}/{s.role}": s for s in order.streams}
        self.reels = {name: Reel(Path(s.file)) for name, s in self.streams.items()}
        self.cameras = {s.camera: _Camera(s.begins_s) for s in reversed(order.streams)}

    @property
    def bound_port(self) -> int:
        """The port that was given."""
        return int(self._server.sockets[0].getsockname()[1])

    def name_of(self, uri: str) -> str:
        """``camera/role`` of an address; raises FileNotFoundError for any other path (the library answers 404)."""
        relative, _ = self._split_media_request_path(uri)
        name = "/".join(relative.split("/")[:2])
        if name not in self.streams or self.is_cut(name):
            raise FileNotFoundError("no such stream")
        return name

    def resolve_request_path(self, uri: str) -> Path:
        """The file behind an address."""
        return Path(self.streams[self.name_of(uri)].file)

    def is_cut(self, name: str) -> bool:
        """Whether the stream is cut off right now."""
        stream, reel = self.streams[name], self.reels[name]
        epoch = self.cameras[stream.camera].epoch
        if epoch is None or not stream.cuts:
            return False
        inside = (asyncio.get_running_loop().time() - epoch) % reel.length_s
        return any(start <= inside < end for start, end in stream.cuts)

    async def _handle_client(self, sock: Any) -> None:
        try:
            await CameraSession(self, sock).run()
        except (OSError, asyncio.IncompleteReadError):
            return


class CameraSession(RtspServerSession):  # type: ignore[misc]
    """One viewer."""

    server: CameraServer
    name = ""

    async def _read_request(self) -> Any:
        """The next request; without the right name and password it is answered 401 and the next one read."""
        while True:
            request = await super()._read_request()
            order = self.server.order
            if request is None or not order.login or request.method == "OPTIONS":
                return request
            pair = base64.b64encode(f"{order.login}:{order.password}".encode()).decode()
            if request.headers.get("authorization", "") == f"Basic {pair}":
                return request
            realm = {"WWW-Authenticate": 'Basic realm="camera"'}
            await self._send_response(request.headers, 401, "Unauthorized", realm)

    async def _handle_describe(self, uri: str, req_headers: dict[str, str]) -> None:
        self.name = self.server.name_of(uri)
        await super()._handle_describe(uri, req_headers)

    async def _stream_media(self) -> None:
        """Send the reel for ever, each picture when the camera's clock says so, until cut off or left alone."""
        state = next(iter(self.track_states.values()))
        stream, reel = self.server.streams[self.name], self.server.reels[self.name]
        camera = self.server.cameras[stream.camera]
        loop = asyncio.get_running_loop()
        epoch = camera.start(loop.time())
        camera.watching += 1
        descriptor = os.open(stream.file, os.O_RDONLY)
        try:
            begin = reel.next_key(loop.time() - epoch)
            lap = int((begin + 1e-6) // reel.length_s)
            while not self.closed:
                for coded in reel.coded:
                    at = lap * reel.length_s + coded.at_s
                    if at < begin - 1e-6:
                        continue
                    await asyncio.sleep(max(0.0, epoch + at - loop.time()))
                    behind = loop.time() - epoch - at > _LATE_S
                    if self.closed or behind or self.server.is_cut(self.name):
                        await self._hang_up()
                        return
                    state.first_send_time = None  # the camera's clock paces, not the session's
                    state.next_send_time = None
                    await self._send_video_packet(state, reel.read(descriptor, coded), at, 0.0, coded.key)
                lap += 1
        except (ConnectionError, BrokenPipeError):
            await self._hang_up()
        finally:
            os.close(descriptor)
            camera.watching -= 1
            camera.left_at = loop.time()

    async def _sleep_until_media_time(self, state: Any, media_time: float) -> None:
        """Nothing: the picture is due when it is handed over."""

    async def _hang_up(self) -> None:
        """Close the line without a word, as a cut cable does; the request loop then ends the session."""
        self.sock.writer.transport.abort()


async def _until_parent_goes(stdin: Any) -> None:
    """Until the pipe from the parent closes, or the parent is gone while a forked child of it still holds the pipe."""
    parent = os.getppid()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stdin)
    while os.getppid() == parent:
        try:
            if not await asyncio.wait_for(reader.read(64), 1.0):
                return
        except TimeoutError:
            continue


async def _main() -> None:
    order: ServeOrder = from_plain(ServeOrder, json.loads(sys.stdin.readline()))
    server = CameraServer(order)
    await server.start()
    sys.stdout.write(f"{server.bound_port}\n")
    sys.stdout.flush()
    serving = asyncio.create_task(server.serve_forever())
    gone = asyncio.create_task(_until_parent_goes(sys.stdin))
    await asyncio.wait({serving, gone}, return_when=asyncio.FIRST_COMPLETED)
    os._exit(0)  # viewers hold connections open; there is nothing to save


if __name__ == "__main__":
    asyncio.run(_main())
