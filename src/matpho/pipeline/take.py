"""How a clip is told for a measurement: as it is, with bad weather staged on it, or as another camera would have it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from matpho.domain.camera import Camera
from matpho.domain.camera_file import parse
from matpho.pipeline.analyse import ANALYSED_FPS
from matpho.pipeline.degrade import Alter, degradation
from matpho.pipeline.film import open_film
from matpho.pipeline.score import Event


@dataclass(frozen=True, slots=True)
class Clip:
    """A measurement clip and its camera file; ``name`` as in the events file, ``fps`` of a folder of images."""

    name: str
    video: Path
    camera: Path
    fps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One telling of a clip: which camera sees it, what happens in it, and what is done to each picture.

    ``view`` is where the camera hangs (each picture goes through it by itself); ``staged`` makes anew, for each
    reading, what is staged on the pictures in their order.
    """

    clip: Clip
    camera: Camera
    events: tuple[Event, ...]
    view: Alter | None = None
    staged: Callable[[], Alter] | None = None
    analysed_fps: float = ANALYSED_FPS

    def shown(self) -> Alter | None:
        """All that is done to a picture, for one reading."""
        steps = [step for step in (self.view, self.staged() if self.staged else None) if step is not None]
        if len(steps) < 2:
            return steps[0] if steps else None
        view, staged = steps
        return lambda frame: staged(view(frame))


def as_it_is(clip: Clip, events: tuple[Event, ...]) -> Take:
    """The clip as it was recorded and annotated. Raises BadCameraFile."""
    return Take(clip=clip, camera=parse(clip.camera.read_text("utf-8")), events=events)


def degraded(clip: Clip, events: tuple[Event, ...], name: str) -> Take:
    """The clip under a degradation. Raises BadInput for a name that is none, BadCameraFile."""
    return replace(as_it_is(clip, events), staged=lambda: degradation(name, clip.name))


def aspect_of(clip: Clip) -> float:
    """Width over height of the clip's pictures. Raises BadVideo where there is none."""
    film = open_film(clip.video, fps=clip.fps, analysed_fps=ANALYSED_FPS)
    width, height = next(iter(film.frames())).size
    return width / height
