"""``matpho demo``: the whole system on a ready ward of six staged cameras."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from matpho import wiring
from matpho.cli import logs
from matpho.cli.run import stop_running, supervise
from matpho.domain.words import Said
from matpho.settings import load
from matpho.wiring.demo import prepare_demo

FIRST_PORT = 8480
SETTINGS = "demo = true\n"


def default_home() -> Path:
    """Beside the ward's own home, never inside it."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "matpho-demo"


def free_port() -> int:
    """The usual port, or the next free one."""
    for port in range(FIRST_PORT, FIRST_PORT + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return 0


def fresh(home: Path) -> None:
    """A new home each time: a demonstration remembers nobody. Only a folder that is one of ours is emptied."""
    if (home / "demo.json").exists():
        stop_running(load(home), quietly=True)
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    left = home / "matpho.toml"  # an earlier version wrote it first, and could be stopped before the rest
    if left.is_file() and left.read_bytes() == SETTINGS.encode():
        left.unlink()
    if any(home.iterdir()):
        raise click.UsageError(f"{home} is not empty and no demonstration; choose another --home")


def spoken(what: Said, share: float, told: dict[str, int]) -> None:
    """Where nobody watches a bar: a line for every tenth."""
    tenth = int(share * 10)
    if told.get(what.en, -1) < tenth:
        told[what.en] = tenth
        click.echo(f"{what.vi} / {what.en}: {tenth * 10} %", err=True)


def shown(progress: Progress) -> Callable[[Said, float], None]:
    """A bar per thing that is being made."""
    tasks: dict[str, TaskID] = {}
    told: dict[str, int] = {}
    if not progress.console.is_terminal:
        return lambda what, share: spoken(what, share, told)

    def tell(what: Said, share: float) -> None:
        line = f"{what.vi} / {what.en}"
        if line not in tasks:
            tasks[line] = progress.add_task(line, total=1.0)
        progress.update(tasks[line], completed=share)

    return tell


@click.command(
    help="Run a demo ward: six staged cameras over real RTSP, watched, recorded and reviewed. Ctrl-C ends it."
)
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), default=default_home, help="Its folder.")
@click.option("--port", type=click.IntRange(1, 65535), help="The one port (default: 8480 or the next free one).")
@click.option("--clip", type=click.Path(dir_okay=False, path_type=Path), help="Another background clip.")
@click.option("--keep", is_flag=True, help="Go on with the last demonstration instead of a fresh one.")
def command(home: Path, port: int | None, clip: Path | None, *, keep: bool) -> None:
    """Prepare what is missing, then run."""
    logs.configure("supervisor")
    if not (keep and (home / "demo.json").exists()):
        fresh(home)
        console = Console(stderr=True)
        bars = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
        )
        with Progress(*bars, console=console) as progress:
            origin = prepare_demo(load(home), shown(progress), clip)
        (home / "matpho.toml").write_text(SETTINGS, "utf-8")
        click.echo(f"Hình nền / background: {origin.vi} / {origin.en}. Mọi cảnh đều dàn dựng / all scenes are staged.")
    os.environ["MATPHO_PORT"] = str(port or free_port())
    settings = load(home)
    wiring.prepare_home(settings)
    sys.exit(supervise(settings))
