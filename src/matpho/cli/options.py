"""Options that several commands share."""

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from matpho.domain.people import Actor, Role
from matpho.errors import BadInput
from matpho.wiring.account import account_name

AT_THE_MACHINE = Actor(None, Role.ADMIN)
"""Whoever may write into the home folder from a terminal may do what an administrator may."""

Command = TypeVar("Command", bound=Callable[..., Any])


def default_home() -> Path:
    """``$MATPHO_HOME``, else the user's data folder."""
    if told := os.environ.get("MATPHO_HOME"):
        return Path(told)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "matpho"


def home_option(command: Command, looked_at: Callable[[Path], Path] = lambda home: home) -> Command:
    """``--home``: where the ward's data is."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_home,
        show_default="$MATPHO_HOME or ~/.local/share/matpho",
        help="Folder of database, recordings, evidence and matpho.toml.",
        callback=lambda _context, _option, home: looked_at(home),
    )(command)


def own_home_option(command: Command) -> Command:
    """``--home`` of a command that writes there, maybe beside a running service: not as root where another owns it.

    What root makes the service cannot read: a journal of that kind would never reach its database.
    """
    return home_option(command, _ours)


def _ours(home: Path) -> Path:
    """The folder; raises BadInput for one that root would spoil."""
    try:
        owner = home.stat().st_uid
    except OSError:
        return home
    if os.geteuid() == 0 and owner != 0:
        name = account_name(owner)
        line = shlex.join(["sudo", "-u", name, *_typed()])
        raise BadInput(
            f"{home} belongs to the user {name}, and what root writes there the service cannot read. Type: {line}",
            f"{home} thuộc về người dùng {name}; tệp do root ghi vào đó dịch vụ không đọc được. Hãy gõ: {line}",
        )
    return home


def _typed() -> list[str]:
    """The words of this call, so that they work again."""
    program = Path(sys.argv[0])
    called = [str(program.absolute())] if program.name == "matpho" else [sys.executable, "-m", "matpho.cli.main"]
    return [*called, *sys.argv[1:]]
