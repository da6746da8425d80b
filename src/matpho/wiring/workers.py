"""The processes of the system: which there are, and what recorder, vision and the staged cameras are made of."""

import logging
import os
import secrets
import sys
import threading
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.messages import WorkerState
from matpho.domain.time import SystemClock
from matpho.errors import Corrupt, StorageProblem
from matpho.pipeline.budget import TokenBudget
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.camera_list import CameraList
from matpho.pipeline.pace import live_pace
from matpho.pipeline.supervisor import Guardian, ProcessSpec
from matpho.pipeline.vision_worker import VisionWorker
from matpho.pipeline.wire import Outbox
from matpho.rules.table import rules_for
from matpho.settings import Settings
from matpho.video.place import Place
from matpho.video.source import OpenSource
from matpho.wiring.models import load_detector

_log = logging.getLogger(__name__)


def page_folder() -> Path:
    """Where the built front-end is."""
    return Path(__file__).parents[1] / "web" / "dist"


def prepare_home(settings: Settings) -> None:
    """Make the folders of a home. Raises StorageProblem when they cannot be made or belong to somebody else."""
    try:
        for folder in (settings.home, settings.recordings, settings.evidence_folder, settings.journals):
            folder.mkdir(parents=True, exist_ok=True)
        settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
        Place(settings.recordings, settings.journals).adopt()
        if settings.run.stat().st_uid != os.getuid():
            raise PermissionError(f"{settings.run} belongs to another user")
        settings.run.chmod(0o700)
    except OSError as e:
        raise StorageProblem(f"{settings.home} cannot be used: {e}", f"Không dùng được {settings.home}: {e}") from e


def _matpho(settings: Settings, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "matpho.cli.main", *words, "--home", str(settings.home))


def process_specs(settings: Settings) -> list[ProcessSpec]:
    """The processes of the system, in the order of starting."""
    names = ["recorder", *(f"vision-{n}" for n in range(settings.vision.workers)), "desk"]
    if settings.demo:
        names.insert(0, "cameras")
    logs = settings.home / "logs"
    return [ProcessSpec(name, _matpho(settings, "worker", name), logs / f"{name}.log") for name in names]


def guardian(settings: Settings, name: str) -> Guardian:
    """The beat of a worker, which also brings back a dead supervisor."""
    return Guardian(settings.run, name, _matpho(settings, "run", "--resume"))


class _Following:
    """The camera list as a worker asks for it: one that is damaged or gone leaves the worker with what it has."""

    def __init__(self, settings: Settings, beat: Callable[[], None]) -> None:
        self._list = CameraList(settings.run / "cameras.json")
        self._beat = beat
        self.cameras: tuple[Camera, ...] = ()

    def changed(self) -> tuple[Camera, ...] | None:
        """The new list, or None; also the worker's beat."""
        self._beat()
        try:
            found = self._list.changed()
        except Corrupt as e:
            _log.warning("the camera list is not taken over: %s", e.en)
            return None
        if found is not None:
            self.cameras = found
        return found

    def now(self) -> tuple[Camera, ...]:
        """The list as it stands; also the worker's beat."""
        self.changed()
        return self.cameras


def camera_source(settings: Settings) -> OpenSource:
    """Opens cameras where the settings say that cameras may be."""
    from matpho.plugins.sources import open_source

    return partial(open_source, rules=settings.camera_networks)


def run_recorder(settings: Settings, stop: threading.Event) -> None:
    """The recorder process: all main streams, until ``stop``."""
    from matpho.video.recording import run_recorder as record

    clock = SystemClock()
    outbox = Outbox(settings.run / "desk.sock")
    following = _Following(settings, guardian(settings, "recorder").beat)
    before = [0.0, 0.0]

    def cameras() -> tuple[Camera, ...]:
        cpu_s, now_s = time.process_time(), clock.monotonic_s()
        cores = (cpu_s - before[0]) / (now_s - before[1]) if before[1] else 0.0
        before[:] = [cpu_s, now_s]
        outbox.tell(WorkerState("recorder", os.getpid(), clock.now(), {"cpu_cores": round(cores, 3)}))
        return following.now()

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


def run_cameras(settings: Settings, stop: threading.Event) -> None:
    """The demonstration's camera server as a process of its own, so that it outlives a killed supervisor."""
    from matpho.wiring.demo import serve_demo

    beat = guardian(settings, "cameras").beat
    with serve_demo(settings):
        while not stop.wait(1.0):
            beat()


def vision_of(camera_id: CameraId, workers: int) -> int:
    """Which vision worker a camera belongs to: the same at every start and in every process."""
    return zlib.crc32(camera_id.encode()) % workers


def run_vision(settings: Settings, number: int, stop: threading.Event) -> None:
    """A vision process: the sub streams of its share of the cameras, until ``stop``."""
    clock = SystemClock()
    outbox = Outbox(settings.run / "desk.sock")
    name = f"vision-{number}"
    following = _Following(settings, guardian(settings, name).beat)
    detector = load_detector(settings)
    budget = TokenBudget(settings.vision.inferences_per_s, burst=max(4.0, settings.vision.inferences_per_s))
    local = ZoneInfo(settings.time_zone)
    run = secrets.token_hex(4)

    def mine() -> tuple[Camera, ...] | None:
        cameras = following.changed()
        if cameras is None:
            return None
        return tuple(c for c in cameras if vision_of(c.id, settings.vision.workers) == number)

    def pipeline(camera: Camera) -> CameraPipeline:
        rules = rules_for(camera, f"{run}{secrets.token_hex(2)}", local)
        return CameraPipeline(camera, detector, rules, budget=budget, pace=live_pace(camera))

    VisionWorker(
        name,
        mine,
        journals=settings.journals,
        live_socket=settings.run / f"{name}-live.sock",
        open_source=camera_source(settings),
        make_pipeline=pipeline,
        tell=outbox.tell,
        clock=clock,
        analysed_fps=settings.vision.analysed_fps,
    ).run(stop)
    outbox.close()
