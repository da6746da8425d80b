"""``matpho worker``: one process of the system. The supervisor starts these; a person has no need to."""

import logging
import signal
import threading
from pathlib import Path

import click

from matpho.cli import logs
from matpho.cli.options import home_option
from matpho.errors import MatphoError
from matpho.pipeline.heap import one_arena
from matpho.settings import Settings, load


@click.command(hidden=True, help="One process of the system; started by `matpho run`.")
@click.argument("name")
@home_option
def command(name: str, home: Path) -> None:
    """Run until SIGTERM; what nobody foresaw goes to the log with its trace."""
    one_arena()
    logs.configure(name)
    try:
        work(name, load(home))
    except (MatphoError, click.ClickException):
        raise
    except Exception:
        logging.getLogger(name).exception("the process failed")
        raise


def work(name: str, settings: Settings) -> None:
    """Be that process. Raises what ends it."""
    stop = threading.Event()
    if name == "desk":
        from matpho.cli.desk import run_desk

        run_desk(settings)
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if name == "recorder":
        from matpho.wiring.recorder import run_recorder

        run_recorder(settings, stop)
    elif name == "cameras":
        from matpho.wiring.processes import run_cameras

        run_cameras(settings, stop)
    elif name.startswith("vision-") and name[7:].isdecimal():
        from matpho.wiring.vision import run_vision

        run_vision(settings, int(name[7:]), stop)
    else:
        raise click.BadParameter(f"no such process: {name}")
