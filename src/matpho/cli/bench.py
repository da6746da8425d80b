"""``matpho bench``: figures about ourselves."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import click
from click.core import ParameterSource

from matpho.cli import bench_cameras
from matpho.cli.options import default_home
from matpho.cli.score import read_json
from matpho.domain.system_words import not_made
from matpho.errors import BadInput, SetupProblem
from matpho.settings import Settings

STAGES = ("gate", "detector", "tracker", "static", "picture", "lamps", "people", "fire", "rules", "decode_and_rest")


@click.group("bench")
def command() -> None:
    """Measure the program: accuracy on annotated clips, cost by stage, so many live cameras."""


command.add_command(bench_cameras.command)


out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("bench/reports"),
    show_default=True,
    help="Where the report goes.",
)
failures_option = click.option(
    "--failures", type=click.Path(path_type=Path), help="Where pictures of what went wrong go; else OUT/failures."
)
no_pictures_option = click.option("--no-pictures", is_flag=True, help="No pictures of what went wrong.")
detector_option = click.option(
    "--detector", "detector_name", default="nanodet", show_default=True, help="Detector: a card's name or path."
)


def write_report(out: Path, name: str, report: object, text: str) -> None:
    """The same report for machines and for people: ``name.json`` and ``name.md``."""
    (out / f"{name}.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / f"{name}.md").write_text(text, "utf-8")


def reports_folder(out: Path) -> None:
    """Make the folder of reports before anything is measured. Raises BadInput when that cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise not_made(BadInput, out, e) from e
    if not os.access(out, os.W_OK):
        raise BadInput(f"{out} cannot be written to.", f"Không ghi được vào thư mục {out}.")


@command.command("accuracy")
@click.option(
    "--clips",
    type=click.Path(path_type=Path),
    default=Path("../shared/clips"),
    show_default=True,
    help="Folder of clips.",
)
@click.option(
    "--events", "events_path", type=click.Path(path_type=Path), help="Annotated events; else CLIPS/events.json."
)
@click.option("--cameras", type=click.Path(path_type=Path), help="Folder of camera files; else CLIPS/cameras.")
@click.option(
    "--degrade",
    default="",
    help="Also with these staged on each picture, with commas: rain, night, headlights, …; or all, each on the clips "
    "that it bears on; or everything, all on all.",
)
@click.option(
    "--vary",
    default="",
    help="The clips of traffic also as another camera would have them, with commas: mirrored, cropped, lamp_loose, …; "
    "or all.",
)
@failures_option
@no_pictures_option
@out_option
@detector_option
def accuracy(
    *,
    clips: Path,
    events_path: Path | None,
    cameras: Path | None,
    degrade: str,
    vary: str,
    failures: Path | None,
    no_pictures: bool,
    out: Path,
    detector_name: str,
) -> None:
    """Analyse every clip that has a camera file, score it, write accuracy.json and accuracy.md (no frames).

    \b
    Examples:
      matpho bench accuracy
      matpho bench accuracy --degrade rain,night
      matpho bench accuracy --vary all
      matpho bench accuracy --clips other/ --events other/events.json --out /tmp/report

    Pictures of every false and every missed one go to a folder beside the report that git ignores: they show people.
    """
    from matpho.pipeline.accuracy import Asked, clips_in, measure
    from matpho.pipeline.accuracy_text import as_text
    from matpho.pipeline.degrade import DEGRADATIONS
    from matpho.pipeline.vary import VARIATIONS
    from matpho.wiring import load_detector

    events_path = events_path or clips / "events.json"
    if not events_path.is_file():
        raise SetupProblem(
            f"There are no measurement clips in {clips}: nothing was measured.",
            f"Không có bộ phim đo trong {clips}: chưa đo được gì.",
        )
    asked = Asked(
        command="matpho bench accuracy"
        + (f" --degrade {degrade}" if degrade else "")
        + (f" --vary {vary}" if vary else ""),
        degradations=_named("all" if degrade == "everything" else degrade, DEGRADATIONS, "--degrade"),
        everywhere=degrade != "all",
        variations=_named(vary, VARIATIONS, "--vary"),
        failures=None if no_pictures else failures or out / "failures",
        staged=out / "staged.json",
    )
    reports_folder(out)
    events = read_json(events_path)
    found, left_out = clips_in(clips, events, cameras)
    if left_out:
        click.echo(f"{len(left_out)} clips are not there or have no camera file: {', '.join(left_out)}", err=True)
    detector = load_detector(detector_name, Settings(home=default_home()).models)
    report = measure(found, events, detector, asked, lambda n: click.echo(n, err=True))
    text = as_text(report)
    write_report(out, "accuracy", report, text)
    click.echo(text)


def _named(told: str, known: Iterable[str], option: str) -> tuple[str, ...]:
    """The names in an option's text; raises BadParameter for one that is none."""
    there = tuple(known)
    names = there if told == "all" else tuple(filter(None, (n.strip() for n in told.split(","))))
    if unknown := [n for n in names if n not in there]:
        raise click.BadParameter(f"{', '.join(unknown)}: there are {', '.join(there)}", param_hint=option)
    return names


@command.command("staged")
@click.option("--clip", type=click.Path(path_type=Path), help="The sample clip, where it cannot be fetched.")
@click.option(
    "--clips",
    type=click.Path(path_type=Path),
    default=Path("../shared/clips"),
    show_default=True,
    help="Measurement clips; some are backgrounds, where they are there.",
)
@out_option
@detector_option
@click.option("--only", multiple=True, metavar="NAME", help="Only this family or scene (may be repeated).")
@click.option(
    "--sample", type=click.IntRange(min=0), default=0, help="So many scenes of each family, for a quick look."
)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes at a time.")
@failures_option
@no_pictures_option
@click.pass_context
def staged(
    ctx: click.Context,
    *,
    clip: Path | None,
    clips: Path,
    out: Path,
    detector_name: str,
    only: tuple[str, ...],
    sample: int,
    workers: int,
    failures: Path | None,
    no_pictures: bool,
) -> None:
    """Stage the regression suite, analyse it, write staged.json and staged.md: a regression figure, no accuracy.

    \b
    Examples:
      matpho bench staged
      matpho bench staged --only lamp --only cloud --sample 6
      matpho bench staged --only wet_night-003-alley --out /tmp/one

    A part of the suite is written down only where --out names a folder for it: the report is that of the whole. So are
    the pictures of every false and every missed one, in a folder beside the report that git ignores.
    """
    from matpho.wiring.staged import SuiteAsked, staged_report

    written = not (only or sample) or ctx.get_parameter_source("out") is ParameterSource.COMMANDLINE
    pictures = failures or (out / "failures" / "staged" if written else None)
    asked = SuiteAsked(
        clip=clip,
        clips=clips if clips.is_dir() else None,
        only=only,
        sample=sample,
        workers=workers,
        failures=None if no_pictures else pictures,
    )
    if written:
        reports_folder(out)
    report, text = staged_report(asked, detector_name, lambda n: click.echo(n, err=True))
    if written:
        write_report(out, "staged", report, text)
    click.echo(text)


@command.command("cost")
@click.argument("videos", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
@click.option("--camera", "camera_path", type=click.Path(path_type=Path), help="Camera file; else one no_dumping zone.")
@click.option(
    "--fps", type=click.FloatRange(0, min_open=True), default=5.0, show_default=True, help="Analysed per second."
)
@click.option("--live", is_flag=True, help="At the pace of live cameras instead of that of files.")
@click.option("--no-gate", is_flag=True, help="The detector looks as if something always moved.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def cost(
    videos: tuple[Path, ...], camera_path: Path | None, fps: float, live: bool, no_gate: bool, as_json: bool
) -> None:
    """CPU milliseconds per camera and second of VIDEOS, by stage of the analysis (no recording, no network)."""
    from matpho.cli.analyse import read_camera_file
    from matpho.domain.camera_file import parse
    from matpho.pipeline.analyse import analyse
    from matpho.pipeline.pace import FILE, live_pace, without_gate
    from matpho.wiring import load_detector

    camera, detector = parse(read_camera_file(camera_path) if camera_path else _PLAIN), load_detector("nanodet")
    pace = live_pace(camera) if live else FILE
    pace = without_gate(pace) if no_gate else pace
    rows = {}
    for video in videos:
        stats = analyse(video, camera, detector, analysed_fps=fps, pace=pace).stats
        rows[video.name] = {
            **stats["cpu_ms_per_camera_second"],
            "sum": round(sum(stats["cpu_ms_per_camera_second"].values()), 1),
            "frames_per_s": round(stats["frames_analysed"] / max(stats["length_s"], 1e-3), 2),
            "inferences_per_s": round(stats["inferences"] / max(stats["length_s"], 1e-3), 2),
        }
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    columns = (*STAGES, "sum", "frames_per_s", "inferences_per_s")
    click.echo(f"{'':28}" + "".join(f"{c[:12]:>13}" for c in columns))
    for name, row in rows.items():
        click.echo(f"{name[:27]:28}" + "".join(f"{row[c]:13.2f}" for c in columns))


_PLAIN = """
[camera]
id = "bench"
name = "bench"
[[zone]]
id = "moi-noi"
purpose = "no_dumping"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
"""
