"""What recorder and vision worker share: the camera list as it changes, and the door to the cameras."""

import logging
from collections.abc import Callable
from functools import partial

from matpho.domain.camera import Camera
from matpho.domain.time import Clock
from matpho.errors import Corrupt
from matpho.pipeline.camera_list import CameraList
from matpho.settings import Settings
from matpho.video.source import OpenSource

_log = logging.getLogger(__name__)


class Following:
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


def prompt_source(settings: Settings, clock: Clock) -> OpenSource:
    """The same for small streams: their pictures are taken out of the packets here and come a picture's length sooner.

    A stream of many packets costs less processor time by FFmpeg.
    """
    from matpho.plugins.sources.ways import Ways

    return Ways(settings.camera_networks, clock).open
