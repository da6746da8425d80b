"""``matpho worker``: one process of the system. The supervisor starts these; a person has no need to."""

import signal
import threading
from pathlib import Path

import click

from matpho.cli import logs
from matpho.cli.options import home_option
from matpho.settings import load


@click.command(hidden=True, help="One process of the system; started by `matpho run`.")
@click.argument("name")
@home_option
def command(name: str, home: Path) -> None:
    """Run until SIGTERM."""
    logs.configure(name)
    settings = load(home)
    stop = threading.Event()
    if name == "desk":
        from matpho.cli.desk import run_desk

        run_desk(settings)
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    from matpho.wiring import workers

    if name == "recorder":
        workers.run_recorder(settings, stop)
    elif name == "cameras":
        workers.run_cameras(settings, stop)
    elif name.startswith("vision-") and name[7:].isdecimal():
        workers.run_vision(settings, int(name[7:]), stop)
    else:
        raise click.BadParameter(f"no such process: {name}")
