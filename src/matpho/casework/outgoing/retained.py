"""What MQTT brokers keep for whoever comes later: the state of each camera, and where to find it.

Discovery follows the convention of Home Assistant ("MQTT Discovery"), which other systems read too. Topics and
payloads hold ids, names of places, kinds and figures.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matpho.casework.health.records import Problem
from matpho.casework.health.trouble import Severity
from matpho.casework.ports import Store
from matpho.casework.states import States
from matpho.domain.camera import Camera
from matpho.domain.messages import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """``<prefix>/<ward>/…``; ``discovery`` is the prefix of the convention, or empty."""

    prefix: str = "matpho"
    ward: str = "phuong"
    discovery: str = "homeassistant"

    @property
    def status(self) -> str:
        """``online`` or ``offline``; the last will."""
        return f"{self.prefix}/{self.ward}/status"

    def camera(self, camera_id: str) -> str:
        """The state of a camera."""
        return f"{self.prefix}/{self.ward}/camera/{camera_id}/state"

    @property
    def health(self) -> str:
        """The ward's health in figures."""
        return f"{self.prefix}/{self.ward}/health"

    def letter(self, kind: str) -> str:
        """Where a letter is told: ``…/incident/opened``, ``…/health/raised``; not retained."""
        return f"{self.prefix}/{self.ward}/{kind.replace('.', '/')}"


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Retained:
    """Puts together every retained topic with its payload, from what is known now."""

    def __init__(self, store: Store, states: States, topics: Topics) -> None:
        self._store, self._states, self._topics = store, states, topics

    def now(self) -> dict[str, str]:
        """Topic → payload. A topic that is gone from the answer is to be deleted."""
        with self._store.read() as unit:
            cameras, problems = unit.cameras.all(), unit.health.open_problems()
            open_incidents = unit.incidents.open_by_camera()
        found = {self._topics.health: _text(_health(cameras, problems))}
        for camera in cameras:
            own = [p for p in problems if p.camera_id == camera.id]
            found[self._topics.camera(camera.id)] = _text(self._camera(camera, own, open_incidents.get(camera.id, 0)))
            if self._topics.discovery:
                found |= self._discovery(camera)
        return found

    def _camera(self, camera: Camera, problems: Sequence[Problem], open_incidents: int) -> dict[str, Any]:
        stream = self._states.stream(camera.id, camera.recorded_role)
        link = stream.link if stream else None
        return {
            "id": camera.id,
            "name": camera.name,
            "staged": camera.staged,
            "link": link.value if link else "unknown",
            "online": "ON" if link is Link.LIVE else "OFF",
            "fps": round(stream.fps) if stream else 0,
            "problem": "ON" if problems else "OFF",
            "problems": sorted(p.trouble for p in problems),
            "open_incidents": open_incidents,
        }

    def _discovery(self, camera: Camera) -> dict[str, str]:
        topics, unique = self._topics, f"matpho_{self._topics.ward}_{camera.id}".replace("-", "_")
        device = {"identifiers": [unique], "name": camera.name, "manufacturer": "Mắt Phố"}
        found = {}
        for part, kind, name in (("online", "connectivity", "Trực tuyến"), ("problem", "problem", "Sự cố")):
            config = {
                "name": name,
                "unique_id": f"{unique}_{part}",
                "state_topic": topics.camera(camera.id),
                "value_template": f"{{{{ value_json.{part} }}}}",
                "device_class": kind,
                "availability_topic": topics.status,
                "device": device,
            }
            found[f"{topics.discovery}/binary_sensor/{unique}/{part}/config"] = _text(config)
        return found


def _health(cameras: Sequence[Camera], problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "cameras": len(cameras),
        "problems": len(problems),
        "urgent": sum(1 for p in problems if p.severity is Severity.URGENT),
        "machine": sorted({p.trouble for p in problems if p.camera_id is None}),
    }
