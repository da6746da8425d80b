"""A vision process: what it is made of."""

import logging
import secrets
import threading
from zoneinfo import ZoneInfo

from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.time import SystemClock
from matpho.errors import MatphoError
from matpho.pipeline.budget import TokenBudget
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.main_pictures import MainPictures
from matpho.pipeline.pace import live_pace
from matpho.pipeline.recordings import RecordedPast
from matpho.pipeline.scene_file import forget_others, scene_file
from matpho.pipeline.vision_worker import VisionWorker
from matpho.pipeline.wire import Outbox
from matpho.rules.table import rules_for
from matpho.settings import Settings
from matpho.vision.fire_model import FireModel
from matpho.vision.static_objects import StaticObjectModel
from matpho.wiring.following import Following, camera_source, prompt_source
from matpho.wiring.models import load_detector, load_fire_model
from matpho.wiring.processes import guardian, vision_of

log = logging.getLogger(__name__)


class FireModels:
    """The fire models that the settings name, each opened once, when the first camera wants it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: dict[str, FireModel | None] = {}

    def of(self, camera_id: CameraId) -> FireModel | None:
        """The camera's model. One that cannot be opened is said once in the log: the watch goes on without it."""
        name = self._settings.vision.fire_model_of(camera_id)
        if not name:
            return None
        if name not in self._opened:
            try:
                self._opened[name] = load_fire_model(name, self._settings.models)
            except MatphoError as e:
                log.warning("no fire model: %s", e.en)
                self._opened[name] = None
        return self._opened[name]


def run_vision(settings: Settings, number: int, stop: threading.Event) -> None:
    """A vision process: the sub streams of its share of the cameras, until ``stop``."""
    clock = SystemClock()
    outbox = Outbox(settings.run / "desk.sock")
    name = f"vision-{number}"
    following = Following(settings, guardian(settings, name).beat)
    detector, fires = load_detector(settings), FireModels(settings)
    budget = TokenBudget(settings.vision.inferences_per_s, burst=max(4.0, settings.vision.inferences_per_s))
    sharp = MainPictures(settings.run / "recorder-live.sock")
    past = RecordedPast(settings.recordings)
    local = ZoneInfo(settings.time_zone)
    run = secrets.token_hex(4)

    def mine() -> tuple[Camera, ...] | None:
        cameras = following.changed()
        if cameras is None:
            return None
        forget_others(settings.scenes, {c.id for c in cameras})
        return tuple(c for c in cameras if vision_of(c.id, settings.vision.workers) == number)

    def pipeline(camera: Camera) -> CameraPipeline:
        rules = rules_for(camera, f"{run}{secrets.token_hex(2)}", local)
        static = StaticObjectModel(learned=scene_file(settings.scenes, camera.id).load(clock.now()))
        pace = live_pace(camera)
        return CameraPipeline(
            camera,
            detector,
            rules,
            budget=budget,
            pace=pace,
            static=static,
            sharp=sharp,
            past=past,
            fire_model=fires.of(camera.id),
        )

    VisionWorker(
        name,
        mine,
        journals=settings.journals,
        scenes=settings.scenes,
        live_socket=settings.run / f"{name}-live.sock",
        open_source=camera_source(settings),
        open_sub=prompt_source(settings, clock),
        make_pipeline=pipeline,
        tell=outbox.tell,
        clock=clock,
        analysed_fps=settings.vision.analysed_fps,
        recorder_socket=settings.run / "recorder-live.sock",
    ).run(stop)
    sharp.stop()
    past.stop()
    outbox.close()
