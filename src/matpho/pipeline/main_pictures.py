"""Single pictures of main streams for the vision worker: the newest key picture, asked of the process that records.

The recorder passes live fragments on only while somebody watches; a glance watches until the first key picture and
leaves. One thread serves all cameras of a worker: second looks are rare.
"""

import asyncio
import io
import logging
import threading
from collections import deque
from pathlib import Path
from typing import Any

import av
import av.error

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.time import Instant, seconds
from matpho.video.live_client import watch
from matpho.video.live_parts import LiveFragment, LiveInit, LiveLost
from matpho.vision.frame import Frame, Image

log = logging.getLogger(__name__)

WAIT_S = 3.0  # for the first key picture
FRESH_S = 5.0  # an older picture shows another moment
MOST_READY = 4  # pictures of several megabytes that wait to be taken


class MainPictures:
    """The sharp pictures of live cameras (:class:`matpho.pipeline.second_look.SharpPictures`)."""

    def __init__(self, socket: Path) -> None:
        """``socket`` is the recorder's; it need not be there yet."""
        self._socket = socket
        self._lock = threading.Condition()
        self._wanted: deque[CameraId] = deque()
        self._ready: dict[CameraId, tuple[Instant, Image]] = {}
        self._stopped = False
        self._thread: threading.Thread | None = None

    def ask(self, camera_id: CameraId) -> None:
        """A picture of this camera is wanted; asking again while one is on its way changes nothing."""
        with self._lock:
            if camera_id in self._wanted or camera_id in self._ready or self._stopped:
                return
            self._wanted.append(camera_id)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="main-pictures", daemon=True)
                self._thread.start()
            self._lock.notify()

    def take(self, camera_id: CameraId, frame: Frame) -> Image | None:
        """The picture, once; None while there is none of about the moment of ``frame``."""
        with self._lock:
            captured, image = self._ready.pop(camera_id, (frame.at, None))
        return image if abs(seconds(frame.at - captured)) <= FRESH_S else None

    def stop(self) -> None:
        """End the thread; what is on its way is dropped."""
        with self._lock:
            self._stopped = True
            self._lock.notify()
        if self._thread is not None:
            self._thread.join(WAIT_S + 1.0)

    def _run(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._stopped or self._wanted)
                if self._stopped:
                    return
                camera_id = self._wanted[0]
            found = _glance(self._socket, camera_id)
            with self._lock:
                self._wanted.popleft()
                if found is not None:
                    self._ready[camera_id] = found
                    while len(self._ready) > MOST_READY:
                        self._ready.pop(next(iter(self._ready)))


def _glance(socket: Path, camera_id: CameraId) -> tuple[Instant, Image] | None:
    """The newest key picture of a camera's main stream as BGR and its instant; None where there is none to be had."""
    try:
        found = asyncio.run(asyncio.wait_for(_first_key(socket, camera_id), WAIT_S))
        image = _decoded(found[1]) if found is not None else None
        return None if found is None or image is None else (found[0], image)
    except (TimeoutError, av.error.FFmpegError) as e:
        log.info("%s: no picture of the main stream for a second look: %s", camera_id, type(e).__name__)
        return None


async def _first_key(socket: Path, camera_id: CameraId) -> tuple[Instant, bytes] | None:
    """The first key picture of a live stream, behind its header, and when it was captured; None: the stream is lost."""
    init = b""
    parts = watch(socket, camera_id, StreamRole.MAIN)
    try:
        async for part in parts:
            if isinstance(part, LiveLost):
                return None
            if isinstance(part, LiveInit):
                init = part.data
            elif isinstance(part, LiveFragment) and part.key and init:
                return part.captured, init + part.data
    finally:
        await parts.aclose()
    return None


def _decoded(data: bytes) -> Image | None:
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        for picture in container.decode(video=0):
            found: Any = picture
            image: Image = found.to_ndarray(format="bgr24")
            return image
    return None
