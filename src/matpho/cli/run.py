"""``matpho run``: the ward's own system, all processes, until Ctrl-C."""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click

from matpho import wiring
from matpho.cli import logs
from matpho.cli.options import home_option
from matpho.domain.time import SystemClock
from matpho.pipeline.notify import Notifier
from matpho.pipeline.supervisor import Supervisor
from matpho.settings import Settings, load

HOPELESS = frozenset({3, 4})
"""Exit codes of a worker that will not do better next time: bad input (settings), something missing (a port)."""


def welcome(settings: Settings, pid: int) -> str | None:
    """What to print once the desk listens: the address, and the set-up link while nobody has an account."""
    try:
        told = json.loads((settings.run / "desk.json").read_text())
    except (OSError, ValueError):
        return None
    if told.get("boss") != pid:
        return None
    lines = ["", click.style("Mắt Phố", bold=True) + f"   {told['address']}"]
    if told.get("setup"):
        lines += [
            "",
            "Thiết lập lần đầu (đường dẫn chỉ dùng một lần) / first set-up (this link works once):",
            f"  {click.style(told['setup'], fg='cyan', underline=True)}",
        ]
    lines += ["", "Dừng: Ctrl-C / stop: Ctrl-C", ""]
    return "\n".join(lines)


def supervise(settings: Settings, ready: Callable[[], None] = lambda: None, *, greeting: bool = True) -> int:
    """Run all processes until a signal; returns the exit code. ``ready`` is called when the desk listens."""
    wiring.prepare_home(settings)
    log = logging.getLogger("supervisor")
    os.environ["MATPHO_BOSS"] = str(os.getpid())
    # A supervisor that comes back after a dead one never gives up: recording goes on whatever else fails.
    hopeless = HOPELESS if greeting else frozenset()
    specs = wiring.process_specs(settings)
    systemd = Notifier()
    boss = Supervisor(specs, settings.run, SystemClock(), log.info, hopeless=hopeless, alive=systemd.alive)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup means to go on
            signal.signal(number, lambda *_: boss.stop())

    def greet() -> None:
        while True:
            text = welcome(settings, os.getpid())
            if text:
                click.echo(text)
                systemd.ready()
                ready()
                return
            time.sleep(0.2)

    if greeting:
        threading.Thread(target=greet, daemon=True).start()
    if boss.run():
        if boss.failure is None:
            return 0
        click.echo("\n".join(boss.failure.words), err=True)
        return boss.failure.code
    click.echo("Mắt Phố đang chạy trên thư mục này / already running on this folder.", err=True)
    return 1


def stop_running(settings: Settings, *, quietly: bool = False) -> int:
    """End the system that runs on this home; the exit code."""
    try:
        pid = json.loads((settings.run / "supervisor.pid").read_text())["pid"]
        os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError, KeyError):
        if not quietly:
            click.echo("Không có gì đang chạy / nothing is running.", err=True)
        return 1
    for _ in range(150):
        if not (settings.run / "supervisor.pid").exists():
            return 0
        time.sleep(0.1)
    return 1


@click.command(help="Run the ward's system on this machine until Ctrl-C.")
@home_option
@click.option("--host", help="Address to listen on (default 127.0.0.1: this machine only).")
@click.option("--port", type=click.IntRange(1, 65535), help="The one port (default 8480).")
@click.option("--stop", "stop_it", is_flag=True, help="End the system that runs on this home.")
@click.option("--resume", is_flag=True, hidden=True, help="Take over running workers after a supervisor died.")
def command(home: Path, host: str | None, port: int | None, *, stop_it: bool, resume: bool) -> None:
    """Start the supervisor in the foreground."""
    if host:
        os.environ["MATPHO_HOST"] = host
    if port:
        os.environ["MATPHO_PORT"] = str(port)
    settings = load(home)
    if stop_it:
        sys.exit(stop_running(settings))
    logs.configure("supervisor")
    sys.exit(supervise(settings, greeting=not resume))
