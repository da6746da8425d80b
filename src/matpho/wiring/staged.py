"""What the command line and the bench need of the staged ward."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteAsked:
    """Which part of the staged suite is wanted.

    ``only`` families or scenes by name (none: all), ``sample`` scenes of each family at most (0: all), in so many
    ``workers`` (processes). ``clips``: a folder of measurement clips, some of which are backgrounds. ``failures``: the
    folder for pictures of what went wrong (None: none).
    """

    clip: Path | None = None
    clips: Path | None = None
    only: tuple[str, ...] = ()
    sample: int = 0
    workers: int = 2
    failures: Path | None = None

    @property
    def whole(self) -> bool:
        """Whether it is the whole suite, whose figures are a report."""
        return not self.only and not self.sample

    @property
    def command(self) -> str:
        """As it is typed."""
        words = ["matpho bench staged", *(f"--only {name}" for name in self.only)]
        return " ".join([*words, f"--sample {self.sample}"] if self.sample else words)


def staged_report(asked: SuiteAsked, detector: str, told: Callable[[str], None]) -> tuple[dict[str, Any], str]:
    """Run the staged suite, or the part that is asked for: the report as JSON-ready data and as a page.

    Raises SetupProblem when the sample clip cannot be had: half a suite would read like a better or worse one; BadInput
    for a name that is no family and no scene.
    """
    from matpho.sim import footage, suite_figures, suite_run, suite_text
    from matpho.sim.places.catalogue import Footage, there
    from matpho.sim.suite import chosen, suite
    from matpho.wiring import load_detector

    found = footage.find(footage.cache_folder(), clip=asked.clip)
    if found is None:
        raise SetupProblem(
            "The sample clip cannot be had here; name one with --clip.",
            "Không lấy được đoạn video mẫu; hãy chỉ tệp bằng --clip.",
        )
    here = Footage(found.clip, asked.clips)
    scenes = chosen(suite(there(here)), asked.only, asked.sample)
    load = functools.partial(load_detector, detector)
    results, info = suite_run.run(scenes, here, load, told, asked.workers, asked.failures)
    data = suite_figures.report(results, info, asked.command)
    return data, suite_text.as_text(data)
