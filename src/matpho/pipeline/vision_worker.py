"""A vision worker: the sub streams of its cameras, one detector session, one analysis thread."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.messages import PictureSeen, StreamState, WorkerState
from matpho.domain.time import Clock
from matpho.errors import MatphoError
from matpho.pipeline.watched import Around, MakePipeline, WatchedCamera
from matpho.video.live import LiveServer
from matpho.video.source import OpenSource

log = logging.getLogger(__name__)

_TICK_S = 1.0
_IDLE_S = 0.02


class VisionWorker:
    """Analyses the cameras that ``cameras()`` names until told to stop.

    ``cameras`` gives a new list when it changed, else None; it is asked every second, which is also the beat.
    """

    def __init__(
        self,
        name: str,
        cameras: Callable[[], Sequence[Camera] | None],
        *,
        journals: Path,
        live_socket: Path,
        open_source: OpenSource,
        make_pipeline: MakePipeline,
        tell: Callable[[StreamState | PictureSeen | WorkerState], None],
        clock: Clock,
        analysed_fps: float,
    ) -> None:
        self._name, self._cameras, self._tell, self._clock = name, cameras, tell, clock
        self._live_socket = live_socket
        self._parts = (journals, open_source, make_pipeline, analysed_fps)
        self._watched: dict[CameraId, WatchedCamera] = {}
        self._gone_dropped = 0
        self._before = (0, 0, 0.0, 0.0)
        self._spent: dict[str, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set."""
        journals, open_source, make_pipeline, fps = self._parts
        with LiveServer(self._live_socket, clock=self._clock) as live:
            around = Around(
                journals=journals,
                live=live,
                open_source=open_source,
                tell=self._tell,
                clock=self._clock,
                analysed_fps=fps,
                make_pipeline=make_pipeline,
            )
            due_s = 0.0
            try:
                while not stop.is_set():
                    if self._clock.monotonic_s() >= due_s:
                        due_s = self._clock.monotonic_s() + _TICK_S
                        self._tick(around)
                    if not self._round():
                        stop.wait(_IDLE_S)
            finally:
                for watched in self._watched.values():
                    watched.ask_to_stop()
                for watched in self._watched.values():
                    watched.stop()

    def _round(self) -> bool:
        """One frame of each camera that has one; whether there was any."""
        worked = False
        for watched in self._watched.values():
            worked |= watched.step()
        return worked

    def _tick(self, around: Around) -> None:
        wanted = self._cameras()
        if wanted is not None:
            self._apply(wanted, around)
        for watched in self._watched.values():
            watched.tick()
        self._tell(self._state())

    def _apply(self, cameras: Sequence[Camera], around: Around) -> None:
        wanted = {c.id: c for c in cameras if c.sub or c.main}
        for camera_id in list(self._watched):
            camera = wanted.get(camera_id)
            if camera is None or not self._change(self._watched[camera_id], camera):
                gone = self._watched.pop(camera_id)
                gone.stop()
                self._gone_dropped += gone.dropped
        for camera_id, camera in wanted.items():
            if camera_id in self._watched:
                continue
            try:
                self._watched[camera_id] = WatchedCamera(camera, around)
            except MatphoError as e:
                log.warning("%s is not analysed: %s", camera_id, e.en)

    def _change(self, watched: WatchedCamera, camera: Camera) -> bool:
        try:
            return watched.change(camera)
        except MatphoError as e:
            log.warning("%s keeps its zones: %s", camera.id, e.en)
            return True

    def _stages(self, passed_s: float) -> dict[str, float]:
        """CPU-ms per second of all cameras together, by stage, since the last call; nothing at the first."""
        spent: dict[str, float] = {}
        for watched in self._watched.values():
            for stage, cpu_s in watched.cpu_s.items():
                spent[stage] = spent.get(stage, 0.0) + cpu_s
        before, self._spent = self._spent, spent
        if not passed_s:
            return {}
        return {
            f"{stage}_cpu_ms_per_s": round(max(0.0, spent[stage] - before.get(stage, 0.0)) / passed_s * 1000, 2)
            for stage in spent
        }

    def _state(self) -> WorkerState:
        analysed = sum(w.analysed for w in self._watched.values())
        inferences = sum(w.inferences for w in self._watched.values())
        now_s, cpu_s = self._clock.monotonic_s(), time.process_time()
        old_analysed, old_inferences, old_now_s, old_cpu_s = self._before
        self._before = (analysed, inferences, now_s, cpu_s)
        passed = max(1e-3, now_s - old_now_s)
        figures = self._stages(passed if old_now_s else 0.0) | {
            "cameras": float(len(self._watched)),
            "analysed_fps": round(max(0, analysed - old_analysed) / passed, 2) if old_now_s else 0.0,
            "inferences_per_s": round(max(0, inferences - old_inferences) / passed, 2) if old_now_s else 0.0,
            "cpu_cores": round((cpu_s - old_cpu_s) / passed, 3) if old_now_s else 0.0,
            "dropped_frames": float(self._gone_dropped + sum(w.dropped for w in self._watched.values())),
        }
        return WorkerState(self._name, os.getpid(), self._clock.now(), figures)
