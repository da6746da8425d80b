"""The demonstration ward: its footage, its camera server, its cameras as the desk adds them."""

import json
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from matpho.domain.camera import Camera
from matpho.domain.codec import from_plain, to_plain
from matpho.domain.words import Said
from matpho.errors import SetupProblem
from matpho.settings import Settings
from matpho.sim.footage import cache_folder
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.sim.ward import demo_ward


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """What the demonstration's processes need to know, kept in its home. ``port`` stays over restarts."""

    port: int
    streams: tuple[ServedStream, ...]
    cameras: tuple[Camera, ...]
    origin: Said


def _plan_file(settings: Settings) -> Path:
    return settings.home / "demo.json"


def prepare_demo(settings: Settings, progress: Callable[[Said, float], None], clip: Path | None = None) -> Said:
    """Make or find the footage and write the plan; where the footage comes from. Raises SetupProblem or BadVideo."""
    ward = demo_ward(cache_folder(), progress, clip=clip)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = StagedCameras(ward.streams, port=port)
    cameras = ward.addressed(served.address)
    plan = DemoPlan(port=port, streams=ward.streams, cameras=cameras, origin=ward.origin)
    _plan_file(settings).write_text(json.dumps(to_plain(plan), ensure_ascii=False), "utf-8")
    return ward.origin


def read_plan(settings: Settings) -> DemoPlan:
    """The plan; raises SetupProblem when this home is no demonstration."""
    try:
        plan: DemoPlan = from_plain(DemoPlan, json.loads(_plan_file(settings).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise SetupProblem(
            f"{settings.home} is no demonstration; start it with `matpho demo`.",
            f"{settings.home} không phải phường mẫu; hãy chạy `matpho demo`.",
        ) from e
    return plan


def serve_demo(settings: Settings) -> AbstractContextManager[StagedCameras]:
    """The running camera server of this home's plan."""
    plan = read_plan(settings)
    return StagedCameras(plan.streams, port=plan.port)
