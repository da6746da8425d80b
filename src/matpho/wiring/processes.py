"""The processes of the system: which there are, how each is started. Nothing heavy here: the supervisor stays small."""

import os
import sys
import threading
import zlib
from pathlib import Path

from matpho.domain.ids import CameraId
from matpho.domain.system_words import because
from matpho.errors import StorageProblem
from matpho.pipeline.guardian import Guardian
from matpho.pipeline.supervisor import ProcessSpec
from matpho.settings import Settings
from matpho.video.folders import make_durable


def page_folder() -> Path:
    """Where the built front-end is."""
    return Path(__file__).parents[1] / "web" / "dist"


def prepare_home(settings: Settings) -> None:
    """Make the folders of a home. Raises StorageProblem when they cannot be made or belong to somebody else."""
    from matpho.video.place import Place

    try:
        for folder in (settings.home, settings.recordings, settings.evidence_folder, settings.journals):
            make_durable(folder)
        settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
        Place(settings.recordings, settings.journals).adopt()
        if settings.run.stat().st_uid != os.getuid():
            raise StorageProblem(
                f"{settings.run} belongs to another user", f"{settings.run} thuộc về người dùng khác của máy"
            )
        settings.run.chmod(0o700)
    except OSError as e:
        why, what = because(e), e.filename or settings.home
        raise StorageProblem(f"{what} cannot be used: {why.en}", f"không dùng được {what}: {why.vi}") from e


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
