"""The newest word of each stream and process: kept in memory only, and gone with the desk."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from matpho.casework.health.signs import DiskFacts
from matpho.domain.camera import StreamRole
from matpho.domain.events import Event, ProcessChanged, StreamChanged
from matpho.domain.ids import CameraId
from matpho.domain.messages import BoxesSeen, PictureSeen, State, StreamState, WorkerState
from matpho.domain.time import Clock, Instant, seconds

LATE_S = 5.0
"""A worker tells every second; one that was silent this long is late."""


@dataclass(frozen=True, slots=True)
class Process:
    """One worker as last heard of. ``since`` is when this process id was first heard."""

    name: str
    pid: int
    state: str
    since: Instant
    restarts: int
    figures: dict[str, float]


class States:
    """Hears states from any thread; says who changed."""

    def __init__(self, clock: Clock, tell: Callable[[Event], None] = lambda _: None) -> None:
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        self._streams: dict[tuple[CameraId, StreamRole], StreamState] = {}
        self._boxes: dict[CameraId, BoxesSeen] = {}
        self._pictures: dict[CameraId, PictureSeen] = {}
        self._workers: dict[str, tuple[WorkerState, Instant, int]] = {}
        self.disk: DiskFacts | None = None
        """The disk of the recordings as it was last looked at, with its forecast."""

    def hear(self, state: State) -> None:
        """Keep a state, and tell when a stream's link or a process changed."""
        match state:
            case StreamState():
                self._hear_stream(state)
            case BoxesSeen():
                with self._lock:
                    self._boxes[state.camera_id] = state
            case PictureSeen():
                with self._lock:
                    self._pictures[state.camera_id] = state
            case WorkerState():
                self._hear_worker(state)

    def _hear_stream(self, state: StreamState) -> None:
        key = state.camera_id, state.role
        with self._lock:
            old = self._streams.get(key)
            self._streams[key] = state
        if old is None or old.link is not state.link:
            self._tell(StreamChanged(state.camera_id, state.role, state.link))

    def _hear_worker(self, state: WorkerState) -> None:
        with self._lock:
            old, since, restarts = self._workers.get(state.worker, (None, state.at, 0))
            if old is not None and old.pid != state.pid:
                since, restarts = state.at, restarts + 1
            self._workers[state.worker] = state, since, restarts
        if old is None or old.pid != state.pid:
            self._tell(ProcessChanged(state.worker, "running"))

    def stream(self, camera_id: CameraId, role: StreamRole) -> StreamState | None:
        """The newest state of a stream."""
        with self._lock:
            return self._streams.get((camera_id, role))

    def boxes(self, camera_id: CameraId) -> BoxesSeen | None:
        """What is on the picture, for the overlay of the live page."""
        with self._lock:
            return self._boxes.get(camera_id)

    def picture(self, camera_id: CameraId) -> PictureSeen | None:
        """How the picture of a camera was when it was last looked at."""
        with self._lock:
            return self._pictures.get(camera_id)

    def processes(self) -> tuple[Process, ...]:
        """All processes heard of, by name."""
        now = self._clock.now()
        with self._lock:
            heard = sorted(self._workers.items())
        return tuple(
            Process(
                name,
                state.pid,
                "late" if seconds(now - state.at) > LATE_S else "running",
                since,
                restarts,
                state.figures,
            )
            for name, (state, since, restarts) in heard
        )

    def forget(self, camera_id: CameraId) -> None:
        """Drop what is known of a camera that was taken out of service."""
        with self._lock:
            self._boxes.pop(camera_id, None)
            self._pictures.pop(camera_id, None)
            for role in StreamRole:
                self._streams.pop((camera_id, role), None)
