"""A vision process: what it is made of."""

import secrets
import threading
from zoneinfo import ZoneInfo

from matpho.domain.camera import Camera
from matpho.domain.time import SystemClock
from matpho.pipeline.budget import TokenBudget
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.main_pictures import MainPictures
from matpho.pipeline.pace import live_pace
from matpho.pipeline.scene_file import forget_others, scene_file
from matpho.pipeline.vision_worker import VisionWorker
from matpho.pipeline.wire import Outbox
from matpho.rules.table import rules_for
from matpho.settings import Settings
from matpho.vision.static_objects import StaticObjectModel
from matpho.wiring.following import Following, camera_source
from matpho.wiring.models import load_detector
from matpho.wiring.processes import guardian, vision_of


def run_vision(settings: Settings, number: int, stop: threading.Event) -> None:
    """A vision process: the sub streams of its share of the cameras, until ``stop``."""
    clock = SystemClock()
    outbox = Outbox(settings.run / "desk.sock")
    name = f"vision-{number}"
    following = Following(settings, guardian(settings, name).beat)
    detector = load_detector(settings)
    budget = TokenBudget(settings.vision.inferences_per_s, burst=max(4.0, settings.vision.inferences_per_s))
    sharp = MainPictures(settings.run / "recorder-live.sock")
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
        return CameraPipeline(camera, detector, rules, budget=budget, pace=pace, static=static, sharp=sharp)

    VisionWorker(
        name,
        mine,
        journals=settings.journals,
        scenes=settings.scenes,
        live_socket=settings.run / f"{name}-live.sock",
        open_source=camera_source(settings),
        make_pipeline=pipeline,
        tell=outbox.tell,
        clock=clock,
        analysed_fps=settings.vision.analysed_fps,
    ).run(stop)
    sharp.stop()
    outbox.close()
