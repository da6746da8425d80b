"""A vision worker: the sub streams of its cameras, one detector session, one analysis thread and, at need, a second."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2

from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.messages import PictureSeen, StreamState, WorkerState
from matpho.domain.time import Clock
from matpho.errors import MatphoError
from matpho.pipeline.heap import Heap, settle
from matpho.pipeline.second_hand import PROCESSORS, SecondHand
from matpho.pipeline.turns import Turns
from matpho.pipeline.vision_figures import VisionFigures
from matpho.pipeline.watched import Around, MakePipeline, WatchedCamera
from matpho.video.live import LiveServer
from matpho.video.source import OpenSource

log = logging.getLogger(__name__)

_TICK_S = 1.0
_CALM_S, _PROMPT_S, _WATCHED_S = 0.3, 0.1, 0.02
"""Between two rounds: each wakes a cold processor, so many frames at once, less long where something moves that is
measured; boxes on a watched picture must not wait."""
_SHORT_S = 0.5  # a thread that has had no pause for so long is short of time: the other processor is needed …
_HELPED_S = 3.0  # … and for so long after: a pause that the help has brought is no sign that none is needed


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
        scenes: Path,
        live_socket: Path,
        open_source: OpenSource,
        open_sub: OpenSource,
        make_pipeline: MakePipeline,
        tell: Callable[[StreamState | PictureSeen | WorkerState], None],
        clock: Clock,
        analysed_fps: float,
        recorder_socket: Path | None = None,
    ) -> None:
        """``recorder_socket`` is where the recorder passes on streams that are analysed and recorded alike."""
        self._name, self._cameras, self._tell, self._clock = name, cameras, tell, clock
        self._live_socket = live_socket
        self._scenes, self._recorder_socket = scenes, recorder_socket
        self._parts = (journals, open_source, open_sub, make_pipeline, analysed_fps)
        self._watched: dict[CameraId, WatchedCamera] = {}
        self._figures, self._turns = VisionFigures(clock), Turns(clock.monotonic_s)
        self._rested_s = self._helped_until_s = clock.monotonic_s()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set."""
        cv2.setNumThreads(1)  # small pictures: handing parts of one to a second thread costs more than it saves
        journals, open_source, open_sub, make_pipeline, fps = self._parts
        with LiveServer(self._live_socket, clock=self._clock) as live:
            around = Around(
                journals=journals,
                live=live,
                open_source=open_source,
                open_sub=open_sub,
                tell=self._tell,
                clock=self._clock,
                analysed_fps=fps,
                make_pipeline=make_pipeline,
                scenes=self._scenes,
                recorder_socket=self._recorder_socket,
            )
            due_s, heap = 0.0, Heap(self._clock.monotonic_s())
            settle()
            second = SecondHand(self._turns, lambda: PROCESSORS > 1 and self._is_short, self._clock)
            try:
                while not stop.is_set():
                    if self._clock.monotonic_s() >= due_s:
                        self._tick(around)
                        second.check()
                        heap.tidy(self._clock.monotonic_s())
                        due_s = self._clock.monotonic_s() + _TICK_S  # however long that took, then pictures have it
                    if not self._turns.round(due_s):
                        stop.wait(_WATCHED_S if live.watched else self._pause_s)
                        self._rested_s = self._clock.monotonic_s()
            finally:
                second.stop()
                for watched in self._watched.values():
                    watched.ask_to_stop()
                for watched in self._watched.values():
                    watched.stop()

    @property
    def _is_short(self) -> bool:
        """Whether the thread of the analysis has had no pause for a while, or had none a short while ago."""
        now_s = self._clock.monotonic_s()
        if now_s - self._rested_s > _SHORT_S:
            self._helped_until_s = now_s + _HELPED_S
        return now_s < self._helped_until_s

    @property
    def _pause_s(self) -> float:
        return _PROMPT_S if any(w.prompt for w in self._watched.values()) else _CALM_S

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
                if camera is None:
                    gone.forget_scenes()
                self._figures.gone(gone)
        for camera_id, camera in wanted.items():
            if camera_id in self._watched:
                continue
            try:
                self._watched[camera_id] = WatchedCamera(camera, around)
            except MatphoError as e:
                log.warning("%s is not analysed: %s", camera_id, e.en)
        self._turns.of(self._watched.values())

    def _change(self, watched: WatchedCamera, camera: Camera) -> bool:
        try:
            return watched.change(camera)
        except MatphoError as e:
            log.warning("%s keeps its zones: %s", camera.id, e.en)
            return True

    def _state(self) -> WorkerState:
        return WorkerState(self._name, os.getpid(), self._clock.now(), self._figures.take(self._watched.values()))
