"""``matpho stage``: put drawn things and mishaps into an ordinary clip, with the truth written beside it."""

import sys
from pathlib import Path

import click

from matpho.errors import BadInput


def _check_places(background: Path | None, out: Path, events: Path) -> None:
    """Raise BadInput before an hour is spent on what could not be written, or would be written over."""
    for place in (out, events):
        if not place.absolute().parent.is_dir():
            folder = place.absolute().parent
            raise BadInput(f"There is no folder {folder}.", f"Không có thư mục {folder}.")
        if place.is_dir() or (place.exists() and not place.is_file()):
            raise BadInput(f"{place} is no ordinary file.", f"{place} không phải tệp thường.")
    if out.suffix.lower() not in (".mp4", ".m4v"):
        raise BadInput(
            f"The staged clip should be an .mp4, not {out}.", f"Phim dàn dựng phải là .mp4, không phải {out}."
        )
    if background is not None and background.resolve() == out.resolve():
        raise BadInput(f"{out} is the background itself.", f"{out} chính là phim nền.")


@click.command("stage")
@click.option(
    "--background", type=click.Path(path_type=Path), help="Any clip of an ordinary place; without it a drawn street."
)
@click.option("--scene", help="A scene's name (see --list) or a script file (.json).")
@click.option("--out", type=click.Path(path_type=Path), help="The staged clip (.mp4).")
@click.option("--truth", type=click.Path(path_type=Path), help="The annotated events [default: beside OUT, .json].")
@click.option("--seed", default=0, show_default=True, help="Another seed gives other noise.")
@click.option("--list", "listing", is_flag=True, help="List the scenes and the things that can be staged.")
@click.option("--quiet", is_flag=True, help="No progress bar, no summary.")
def command(
    background: Path | None,
    scene: str | None,
    out: Path | None,
    truth: Path | None,
    seed: int,
    listing: bool,
    quiet: bool,
) -> None:
    """Stage a scene over a background clip: things are drawn at the right scale, with shadow, behind those who pass.

    \b
    Examples:
      matpho stage --list
      matpho stage --background plaza.avi --scene bag --out bag.mp4
      matpho stage --background plaza.avi --scene my-scene.json --out clip.mp4
      matpho analyse bag.mp4 --camera bag.toml --json found/bag.json
      matpho score bag.json found/

    Beside OUT come its events (.json, which `matpho score` reads), its camera (.toml, which `matpho analyse` reads) and
    the script itself (.scene.json, to be changed and staged again). Whatever is staged is marked as staged.
    """
    from rich.console import Console
    from rich.progress import Progress

    from matpho.wiring.staged import stage_scene, staged_names

    if listing:
        scenes, things = staged_names()
        click.echo("Cảnh / scenes:  " + " ".join(scenes))
        click.echo("Vật / things:   " + " ".join(things))
        return
    if scene is None or out is None:
        raise click.UsageError("--scene and --out are needed (or --list)")
    events = truth or (out.with_suffix(".json") if out.name else out)
    _check_places(background, out, events)
    with Progress(console=Console(stderr=True), disable=quiet or not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(out.name, total=1.0)
        found = stage_scene(background, scene, out, events, seed, lambda share: bar.update(task, completed=share))
    if not quiet:
        for one in found:
            click.echo(f"{one.start_s:8.1f}–{one.end_s:.1f} s  {one.type} {one.note}", err=True)
        click.echo(f"{out}, {events}, {events.with_suffix('.toml')}", err=True)
