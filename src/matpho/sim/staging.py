"""Render one script over one background: the streams, what they hold, and the camera's description beside them."""

from collections.abc import Callable, Iterator
from pathlib import Path

from matpho.domain import camera_file
from matpho.sim import encode, truth
from matpho.sim.background import Background, ClipSource, Source
from matpho.sim.compose import Composer
from matpho.sim.encode import Rendition
from matpho.sim.script import Expected, Script
from matpho.vision.frame import Image

Told = Callable[[float], None]
"""Told which share of the pictures is done, 0..1."""

MAIN_SIZE = (1024, 768)
SUB_SIZE = (640, 480)
MAIN_QUALITY, SUB_QUALITY = 27, 26


def source_of(clip: Path | None) -> Source:
    """The clip, or the drawn street when there is none. Raises BadVideo for a file that is no video."""
    if clip is not None:
        return ClipSource(clip)
    from matpho.sim.street import DrawnStreet

    return DrawnStreet()


def _counted(pictures: Iterator[Image], total: int, told: Told) -> Iterator[Image]:
    for i, picture in enumerate(pictures):
        yield picture
        if i % 25 == 0:
            told(i / total)
    told(1.0)


def stage(
    script: Script, source: Source, renditions: list[Rendition], *, seed: int = 0, told: Told = lambda _s: None
) -> list[Expected]:
    """Compose the script over the source into every rendition. Returns what somebody watching should find."""
    composer = Composer(Background(source, script.view), script, seed)
    total = max(1, round(script.duration_s * script.fps))
    encode.write(_counted(composer.pictures(), total, told), script.fps, renditions)
    return composer.expected


def describe(script: Script, expected: list[Expected], clip: Path, size: tuple[int, int], events: Path) -> None:
    """Write the events file of a staged clip, and ``<events>.toml``'s camera beside it."""
    truth.write(events, truth.table(script, expected, clip.name, *size))
    events.with_suffix(".toml").write_text(camera_file.write(script.camera), "utf-8")
