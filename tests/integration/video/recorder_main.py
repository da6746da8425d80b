"""A recorder process for tests: ``recorder_main.py HOME ID=ADDRESS …``."""

import logging
import signal
import sys
import threading
from pathlib import Path

from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.time import SystemClock
from matpho.plugins.sources import open_source
from matpho.video.recording import run_recorder

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
home = Path(sys.argv[1])
cameras = [
    Camera(id=CameraId(name), name=name, main=address) for name, address in (a.split("=", 1) for a in sys.argv[2:])
]
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
run_recorder(
    lambda: cameras,
    journals=home / "journal",
    recordings=home / "recordings",
    live_socket=home / "run" / "recorder-live.sock",
    open_source=open_source,
    tell=lambda state: print(state.camera_id, state.link, flush=True),
    clock=SystemClock(),
    stop=stop,
    segment_s=3.0,
)
