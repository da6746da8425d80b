"""``matpho analyse``: what happened in a recording."""

import contextlib
import json
import math
import sys
from pathlib import Path
from typing import Self

import click

from matpho.cli.options import default_home
from matpho.cli.output import result_file
from matpho.domain.camera_file import parse
from matpho.domain.system_words import not_read
from matpho.errors import BadCameraFile
from matpho.settings import Settings


@click.command("analyse")
@click.argument("video", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--camera",
    "camera_path",
    type=click.Path(path_type=Path, readable=False),
    required=True,
    help="Camera file (TOML): zones and rules.",
)
@click.option(
    "--json", "out", type=click.Path(path_type=Path, allow_dash=True), help="Where the result goes; - for here."
)
@click.option("--fps", type=click.FloatRange(0.001, 1000), help="Frames per second of a folder of images (else 5).")
@click.option(
    "--detector", "detector_name", default="nanodet", show_default=True, help="Detector: a card's name or path."
)
@click.option("--fire-model", "fire_name", help="Model asked about what seems to burn: a card's name or path.")
@click.option("--quiet", is_flag=True, help="No progress bar, no summary.")
def command(
    video: Path,
    camera_path: Path,
    out: Path | None,
    fps: float | None,
    detector_name: str,
    fire_name: str | None,
    quiet: bool,
) -> None:
    """Analyse VIDEO, any file that holds pictures or a folder of numbered images, with the zones of a camera file.

    \b
    Example:
      matpho analyse sd-card/clip.mp4 --camera nga-ba-cho.toml --json out.json

    The result lists the incidents with seconds from the first frame and boxes from 0 to 1. What could be read of a
    damaged file is analysed; the figures under "stats" say what was skipped.
    """
    from matpho.pipeline.analyse import analyse
    from matpho.wiring import load_detector, load_fire_model

    if fps is not None and math.isnan(fps):
        raise click.BadParameter("nan is no number of frames", param_hint="--fps")
    camera = parse(read_camera_file(camera_path))
    with contextlib.ExitStack() as stack:
        place = None if out is None or str(out) == "-" else stack.enter_context(result_file(out))
        with _Bar(video.name, shown=not quiet and sys.stderr.isatty()) as bar:
            shelf = Settings(home=default_home()).models
            detector = load_detector(detector_name, shelf)
            fire = load_fire_model(fire_name, shelf) if fire_name else None
            result = analyse(video, camera, detector, fps=fps, progress=bar.update, fire_model=fire)
        text = json.dumps(result.plain(), ensure_ascii=False, indent=1) + "\n"
        if place is None:
            click.echo(text, nl=False)
        else:
            place.write(text)
    if not quiet:
        for found in result.incidents:
            click.echo(f"{found.start_s:8.1f}–{found.end_s:.1f} s  {found.kind}: {found.why.vi}", err=True)
        click.echo(
            f"{len(result.incidents)} vụ việc nghi vấn / suspected incidents; "
            f"{result.stats['length_s']:.0f} s, {result.stats['wall_s']:.0f} s.",
            err=True,
        )


def read_camera_file(path: Path) -> str:
    """The text of a camera file. Raises BadCameraFile when it cannot be read."""
    try:
        return path.read_text("utf-8")
    except OSError as e:
        raise not_read(BadCameraFile, path, e) from e
    except UnicodeDecodeError as e:
        raise BadCameraFile(f"{path} is not text in UTF-8.", f"{path} không phải văn bản UTF-8.") from e


class _Bar:
    """A progress bar on standard error, where a person watches."""

    def __init__(self, name: str, *, shown: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f} s"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not shown,
            transient=True,
        )
        self._task = self._progress.add_task(name, total=1.0)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, done_s: float, whole_s: float | None) -> None:
        self._progress.update(self._task, completed=done_s, total=max(whole_s or 0.0, done_s, 1e-3))
