"""Scenes by name, for the command line: those of the demonstration and of the regression suite."""

from dataclasses import replace
from pathlib import Path

from matpho.domain.words import Said
from matpho.errors import BadInput
from matpho.sim import scenes, script, staging, street_scenes
from matpho.sim.encode import Rendition
from matpho.sim.script import Expected, Script
from matpho.sim.staging import Told

_QUALITY = 22


def named(*, drawn: bool = False) -> dict[str, Script]:
    """The demonstration's scenes by name: those laid out for the sample clip, or for the drawn street."""
    return {s.name: s for s in (street_scenes.demo() if drawn else scenes.demo())}


def stage_named(background: Path | None, scene: str, out: Path, events: Path, seed: int, told: Told) -> list[Expected]:
    """Stage ``scene`` (a name, or a ``.json`` script) over ``background`` (None: the drawn street).

    Writes ``out``, ``events``, the camera beside the events, and the script beside ``out``. Raises BadInput for an
    unknown scene or a malformed script, BadVideo for a background that is no video.
    """
    known = named(drawn=background is None)
    if scene in known:
        chosen = known[scene]
    elif scene.endswith(".json"):
        chosen = script.read(Path(scene))
    else:
        names = ", ".join(sorted(known))
        said = Said(f"Không có cảnh {scene}; hiện có: {names}", f"There is no scene {scene}; there are: {names}")
        raise BadInput(said.en, said.vi)
    chosen = replace(chosen, camera=replace(chosen.camera, staged=True))
    size = (chosen.view.width, chosen.view.height)
    source = staging.source_of(background)
    expected = staging.stage(chosen, source, [Rendition(out, *size, _QUALITY)], seed=seed, told=told)
    staging.describe(chosen, expected, out, size, events)
    out.with_suffix(".scene.json").write_text(script.to_json(chosen), "utf-8")
    return expected
