"""The command line. Each command is one file beside this one and is imported only when it is asked for."""

import importlib
import sys
from typing import Any

import click

from matpho import __version__
from matpho.errors import BadInput, MatphoError, NotFound, SetupProblem

COMMANDS = {
    "run": "run",
    "demo": "demo",
    "analyse": "analyse",
    "score": "score",
    "stage": "stage",
    "check": "check",
    "doctor": "doctor",
    "models": "models",
    "bench": "bench",
    "worker": "worker",
}
"""Command → module in this package; the module's ``command`` is the click command."""


class Commands(click.Group):
    """Finds commands by :data:`COMMANDS`, so that ``--help`` does not import the detector."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The order of a ward's work, not of the alphabet."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"matpho.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="matpho")
def cli() -> None:
    r"""Mắt Phố: the street cameras of a ward, from streams to incidents that people review.

    \b
    Start here:
      matpho demo                      a ready ward on this machine, nothing to configure
      matpho doctor                    what this machine has, what is missing
      matpho analyse CLIP --camera F   what happened in a recording, e.g. from an SD card
      matpho run                       the ward's own system

    Exit codes: 0 done, 1 something is wrong with what was checked, 2 wrong usage,
    3 bad input, 4 something is missing on this machine, 5 any other failure.
    """


def exit_code(error: MatphoError) -> int:
    """What the shell is told about an error."""
    if isinstance(error, (BadInput, NotFound)):
        return 3
    return 4 if isinstance(error, SetupProblem) else 5


def main(args: list[str] | None = None) -> Any:
    """Run the command line; errors of ours become two sentences on stderr and an exit code."""
    try:
        return cli.main(args=args, prog_name="matpho")
    except MatphoError as e:
        click.echo(f"Lỗi: {e.vi}\nError: {e.en}", err=True)
        sys.exit(exit_code(e))


if __name__ == "__main__":
    main()
