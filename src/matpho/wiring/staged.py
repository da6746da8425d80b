"""What the command line and the bench need of the staged ward."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matpho.sim.script import Expected


def staged_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The scenes that can be staged by name, and the things that scripts can name."""
    from matpho.sim.named import named
    from matpho.sim.objects.catalogue import THINGS

    return tuple(sorted(named())), tuple(sorted(THINGS))


def stage_scene(
    background: Path | None, scene: str, out: Path, events: Path, seed: int, told: Callable[[float], None]
) -> "list[Expected]":
    """Stage a scene (by name or script file) into ``out``, its events into ``events``. Raises BadInput, BadVideo."""
    from matpho.sim.named import stage_named

    return stage_named(background, scene, out, events, seed, told)
