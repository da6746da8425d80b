"""Options that several commands share."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def default_home() -> Path:
    """``$MATPHO_HOME``, else the user's data folder."""
    if told := os.environ.get("MATPHO_HOME"):
        return Path(told)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "matpho"


def home_option(command: Command) -> Command:
    """``--home``: where the ward's data is."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_home,
        show_default="$MATPHO_HOME or ~/.local/share/matpho",
        help="Folder of database, recordings, evidence and matpho.toml.",
    )(command)
