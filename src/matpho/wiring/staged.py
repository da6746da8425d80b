"""What the command line and the bench need of the staged ward."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matpho.errors import SetupProblem

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


def staged_report(
    clip: Path | None, detector: str, told: Callable[[str], None], only: tuple[str, ...] = ()
) -> tuple[dict[str, Any], str]:
    """Run the staged suite (or the scenes named in ``only``): the report as JSON-ready data and as a page.

    Raises SetupProblem when the sample clip cannot be had: half a suite would read like a better or worse one.
    """
    from matpho.sim import footage, report
    from matpho.sim.suite import suite
    from matpho.wiring import load_detector

    found = footage.find(footage.cache_folder(), clip=clip)
    if found is None:
        raise SetupProblem(
            "The sample clip cannot be had here; name one with --clip.",
            "Không lấy được đoạn video mẫu; hãy chỉ tệp bằng --clip.",
        )
    scenes = [s for s in suite() if not only or s.script.name in only]
    data = report.run(scenes, found.clip, functools.partial(load_detector, detector), told)
    return data, report.as_text(data)
