"""Live pictures on a Unix socket: an event loop in its own thread, one bounded queue per viewer."""

import asyncio
import contextlib
import json
import logging
import os
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import BoxesSeen
from matpho.domain.time import Clock
from matpho.domain.words import Said
from matpho.video.live_hub import CONNECTING, Watchable
from matpho.video.live_parts import LiveBoxes, LiveForm, LiveFragment, LiveInit, LiveLost, LivePart, encode

log = logging.getLogger(__name__)

QUEUE_BYTES = 8_000_000
_LOOK_S = 0.3
NOT_READ = Said("Không ai đọc luồng này", "Nobody reads this stream")
_NO_ENCODED = Said("Không có bản dựng lại của luồng này", "There is no rendition of this stream")
_ABSENT = {LiveForm.AS_SENT: CONNECTING, LiveForm.ENCODED: _NO_ENCODED, LiveForm.PACKETS: NOT_READ}
_Key = tuple[CameraId, StreamRole, LiveForm]


class ViewerQueue:
    """Parts on their way to one viewer. A slow viewer loses pictures up to the next key picture, nothing else."""

    def __init__(self, longest_bytes: int = QUEUE_BYTES) -> None:
        self._parts: deque[LivePart] = deque()
        self._bytes = 0
        self._longest = longest_bytes
        self._skipping = False
        self._ready = asyncio.Event()

    def put(self, part: LivePart) -> None:
        """Queue a part, in the loop's thread."""
        if isinstance(part, LiveFragment):
            if self._bytes + len(part.data) > self._longest and not (part.key and not self._bytes):
                self._drop_pictures()
            if part.key:
                self._skipping = self._bytes + len(part.data) > self._longest
            if self._skipping:
                return
            self._bytes += len(part.data)
        elif isinstance(part, LiveInit):
            self._drop_pictures()
            self._skipping = False
        self._parts.append(part)
        self._ready.set()

    def _drop_pictures(self) -> None:
        self._parts = deque(p for p in self._parts if not isinstance(p, LiveFragment))
        self._bytes = 0
        self._skipping = True

    async def take(self) -> LivePart:
        """The next part."""
        while not self._parts:
            self._ready.clear()
            await self._ready.wait()
        part = self._parts.popleft()
        if isinstance(part, LiveFragment):
            self._bytes -= len(part.data)
        return part


class LiveServer:
    """Serves hubs to whoever may open the socket (mode 0600). Use as a context manager."""

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._hubs: dict[_Key, Watchable] = {}
        self._lock = threading.Lock()
        self._queues: dict[CameraId, set[ViewerQueue]] = {}
        self._viewers = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._ended: asyncio.Event | None = None
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-server", daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        self._up.wait(5)
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None) -> None:
        """Hang up on everybody and remove the socket."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(lambda: self._ended.set() if self._ended else None)
        self._thread.join(5)

    def serve(self, hub: Watchable, form: LiveForm = LiveForm.AS_SENT) -> None:
        """Offer a hub for a form of its stream; it takes the place of one for the same."""
        with self._lock:
            self._hubs[hub.camera_id, hub.role, form] = hub

    def forget(self, camera_id: CameraId, role: StreamRole) -> None:
        """Offer it no more; its viewers are told and wait."""
        with self._lock:
            for form in LiveForm:
                self._hubs.pop((camera_id, role, form), None)

    @property
    def watched(self) -> bool:
        """Whether anybody watches anything."""
        return self._viewers > 0

    def show_boxes(self, seen: BoxesSeen) -> None:
        """Give the viewers of a camera what is on its picture; from any thread."""
        if self._queues.get(seen.camera_id):
            self._from_thread(self._put_boxes, seen)

    def _put_boxes(self, seen: BoxesSeen) -> None:
        for queue in self._queues.get(seen.camera_id, ()):
            queue.put(LiveBoxes(seen))

    def _from_thread(self, call: object, *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call, *args)  # type: ignore[arg-type]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as e:
            log.warning("live pictures cannot be served: %s", e.strerror)  # recording goes on without viewers
        finally:
            self._up.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._connected, str(self._path))
        finally:
            os.umask(before)
        self._up.set()
        try:
            await self._ended.wait()
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._path.unlink(missing_ok=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            asked = json.loads(await asyncio.wait_for(reader.readline(), 5))
            key = (CameraId(str(asked["camera"])), StreamRole(asked["role"]), LiveForm(asked["form"]))
            await self._show(key, reader, writer)
        except (OSError, ValueError, KeyError, TypeError, asyncio.CancelledError):
            pass  # the viewer has gone, asked nonsense, or we are stopping: there is nobody to tell
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _show(self, key: _Key, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send parts until the viewer leaves."""
        queue = ViewerQueue()
        self._queues.setdefault(key[0], set()).add(queue)
        self._viewers += 1
        sending = asyncio.create_task(self._send(queue, writer))
        following = asyncio.create_task(self._follow(key, queue))
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({sending, following, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._viewers -= 1
            self._queues[key[0]].discard(queue)
            for task in (sending, following, leaving):
                task.cancel()
            await asyncio.gather(sending, following, leaving, return_exceptions=True)

    async def _send(self, queue: ViewerQueue, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(encode(await queue.take()))
            await writer.drain()

    async def _follow(self, key: _Key, queue: ViewerQueue) -> None:
        """Keep the queue subscribed to whichever hub serves this stream, as hubs come and go."""
        hub: Watchable | None = None

        def sink(part: LivePart) -> None:
            self._from_thread(queue.put, part)

        try:
            absent: LiveLost | None = None
            while True:
                with self._lock:
                    now = self._hubs.get(key)
                if now is not hub:
                    if hub is not None:
                        hub.unsubscribe(sink)
                    if now is not None:
                        now.subscribe(sink)
                        absent = None
                    hub = now
                if hub is None and absent is None:
                    absent = LiveLost(_ABSENT[key[2]])
                    queue.put(absent)
                await asyncio.sleep(_LOOK_S)
        finally:
            if hub is not None:
                hub.unsubscribe(sink)
