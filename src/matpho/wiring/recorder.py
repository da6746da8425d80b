"""The recorder process: needs PyAV and nothing of vision, so that it stays small."""

import os
import threading
import time

from matpho.domain.camera import Camera
from matpho.domain.messages import WorkerState
from matpho.domain.time import SystemClock
from matpho.pipeline.heap import Heap, settle
from matpho.pipeline.wire import Outbox
from matpho.settings import Settings
from matpho.video.recording import run_recorder as record
from matpho.wiring.following import Following, camera_source
from matpho.wiring.processes import guardian


def run_recorder(settings: Settings, stop: threading.Event) -> None:
    """The recorder process: all main streams, until ``stop``."""
    clock = SystemClock()
    outbox = Outbox(settings.run / "desk.sock")
    following = Following(settings, guardian(settings, "recorder").beat)
    before = [0.0, 0.0]
    heap = Heap(clock.monotonic_s())

    def cameras() -> tuple[Camera, ...]:
        cpu_s, now_s = time.process_time(), clock.monotonic_s()
        cores = (cpu_s - before[0]) / (now_s - before[1]) if before[1] else 0.0
        before[:] = [cpu_s, now_s]
        heap.tidy(now_s)
        outbox.tell(WorkerState("recorder", os.getpid(), clock.now(), {"cpu_cores": round(cores, 3)}))
        return following.now()

    settle()
    record(
        cameras,
        journals=settings.journals,
        recordings=settings.recordings,
        live_socket=settings.run / "recorder-live.sock",
        open_source=camera_source(settings),
        tell=outbox.tell,
        clock=clock,
        stop=stop,
        segment_s=settings.recording.segment_s,
        reserve_bytes=settings.recording.reserve_mb * 1_000_000,
    )
    outbox.close()
