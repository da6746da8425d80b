"""``matpho bench cameras``: what so many live cameras cost on this machine."""

import json
from pathlib import Path

import click


@click.command("cameras")
@click.option("--count", type=click.IntRange(1, 60), default=8, show_default=True, help="How many cameras.")
@click.option("--seconds", type=click.FloatRange(5), default=40.0, show_default=True, help="Length of the window.")
@click.option(
    "--scene",
    type=click.Choice(["busy", "quiet", "duty", "ward"]),
    default="busy",
    show_default=True,
    help="A plaza full of people; the same empty; a fifth of the time busy; or a ward: every tenth camera a busy "
    "junction, the others a fifth of the time busy.",
)
@click.option("--rounds", type=click.IntRange(1, 9), default=1, show_default=True, help="Floor and program by turns.")
@click.option("--fps", type=click.FloatRange(0.2, 25), default=5.0, show_default=True, help="Frames analysed a second.")
@click.option("--workers", type=click.IntRange(1, 8), default=1, show_default=True, help="Vision processes.")
@click.option("--motion", "beside_motion", is_flag=True, help="Also measure Debian's motion on the same streams.")
@click.option("--json", "out", type=click.Path(path_type=Path), help="Where the figures go; else they are printed.")
def command(
    count: int, seconds: float, scene: str, rounds: int, fps: float, workers: int, beside_motion: bool, out: Path | None
) -> None:
    """Record and analyse COUNT staged cameras for SECONDS, beside the floor: copying main, decoding sub, no more.

    A run is void when a due frame was not analysed, a scheduled look of the detector was not taken, or a second
    was not recorded: a program saves CPU most easily by dropping. Of several rounds void ones are thrown away, as
    long as they are fewer than half; the median of the others counts.
    """
    from matpho.errors import SetupProblem
    from matpho.wiring.bench.cameras import Plan, measure
    from matpho.wiring.bench.others import motion_is

    if beside_motion and motion_is() is None:
        raise SetupProblem("motion is not installed: apt-get install motion", "Chưa cài motion: apt-get install motion")
    plan = Plan(
        count=count,
        seconds=seconds,
        scene=scene,
        rounds=rounds,
        beside_motion=beside_motion,
        analysed_fps=fps,
        vision_workers=workers,
    )
    report = measure(plan, lambda line: click.echo(line, err=True))
    motion = " --motion" if beside_motion else ""
    asked = f"--count {count} --seconds {seconds:g} --scene {scene} --rounds {rounds} --fps {fps:g} --workers {workers}"
    report["command"] = f"matpho bench cameras {asked}{motion}"
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, "utf-8")
        click.echo(f"R = {report['ratio']}{' (void)' if report['void'] else ''} → {out}")
