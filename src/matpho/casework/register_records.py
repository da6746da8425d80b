"""The register's rows as casework asks for them, and the commands that concern it."""

from dataclasses import dataclass
from typing import Protocol

from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.register import RegisterEntry


class Register(Protocol):
    """The register's rows."""

    def put(self, camera_id: CameraId, entry: RegisterEntry) -> None:
        """Store a new or changed entry."""
        ...

    def get(self, camera_id: CameraId) -> RegisterEntry:
        """One entry; empty where nobody has said anything."""
        ...

    def all(self) -> dict[CameraId, RegisterEntry]:
        """Those that say something."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRegister:
    """Replace a camera's entry."""

    camera_id: CameraId
    entry: RegisterEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCameras:
    """Put several cameras in service with their entries, all or none."""

    cameras: tuple[tuple[Camera, RegisterEntry], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLook:
    """Audit that an address was looked at before it became a camera.

    ``act`` is ``probe``, ``ask_device``, ``discover`` or ``set_clock``; ``place`` a host, never with a login.
    """

    act: str
    place: str


RegisterCommand = SetRegister | AddCameras | NoteLook
